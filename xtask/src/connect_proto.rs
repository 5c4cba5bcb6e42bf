//! `cargo xtask connect-proto`: writes the Rust code of Spark Connect's protocol from the installed PySpark.

use std::{fs, path::Path};

use anyhow::{Result, bail};

use crate::{install, paths, run};

/// Descriptors that the code is made from.
const DESCRIPTORS: &str = "proto/spark-4.3.0.binpb";

/// Takes the descriptors from the PySpark of the virtual environment and generates the code. With `check` it changes
/// nothing, and fails if that would.
pub fn generate(check: bool) -> Result<()> {
    install::venv()?;
    let folder = paths::root().join("crates/connect-proto");
    let work = paths::dev().join("connect-proto");
    fs::create_dir_all(&work)?;
    let descriptors = work.join("descriptors.binpb");
    let mut python = run::command(paths::venv_bin("python"), &folder);
    run::quiet(python.arg("proto/descriptors.py").arg(&descriptors))?;
    // A target directory of its own, because it is another workspace.
    let mut generator = run::command("cargo", &folder.join("generate"));
    generator.args(["run", "--quiet", "--locked"]).env("CARGO_TARGET_DIR", paths::target().join("generate"));
    run::run(generator.arg("--").arg(&descriptors).arg(&work))?;
    for (new, old) in [
        (descriptors, folder.join(DESCRIPTORS)),
        (work.join("connect.rs"), folder.join("src/generated/connect.rs")),
        (work.join("rpc.rs"), folder.join("src/generated/rpc.rs")),
    ] {
        if check && fs::read(&new)? != fs::read(&old)? {
            bail!("{} is not current: run `cargo xtask connect-proto`", shown(&old));
        }
        if !check {
            fs::copy(new, old)?;
        }
    }
    Ok(())
}

fn shown(path: &Path) -> String {
    path.strip_prefix(paths::root()).unwrap_or(path).display().to_string()
}
