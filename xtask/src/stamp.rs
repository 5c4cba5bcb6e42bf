//! Skips a build if its inputs have not changed.

use std::{
    fs,
    hash::{DefaultHasher, Hasher},
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::lock;

/// Folders that contain results, not inputs.
const RESULTS: [&str; 6] = ["node_modules", "target", "dist", "lib", "wasm", "__pycache__"];

/// Runs `build`, unless `inputs` are unchanged since it last succeeded and `output` exists.
///
/// # Errors
/// When an input cannot be read or the build fails.
pub fn unless_unchanged(
    name: &str,
    inputs: &[PathBuf],
    output: &Path,
    build: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let _lock = lock::exclusive(name)?;
    let stamp = crate::paths::dev().join("stamps").join(name);
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        hash(input, &mut hasher).with_context(|| format!("cannot read {}", input.display()))?;
    }
    let now = format!("{:016x}", hasher.finish());
    if output.exists() && fs::read_to_string(&stamp).is_ok_and(|before| before == now) {
        println!("    {name}: unchanged");
        return Ok(());
    }
    // Remove the old stamp first, so that a failed build does not pass for a successful one.
    let _ = fs::remove_file(&stamp);
    build()?;
    fs::create_dir_all(crate::paths::dev().join("stamps"))?;
    Ok(fs::write(stamp, now)?)
}

fn hash(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    if path.is_dir() {
        let mut entries: Vec<_> = fs::read_dir(path)?.collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            if !RESULTS.iter().any(|result| entry.file_name() == *result) {
                hash(&entry.path(), hasher)?;
            }
        }
    } else {
        hasher.write(path.as_os_str().as_encoded_bytes());
        hasher.write(&fs::read(path)?);
    }
    Ok(())
}
