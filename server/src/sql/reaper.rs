//! Ends what nobody uses any more: results, unwatched queries, idle sessions; and everything when the program ends.

use std::{sync::Arc, time::Duration};

use futures_util::future::join_all;
use wire::sql::{SqlError, SqlErrorCode, SqlState};

use super::{Sql, open::OpenSession};

/// How often it looks.
const ROUND: Duration = Duration::from_secs(15);

/// Starts looking, if it does not run yet. It runs as long as there is a session.
pub(super) fn start(sql: &Arc<Sql>) {
    if sql.open.begin_watch() {
        let watched = Arc::clone(sql);
        sql.tasks.spawn(move |end| async move {
            loop {
                tokio::select! {
                    () = end.cancelled() => break,
                    () = tokio::time::sleep(ROUND.min(watched.limits.session_idle)) => {}
                }
                look(&watched);
                if watched.open.end_watch_if_empty() {
                    return;
                }
            }
            // Spark would keep the sessions for an hour.
            join_all(watched.open.list().into_iter().map(|open| close(Arc::clone(&watched), open))).await;
        });
    }
}

/// One round. It waits for nobody.
fn look(sql: &Arc<Sql>) {
    let unwatched = sql.limits.unwatched;
    for statement in sql.statements.list() {
        if statement.seen().elapsed() < unwatched {
            continue;
        }
        if statement.state().is_over() {
            sql.statements.remove(&statement.id);
        } else if !statement.may_change_something() || statement.state() == SqlState::WaitsForApproval {
            let message = format!("Nobody asked for it for {} s.", unwatched.as_secs());
            let error = SqlError { code: SqlErrorCode::Unwatched, message, ..SqlError::default() };
            let _ = statement.stopped_because.set(error);
            statement.stop.cancel();
        }
    }
    let runs = |open: &OpenSession| {
        let same = |id: &str| id == open.session.session_id();
        sql.statements.list().iter().any(|it| !it.state().is_over() && same(it.session.session.session_id()))
    };
    for open in sql.open.list() {
        if open.used().elapsed() >= sql.limits.session_idle && !runs(&open) {
            tracing::info!(session.id = open.session.session_id(), "A Spark session was idle and is released");
            let sql = Arc::clone(sql);
            sql.tasks.clone().spawn(|_| close(sql, open));
        }
    }
}

/// Forgets a session and its statements, and releases it on the server, which stops what runs in it.
pub(super) async fn close(sql: Arc<Sql>, open: Arc<OpenSession>) {
    let session_id = open.session.session_id();
    sql.open.remove(session_id);
    for statement in sql.statements.list() {
        if statement.session.session.session_id() == session_id {
            statement.stop.cancel();
            sql.statements.remove(&statement.id);
        }
    }
    if let Err(error) = open.session.release().await {
        tracing::debug!(%error, session.id = session_id, "A Spark session could not be released");
    }
}
