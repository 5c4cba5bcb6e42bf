//! The open database.

use std::path::PathBuf;

use sqlx::SqlitePool;

use crate::{
    StoreError,
    copy::{self, Copy},
    open::{DAMAGED, Kept, remove},
};

/// How the audit log calls it that everything was forgotten.
pub(crate) const FORGET: &str = "forget";

/// The open database. Reads are methods; writes go through [`crate::writer`].
#[derive(Debug)]
pub struct Store {
    /// The one connection that writes.
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) kept: Kept,
    pub(crate) file: Option<PathBuf>,
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

    /// Removes everything: the rows, their remains in the log and in free pages, the copy, and a damaged file.
    ///
    /// # Errors
    /// The database's, or a file cannot be removed.
    pub async fn forget(&self, now_ms: i64) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
        for statement in [
            // Everything else hangs on these.
            "DELETE FROM systems",
            "DELETE FROM points",
            "DELETE FROM hours_due",
            "PRAGMA wal_checkpoint(TRUNCATE)",
            "VACUUM",
            // What VACUUM wrote is in the log first.
            "PRAGMA wal_checkpoint(TRUNCATE)",
        ] {
            sqlx::query(statement).execute(&mut *connection).await?;
        }
        let note =
            "INSERT INTO audit (at_ms, who, action, target, outcome, details) VALUES (?, '', ?, 'history', 'done', '')";
        sqlx::query(note).bind(now_ms).bind(FORGET).execute(&mut *connection).await?;
        if let Some(copy) = &self.copy {
            copy.forget().await?;
        }
        if let Some(file) = &self.file {
            remove(&file.with_file_name(DAMAGED))?;
        }
        Ok(())
    }

    /// Closes all connections, the log written back.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
