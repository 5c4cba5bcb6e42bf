//! The program's subcommands, one file each.

pub mod doctor;
