//! What is too old goes, and if the database is still too large, the oldest goes too.

use sqlx::SqliteConnection;

use crate::{Store, StoreError, transaction};

pub const HOUR_MS: i64 = 3_600_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// A value holds until the next tick, at most this many tenths of a step.
pub(crate) const MOST_HELD_TENTHS: i64 = 25;

/// Runs that are kept.
const RUNS: i64 = 20_000;
/// At this share of the cap the oldest goes, so that the log and the next hours have room; percents.
const ROOM_PERCENT: u64 = 80;

/// How long a clock must have shown about this time before it decides what is old, milliseconds.
const STEADY_MS: i64 = 600_000;

/// Removes shapes without runs: each query of a program that makes up names has a shape of its own.
const WITHOUT_RUNS: &str = "DELETE FROM query_shapes WHERE muted = 0 AND NOT EXISTS \
    (SELECT 1 FROM query_runs WHERE query_runs.shape_id = query_shapes.shape_id)";
/// Removes components without rows that were last seen before a moment.
const EMPTY: &str = "DELETE FROM components WHERE last_seen_ms < ? \
    AND NOT EXISTS (SELECT 1 FROM points WHERE points.component_id = components.component_id) \
    AND NOT EXISTS (SELECT 1 FROM spans WHERE spans.component_id = components.component_id)";

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
        let steady = "SELECT EXISTS (SELECT 1 FROM ticks WHERE at_ms BETWEEN ? AND ?)";
        let steady = sqlx::query_scalar(steady).bind(now_ms - DAY_MS).bind(now_ms - STEADY_MS);
        if !steady.fetch_one(&mut *db).await? {
            return Ok(false);
        }
        too_old(&mut db, retention, now_ms).await?;
        free(&mut db).await?;
        Ok(true)
    }

    /// Removes the oldest until the database is small enough.
    pub(crate) async fn shrink(&self, retention: Retention, now_ms: i64) -> Result<(), StoreError> {
        let mut db = self.writer.acquire().await?;
        // One day's rows at a time are gone in milliseconds, so that whoever writes does not wait.
        let mut raw_ms = retention.raw_ms;
        while bytes(&mut db).await? > self.cap_bytes / 100 * ROOM_PERCENT {
            raw_ms -= DAY_MS;
            if raw_ms >= DAY_MS {
                points_before(&mut db, 0, now_ms - raw_ms).await?;
                ticks_before(&mut db, now_ms - raw_ms).await?;
            } else if !oldest_tenth(&mut db).await? {
                break;
            }
            free(&mut db).await?;
        }
        free(&mut db).await
    }
}

async fn too_old(db: &mut SqliteConnection, retention: Retention, now_ms: i64) -> Result<(), StoreError> {
    let Retention { raw_ms, hourly_ms, daily_ms, runs_ms } = retention;
    for (step_ms, kept_ms) in [(0, raw_ms), (HOUR_MS, hourly_ms), (DAY_MS, daily_ms)] {
        points_before(db, step_ms, now_ms - kept_ms).await?;
    }
    ticks_before(db, now_ms - raw_ms).await?;
    transaction::begin(&mut *db).await?;
    let removed = runs_before(&mut *db, now_ms - runs_ms).await;
    transaction::end(db, removed).await
}

/// Removes runs, spans and what is empty without them.
async fn runs_before(db: &mut SqliteConnection, before_ms: i64) -> Result<(), StoreError> {
    for delete in [
        "DELETE FROM query_runs WHERE submitted_ms < ?",
        "DELETE FROM spans WHERE last_ms < ?",
        "DELETE FROM query_shapes WHERE last_ms < ?",
    ] {
        sqlx::query(delete).bind(before_ms).execute(&mut *db).await?;
    }
    let most = "DELETE FROM query_runs WHERE run_id IN \
                (SELECT run_id FROM query_runs ORDER BY submitted_ms DESC, run_id DESC LIMIT -1 OFFSET ?)";
    sqlx::query(most).bind(RUNS).execute(&mut *db).await?;
    sqlx::query(WITHOUT_RUNS).execute(&mut *db).await?;
    // A component without a row is forgotten once it has not been seen for as long as runs are kept.
    sqlx::query(EMPTY).bind(before_ms).execute(&mut *db).await?;
    Ok(())
}

/// By component, because that is how the rows are sorted.
async fn points_before(db: &mut SqliteConnection, step_ms: i64, before_ms: i64) -> Result<(), StoreError> {
    let ids: Vec<i64> = sqlx::query_scalar("SELECT component_id FROM components").fetch_all(&mut *db).await?;
    transaction::begin(&mut *db).await?;
    let removed = points_of(&mut *db, &ids, step_ms, before_ms).await;
    transaction::end(db, removed).await
}

async fn points_of(db: &mut SqliteConnection, ids: &[i64], step_ms: i64, before_ms: i64) -> Result<(), StoreError> {
    for id in ids {
        let delete = "DELETE FROM points WHERE component_id = ? AND step_ms = ? AND at_ms < ?";
        sqlx::query(delete).bind(id).bind(step_ms).bind(before_ms).execute(&mut *db).await?;
    }
    Ok(())
}

async fn ticks_before(db: &mut SqliteConnection, before_ms: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM ticks WHERE at_ms < ?").bind(before_ms).execute(&mut *db).await?;
    // An hour whose raw values are gone must not be computed again.
    sqlx::query("DELETE FROM hours_due WHERE hour_ms < ?").bind(before_ms).execute(db).await?;
    Ok(())
}

/// Removes a tenth of the hourly and daily means and of the runs, and what is empty without them; false if there is nothing left.
async fn oldest_tenth(db: &mut SqliteConnection) -> Result<bool, StoreError> {
    let mut removed = 0;
    for delete in [
        "DELETE FROM query_runs WHERE run_id IN (SELECT run_id FROM query_runs ORDER BY submitted_ms \
         LIMIT (SELECT (count(*) + 9) / 10 FROM query_runs))",
        "DELETE FROM spans WHERE span_id IN (SELECT span_id FROM spans ORDER BY last_ms \
         LIMIT (SELECT (count(*) + 9) / 10 FROM spans))",
        "DELETE FROM points WHERE at_ms <= (SELECT at_ms FROM points ORDER BY at_ms \
         LIMIT 1 OFFSET (SELECT count(*) / 10 FROM points))",
    ] {
        removed += sqlx::query(delete).execute(&mut *db).await?.rows_affected();
    }
    removed += sqlx::query(WITHOUT_RUNS).execute(&mut *db).await?.rows_affected();
    removed += sqlx::query(EMPTY).bind(i64::MAX).execute(&mut *db).await?.rows_affected();
    Ok(removed > 0)
}

/// Gives the free pages back to the file system.
async fn free(db: &mut SqliteConnection) -> Result<(), StoreError> {
    sqlx::query("PRAGMA incremental_vacuum").execute(db).await?;
    Ok(())
}

/// Size of the database in use, bytes.
pub(crate) async fn bytes(db: &mut SqliteConnection) -> Result<u64, StoreError> {
    let used = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, \
                pragma_page_size";
    let bytes: i64 = sqlx::query_scalar(used).fetch_one(db).await?;
    Ok(u64::try_from(bytes).unwrap_or(0))
}
