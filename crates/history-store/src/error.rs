//! Why the store cannot do something.

use std::path::PathBuf;

use sqlx::{error::DatabaseError, mysql::MySqlDatabaseError, postgres::PgDatabaseError, sqlite::SqliteError};

/// See the module's sentence.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("the database answered: {0}")]
    Database(#[from] sqlx::Error),
    #[error("a file could not be written: {0}")]
    File(#[from] std::io::Error),
    #[error("the database did not answer in time")]
    Hangs,
    #[error("the database server did not answer within a minute")]
    Silent,
    #[error("a database's address begins with postgres:// or mysql:// and names a database")]
    Address,
    #[error("another program uses the database")]
    Busy,
    #[error("the database is damaged")]
    Damaged,
    #[error("a newer version of this program wrote the database")]
    Newer,
    #[error("another sidecar on another machine keeps the history now")]
    Elsewhere,
    #[error("there is no folder for it: neither HOME nor XDG_STATE_HOME is set")]
    NoFolder,
    #[error("it is in no file but on a database server")]
    NoFile,
    #[error("a setting says to keep it in memory")]
    Asked,
    #[error("the history in {} is not open here, and stays", .0.display())]
    FileStays(PathBuf),
    #[error("the program ends")]
    Ends,
}

/// Error numbers of SQLite.
const IO: u32 = 10;
const FULL: u32 = 13;
const CANNOT_OPEN: u32 = 14;
const PROTOCOL: u32 = 15;
const CORRUPT: u32 = 11;
const NOT_A_DATABASE: u32 = 26;
/// Serialization failure, deadlock, and a lock that nobody gave up in time.
const POSTGRES_CONFLICTS: [&str; 3] = ["40001", "40P01", "55P03"];
/// The same: a row changed since it was read, a deadlock, a lock.
const MARIADB_CONFLICTS: [u16; 3] = [1020, 1213, 1205];

impl StoreError {
    fn number(&self) -> Option<u32> {
        let Self::Database(sqlx::Error::Database(error)) = self else { return None };
        let error = error.try_downcast_ref::<SqliteError>()?;
        // The higher bits tell details.
        Some(error.code()?.parse::<u32>().ok()? & 0xff)
    }

    /// Whether a server ended the transaction because of another one, so that it may work the next time.
    pub(crate) fn is_conflict(&self) -> bool {
        let Self::Database(sqlx::Error::Database(error)) = self else { return false };
        if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
            return MARIADB_CONFLICTS.contains(&error.number());
        }
        error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| POSTGRES_CONFLICTS.contains(&error.code()))
    }

    /// Whether the file is damaged, or no database at all.
    pub(crate) fn is_corrupt(&self) -> bool {
        matches!(self, Self::Damaged) || matches!(self.number(), Some(CORRUPT | NOT_A_DATABASE))
    }

    /// Whether the file system failed, or cannot do what the log needs.
    pub(crate) fn is_io(&self) -> bool {
        matches!(self.number(), Some(IO | CANNOT_OPEN | PROTOCOL))
    }

    /// Whether the disk is full, or the database as large as it may be.
    pub(crate) fn is_full(&self) -> bool {
        self.number() == Some(FULL)
    }
}
