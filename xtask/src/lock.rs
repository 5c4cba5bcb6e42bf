//! Locks for commands that run at the same time: one builds, and the other waits and then finds everything built.

use std::{
    fs::{self, File, TryLockError},
    thread,
    time::Duration,
};

use anyhow::{Context, Result};

use crate::{paths, stop};

/// Waits for the lock of this name. It is released when the value is dropped or the process ends.
///
/// # Errors
/// When the lock cannot be created, or after Ctrl-C.
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
