//! `cargo xtask verify history`: the history on real PostgreSQL and MariaDB, on real file systems, and on a real Spark.

use std::fs;

use anyhow::{Context, Result};

use crate::{document, install, outside, paths, run};

/// Random cases of late and repeated ticks; each is recorded on three engines.
const PERMUTATIONS: &str = "1000";
/// How often a program that writes is killed.
const KILLS: &str = "100";
/// The tables that the tests write, under these names, for `docs/history.md`.
const TABLES: [&str; 3] = ["faults", "slower", "dump"];

/// Installs what it needs, and runs all tests.
pub fn run() -> Result<()> {
    install::databases()?;
    engines()?;
    on_spark()
}

/// All tests of the store on servers that they start, and that of the program that is killed.
fn engines() -> Result<()> {
    for (test, only) in [("engines", None), ("it", Some("kill::"))] {
        let mut cargo = run::command("cargo", &paths::root());
        cargo.args(["test", "--locked", "--profile", "proof", "-p", "history-store", "--features", "real-databases"]);
        cargo.args(["--test", test, "--"]).args(only);
        run::run(cargo.env("HISTORY_PERMUTATIONS", PERMUTATIONS).env("HISTORY_KILLS", KILLS))?;
    }
    Ok(())
}

/// Faults of file systems, reasons of slowness, and what a copy of the file shows; and the tables about them. A table is
/// written even if a test fails, because it shows what failed.
fn on_spark() -> Result<()> {
    install::system(false)?;
    install::file_systems()?;
    install::venv()?;
    run::run(run::command("cargo", &paths::root()).args(["build", "--locked", "--bin", "berdl-spark-monitor"]))?;
    let folder = paths::target().join("history");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    let mut pytest = outside::pytest("tests/history");
    pytest.env("PATH", paths::path_with_venv()).env("XTASK", std::env::current_exe()?).env("OUT", &folder);
    pytest.env("SPARK_MONITOR_BINARY", paths::target().join("debug/berdl-spark-monitor")).env("HISTORY_KILLS", KILLS);
    let tests = run::run(&mut pytest);
    for name in TABLES {
        let file = folder.join(format!("{name}.md"));
        let table = fs::read_to_string(&file).with_context(|| format!("the tests did not write {}", file.display()));
        match table {
            Ok(table) => document::write("history.md", &format!("verify history, {name}"), &format!("\n{table}\n"))?,
            Err(error) => eprintln!("{error:#}"),
        }
    }
    tests
}
