//! What the audit log says of statements: one line for each, and one more before a statement that may change something.

use std::io;

use monitor::clock;
use serde::Serialize;
use upstream::user::User;
use wire::sql::SqlState;

use super::{Sql, open::OpenSession, statement::Statement};
use crate::audit::Audit;

#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    user_id: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    statement_id: Option<String>,
    operation_id: Option<String>,
    /// Of what may change something.
    effect: Option<&'a str>,
    target: Option<&'a str>,
    /// Of the statement's text, which may hold data.
    #[serde(skip_serializing_if = "Option::is_none")]
    sql_blake3: Option<String>,
    #[serde(flatten)]
    outcome: Option<Outcome>,
}

#[derive(Serialize)]
struct Outcome {
    state: SqlState,
    error_class: Option<String>,
    rows: u64,
    bytes: u64,
    duration_ms: i64,
}

/// Writes down that a statement which may change something is about to run.
///
/// # Errors
/// When it cannot be written; then it must not run.
pub(super) fn begins(statement: &Statement, audit: &Audit) -> io::Result<()> {
    audit.write(&line(statement, "begins", None))
}

/// Writes down how a statement ended.
pub(super) fn ended(sql: &Sql, statement: &Statement) {
    let now = statement.now();
    let duration_ms = now.ended_at_ms.unwrap_or_default().saturating_sub(statement.started_at_ms);
    let error_class = now.error.as_ref().and_then(|error| error.error_class.clone());
    let outcome = Outcome { state: now.state, error_class, rows: now.rows, bytes: now.bytes, duration_ms };
    tracing::info!(
        statement.id = %statement.id,
        session.id = statement.session.session.session_id(),
        state = ?outcome.state,
        rows = outcome.rows,
        bytes = outcome.bytes,
        duration_ms,
        "A statement ended"
    );
    if let Err(error) = sql.audit.write(&line(statement, "ended", Some(outcome))) {
        tracing::warn!(%error, "The audit log cannot be written");
    }
}

/// Writes down that a setting of a session is about to be changed; its value may be a secret.
///
/// # Errors
/// When it cannot be written; then it must not be changed.
pub(super) fn sets(open: &OpenSession, audit: &Audit, key: &str) -> io::Result<()> {
    let line = Line { effect: Some("SetCommand"), target: Some(key), ..of_session(open, "sets") };
    audit.write(&line)
}

fn line<'a>(statement: &'a Statement, event: &'static str, outcome: Option<Outcome>) -> Line<'a> {
    let allowed = statement.allowed.get();
    Line {
        statement_id: Some(statement.id.to_string()),
        operation_id: statement.now().operation_id,
        effect: allowed.map(|allowed| allowed.effect.as_str()),
        target: allowed.and_then(|allowed| allowed.target.as_deref()),
        sql_blake3: Some(blake3::hash(statement.asked.statement.text.as_bytes()).to_hex().to_string()),
        outcome,
        ..of_session(&statement.session, event)
    }
}

fn of_session<'a>(open: &'a OpenSession, event: &'static str) -> Line<'a> {
    Line {
        at_ms: clock::now_ms(),
        event,
        who: open.owner.user().map(User::name).unwrap_or_default(),
        user_id: open.session.user_id(),
        session_id: open.session.session_id(),
        statement_id: None,
        operation_id: None,
        effect: None,
        target: None,
        sql_blake3: None,
        outcome: None,
    }
}
