//! Two commands at once: one builds, the other waits and then finds everything built.

use std::{
    fs::{self, File, TryLockError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{paths, stop};

/// Waits until nobody else holds the lock of this name. It is held until the value is dropped, or the process ends in
/// whatever way.
///
/// # Errors
/// When the lock cannot be made, or it is time to stop.
pub fn exclusive(name: &str) -> Result<File> {
    let folder = paths::dev().join("locks");
    fs::create_dir_all(&folder)?;
    let path = folder.join(name);
    let file = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => {
                if !told {
                    println!("    {name}: another command is at it, waiting");
                    told = true;
                }
                stop::check()?;
                thread::sleep(Duration::from_millis(100));
            }
            Err(TryLockError::Error(error)) => return Err(error).context("cannot lock"),
        }
    }
}
