//! What was forgotten, and since when, so that it is not written again: Spark lists its queries for a while.

use std::collections::HashMap;

use sqlx::SqliteConnection;

use crate::{StoreError, retention::DAY_MS, transaction};

/// How the audit log calls it.
const FORGET: &str = "forget";
/// Everybody, as an owner.
const ALL: &str = "*";

/// For each owner, until when everything is forgotten; milliseconds since 1970.
#[derive(Debug)]
pub(crate) struct Forgotten(HashMap<String, i64>);

impl Forgotten {
    /// As it is noted. A note from the future was written before a clock was set back, and would hold for too long.
    pub async fn read(db: &mut SqliteConnection, now_ms: i64) -> Result<Self, StoreError> {
        let notes = "SELECT who, max(at_ms) FROM audit WHERE action = ? AND at_ms <= ? GROUP BY who";
        let notes = sqlx::query_as(notes).bind(FORGET).bind(now_ms.saturating_add(DAY_MS));
        let notes: Vec<(String, i64)> = notes.fetch_all(db).await?;
        Ok(Self(notes.into_iter().collect()))
    }

    /// Whether what happened then must not be written.
    pub fn has(&self, owner: &str, at_ms: i64) -> bool {
        [owner, ALL].iter().filter_map(|who| self.0.get(*who)).any(|until_ms| at_ms < *until_ms)
    }
}

/// Removes the rows of an owner and of nobody, or all rows, and notes it. There is one note for each owner.
pub(crate) async fn remove(db: &mut SqliteConnection, owner: Option<&str>, now_ms: i64) -> Result<(), StoreError> {
    transaction::begin(&mut *db).await?;
    let removed = rows_of(&mut *db, owner.unwrap_or(ALL), now_ms).await;
    transaction::end(db, removed).await
}

async fn rows_of(db: &mut SqliteConnection, who: &str, now_ms: i64) -> Result<(), StoreError> {
    let theirs = "SELECT system_id FROM systems WHERE owner IN (?1, '') OR ?1 = '*'";
    for delete in [
        format!(
            "DELETE FROM points WHERE component_id IN (SELECT component_id FROM components WHERE system_id IN ({theirs}))"
        ),
        format!("DELETE FROM hours_due WHERE system_id IN ({theirs})"),
        // Everything else hangs on these.
        format!("DELETE FROM systems WHERE system_id IN ({theirs})"),
        "DELETE FROM audit WHERE action = 'forget' AND (who = ?1 OR ?1 = '*')".to_owned(),
    ] {
        sqlx::query(sqlx::AssertSqlSafe(delete)).bind(who).execute(&mut *db).await?;
    }
    let note =
        "INSERT INTO audit (at_ms, who, action, target, outcome, details) VALUES (?, ?, ?, 'history', 'done', '')";
    sqlx::query(note).bind(now_ms).bind(who).bind(FORGET).execute(&mut *db).await?;
    Ok(())
}
