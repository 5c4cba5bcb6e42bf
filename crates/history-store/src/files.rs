//! The files of a history: how they are called, and how to touch them on a file system that may hang.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::StoreError;

/// The database's file in the state folder.
pub(crate) const FILE: &str = "history.db";
/// A damaged file is put aside under this name, once.
pub(crate) const DAMAGED: &str = "history.db.damaged";

/// A file system that hangs must not hang the sidecar. A local one is slow for seconds on a busy machine; after
/// a wait that is too short, the history would be in memory until the next start. Shorter than the wait for a lock.
pub(crate) const PATIENCE: Duration = Duration::from_secs(4);

/// Does something with files in a thread of its own: one that hangs with a file system must not take a thread that
/// answers requests.
pub(crate) async fn patiently<T: Send + 'static>(
    patience: Duration,
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let done = tokio::time::timeout(patience, tokio::task::spawn_blocking(work)).await;
    done.map_err(|_| StoreError::Hangs)?.map_err(|_| StoreError::Ends)?
}

/// The file's name with `end` after it.
pub(crate) fn beside(file: &Path, end: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(end);
    file.with_file_name(name)
}

/// Removes a database with its log, if there is one.
pub(crate) fn remove_database(file: &Path) -> io::Result<()> {
    ["", "-wal", "-shm"].iter().try_for_each(|end| remove(&beside(file, end)))
}

/// Removes a file, if there is one.
pub(crate) fn remove(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
