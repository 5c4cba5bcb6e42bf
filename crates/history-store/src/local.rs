//! What only SQLite has: a file with its copy and its cap, and the work to leave nothing in it.

use std::{fs, path::PathBuf};

use sqlx::{Row, SqlitePool};

use crate::{
    Retention, StoreError,
    copy::{self, Copy},
    files::{DAMAGED, PATIENCE, patiently, remove, remove_database},
    pool::{Db, Pool},
    retention,
    statement::Statement,
};

/// Writes the log back and empties its file; the first column tells whether somebody hindered it.
const CHECKPOINT: &str = "PRAGMA wal_checkpoint(TRUNCATE)";
/// At this share of the cap the oldest goes, so that the log and the next hours have room; percents.
const ROOM_PERCENT: u64 = 80;

/// The oldest tenth of the runs, of the spans, and of the samples and means.
const OLDEST_TENTH: [Statement; 3] = [
    Statement(
        "DELETE FROM query_runs WHERE run_id IN (SELECT run_id FROM query_runs ORDER BY submitted_ms \
         LIMIT (SELECT (count(*) + 9) / 10 FROM query_runs))",
    ),
    Statement(
        "DELETE FROM spans WHERE span_id IN (SELECT span_id FROM spans ORDER BY last_ms \
         LIMIT (SELECT (count(*) + 9) / 10 FROM spans))",
    ),
    Statement(
        "DELETE FROM points WHERE at_ms <= (SELECT at_ms FROM points ORDER BY at_ms \
         LIMIT 1 OFFSET (SELECT count(*) / 10 FROM points))",
    ),
];

/// Where the history is kept.
#[derive(Debug)]
pub enum Kept {
    /// In the state folder.
    Home,
    /// In the runtime folder, and copied to the state folder every few minutes and at the end.
    Copied,
    /// In memory, for this reason.
    Memory(StoreError),
}

/// A history of one person, in a file or in memory.
#[derive(Debug)]
pub struct Local {
    /// The one connection that writes.
    pub(crate) writer: SqlitePool,
    pub(crate) kept: Kept,
    pub(crate) file: Option<PathBuf>,
    /// Files in which an earlier or another sidecar may have left a history.
    pub(crate) untouched: Vec<PathBuf>,
    pub(crate) copy: Option<Copy>,
    pub(crate) cap_bytes: u64,
}

impl Local {
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

    /// The largest size of the database, bytes.
    #[must_use]
    pub fn cap_bytes(&self) -> u64 {
        self.cap_bytes
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

    /// Lets other machines have the history.
    pub(crate) async fn release(&self) -> Result<(), StoreError> {
        match &self.copy {
            Some(copy) => copy.release().await,
            None => Ok(()),
        }
    }

    /// Removes what is left of removed rows in the log and in free pages, the copy, and a damaged file.
    pub(crate) async fn erase(&self, now_ms: i64) -> Result<(), StoreError> {
        let mut connection = self.writer.acquire().await?;
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

    /// Removes the oldest until the database is small enough.
    pub(crate) async fn shrink(&self, retention: Retention, now_ms: i64) -> Result<(), StoreError> {
        let mut db = Pool::Sqlite(self.writer.clone()).acquire().await?;
        // One day's rows at a time are gone in milliseconds, so that whoever writes does not wait.
        let mut raw_ms = retention.raw_ms;
        while retention::bytes(&mut db).await? > self.cap_bytes / 100 * ROOM_PERCENT {
            raw_ms -= retention::DAY_MS;
            if raw_ms >= retention::DAY_MS {
                retention::points_before(&mut db, 0, now_ms - raw_ms).await?;
                retention::ticks_before(&mut db, now_ms - raw_ms).await?;
            } else if !oldest_tenth(&mut db).await? {
                break;
            }
            free(&mut db).await?;
        }
        free(&mut db).await
    }

    /// Gives the free pages back to the file system.
    pub(crate) async fn free(&self) -> Result<(), StoreError> {
        free(&mut Pool::Sqlite(self.writer.clone()).acquire().await?).await
    }
}

/// Removes a tenth of everything, and what is empty without it; false if there is nothing left.
async fn oldest_tenth(db: &mut Db) -> Result<bool, StoreError> {
    let mut removed = 0;
    for delete in OLDEST_TENTH {
        removed += delete.bare().execute(db).await?;
    }
    removed += retention::empty_ones(db, i64::MAX).await?;
    Ok(removed > 0)
}

async fn free(db: &mut Db) -> Result<(), StoreError> {
    db.run("PRAGMA incremental_vacuum").await
}
