//! `cargo xtask verify history`: the history on real PostgreSQL and MariaDB, which its tests start and end themselves.

use anyhow::Result;

use crate::{install, paths, run};

/// Random cases of late and repeated ticks; each is recorded on three engines.
const PERMUTATIONS: &str = "1000";

/// Installs the servers, and runs all tests of the store on them.
pub fn run() -> Result<()> {
    install::databases()?;
    let mut cargo = run::command("cargo", &paths::root());
    cargo.args(["test", "--locked", "-p", "history-store", "--features", "real-databases", "--test", "engines"]);
    run::run(cargo.env("HISTORY_PERMUTATIONS", PERMUTATIONS))
}
