//! Paths of folders and programs.

use std::{
    env,
    path::{Path, PathBuf},
};

/// The root of the repository.
pub fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

/// Cargo's target directory.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |set| root().join(set))
}

/// Where cargo keeps the sources of dependencies.
pub fn registry() -> PathBuf {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    home.join("registry/src/")
}

/// Folder for everything that development installs or writes, except build results.
pub fn dev() -> PathBuf {
    target().join("dev")
}

pub fn venv() -> PathBuf {
    dev().join("venv")
}

/// A command of the virtual environment.
pub fn venv_bin(name: &str) -> PathBuf {
    venv().join("bin").join(name)
}

pub fn labextension() -> PathBuf {
    root().join("labextension")
}

/// `PATH` with the virtual environment's commands first.
pub fn path_with_venv() -> std::ffi::OsString {
    let old = env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(venv().join("bin")).chain(env::split_paths(&old));
    env::join_paths(all).unwrap_or(old)
}
