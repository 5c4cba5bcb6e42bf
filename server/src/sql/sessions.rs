//! `sql`, `sql/sessions`: what is allowed, and the caller's Spark sessions.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use connect_client::Session;
use wire::{
    ErrorBody,
    sql::{NewSqlSession, SqlConfig, SqlLimits, SqlSession},
};

use super::{CELL_BYTES, PAGE_ROWS, PREVIEW_ROWS, SQL_BYTES, Sql, errors, open::OpenSession, reaper};
use crate::http::{ApiError, Caller, JsonBody};

/// What this sidecar allows; Spark is not asked.
#[utoipa::path(get, path = "/sql", tag = "sql", responses(
    (status = 200, description = "Mode, limits and open sessions", body = wire::sql::Sql),
    (status = 404, description = "SPARK_CONNECT_URL is not set, or SPARK_MONITOR_SQL is off", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_sql(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
) -> Result<Json<wire::sql::Sql>, ApiError> {
    let bytes = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
    Ok(Json(wire::sql::Sql {
        mode: sql.site.mode,
        server: format!("{}:{}", sql.site.address.host(), sql.site.address.port()),
        user_id: sql.user_id(&whose).to_owned(),
        limits: SqlLimits {
            preview_rows: PREVIEW_ROWS.min(sql.limits.max_rows),
            collect_rows: sql.limits.max_rows,
            result_bytes: sql.limits.max_bytes,
            sql_bytes: bytes(SQL_BYTES),
            cell_bytes: bytes(CELL_BYTES),
            page_rows: bytes(PAGE_ROWS),
        },
        sessions: sql.open.of(&whose),
    }))
}

/// Opens a session, or copies a notebook's. It is released when it is closed, has not been used for half an hour, or
/// the sidecar ends.
#[utoipa::path(post, path = "/sql/sessions", tag = "sql", request_body = NewSqlSession, responses(
    (status = 201, description = "The session", body = SqlSession),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn open_session(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    JsonBody(new): JsonBody<NewSqlSession>,
) -> Result<(StatusCode, Json<SqlSession>), ApiError> {
    let most = sql.limits.sessions;
    if sql.open.of(&whose).len() >= most {
        return Err(errors::too_many_sessions(most));
    }
    let client = sql.client()?;
    let user_id = sql.user_id(&whose);
    let session = match &new.copy_of {
        None => Session::new(client, user_id),
        Some(source) => {
            let source = source.parse().map_err(|_| ApiError::bad_json("copy_of: is no UUID"))?;
            Session::clone_of(client, source, user_id).await?
        }
    };
    let open = OpenSession::new(whose, session.clone(), new.copy_of, sql.limits.running_per_session);
    let Some(open) = sql.open.add(open, most) else {
        // Another request was faster.
        let _ = session.release().await;
        return Err(errors::too_many_sessions(most));
    };
    reaper::start(&sql);
    Ok((StatusCode::CREATED, Json(open.shown())))
}

/// Closes a session of the caller, and stops what runs in it.
#[utoipa::path(delete, path = "/sql/sessions/{session_id}", tag = "sql",
    params(("session_id" = String, Path, description = "Spark's id of the session")),
    responses(
        (status = 204, description = "It is closed"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn close_session(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    Path(session_id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    reaper::close(&sql, &open).await;
    Ok(StatusCode::NO_CONTENT)
}

/// A setting of a session.
#[utoipa::path(get, path = "/sql/sessions/{session_id}/config/{key}", tag = "sql",
    params(
        ("session_id" = String, Path, description = "Spark's id of the session"),
        ("key" = String, Path, description = "For example `spark.sql.shuffle.partitions`"),
    ),
    responses(
        (status = 200, description = "Its value", body = SqlConfig),
        (status = 404, description = "It has neither a value nor a default", body = ErrorBody),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_config(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    Path((session_id, key)): Path<(String, String)>,
) -> Result<Json<SqlConfig>, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    let value = open.session.config(&key).await?;
    Ok(Json(SqlConfig { value }))
}

/// Changes a setting of a session of the caller.
#[utoipa::path(put, path = "/sql/sessions/{session_id}/config/{key}", tag = "sql", request_body = SqlConfig,
    params(
        ("session_id" = String, Path, description = "Spark's id of the session"),
        ("key" = String, Path, description = "For example `spark.sql.shuffle.partitions`"),
    ),
    responses(
        (status = 204, description = "It is set"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn set_config(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    Path((session_id, key)): Path<(String, String)>,
    JsonBody(SqlConfig { value }): JsonBody<SqlConfig>,
) -> Result<StatusCode, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    open.session.set_config(&key, &value).await?;
    Ok(StatusCode::NO_CONTENT)
}
