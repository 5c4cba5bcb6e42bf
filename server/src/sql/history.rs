//! `sql/history`: the caller's last statements, in memory.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{Json, extract::State};
use moka::sync::Cache;
use monitor::Whose;
use wire::{
    ErrorBody,
    sql::{SqlHistory, SqlPast, SqlState},
};

use super::{Sql, statement::Statement};
use crate::http::{ApiError, Caller};

/// Statements that are kept for each caller.
const MOST: usize = 100;
/// Their texts together, bytes.
const MOST_BYTES: usize = 1 << 20;
/// Callers whose statements are kept.
const CALLERS: u64 = 100;

/// The ended statements of each caller, newest first.
#[derive(Debug)]
pub(super) struct Histories(Cache<Whose, Arc<Mutex<VecDeque<SqlPast>>>>);

impl Default for Histories {
    fn default() -> Self {
        Self(Cache::new(CALLERS))
    }
}

impl Histories {
    pub fn add(&self, statement: &Statement) {
        let history = self.0.get_with(statement.owner.clone(), Arc::default);
        let mut history = history.lock().unwrap_or_else(PoisonError::into_inner);
        history.push_front(past(statement));
        let mut bytes = 0_usize;
        let kept = history.iter().take_while(|past| {
            bytes = bytes.saturating_add(past.sql.len());
            bytes <= MOST_BYTES
        });
        let kept = kept.count().min(MOST);
        history.truncate(kept);
    }

    fn of(&self, whose: &Whose) -> Vec<SqlPast> {
        let history = self.0.get(whose);
        history.map_or_else(Vec::new, |it| it.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect())
    }
}

fn past(statement: &Statement) -> SqlPast {
    let now = statement.now();
    let first_line = |message: &str| message.lines().find(|line| !line.trim().is_empty()).map(str::to_owned);
    SqlPast {
        id: statement.id.to_string(),
        sql: statement.asked.statement.text.clone(),
        state: now.state,
        started_at_ms: statement.started_at_ms,
        ended_at_ms: now.ended_at_ms,
        rows: now.rows,
        error: now.error.as_ref().and_then(|error| first_line(&error.message)),
        has_result: now.state == SqlState::Finished && !now.forgotten,
    }
}

/// The caller's statements, newest first. The sidecar forgets them when it ends.
#[utoipa::path(get, path = "/sql/history", tag = "sql", responses(
    (status = 200, description = "The last statements", body = SqlHistory),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_history(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
) -> Result<Json<SqlHistory>, ApiError> {
    let known = sql.statements.of(&whose);
    let ended = sql.histories.of(&whose);
    // What has ended this moment may not be among them.
    let is_new = |statement: &Statement| !ended.iter().any(|past| past.id == statement.id.to_string());
    let mut statements: Vec<SqlPast> =
        known.iter().filter(|statement| is_new(statement)).map(|statement| past(statement)).collect();
    let kept = |id: &str| known.iter().any(|it| it.id.to_string() == id && !it.now().forgotten);
    statements
        .extend(ended.iter().cloned().map(|past| SqlPast { has_result: past.has_result && kept(&past.id), ..past }));
    statements.sort_by_key(|past| std::cmp::Reverse(past.started_at_ms));
    statements.truncate(MOST);
    Ok(Json(SqlHistory { statements }))
}
