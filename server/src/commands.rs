//! The program's subcommands, one file each.

pub mod doctor;
#[cfg(feature = "sql")]
pub mod sql;
