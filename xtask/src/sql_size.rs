//! `cargo xtask verify sql-size`: what Spark Connect costs a sidecar that does not use it, in bytes of the executable and in
//! memory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use crate::{document, install, paths, run, step::step};

/// Builds the executable with and without the feature `sql`, measures both, and writes the table of `docs/connect.md`.
pub fn run() -> Result<()> {
    install::venv()?;
    let folder = paths::target().join("sql-size");
    fs::create_dir_all(&folder)?;
    let without = step("The executable without SQL", || build(&folder.join("without"), &["--no-default-features"]))?;
    let with = step("The executable with SQL", || build(&folder.join("with"), &[]))?;
    let mut measure = run::command(paths::venv_bin("python"), &paths::root());
    measure.args(["-m", "bench.sql_size"]).args([without, with]);
    let table = step("Memory", || run::quiet(&mut measure))?;
    println!("{table}");
    document::write("connect.md", "verify sql-size", &table)
}

/// Builds the executable for a release and copies it, because the next build replaces it.
fn build(copy: &Path, features: &[&str]) -> Result<PathBuf> {
    let mut cargo = run::command("cargo", &paths::root());
    cargo.args(["build", "--quiet", "--release", "--locked", "-p", "berdl-spark-monitor", "--bin"]);
    run::run(cargo.arg("berdl-spark-monitor").args(features))?;
    fs::copy(paths::target().join("release/berdl-spark-monitor"), copy)?;
    Ok(copy.to_owned())
}
