//! `sql/queries`: submits statements, tells how far they are, approves, cancels and forgets them.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Json, extract::State, http::StatusCode};
use connect_client::{Argument, Arguments, Limits};
use serde::Deserialize;
use serde_json::Value;
use wire::{
    ErrorBody,
    sql::{NewSqlQuery, SqlApprove, SqlInterrupted, SqlQuery, SqlRead, SqlState},
};

use super::{
    PREVIEW_ROWS, SQL_BYTES, Sql, errors,
    mine::Mine,
    open::OpenSession,
    reaper, run,
    statement::{Asked, Statement},
    store::MOST_OF_ONE,
};
use crate::http::{ApiError, Caller, JsonBody, Parameters};

/// How long a new statement is awaited, so that one that is refused is refused at once.
const FIRST_LOOK: Duration = Duration::from_secs(5);
/// Longest wait for something new, milliseconds.
const LONGEST_WAIT_MS: u64 = 5_000;

/// A change that a client has not seen yet.
#[derive(Debug, Deserialize)]
pub(crate) struct Newer {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait_ms: u64,
}

/// Runs a statement. In the mode `read` one that may change something is refused; in the mode `write` it waits for an
/// approval.
#[utoipa::path(post, path = "/sql/queries", tag = "sql", request_body = NewSqlQuery, responses(
    (status = 202, description = "It runs, waits, or has already ended", body = SqlQuery),
    (status = 403, description = "It may change something (`read_only`), or the request may come from another site's page (`csrf`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn submit(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(new): JsonBody<NewSqlQuery>,
) -> Result<(StatusCode, Json<SqlQuery>), ApiError> {
    let session = sql.session(&whose, &new.session_id)?;
    let asked = asked(&sql, new)?;
    let statement = begin(&sql, session, asked)?;
    statement.until(FIRST_LOOK, |now| !matches!(now.state, SqlState::Queued | SqlState::Checking)).await;
    match statement.now().error.as_deref().and_then(errors::refused) {
        Some(refused) => Err(refused),
        None => Ok((StatusCode::ACCEPTED, Json(statement.shown()))),
    }
}

/// Starts a statement.
pub(super) fn begin(sql: &Arc<Sql>, session: Arc<OpenSession>, asked: Asked) -> Result<Arc<Statement>, ApiError> {
    let statement = Statement::new(session.owner.clone(), session, asked);
    if !sql.statements.add(&statement) {
        return Err(errors::too_many_statements(MOST_OF_ONE));
    }
    reaper::start(sql);
    let (sql, running) = (Arc::clone(sql), Arc::clone(&statement));
    sql.tasks.clone().spawn(move |end| run::drive(sql, running, end));
    Ok(statement)
}

fn asked(sql: &Sql, new: NewSqlQuery) -> Result<Asked, ApiError> {
    let statement = statement(new.sql, new.named, new.positional)?;
    if let Some(tag) = new.tags.iter().find(|tag| tag.is_empty() || tag.contains(',') || tag.len() > 256) {
        return Err(ApiError::bad_json(&format!("tags: `{tag}` is empty, longer than 256 bytes, or holds a comma")));
    }
    let most_rows = match new.read {
        SqlRead::Preview => PREVIEW_ROWS.min(sql.limits.max_rows),
        SqlRead::Collect => sql.limits.max_rows,
    };
    let rows = match new.max_rows {
        Some(0) => return Err(ApiError::bad_json("max_rows: must be at least 1")),
        Some(rows) => rows.min(sql.limits.max_rows),
        None => most_rows,
    };
    let bytes = new.max_bytes.unwrap_or(sql.limits.max_bytes).clamp(1, sql.limits.max_bytes);
    let limits = Limits { max_rows: rows.into(), max_bytes: bytes };
    Ok(Asked { statement, read: new.read, limits, tags: new.tags, is_own_query: false })
}

/// A statement with its arguments.
pub(super) fn statement(
    text: String,
    named: BTreeMap<String, Value>,
    positional: Vec<Value>,
) -> Result<connect_client::Statement, ApiError> {
    if text.trim().is_empty() {
        return Err(ApiError::bad_json("sql: is empty"));
    }
    if text.len() > SQL_BYTES {
        return Err(ApiError::bad_json(&format!("sql: is longer than {SQL_BYTES} bytes")));
    }
    let argument = |value: &Value| Argument::from_json(value).map_err(|error| ApiError::bad_json(&error.to_string()));
    let arguments = match (named.is_empty(), positional.is_empty()) {
        (false, false) => return Err(ApiError::bad_json("give `named` or `positional`, not both")),
        (_, true) => {
            let named = named.iter().map(|(name, value)| Ok((name.clone(), argument(value)?)));
            Arguments::Named(named.collect::<Result<_, ApiError>>()?)
        }
        (true, false) => Arguments::Positional(positional.iter().map(argument).collect::<Result<_, _>>()?),
    };
    Ok(connect_client::Statement { text, arguments })
}

/// How far a statement is. With `after` and `wait_ms` the answer waits for something newer, at most five seconds.
#[utoipa::path(get, path = "/sql/queries/{id}", tag = "sql",
    params(
        ("id" = String, Path, description = "The statement"),
        ("after" = Option<u64>, Query, description = "The `seq` that the client has seen"),
        ("wait_ms" = Option<u64>, Query, description = "How long to wait for a larger one, milliseconds"),
    ),
    responses(
        (status = 200, description = "The statement", body = SqlQuery),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_query(
    Mine(statement): Mine,
    Parameters(Newer { after, wait_ms }): Parameters<Newer>,
) -> Result<Json<SqlQuery>, ApiError> {
    statement.newer(after, Duration::from_millis(wait_ms.min(LONGEST_WAIT_MS))).await;
    Ok(Json(statement.shown()))
}

/// Runs a statement that waits for an approval. The hash must be the one that was shown.
#[utoipa::path(post, path = "/sql/queries/{id}/approve", tag = "sql", request_body = SqlApprove,
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 202, description = "It runs", body = SqlQuery),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn approve(
    Mine(statement): Mine,
    JsonBody(SqlApprove { hash }): JsonBody<SqlApprove>,
) -> Result<(StatusCode, Json<SqlQuery>), ApiError> {
    let now = statement.now();
    let waits = now.state == SqlState::WaitsForApproval && now.approval.is_some_and(|approval| approval.hash == hash);
    if !waits {
        return Err(errors::not_approvable());
    }
    statement.approved.notify_one();
    statement.until(FIRST_LOOK, |now| now.state != SqlState::WaitsForApproval).await;
    Ok((StatusCode::ACCEPTED, Json(statement.shown())))
}

/// Stops a statement. It may be called any number of times.
#[utoipa::path(post, path = "/sql/queries/{id}/cancel", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 200, description = "The operations that Spark stopped; none if it had ended or not begun", body = SqlInterrupted),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn cancel(Mine(statement): Mine) -> Result<Json<SqlInterrupted>, ApiError> {
    let interrupted = statement.cancel().await?;
    Ok(Json(SqlInterrupted { interrupted }))
}

/// Stops a statement if it runs, and forgets its result.
#[utoipa::path(delete, path = "/sql/queries/{id}", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 204, description = "It is forgotten"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn forget(State(sql): State<Arc<Sql>>, Mine(statement): Mine) -> Result<StatusCode, ApiError> {
    let stopped = statement.cancel().await;
    sql.statements.remove(&statement.id);
    stopped?;
    Ok(StatusCode::NO_CONTENT)
}
