//! The database of a site, on PostgreSQL or MariaDB.

use std::{fmt, str::FromStr, time::Duration};

use sqlx::{
    Executor,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::{PgConnectOptions, PgPoolOptions},
};

use crate::{Store, StoreError, migrate::migrate, pool::Pool};

/// Connections of one process; more requests wait.
const CONNECTIONS: u32 = 8;
/// How long somebody waits for a connection.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections that nobody uses are closed.
const IDLE: Duration = Duration::from_secs(60);

/// For each connection, whatever the server's defaults are: what others commit is seen after waiting for them, and
/// nobody waits for ever.
const POSTGRES: &str = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                        SET lock_timeout = '10s'; SET statement_timeout = '60s'";
const MARIADB: &str = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                       SET SESSION innodb_lock_wait_timeout = 10, SESSION max_statement_time = 60";

/// Where the database of a site is: `postgres://user:password@host:port/database`, or `mysql://…` for MariaDB. How TLS
/// is used is a parameter, as the engines' own clients call it: `?sslmode=verify-full&sslrootcert=…`, for MariaDB
/// `?ssl-mode=VERIFY_IDENTITY&ssl-ca=…`. Without it, TLS is used if the server has it, and nothing is verified.
///
/// Its text for people and logs has neither user nor password.
#[derive(Clone)]
pub struct Address(Options);

#[derive(Clone)]
enum Options {
    // They are large.
    Postgres(Box<PgConnectOptions>),
    MariaDb(Box<MySqlConnectOptions>),
}

impl FromStr for Address {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let (scheme, _) = text.split_once("://").ok_or(StoreError::Address)?;
        // The reason might quote the password.
        let options = match scheme {
            "postgres" | "postgresql" => Options::Postgres(Box::new(text.parse().map_err(|_| StoreError::Address)?)),
            "mysql" | "mariadb" => Options::MariaDb(Box::new(text.parse().map_err(|_| StoreError::Address)?)),
            _ => return Err(StoreError::Address),
        };
        let address = Self(options);
        if address.database().is_none() { Err(StoreError::Address) } else { Ok(address) }
    }
}

impl Address {
    fn database(&self) -> Option<&str> {
        match &self.0 {
            Options::Postgres(options) => options.get_database(),
            Options::MariaDb(options) => options.get_database(),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, host, port) = match &self.0 {
            Options::Postgres(options) => ("postgres", options.get_host(), options.get_port()),
            Options::MariaDb(options) => ("mysql", options.get_host(), options.get_port()),
        };
        write!(f, "{scheme}://{host}:{port}/{}", self.database().unwrap_or_default())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Store {
    /// Opens the database of a site, and makes or changes its tables.
    ///
    /// # Errors
    /// When the server cannot be reached or refuses, or a newer version of this program made the tables.
    pub async fn connect(address: &Address, now_ms: i64) -> Result<Self, StoreError> {
        let pool = address.pool();
        let mut db = pool.acquire().await?;
        migrate(&mut db, now_ms).await?;
        drop(db);
        Ok(Self { writer: pool.clone(), readers: pool, local: None })
    }
}

impl Address {
    fn pool(&self) -> Pool {
        match &self.0 {
            Options::Postgres(options) => {
                let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
                let pool = pool.idle_timeout(IDLE).after_connect(|connection, _| {
                    Box::pin(async move { connection.execute(sqlx::raw_sql(POSTGRES)).await.map(drop) })
                });
                Pool::Postgres(pool.connect_lazy_with(PgConnectOptions::clone(options)))
            }
            Options::MariaDb(options) => {
                let pool = MySqlPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
                let pool = pool.idle_timeout(IDLE).after_connect(|connection, _| {
                    Box::pin(async move { connection.execute(sqlx::raw_sql(MARIADB)).await.map(drop) })
                });
                Pool::MariaDb(pool.connect_lazy_with(MySqlConnectOptions::clone(options)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_hides_user_and_password() {
        for (text, shown) in [
            ("postgres://ann:s3cret@db.example/history", "postgres://db.example:5432/history"),
            ("postgresql://ann@db.example:1/history?password=s3cret", "postgres://db.example:1/history"),
            ("mysql://ann:s3cret@db.example/history?ssl-mode=REQUIRED", "mysql://db.example:3306/history"),
            ("mariadb://ann:s3cret@db.example:7/history", "mysql://db.example:7/history"),
        ] {
            let address: Address = text.parse().unwrap();
            assert_eq!((address.to_string().as_str(), format!("{address:?}").as_str()), (shown, shown));
        }
    }

    #[test]
    fn what_is_no_address_is_not_repeated() {
        for text in [
            "s3cret",
            "sqlite://s3cret",
            "postgres://ann:s3cret@db.example",
            "mysql://ann:s3cret@db.example/",
            "postgres://ann:s3cret@db.example:s3cret/history",
            "postgres://db.example/history?sslmode=s3cret",
            "mysql://db.example/history?ssl-mode=s3cret",
        ] {
            let error = text.parse::<Address>().unwrap_err();
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }
}
