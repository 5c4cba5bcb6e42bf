//! Brings a database to the current version, one program at a time.

use crate::{
    Engine, StoreError,
    pool::Db,
    schema,
    statement::{Statement, statements},
    transaction,
};

/// Any number, the same in every program of ours.
const LOCK: i64 = 7_205_759_403;

/// At most ten seconds, as `server.rs` asks PostgreSQL.
const TAKE_MARIADB_LOCK: Statement = Statement("SELECT GET_LOCK(concat('spark-monitor-', md5(database())), 10)");
const GIVE_MARIADB_LOCK: Statement = Statement("SELECT RELEASE_LOCK(concat('spark-monitor-', md5(database())))");
const TAKE_POSTGRES_LOCK: Statement = Statement("SELECT pg_advisory_xact_lock(?)");

const VERSIONS: &str =
    "CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY NOT NULL, applied_ms BIGINT NOT NULL)";

statements! {
    APPLIED = "SELECT max(version) FROM migrations";
    APPLY = "INSERT INTO migrations (version, applied_ms) VALUES (?, ?)";
}

/// Makes the tables, or changes those of an older version.
pub(crate) async fn migrate(db: &mut Db, now_ms: i64) -> Result<(), StoreError> {
    match db.engine() {
        Engine::Sqlite => {
            db.run("BEGIN EXCLUSIVE").await?;
            let applied = apply(db, now_ms).await;
            transaction::end(db, applied).await
        }
        Engine::Postgres => {
            transaction::begin(db).await?;
            let applied = locked(db, now_ms).await;
            transaction::end(db, applied).await
        }
        // It commits each change of a table at once, so the lock is one of the connection.
        Engine::MariaDb => {
            let (taken,): (Option<i64>,) = TAKE_MARIADB_LOCK.bare().one(db).await?;
            if taken != Some(1) {
                return Err(StoreError::Busy);
            }
            let applied = apply(db, now_ms).await;
            GIVE_MARIADB_LOCK.bare().execute(db).await?;
            applied
        }
    }
}

async fn locked(db: &mut Db, now_ms: i64) -> Result<(), StoreError> {
    TAKE_POSTGRES_LOCK.bind(LOCK).execute(db).await?;
    apply(db, now_ms).await
}

async fn apply(db: &mut Db, now_ms: i64) -> Result<(), StoreError> {
    db.run(VERSIONS).await?;
    let (applied,): (Option<i32>,) = APPLIED.bare().one(db).await?;
    let applied = applied.and_then(|version| usize::try_from(version).ok()).unwrap_or(0);
    if applied > schema::VERSION {
        return Err(StoreError::Newer);
    }
    for statement in schema::migrations(db.engine(), applied) {
        // Our own text; there is nothing of a person in it.
        db.run(sqlx::AssertSqlSafe(statement)).await?;
    }
    if applied < schema::VERSION {
        let version = i64::try_from(schema::VERSION).unwrap_or(i64::MAX);
        APPLY.bind(version).bind(now_ms).execute(db).await?;
    }
    Ok(())
}
