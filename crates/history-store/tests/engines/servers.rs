//! What only a server does: others migrate, write and lock at the same time, ask for a password, and prove who they are.

use std::{sync::Arc, time::Duration};

use history_store::{Address, Change, Engine, Store, StoreError, migrations, statements};
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection, SqliteConnection};

use super::{
    behaviour,
    kit::{BEGIN_MS, Kit, Place, STEP_MS, run, tick},
    server::{PASSWORD, Server},
};

/// Calls a macro with the names of all tests.
macro_rules! each {
    ($call:ident) => {
        $call! {
            every_statement_is_understood,
            programs_that_start_at_once_make_the_tables_once,
            a_half_made_or_older_database_is_brought_up_to_date_and_a_newer_one_refused,
            only_the_newest_runs_are_kept,
            a_transaction_that_the_server_ends_for_another_one_begins_again,
            whoever_is_stopped_in_the_middle_of_writing_leaves_nothing_behind,
            the_password_is_in_no_error,
            with_tls_the_server_has_to_prove_who_it_is
        }
    };
}
pub(crate) use each;

/// A connection of the test's own.
enum Other {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

impl Other {
    async fn open(server: &Server, database: &str) -> Self {
        let url = server.url(database, "");
        match server.engine {
            Engine::Postgres => Self::Postgres(PgConnection::connect(&url).await.unwrap()),
            Engine::MariaDb | Engine::Sqlite => Self::MariaDb(MySqlConnection::connect(&url).await.unwrap()),
        }
    }

    async fn run(&mut self, statement: &str) -> Result<(), sqlx::Error> {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        match self {
            Self::Postgres(db) => statement.execute(db).await.map(drop),
            Self::MariaDb(db) => statement.execute(db).await.map(drop),
        }
    }

    async fn number(&mut self, statement: &'static str) -> i64 {
        match self {
            Self::Postgres(db) => sqlx::query_scalar(statement).fetch_one(db).await.unwrap(),
            Self::MariaDb(db) => sqlx::query_scalar(statement).fetch_one(db).await.unwrap(),
        }
    }
}

pub async fn every_statement_is_understood(server: Arc<Server>, database: String) {
    let address = server.create(&database).await;
    Store::connect(&address, BEGIN_MS).await.unwrap();
    let texts = |engine| statements(engine).into_iter().map(AssertSqlSafe);
    match Other::open(&server, &database).await {
        Other::Postgres(mut db) => {
            for text in texts(Engine::Postgres) {
                let shown = text.0.clone();
                if let Err(error) = db.prepare(sqlx::SqlSafeStr::into_sql_str(text)).await {
                    panic!("{shown}: {error}");
                }
            }
        }
        Other::MariaDb(mut db) => {
            for text in texts(Engine::MariaDb) {
                let shown = text.0.clone();
                if let Err(error) = db.prepare(sqlx::SqlSafeStr::into_sql_str(text)).await {
                    panic!("{shown}: {error}");
                }
            }
        }
    }
    let mut db = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    let tables = "CREATE TABLE migrations (version INTEGER PRIMARY KEY NOT NULL, applied_ms BIGINT NOT NULL)";
    for statement in [tables.to_owned()].into_iter().chain(migrations(Engine::Sqlite, 0)) {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut db).await.unwrap();
    }
    for text in texts(Engine::Sqlite) {
        db.prepare(sqlx::SqlSafeStr::into_sql_str(text)).await.unwrap();
    }
}

pub async fn programs_that_start_at_once_make_the_tables_once(server: Arc<Server>, database: String) {
    let address = server.create(&database).await;
    let starts: Vec<_> = (0..6)
        .map(|_| {
            let address = address.clone();
            tokio::spawn(async move { Store::connect(&address, BEGIN_MS).await.map(drop) })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    let mut other = Other::open(&server, &database).await;
    assert_eq!(other.number("SELECT count(*) FROM migrations").await, 1);
}

pub async fn a_half_made_or_older_database_is_brought_up_to_date_and_a_newer_one_refused(
    server: Arc<Server>,
    database: String,
) {
    let address = server.create(&database).await;
    let mut other = Other::open(&server, &database).await;
    let (all, newer) = (migrations(server.engine, 0), migrations(server.engine, 1));
    for statement in &all[..all.len() - newer.len()] {
        other.run(statement).await.unwrap();
    }
    if server.engine == Engine::MariaDb {
        // It does not take back what was made before a failure.
        other.run(&newer[0]).await.unwrap();
    }
    for statement in [
        "CREATE TABLE migrations (version INTEGER PRIMARY KEY NOT NULL, applied_ms BIGINT NOT NULL)",
        "INSERT INTO migrations VALUES (1, 0)",
        "INSERT INTO systems (owner, name, kind) VALUES ('old', 'spark', 'spark')",
    ] {
        other.run(statement).await.unwrap();
    }
    let kit = Kit::of(Store::connect(&address, BEGIN_MS).await.unwrap());
    assert_eq!(kit.store.owners().await.unwrap(), ["old"]);
    kit.record(run("q", BEGIN_MS)).await;
    kit.settled().await;
    other.run("INSERT INTO migrations VALUES (99, 0)").await.unwrap();
    let refused = Store::connect(&address, BEGIN_MS).await;
    assert!(matches!(refused, Err(StoreError::Newer)), "{refused:?}");
}

pub async fn only_the_newest_runs_are_kept(server: Arc<Server>, database: String) {
    let place = Place::Server(server.create(&database).await);
    let kit = place.open().await;
    kit.record(run("oldest", BEGIN_MS)).await;
    kit.settled().await;
    let mut other = Other::open(&server, &database).await;
    for statement in behaviour::surplus() {
        other.run(&statement).await.unwrap();
    }
    behaviour::only_the_newest_runs_are_kept(place).await;
}

pub async fn a_transaction_that_the_server_ends_for_another_one_begins_again(server: Arc<Server>, database: String) {
    let address = server.create(&database).await;
    let place = Place::Server(address);
    let kit = place.open().await;
    let of = |owner: &str, at_ms| {
        let mut tick = tick(at_ms, 1.0);
        tick.system.owner = owner.into();
        Change::Tick(tick)
    };
    for owner in ["a", "b", "first"] {
        kit.record(of(owner, BEGIN_MS)).await;
    }
    while kit.store.owners().await.unwrap().len() < 3 {
        tokio::task::yield_now().await;
    }
    let mut other = Other::open(&server, &database).await;
    other.run("BEGIN").await.unwrap();
    // The server ends the transaction that has written less, or that has waited first.
    for number in 0..200 {
        let note = format!(
            "INSERT INTO audit (at_ms, who, action, target, outcome, details) VALUES ({number}, '', '', '', '', '')"
        );
        other.run(&note).await.unwrap();
    }
    other.run("SELECT * FROM systems WHERE owner = 'b' FOR UPDATE").await.unwrap();
    // Meanwhile both are queued, and then written together.
    let mut third = Other::open(&server, &database).await;
    third.run("BEGIN").await.unwrap();
    third.run("SELECT * FROM systems WHERE owner = 'first' FOR UPDATE").await.unwrap();
    kit.record(of("first", BEGIN_MS + STEP_MS)).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    for owner in ["a", "b"] {
        kit.recorder.record(of(owner, BEGIN_MS + STEP_MS));
    }
    third.run("COMMIT").await.unwrap();
    // Until the writer has the first system and waits for the second.
    while third.run("SELECT * FROM systems WHERE owner = 'a' FOR UPDATE NOWAIT").await.is_ok() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    other.run("SELECT * FROM systems WHERE owner = 'a' FOR UPDATE").await.unwrap();
    other.run("COMMIT").await.unwrap();
    kit.settled().await;
    let kit = place.open().await;
    for owner in ["a", "b"] {
        let cluster = kit.store.component(owner, "system", "cluster").await.unwrap().unwrap();
        let points = kit.store.points(cluster.component_id, 0, (0, i64::MAX), 9).await.unwrap();
        assert_eq!(points.len(), 2, "{owner}");
    }
}

pub async fn whoever_is_stopped_in_the_middle_of_writing_leaves_nothing_behind(server: Arc<Server>, database: String) {
    let address = server.create(&database).await;
    let store = Store::connect(&address, BEGIN_MS).await.unwrap();
    let place = Place::Server(address);
    let kit = place.open().await;
    kit.record(run("q", BEGIN_MS)).await;
    kit.settled().await;
    let mut other = Other::open(&server, &database).await;
    other.run("BEGIN").await.unwrap();
    other.run("SELECT * FROM systems FOR UPDATE").await.unwrap();
    // It waits for the lock, and is given up.
    let forgets = tokio::time::timeout(Duration::from_millis(300), store.forget(Some("ann"), BEGIN_MS + 1));
    assert!(forgets.await.is_err());
    other.run("COMMIT").await.unwrap();
    for _ in 0..20 {
        // Each connection of the pool is used; none may be in the middle of a transaction.
        assert_eq!(store.runs("ann", 9).await.unwrap().len(), 1);
    }
    store.forget(None, BEGIN_MS + 1).await.unwrap();
    assert_eq!(other.number("SELECT count(*) FROM query_runs").await, 0);
}

pub async fn the_password_is_in_no_error(server: Arc<Server>, database: String) {
    let address = server.create(&database).await;
    let store = Store::connect(&address, BEGIN_MS).await.unwrap();
    let mut shown = format!("{store:?} {address:?} {address}");
    let url = server.url(&database, "");
    let (wrong, gone) = (url.replace("monitor:", "nobody:"), server.url("gone", ""));
    for url in [
        wrong,
        gone,
        server.url(
            &database,
            if server.engine == Engine::Postgres { "?sslmode=verify-full" } else { "?ssl-mode=VERIFY_IDENTITY" },
        ),
    ] {
        let address: Address = url.parse().unwrap();
        let error = Store::connect(&address, BEGIN_MS).await.unwrap_err();
        shown += &format!("{error} {error:?}");
    }
    assert!(shown.contains(&database) && !shown.contains("s3cret") && !shown.contains(PASSWORD), "{shown}");
}

pub async fn with_tls_the_server_has_to_prove_who_it_is(server: Arc<Server>, database: String) {
    server.create(&database).await;
    let authority = server.authority().display().to_string();
    let (verify, file) = match server.engine {
        Engine::Postgres => ("sslmode=verify-full", "sslrootcert"),
        Engine::MariaDb | Engine::Sqlite => ("ssl-mode=VERIFY_IDENTITY", "ssl-ca"),
    };
    let known = server.address(&database, &format!("?{verify}&{file}={authority}"));
    Store::connect(&known, BEGIN_MS).await.unwrap();
    let unknown = server.address(&database, &format!("?{verify}"));
    let error = Store::connect(&unknown, BEGIN_MS).await.unwrap_err();
    assert!(error.to_string().to_lowercase().contains("certificate"), "{error}");
}
