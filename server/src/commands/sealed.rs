//! `berdl-spark-monitor sealed`: becomes a program that reaches nothing. A rehearsal starts its Python by it.

use std::{
    ffi::OsString,
    io::{Write as _, stderr},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use rehearsal::seal::become_sealed;

/// The exit code of shells for a program that cannot be started.
const NOT_STARTED: u8 = 126;

/// A program and what it may read.
#[derive(Clone, Debug, Args)]
pub struct Sealed {
    /// A file or folder that the program may read, beside the system's libraries.
    #[arg(long = "read", value_name = "PATH")]
    readable: Vec<PathBuf>,

    /// The program and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Becomes the program. Returns only if it could not be sealed or started: then nothing of it was run.
#[must_use]
pub fn run(sealed: &Sealed) -> ExitCode {
    let error = become_sealed(&sealed.readable, &sealed.command);
    let _ = writeln!(stderr(), "berdl-spark-monitor: {error}");
    NOT_STARTED.into()
}
