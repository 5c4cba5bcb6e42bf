//! The open database.

use std::{fs, path::PathBuf};

use sqlx::{Row, SqlitePool};

use crate::{
    StoreError,
    copy::{self, Copy},
    files::{DAMAGED, PATIENCE, patiently, remove, remove_database},
    forgotten,
    open::Kept,
};

/// Writes the log back and empties its file; the first column tells whether somebody hindered it.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";

/// The open database. Reads are methods; writes go through [`crate::writer`].
#[derive(Debug)]
pub struct Store {
    /// The one connection that writes.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) kept: Kept,
    pub(crate) file: Option<PathBuf>,
    /// Files in which an earlier or another sidecar may have left a history.
    pub(crate) untouched: Vec<PathBuf>,
    pub(crate) copy: Option<Copy>,
    pub(crate) cap_bytes: u64,
}

impl Store {
    /// Where the history is kept.
    #[must_use]
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// The database's file; none in memory.
    #[must_use]
    pub fn file(&self) -> Option<&PathBuf> {
        self.file.as_ref()
    }

    /// How often [`Self::take_home`] has to be called, milliseconds; none if there is nothing to copy.
    pub(crate) fn copied_every_ms(&self) -> Option<i64> {
        self.copy.as_ref().map(|_| copy::EVERY_MS)
    }

    /// Copies the database to the state folder, if it is elsewhere.
    pub(crate) async fn take_home(&self, now_ms: i64) -> Result<(), StoreError> {
        match &self.copy {
            Some(copy) => copy.take_home(&self.writer, now_ms).await,
            None => Ok(()),
        }
    }

    /// The largest size of the database, bytes.
    #[must_use]
    pub fn cap_bytes(&self) -> u64 {
        self.cap_bytes
    }

    /// Removes everything of an owner and of nobody, or of everybody: the rows, their remains in the log and in free
    /// pages, the copy, and a damaged file.
    ///
    /// # Errors
    /// The database's, a file cannot be removed, somebody else still reads what the log contains, or the history is in
    /// memory and there is a file too, from which it would come back.
    pub async fn forget(&self, owner: Option<&str>, now_ms: i64) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        forgotten::remove(&mut connection, owner, now_ms).await?;
        for statement in [
            CHECKPOINT, "VACUUM", // What VACUUM wrote is in the log first.
            CHECKPOINT,
        ] {
            let row = sqlx::query(statement).fetch_optional(&mut *connection).await?;
            // A reader of an older state keeps the log, and there is no error.
            if row.is_some_and(|row| row.get::<i64, _>(0) != 0) {
                return Err(StoreError::Busy);
            }
        }
        if let Some(file) = &self.file {
            remove(&file.with_file_name(DAMAGED))?;
        }
        drop(connection);
        if let Some(copy) = &self.copy {
            copy.forget(&self.writer, now_ms).await?;
        }
        if !matches!(self.kept, Kept::Memory(_)) {
            // From when the state folder could not be written.
            for file in &self.untouched {
                remove_database(file)?;
            }
            return Ok(());
        }
        match self.untouched_file().await {
            Some(file) => Err(StoreError::FileStays(file)),
            None => Ok(()),
        }
    }

    /// A file with a history that this store did not open.
    async fn untouched_file(&self) -> Option<PathBuf> {
        let files = self.untouched.clone();
        let found = patiently(PATIENCE, move || Ok(files.into_iter().find(|file| fs::symlink_metadata(file).is_ok())));
        // A file system that does not answer may well have one.
        found.await.unwrap_or_else(|_| self.untouched.first().cloned())
    }

    /// Takes the database home, if it is elsewhere, lets other machines have it, and closes it.
    ///
    /// # Errors
    /// When it could not be taken home; then other machines wait, because what they would find there is older.
    pub async fn end(&self, now_ms: i64) -> Result<(), StoreError> {
        let taken_home = self.take_home(now_ms).await;
        self.close().await;
        taken_home?;
        match &self.copy {
            Some(copy) => copy.release().await,
            None => Ok(()),
        }
    }

    /// Closes all connections, the log written back.
    async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
