//! `sql/interrupt`: stops operations of a session, also of a notebook's.

use std::sync::Arc;

use axum::{Json, extract::State};
use connect_client::Session;
use wire::{
    ErrorBody,
    sql::{SqlInterrupt, SqlInterrupted},
};

use super::{Sql, errors};
use crate::http::{ApiError, Caller, JsonBody};

/// Stops operations. Spark is asked as the caller's own user: it stops nothing of another user's session.
#[utoipa::path(post, path = "/sql/interrupt", tag = "sql", request_body = SqlInterrupt, responses(
    (status = 200, description = "The ids of what was stopped; none if it had ended", body = SqlInterrupted),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn interrupt(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(asked): JsonBody<SqlInterrupt>,
) -> Result<Json<SqlInterrupted>, ApiError> {
    let session = match sql.open.get(&whose, &asked.session_id) {
        Some(open) => open.session.clone(),
        // Whoever stops everything in a notebook's session stops more than they see.
        None if asked.operation_id.is_none() => return Err(errors::only_one_operation()),
        None => {
            let session_id = asked.session_id.parse().map_err(|_| ApiError::bad_json("session_id: is no UUID"))?;
            if sql.open.is_of_another(&whose, session_id) {
                return Err(errors::unknown_session());
            }
            let client = sql.client()?;
            Session::existing(client, session_id, sql.user_id(&whose)).await?
        }
    };
    let interrupted = match (&asked.operation_id, &asked.tag) {
        (Some(_), Some(_)) => return Err(ApiError::bad_json("give `operation_id` or `tag`, not both")),
        (Some(operation), None) => session.interrupt_operation(operation).await,
        (None, Some(tag)) => session.interrupt_tag(tag).await,
        (None, None) => session.interrupt_all().await,
    };
    let interrupted = interrupted?;
    tracing::info!(session.id = session.session_id(), count = interrupted.len(), "Operations were stopped");
    Ok(Json(SqlInterrupted { interrupted }))
}
