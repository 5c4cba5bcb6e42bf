//! What is too old goes, and if the database is still too large, the oldest goes too.

use crate::{
    Engine, Store, StoreError,
    pool::Db,
    statement::{Statement, statements},
    transaction::in_transaction,
};

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// A value holds until the next tick, at most this many tenths of a step.
pub(crate) const MOST_HELD_TENTHS: i64 = 25;

/// Runs that are kept.
const RUNS: i64 = 20_000;
/// How long a clock must have shown about this time before it decides what is old, milliseconds.
const STEADY_MS: i64 = 600_000;

statements! {
    STEADY = "SELECT EXISTS (SELECT 1 FROM ticks WHERE at_ms BETWEEN ? AND ?)";
    OLD_RUNS = "DELETE FROM query_runs WHERE submitted_ms < ?";
    OLD_SPANS = "DELETE FROM spans WHERE last_ms < ?";
    OLD_SHAPES = "DELETE FROM query_shapes WHERE last_ms < ?";
    NEWEST_SURPLUS = "SELECT submitted_ms, run_id FROM query_runs ORDER BY submitted_ms DESC, run_id DESC \
                      LIMIT 1 OFFSET ?";
    SURPLUS = "DELETE FROM query_runs WHERE submitted_ms < ? OR (submitted_ms = ? AND run_id <= ?)";
    // Each query of a program that makes up names has a shape of its own.
    SHAPES_WITHOUT_RUNS = "DELETE FROM query_shapes WHERE muted = 0 AND NOT EXISTS \
                           (SELECT 1 FROM query_runs WHERE query_runs.shape_id = query_shapes.shape_id)";
    EMPTY_COMPONENTS = "DELETE FROM components WHERE last_seen_ms < ? \
        AND NOT EXISTS (SELECT 1 FROM points WHERE points.component_id = components.component_id) \
        AND NOT EXISTS (SELECT 1 FROM spans WHERE spans.component_id = components.component_id)";
    COMPONENTS = "SELECT component_id FROM components ORDER BY component_id";
    OLD_POINTS = "DELETE FROM points WHERE component_id = ? AND step_ms = ? AND at_ms < ?";
    OLD_TICKS = "DELETE FROM ticks WHERE at_ms < ?";
    // An hour whose raw values are gone must not be computed again.
    OLD_HOURS = "DELETE FROM hours_due WHERE hour_ms < ?";
}

/// Each engine's own way to tell a database's size, bytes.
const SQLITE_BYTES: Statement = Statement(
    "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size",
);
const POSTGRES_BYTES: Statement = Statement("SELECT pg_database_size(current_database())");
const MARIADB_BYTES: Statement = Statement(
    "SELECT CAST(coalesce(sum(data_length + index_length), 0) AS SIGNED) FROM information_schema.tables \
     WHERE table_schema = database()",
);

/// How long rows are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    pub raw_ms: i64,
    pub hourly_ms: i64,
    pub daily_ms: i64,
    /// Runs and spans.
    pub runs_ms: i64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { raw_ms: 7 * DAY_MS, hourly_ms: 90 * DAY_MS, daily_ms: 730 * DAY_MS, runs_ms: 90 * DAY_MS }
    }
}

impl Store {
    /// Removes what is too old; false if it is too early for that. A clock that jumps ahead for a moment would remove
    /// everything, so samples must have been taken by it for some minutes.
    pub(crate) async fn remove_old(&self, retention: Retention, now_ms: i64) -> Result<bool, StoreError> {
        let mut db = self.writer.acquire().await?;
        let (is_steady,): (bool,) = STEADY.bind(now_ms - DAY_MS).bind(now_ms - STEADY_MS).one(&mut db).await?;
        if !is_steady {
            return Ok(false);
        }
        too_old(&mut db, retention, now_ms).await?;
        drop(db);
        if let Some(local) = self.local() {
            local.free().await?;
        }
        Ok(true)
    }
}

async fn too_old(db: &mut Db, retention: Retention, now_ms: i64) -> Result<(), StoreError> {
    let Retention { raw_ms, hourly_ms, daily_ms, runs_ms } = retention;
    for (step_ms, kept_ms) in [(0, raw_ms), (HOUR_MS, hourly_ms), (DAY_MS, daily_ms)] {
        points_before(db, step_ms, now_ms - kept_ms).await?;
    }
    ticks_before(db, now_ms - raw_ms).await?;
    in_transaction!(db, runs_before(db, now_ms - runs_ms))
}

/// Removes runs, spans and what is empty without them.
async fn runs_before(db: &mut Db, before_ms: i64) -> Result<(), StoreError> {
    for delete in [OLD_RUNS, OLD_SPANS, OLD_SHAPES] {
        delete.bind(before_ms).execute(db).await?;
    }
    let surplus: Option<(i64, i64)> = NEWEST_SURPLUS.bind(RUNS).optional(db).await?;
    if let Some((submitted_ms, run_id)) = surplus {
        SURPLUS.bind(submitted_ms).bind(submitted_ms).bind(run_id).execute(db).await?;
    }
    // A component without a row is forgotten once it has not been seen for as long as runs are kept.
    empty_ones(db, before_ms).await?;
    Ok(())
}

/// Removes shapes without runs, and components without rows that were last seen before a moment.
pub(crate) async fn empty_ones(db: &mut Db, before_ms: i64) -> Result<u64, StoreError> {
    let removed = SHAPES_WITHOUT_RUNS.bare().execute(db).await?;
    Ok(removed + EMPTY_COMPONENTS.bind(before_ms).execute(db).await?)
}

/// By component, because that is how the rows are sorted.
pub(crate) async fn points_before(db: &mut Db, step_ms: i64, before_ms: i64) -> Result<(), StoreError> {
    let ids: Vec<(i64,)> = COMPONENTS.bare().all(db).await?;
    in_transaction!(db, points_of(db, &ids, step_ms, before_ms))
}

async fn points_of(db: &mut Db, ids: &[(i64,)], step_ms: i64, before_ms: i64) -> Result<(), StoreError> {
    for (id,) in ids {
        OLD_POINTS.bind(*id).bind(step_ms).bind(before_ms).execute(db).await?;
    }
    Ok(())
}

pub(crate) async fn ticks_before(db: &mut Db, before_ms: i64) -> Result<(), StoreError> {
    OLD_TICKS.bind(before_ms).execute(db).await?;
    OLD_HOURS.bind(before_ms).execute(db).await?;
    Ok(())
}

/// Size of the database in use, bytes.
pub(crate) async fn bytes(db: &mut Db) -> Result<u64, StoreError> {
    let size = match db.engine() {
        Engine::Sqlite => SQLITE_BYTES,
        Engine::Postgres => POSTGRES_BYTES,
        Engine::MariaDb => MARIADB_BYTES,
    };
    let (bytes,): (i64,) = size.bare().one(db).await?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}
