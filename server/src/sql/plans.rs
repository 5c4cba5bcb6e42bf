//! `sql/explain` and `sql/schema`: what Spark would do, without doing it.

use std::{str::FromStr, sync::Arc};

use axum::{Json, extract::State};
use connect_client::ExplainMode;
use wire::{
    ErrorBody,
    sql::{SqlExplain, SqlPlan, SqlSchema},
};

use super::{Sql, errors, plan_tree, queries, statement::column};
use crate::http::{ApiError, Caller, JsonBody};

/// The plan of a statement, which is not run. On Spark 4.0 to analyse a command means to run it, so the command
/// `EXPLAIN` is used.
#[utoipa::path(post, path = "/sql/explain", tag = "sql", request_body = SqlExplain, responses(
    (status = 200, description = "The plan, or Spark's error of the statement", body = SqlPlan),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn explain(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(SqlExplain { session_id, sql: text, named, positional, mode }): JsonBody<SqlExplain>,
) -> Result<Json<SqlPlan>, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    let statement = queries::statement(text, named, positional)?;
    let mode = mode.as_deref().map_or(Ok(ExplainMode::Formatted), ExplainMode::from_str);
    let mode = mode.map_err(|error| ApiError::bad_json(&format!("mode: {error}")))?;
    Ok(Json(match errors::of_spark(open.session.explain(&statement, mode).await)? {
        Ok(text) => {
            let tree = if mode == ExplainMode::Formatted { plan_tree::of(&text) } else { Vec::new() };
            SqlPlan::Plan { text, tree }
        }
        Err(error) => SqlPlan::Failed(error),
    }))
}

/// The columns of a query, which is not run.
#[utoipa::path(post, path = "/sql/schema", tag = "sql", request_body = SqlExplain, responses(
    (status = 200, description = "The columns, or Spark's error of a statement that is wrong or no query", body = SqlSchema),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn schema(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(SqlExplain { session_id, sql: text, named, positional, .. }): JsonBody<SqlExplain>,
) -> Result<Json<SqlSchema>, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    let statement = queries::statement(text, named, positional)?;
    Ok(Json(match errors::of_spark(open.session.schema(&statement).await)? {
        Ok(columns) => SqlSchema::Columns(columns.iter().map(column).collect()),
        Err(error) => SqlSchema::Failed(error),
    }))
}
