//! The program's subcommands, one file each.

pub mod check;
pub mod doctor;
pub mod export;
pub mod history;
#[cfg(feature = "sql")]
pub mod mcp;
#[cfg(all(feature = "sql", target_os = "linux"))]
pub mod sealed;
#[cfg(feature = "sql")]
pub mod sql;
