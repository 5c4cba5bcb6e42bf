//! The history of a state folder on a network: the database is in a local folder, and its copy goes home now and then.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use sqlx::SqlitePool;

use crate::{
    StoreError,
    open::{FILE, beside, remove},
};

/// How often the copy goes home, milliseconds.
pub(crate) const EVERY_MS: i64 = 600_000;
/// Says which machine keeps the history, and since when.
const OWNER: &str = "history.owner";

/// See the module's sentence.
#[derive(Debug)]
pub(crate) struct Copy {
    home: PathBuf,
    database: PathBuf,
}

impl Copy {
    /// Takes the history home's place: nobody else on another machine may.
    ///
    /// # Errors
    /// When another machine has it, or one of the folders cannot be written.
    pub fn begin(home: &Path, runtime: &Path, now_ms: i64) -> Result<Self, StoreError> {
        private(runtime)?;
        // Several homes may share a runtime folder.
        let name = blake3::hash(home.as_os_str().as_encoded_bytes()).to_hex();
        let database = runtime.join(format!("history-{}.db", name.get(..16).unwrap_or_default()));
        let copy = Self { home: home.to_owned(), database };
        copy.own(now_ms)?;
        if !copy.database.exists() && copy.home.join(FILE).exists() {
            let half = beside(&copy.database, ".new");
            fs::copy(copy.home.join(FILE), &half)?;
            fs::rename(half, &copy.database)?;
        }
        Ok(copy)
    }

    pub fn database(&self) -> &Path {
        &self.database
    }

    /// Copies the database home, in one step.
    ///
    /// # Errors
    /// When another machine has taken over, or the copy cannot be written.
    pub async fn take_home(&self, pool: &SqlitePool, now_ms: i64) -> Result<(), StoreError> {
        let whole = beside(&self.database, ".copy");
        remove(&whole)?;
        sqlx::query("VACUUM INTO ?").bind(whole.to_string_lossy().into_owned()).execute(pool).await?;
        let (home, owner) = (self.home.clone(), Self { home: self.home.clone(), database: self.database.clone() });
        // The file system may be slow.
        let written = tokio::task::spawn_blocking(move || {
            owner.own(now_ms)?;
            let half = home.join(format!("{FILE}.new"));
            let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(&half)?;
            io::copy(&mut File::open(&whole)?, &mut file)?;
            file.sync_all()?;
            fs::rename(half, home.join(FILE))?;
            remove(&whole)?;
            Ok::<_, StoreError>(())
        });
        written.await.map_err(|_| StoreError::Ends)?
    }

    /// Says that this machine keeps the history.
    fn own(&self, now_ms: i64) -> Result<(), StoreError> {
        let machine = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
        let machine = machine.trim();
        let file = self.home.join(OWNER);
        let known = fs::read_to_string(&file).unwrap_or_default();
        if let Some((owner, at_ms)) = known.trim().rsplit_once(' ')
            && let Ok(at_ms) = at_ms.parse::<i64>()
            && owner != machine
            && (at_ms..at_ms.saturating_add(EVERY_MS * 5 / 2)).contains(&now_ms)
        {
            return Err(StoreError::Elsewhere);
        }
        let mut file = OpenOptions::new().create(true).write(true).truncate(true).mode(0o600).open(file)?;
        file.write_all(format!("{machine} {now_ms}\n").as_bytes())?;
        Ok(())
    }

    /// Removes the copy, with which the history would come back.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub fn forget(&self) -> io::Result<()> {
        remove(&self.home.join(FILE))?;
        remove(&beside(&self.database, ".copy"))
    }
}

/// Makes a folder for the person alone. In a folder that everybody can write, somebody else may have made it before.
fn private(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let found = fs::symlink_metadata(folder)?;
    let is_mine = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0;
    if is_mine { Ok(()) } else { Err(io::Error::other("the runtime folder is not the person's alone")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_history_that_another_machine_keeps_is_left_alone_until_that_machine_falls_silent() {
        let (home, runtime) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(home.path().join(OWNER), "elsewhere 1000\n").unwrap();
        let begin = |now_ms| Copy::begin(home.path(), &runtime.path().join("mine"), now_ms);
        assert!(matches!(begin(1000 + EVERY_MS), Err(StoreError::Elsewhere)));
        begin(1000 + EVERY_MS * 3).unwrap();
        assert!(!fs::read_to_string(home.path().join(OWNER)).unwrap().starts_with("elsewhere"));
    }
}
