//! The program's subcommands, one file each.

pub mod check;
pub mod doctor;
pub mod export;
pub mod history;
#[cfg(feature = "sql")]
pub mod sql;
