//! Connections to one of the three engines, each with its own type.

use std::time::Duration;

use sqlx::{MySql, MySqlPool, PgPool, Postgres, SqlSafeStr, Sqlite, SqlitePool, pool::PoolConnection};

use crate::{Engine, StoreError};

/// How long a server may take for one statement; a mean over a day of many components takes a second.
const PATIENCE: Duration = Duration::from_secs(60);

/// Does the same with whichever connection it is.
macro_rules! on_engine {
    ($db:expr, |$connection:ident| $body:expr) => {
        match &mut $db.connection {
            $crate::pool::Connection::Sqlite($connection) => $body,
            $crate::pool::Connection::Postgres($connection) => $body,
            $crate::pool::Connection::MariaDb($connection) => $body,
        }
    };
}
pub(crate) use on_engine;

/// The connections to a database.
#[derive(Clone, Debug)]
pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MariaDb(MySqlPool),
}

/// A connection, while somebody uses it.
#[derive(Debug)]
pub(crate) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    MariaDb(PoolConnection<MySql>),
}

/// A connection with what is known of its state.
#[derive(Debug)]
pub(crate) struct Db {
    pub connection: Connection,
    /// Whether a transaction or a statement has begun and not ended.
    pub is_busy: bool,
}

impl Pool {
    pub async fn acquire(&self) -> Result<Db, StoreError> {
        let connection = match self {
            Self::Sqlite(pool) => Connection::Sqlite(pool.acquire().await?),
            Self::Postgres(pool) => Connection::Postgres(pool.acquire().await?),
            Self::MariaDb(pool) => Connection::MariaDb(pool.acquire().await?),
        };
        Ok(Db { connection, is_busy: false })
    }

    pub async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
            Self::MariaDb(pool) => pool.close().await,
        }
    }
}

impl Db {
    pub fn engine(&self) -> Engine {
        match self.connection {
            Connection::Sqlite(_) => Engine::Sqlite,
            Connection::Postgres(_) => Engine::Postgres,
            Connection::MariaDb(_) => Engine::MariaDb,
        }
    }

    /// Waits for a server, but not for ever. A file answers by itself, or its thread hangs with it.
    pub async fn patiently<T>(
        engine: Engine,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, StoreError> {
        if engine == Engine::Sqlite {
            return Ok(answer.await?);
        }
        tokio::time::timeout(PATIENCE, answer).await.map_err(|_| StoreError::Silent)?.map_err(StoreError::from)
    }

    /// Runs our own text without values, as it is.
    pub async fn run(&mut self, text: impl SqlSafeStr) -> Result<(), StoreError> {
        let engine = self.engine();
        let answer = sqlx::raw_sql(text);
        on_engine!(self, |connection| Self::patiently(engine, answer.execute(&mut **connection)).await.map(drop))
    }
}

impl Drop for Db {
    /// Whoever used the connection was stopped in the middle: nobody else may go on with what was begun.
    fn drop(&mut self) {
        match &mut self.connection {
            // The next to begin takes it back; and a database in memory is this connection.
            Connection::Sqlite(_) => {}
            Connection::Postgres(connection) if self.is_busy => connection.close_on_drop(),
            Connection::MariaDb(connection) if self.is_busy => connection.close_on_drop(),
            Connection::Postgres(_) | Connection::MariaDb(_) => {}
        }
    }
}
