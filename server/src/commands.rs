//! What the program does, one file a subcommand.

pub mod doctor;
