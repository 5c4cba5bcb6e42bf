//! `export/shipments/{id}/log`: the end of a run's log. Airflow is asked for it each time.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use wire::{
    ErrorBody, ErrorCode,
    export::{ShipmentLog, ShipmentPlace},
};

use super::{errors, follow::Follow, owner, show};
use crate::{
    export::{Exports, airflow::error::AirflowError},
    http::{ApiError, Caller},
    words::export_airflow as words,
};

/// The end of the log of the task that matters: the one that failed, else the one that runs, else the last.
#[utoipa::path(get, path = "/export/shipments/{id}/log", tag = "export",
    params(("id" = String, Path, description = "The job")),
    responses(
        (status = 200, description = "The last lines", body = ShipmentLog),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_log(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<Json<ShipmentLog>, ApiError> {
    exports.delivers()?;
    let owner = owner(&whose);
    let record = show::find(&exports, owner.clone(), id).await?;
    if record.place == ShipmentPlace::Standalone {
        return Err(errors::log_on_worker());
    }
    let airflow = exports.airflow()?;
    let follow = record.follow.as_ref().and_then(Follow::in_airflow).ok_or_else(errors::no_act)?;
    let airflow = airflow.on_behalf_of(&upstream::Caller::new(owner.as_bytes()));
    let log = airflow.last_log(&follow.shipped, &follow.run_id()).await.map_err(|error| failed(&error))?;
    let log = log.unwrap_or_default();
    Ok(Json(ShipmentLog { lines: log.tail.into(), left_out: log.left_out as u64 }))
}

fn failed(error: &AirflowError) -> ApiError {
    let code = match error {
        AirflowError::NotConfigured => ErrorCode::NotConfigured,
        AirflowError::Unreachable { .. } => ErrorCode::UpstreamUnreachable,
        AirflowError::Timeout { .. } => ErrorCode::UpstreamTimeout,
        AirflowError::Overloaded => ErrorCode::Overloaded,
        AirflowError::LoginRefused | AirflowError::TokenRefused | AirflowError::Forbidden { .. } => {
            ErrorCode::UpstreamForbidden
        }
        AirflowError::NotFound { .. } => ErrorCode::NotFound,
        _ => ErrorCode::UpstreamInvalid,
    };
    ApiError::explained(code, words::failure(error))
}
