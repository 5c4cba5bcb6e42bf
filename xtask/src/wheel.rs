//! Builds the wheel: executable, labextension, server configuration and Python hooks in one file.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{install, labextension, lock, paths, run, step::step, translations};

/// `Dev` reuses what the tests compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    Dev,
    Release,
}

const INSTALL_JSON: &str = r#"{
  "packageManager": "python",
  "packageName": "berdl-spark-monitor",
  "uninstallInstructions": "Use your Python package manager (pip, conda, …) to uninstall the package berdl-spark-monitor"
}
"#;

/// Builds the wheel and returns its path.
pub fn build(profile: Profile) -> Result<PathBuf> {
    labextension::build()?;
    let _lock = lock::exclusive("wheel")?;
    make(profile)
}

fn make(profile: Profile) -> Result<PathBuf> {
    step("Wheel", || {
        stage()?;
        translations::compile()?;
        let out = match profile {
            Profile::Release => paths::root().join("dist"),
            Profile::Dev => paths::dev().join("wheel"),
        };
        // Remove an old wheel, so that it cannot be mistaken for the new one.
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        let mut maturin = run::command(paths::venv_bin("maturin"), &paths::root());
        maturin.args(["build", "--quiet", "--locked", "--out"]).arg(&out);
        if profile == Profile::Release {
            maturin.arg("--release");
        }
        run::quiet(maturin.env("PATH", paths::path_with_venv()))?;
        let mut wheels = fs::read_dir(&out)?.filter_map(Result::ok).map(|entry| entry.path());
        let wheel = wheels.find(|path| path.extension().is_some_and(|end| end == "whl"));
        let wheel = wheel.with_context(|| format!("no wheel in {}", out.display()))?;
        println!("    {} ({} bytes)", wheel.display(), fs::metadata(&wheel)?.len());
        Ok(wheel)
    })
}

/// Builds the wheel for development and installs it into the virtual environment.
pub fn install_dev() -> Result<()> {
    install(Profile::Dev).map(|_| ())
}

/// Builds the wheel, installs it into the virtual environment and returns its path.
pub fn install(profile: Profile) -> Result<PathBuf> {
    install_beside(&paths::venv_bin("python"), profile)
}

/// Builds the wheel, installs it into the virtual environment of `python` and returns its path.
pub fn install_beside(python: &Path, profile: Profile) -> Result<PathBuf> {
    install::venv()?;
    labextension::build()?;
    // Another command must not replace the wheel before it is installed.
    let _lock = lock::exclusive("wheel")?;
    let wheel = make(profile)?;
    step("Install the wheel", || {
        let mut pip = run::command(python, &paths::root());
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--force-reinstall"]);
        run::quiet(pip.arg(&wheel)).map(|_| ())
    })?;
    Ok(wheel)
}

/// Copies everything except code into the folder that maturin uses as the wheel's data.
fn stage() -> Result<()> {
    let data = paths::root().join("target/wheel-data");
    if data.exists() {
        fs::remove_dir_all(&data)?;
    }
    let lab = data.join("data/share/jupyter/labextensions/berdl-spark-monitor");
    copy(&paths::labextension().join("dist"), &lab)?;
    fs::write(lab.join("install.json"), INSTALL_JSON)?;
    copy(&paths::root().join("python/jupyter_server_config.d"), &data.join("data/etc/jupyter/jupyter_server_config.d"))
}

/// Makes real copies, because links would break the wheel.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
