//! `GET trigger-status`: how far the run of a workflow is that an export asked for.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use super::answer::Refused;
use crate::{
    export::{Exports, schedule::iso},
    http::{Caller, Parameters},
    words::pipelines as words,
};

/// Seconds after which Airflow has usually read a file; only shown.
const USUALLY_S: u32 = 40;

/// `?dag_id=`
#[derive(Deserialize)]
pub(super) struct Asked {
    dag_id: Option<String>,
}

/// `auto_trigger` and `airflow_visibility_eta_s` of a job that was delivered.
pub(super) fn queued(exports: &Exports, dag_id: &str) -> (Value, Value) {
    let Some(api) = exports.airflow_api() else {
        return (json!({ "status": "skipped", "reason": words::NO_AIRFLOW }), Value::Null);
    };
    let queued = json!({
        "status": "queued",
        "airflow_url": api.url.as_str(),
        "dag_id": dag_id,
        "visibility_timeout_s": api.visibility.as_secs(),
        "note": words::QUEUED,
    });
    (queued, json!(USUALLY_S))
}

/// The caller's newest job of that name.
pub(super) async fn get_status(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Parameters(asked): Parameters<Asked>,
) -> Result<Json<Value>, Refused> {
    let dag_id = asked.dag_id.filter(|id| !id.is_empty());
    let dag_id = dag_id.ok_or_else(|| Refused::bad(words::required("dag_id")))?;
    let progress = exports.progress(&whose, &dag_id).await?;
    let progress = progress.ok_or_else(|| Refused::new(StatusCode::NOT_FOUND, words::NO_TRIGGER))?;
    Ok(Json(json!({
        "status": progress.status,
        "started_at": iso(progress.started_at_ms),
        "error": progress.error,
        "run_id": progress.run_id,
    })))
}
