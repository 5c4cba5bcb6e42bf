//! `GET export`: what can be done with a notebook.

use std::sync::Arc;

use axum::{Json, extract::State};
use wire::{ErrorBody, export::Export};

use super::Exports;
use crate::http::{ApiError, Caller};

/// What this sidecar can do with a notebook. Nothing is asked.
#[utoipa::path(get, path = "/export", tag = "export", responses(
    (status = 200, description = "What can be done with a notebook", body = Export),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_export(State(exports): State<Arc<Exports>>, _: Caller) -> Result<Json<Export>, ApiError> {
    Ok(Json(Export {
        runs_here: exports.runs(),
        git: None,
        airflow: None,
        notebook_bytes: notebook_job::MAX_BYTES as u64,
    }))
}
