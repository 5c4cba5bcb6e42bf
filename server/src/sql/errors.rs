//! Errors of Spark Connect, as an answer's field or as the answer.

use std::io;

use connect_client::{ConnectError, LimitExceeded, LimitType};
use wire::{
    ErrorCode,
    sql::{SqlContext, SqlError, SqlErrorCode, SqlLimit, SqlPosition},
};

use crate::{
    http::ApiError,
    words::{
        errors::{self as words, Explained},
        say,
    },
};

const EFFECT: &str = "effect";

/// The error as a field.
pub(super) fn field(error: &ConnectError) -> SqlError {
    let message = error.to_string();
    match error {
        ConnectError::Spark(spark) => SqlError {
            code: SqlErrorCode::Spark,
            error_class: spark.error_class.clone(),
            sql_state: spark.sql_state.clone(),
            message,
            parameters: spark.parameters.clone().into_iter().collect(),
            contexts: spark
                .contexts
                .iter()
                .map(|context| SqlContext {
                    start: context.start,
                    stop: context.stop,
                    fragment: context.fragment.clone(),
                    object_name: context.object_name.clone(),
                })
                .collect(),
            position: spark.position.map(|at| SqlPosition { line: at.line, column: at.column }),
            limit: None,
        },
        ConnectError::Limit(limit) => exceeded(limit),
        _ => SqlError { code: SqlErrorCode::Connect, message, ..SqlError::default() },
    }
}

pub(super) fn exceeded(limit: &LimitExceeded) -> SqlError {
    let limit_type = match limit.limit_type {
        LimitType::Rows => "rows",
        LimitType::Bytes => "bytes",
    };
    SqlError {
        code: SqlErrorCode::LimitExceeded,
        message: limit.to_string(),
        limit: Some(SqlLimit {
            limit_type: limit_type.to_owned(),
            limit_value: limit.limit_value,
            actual_value: limit.actual_value,
            remediation: limit.remediation.to_owned(),
        }),
        ..SqlError::default()
    }
}

/// All results that arrive now are together too large.
pub(super) fn no_room(most_bytes: u64) -> SqlError {
    let message = format!(
        "The results that arrive at this moment are larger than the {most_bytes} bytes that are kept of all results. \
         Wait for the others, or read less."
    );
    SqlError { code: SqlErrorCode::LimitExceeded, message, ..SqlError::default() }
}

/// Spark's error of a statement as a field; any other is the answer of the whole request.
pub(super) fn of_spark<T>(result: Result<T, ConnectError>) -> Result<Result<T, SqlError>, ApiError> {
    match result {
        Ok(value) => Ok(Ok(value)),
        Err(error @ (ConnectError::Spark(_) | ConnectError::NotExplained)) => Ok(Err(field(&error))),
        Err(error) => Err(error.into()),
    }
}

impl From<ConnectError> for ApiError {
    fn from(error: ConnectError) -> Self {
        answer(&error)
    }
}

/// An error that is the answer of a whole request.
fn answer(error: &ConnectError) -> ApiError {
    let code = match error {
        ConnectError::Unreachable { .. } => ErrorCode::UpstreamUnreachable,
        ConnectError::Timeout(_) => ErrorCode::UpstreamTimeout,
        ConnectError::Refused => ErrorCode::UpstreamForbidden,
        ConnectError::Certificate(_) | ConnectError::Protocol(_) | ConnectError::Status { .. } => {
            ErrorCode::UpstreamInvalid
        }
        ConnectError::SessionNotFound { .. } => ErrorCode::NotFound,
        ConnectError::Spark(spark) if spark.error_class.as_deref() == Some("SQL_CONF_NOT_FOUND") => ErrorCode::NotFound,
        _ => ErrorCode::BadRequest,
    };
    let hint = match error {
        ConnectError::Unreachable { .. } | ConnectError::Timeout(_) => {
            say!("Check that the Spark Connect server runs, and SPARK_CONNECT_URL.")
        }
        ConnectError::Refused => say!("Check SPARK_CONNECT_TOKEN."),
        ConnectError::Certificate(_) => say!("Check SPARK_MONITOR_CA_FILE and the host's name in SPARK_CONNECT_URL."),
        ConnectError::Unsupported => {
            say!("Spark 4.1 and newer can copy a notebook's session; open a new session instead.")
        }
        ConnectError::SessionChanged | ConnectError::SessionReleased => say!("Open a new session."),
        ConnectError::SessionNotFound { .. } => {
            say!("Run a cell that uses Spark first, and check that the notebook uses the same server and user.")
        }
        _ => say!("Spark's own words say what to change."),
    };
    ApiError::explained(code, Explained { error: say!("Spark Connect: %1", error), hint })
}

pub(super) fn unknown_session() -> ApiError {
    let error = say!("This Spark session is not open, or not yours.");
    ApiError::explained(ErrorCode::NotFound, Explained { error, hint: say!("Open a new session.") })
}

pub(super) fn unknown_statement() -> ApiError {
    let error = say!("This statement is not known any more, or not yours.");
    ApiError::explained(ErrorCode::NotFound, Explained { error, hint: say!("Run it again.") })
}

pub(super) fn too_many_sessions(most: usize) -> ApiError {
    let error = say!("You have %1 open Spark sessions, and no more are allowed.", most);
    ApiError::explained(ErrorCode::Overloaded, Explained { error, hint: say!("Close a tab with Spark SQL.") })
}

pub(super) fn too_many_statements(most: usize) -> ApiError {
    let error = say!("%1 of your statements have not ended yet, and no more are allowed.", most);
    ApiError::explained(ErrorCode::Overloaded, Explained { error, hint: say!("Wait for one, or cancel it.") })
}

/// The error of a statement that may change something; the parameter names Spark's plan.
pub(super) fn read_only(effect: String) -> SqlError {
    SqlError {
        code: SqlErrorCode::ReadOnly,
        message: words::read_only(&effect).error.to_string(),
        parameters: [(EFFECT.to_owned(), effect)].into_iter().collect(),
        ..SqlError::default()
    }
}

/// What is not written down must not happen.
pub(super) fn not_audited(error: &io::Error) -> ApiError {
    let error = say!("The audit log cannot be written, so nothing was changed: %1", error);
    let hint = say!("Make room on the disk, or make the folder of the audit log writable.");
    ApiError::explained(ErrorCode::Internal, Explained { error, hint })
}

/// The answer to a setting that may not be changed.
pub(super) fn setting_is_read_only() -> ApiError {
    ApiError::explained(ErrorCode::ReadOnly, words::read_only("SetCommand"))
}

/// The answer to a statement that was refused at once.
pub(super) fn refused(error: &SqlError) -> Option<ApiError> {
    let effect = error.parameters.get(EFFECT).filter(|_| error.code == SqlErrorCode::ReadOnly)?;
    Some(ApiError::explained(ErrorCode::ReadOnly, words::read_only(effect)))
}

pub(super) fn not_approvable() -> ApiError {
    let error = say!("This statement does not wait for this approval.");
    ApiError::explained(
        ErrorCode::BadRequest,
        Explained { error, hint: say!("Read it again, and approve what it shows.") },
    )
}

pub(super) fn no_result() -> ApiError {
    let error = say!("The result is not kept any more.");
    ApiError::explained(ErrorCode::NotFound, Explained { error, hint: say!("Run it again.") })
}

pub(super) fn cell_too_large() -> ApiError {
    let error = say!("This value is too large to be shown.");
    ApiError::explained(ErrorCode::BadRequest, Explained { error, hint: say!("Download the result as Arrow.") })
}

pub(super) fn too_many_downloads() -> ApiError {
    let error = say!("Too many results are downloaded at once.");
    ApiError::explained(ErrorCode::Overloaded, Explained { error, hint: say!("Wait until a download has ended.") })
}

pub(super) fn only_one_operation() -> ApiError {
    let error = say!("In a notebook's session only one operation can be stopped, by its id.");
    ApiError::explained(ErrorCode::BadRequest, Explained { error, hint: say!("Give operation_id.") })
}
