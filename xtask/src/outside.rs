//! Test runners of other languages, with what they need to find.

use std::{path::Path, process::Command};

use anyhow::Result;

use crate::{browser, paths, run};

/// Runs the virtual environment's pytest on one folder.
pub fn pytest(folder: &str) -> Command {
    let mut pytest = run::command(paths::venv_bin("python"), &paths::root());
    pytest.args(["-m", "pytest", folder, "-q", "--durations=5"]);
    pytest
}

/// Sets the variables that tests outside of Rust need.
pub fn with_tools(command: &mut Command) -> Result<&mut Command> {
    let installed: &Path = &paths::venv_bin("berdl-spark-monitor");
    Ok(command
        .env("PYTHON", paths::venv_bin("python"))
        .env("PATH", paths::path_with_venv())
        .env("XTASK", std::env::current_exe()?)
        .env("SPARK_MONITOR_BINARY", installed)
        .env("CHROMIUM", browser::chromium()?)
        .env("OUT", paths::root().join("target/e2e")))
}
