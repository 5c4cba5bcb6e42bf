//! `sql`, `sql/sessions`: what is allowed, and the caller's Spark sessions.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use connect_client::Session;
use monitor::{Tasks, Whose};
use tokio::sync::oneshot;
use uuid::Uuid;
use wire::{
    ErrorBody,
    sql::{NewSqlSession, SqlConfig, SqlLimits, SqlSession},
};

use super::{CELL_BYTES, PAGE_ROWS, PREVIEW_ROWS, SQL_BYTES, Sql, audit, errors, reaper};
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
    let source = new.copy_of.as_deref().map(|source| source_of(&sql, &whose, source)).transpose()?;
    let client = sql.client()?;
    // To its end even if the caller goes away: a copy that nobody knows would stay on the server.
    let tasks = sql.tasks.clone();
    let open = to_the_end(&tasks, async move {
        let user_id = sql.user_id(&whose);
        let session = match source {
            None => Session::new(client, user_id),
            Some(source) => Session::clone_of(client, source, user_id).await?,
        };
        let open = sql.open.add(sql.opened(whose, session.clone(), new.copy_of), most);
        if open.is_none() {
            // Another request was faster.
            let _ = session.release().await;
        }
        reaper::start(&sql);
        open.ok_or_else(|| errors::too_many_sessions(most))
    });
    let open = open.await??;
    Ok((StatusCode::CREATED, Json(open.shown())))
}

/// The session that is to be copied, if it may be.
fn source_of(sql: &Sql, whose: &Whose, source: &str) -> Result<Uuid, ApiError> {
    let id: Uuid = source.parse().map_err(|_| ApiError::bad_json("copy_of: is no UUID"))?;
    // Where everybody is the same user for Spark, it would copy anybody's.
    let is_anybodys = !sql.stops_notebooks && sql.site.user.fixed.is_some();
    if is_anybodys || sql.open.is_of_another(whose, id) { Err(errors::unknown_session()) } else { Ok(id) }
}

/// Does it even if whoever asked goes away.
async fn to_the_end<T: Send + 'static>(
    tasks: &Tasks,
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, ApiError> {
    let (sender, done) = oneshot::channel();
    tasks.spawn(|_| async move {
        let _ = sender.send(work.await);
    });
    done.await.map_err(|_| ApiError::internal())
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
    to_the_end(&sql.tasks.clone(), reaper::close(sql, open)).await?;
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

/// Changes a setting of a session of the caller, in the mode `write`.
#[utoipa::path(put, path = "/sql/sessions/{session_id}/config/{key}", tag = "sql", request_body = SqlConfig,
    params(
        ("session_id" = String, Path, description = "Spark's id of the session"),
        ("key" = String, Path, description = "For example `spark.sql.shuffle.partitions`"),
    ),
    responses(
        (status = 204, description = "It is set"),
        (status = 403, description = "The mode is `read` (`read_only`)", body = ErrorBody),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn set_config(
    State(sql): State<Arc<Sql>>,
    Caller(whose): Caller,
    Path((session_id, key)): Path<(String, String)>,
    JsonBody(SqlConfig { value }): JsonBody<SqlConfig>,
) -> Result<StatusCode, ApiError> {
    let open = sql.session(&whose, &session_id)?;
    if !sql.may_write() {
        return Err(errors::setting_is_read_only());
    }
    audit::sets(&open, &sql.audit, &key).map_err(|error| errors::not_audited(&error))?;
    let set = open.session.set_config(&key, &value).await;
    // It may change what a name means.
    open.seen.forget();
    set?;
    Ok(StatusCode::NO_CONTENT)
}
