//! What was forgotten, and since when, so that it is not written again: Spark lists its queries for a while.

use std::collections::HashMap;

use crate::{StoreError, pool::Db, retention::DAY_MS, statement::statements, transaction::in_transaction};

statements! {
    NOTES = "SELECT who, max(at_ms) FROM audit WHERE action = ? AND at_ms <= ? GROUP BY who";
    NOTE = "INSERT INTO audit (at_ms, who, action, target, outcome, details) VALUES (?, ?, ?, 'history', 'done', '')";
    // What is being written for them is written before.
    LOCK = "SELECT system_id FROM systems WHERE owner IN (?, '') OR ? = '*' ORDER BY owner, name FOR UPDATE";
    DELETE_POINTS = "DELETE FROM points WHERE component_id IN (SELECT component_id FROM components \
                     JOIN systems USING (system_id) WHERE owner IN (?, '') OR ? = '*')";
    DELETE_HOURS = "DELETE FROM hours_due WHERE system_id IN \
                    (SELECT system_id FROM systems WHERE owner IN (?, '') OR ? = '*')";
    // Everything else hangs on these.
    DELETE_SYSTEMS = "DELETE FROM systems WHERE owner IN (?, '') OR ? = '*'";
    DELETE_NOTES = "DELETE FROM audit WHERE action = 'forget' AND (who = ? OR ? = '*')";
}

/// How the audit log calls it.
const FORGET: &str = "forget";
/// Everybody, as an owner.
const ALL: &str = "*";

/// For each owner, until when everything is forgotten; milliseconds since 1970.
#[derive(Debug)]
pub(crate) struct Forgotten(HashMap<String, i64>);

impl Forgotten {
    /// As it is noted. A note from the future was written before a clock was set back, and would hold for too long.
    pub async fn read(db: &mut Db, now_ms: i64) -> Result<Self, StoreError> {
        let notes = NOTES.bind(FORGET).bind(now_ms.saturating_add(DAY_MS));
        let notes: Vec<(String, i64)> = notes.all(db).await?;
        Ok(Self(notes.into_iter().collect()))
    }

    /// Whether what happened then must not be written.
    pub fn has(&self, owner: &str, at_ms: i64) -> bool {
        [owner.trim(), ALL].iter().filter_map(|who| self.0.get(*who)).any(|until_ms| at_ms < *until_ms)
    }
}

/// Removes the rows of an owner and of nobody, or all rows, and notes it. There is one note for each owner.
pub(crate) async fn remove(db: &mut Db, owner: Option<&str>, now_ms: i64) -> Result<(), StoreError> {
    let who = owner.map_or(ALL, str::trim);
    in_transaction!(db, rows_of(db, who, now_ms))
}

async fn rows_of(db: &mut Db, who: &str, now_ms: i64) -> Result<(), StoreError> {
    LOCK.bind(who).bind(who).all::<(i64,)>(db).await?;
    for delete in [DELETE_POINTS, DELETE_HOURS, DELETE_SYSTEMS, DELETE_NOTES] {
        delete.bind(who).bind(who).execute(db).await?;
    }
    NOTE.bind(now_ms).bind(who).bind(FORGET).execute(db).await?;
    Ok(())
}
