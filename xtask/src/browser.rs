//! The browser that the tests control.

use std::path::PathBuf;

use anyhow::{Context, Result};

/// Chromium's executable.
pub fn chromium() -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let mut found = names.iter().flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
    found.find(|path| path.is_file()).context("Chromium is missing")
}
