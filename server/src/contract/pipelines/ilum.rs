//! The routes for Ilum, whose adapter is not there yet.

use axum::{Json, http::StatusCode};
use serde_json::{Value, json};

use super::answer::Refused;
use crate::words::pipelines as words;

/// `run-ilum-job` and `ilum/service/…`.
pub(super) async fn missing() -> Refused {
    Refused::new(StatusCode::NOT_IMPLEMENTED, words::NO_ILUM)
}

/// `ilum/clusters`, which has always answered 200.
pub(super) async fn no_clusters() -> Json<Value> {
    Json(json!({ "status": "error", "clusters": [], "error": words::NO_ILUM }))
}

/// `ilum/presets`, likewise.
pub(super) async fn no_presets() -> Json<Value> {
    Json(json!({ "status": "error", "presets": [], "error": words::NO_ILUM }))
}
