//! The folder of fetched commits: a bare repository that can be thrown away at any time.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{sleep, timeout};

use super::{askpass, call::Git, error::GitError, process::size};
use crate::config::GitSite;

/// How often a folder that another export uses is tried again.
const AGAIN: Duration = Duration::from_millis(50);

/// The folder while nobody else uses it: another sidecar of the same person may have the same.
#[derive(Debug)]
pub(super) struct Held {
    pub git: Git,
    /// Released when it is closed, also when the process is killed.
    _lock: File,
}

impl Held {
    /// Waits for the folder, and makes it ready.
    ///
    /// # Errors
    /// When it cannot be written, another export does not end, or git cannot make a repository.
    pub async fn wait(site: &GitSite, folder: &Path) -> Result<Self, GitError> {
        DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(GitError::Cache)?;
        let options = || OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).to_owned();
        let lock = options().open(folder.join("lock")).map_err(GitError::Cache)?;
        // An export has several commands, each with this deadline.
        let patience = site.deadline.saturating_mul(4);
        timeout(patience, locked(&lock)).await.map_err(|_| GitError::Locked)?.map_err(GitError::Cache)?;
        let bare = folder.join("repository.git");
        let askpass = askpass::written(folder).map_err(GitError::Cache)?;
        let git = Git { site: site.clone(), bare, askpass };
        let held = Self { git, _lock: lock };
        held.prepare().await?;
        Ok(held)
    }

    async fn prepare(&self) -> Result<(), GitError> {
        let bare = &self.git.bare;
        // Old commits stay when new ones are fetched. A fetch always has half of the room.
        if size(bare) > self.git.site.most_bytes / 2 {
            self.forget()?;
        }
        if bare.join("HEAD").is_file() {
            without_leftovers(bare).map_err(GitError::Cache)?;
        } else {
            self.forget()?;
            self.git.local(&["init", "--quiet", "--bare", "--template=", "--object-format=sha1"], b"").await?;
        }
        let branch = format!("refs/heads/{}", self.git.site.branch);
        match self.git.local(&["check-ref-format", &branch], b"").await {
            Err(GitError::Failed { .. }) => Err(GitError::BranchName),
            other => other.map(|_| ()),
        }
    }

    /// Throws the repository away.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn forget(&self) -> Result<(), GitError> {
        match fs::remove_dir_all(&self.git.bare) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(GitError::Cache(error)),
            _ => Ok(()),
        }
    }
}

async fn locked(file: &File) -> io::Result<()> {
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => sleep(AGAIN).await,
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

/// Removes what a killed git left: its locks would stop each later one, and its half packs take room.
fn without_leftovers(bare: &Path) -> io::Result<()> {
    let mut folders: Vec<PathBuf> = vec![bare.to_owned(), bare.join("objects/pack"), bare.join("refs/spark-monitor")];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if (name.ends_with(".lock") || name.starts_with("tmp_") || name.starts_with("shallow_")) && path.is_file() {
                fs::remove_file(&path)?;
            }
        }
    }
    Ok(())
}
