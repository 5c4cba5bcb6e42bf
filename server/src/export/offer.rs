//! `GET export`: what can be done with a notebook.

use std::sync::Arc;

use axum::{Json, extract::State};
use wire::{
    ErrorBody,
    export::{AirflowPlace, Export, GitPlace, StandalonePlace},
};

use super::Exports;
use crate::http::{ApiError, Caller};

/// What this sidecar can do with a notebook. Nothing is asked.
#[utoipa::path(get, path = "/export", tag = "export", responses(
    (status = 200, description = "What can be done with a notebook", body = Export),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_export(State(exports): State<Arc<Exports>>, _: Caller) -> Result<Json<Export>, ApiError> {
    Ok(Json(Export {
        runs_here: exports.runs.are_on(),
        git: exports.shipments.git().map(|git| GitPlace {
            repository: git.url.as_str().to_owned(),
            branch: git.branch.clone(),
            by_merge_request: git.by_merge_request,
            folder: git.folder.clone(),
        }),
        airflow: exports
            .shipments
            .site
            .api
            .as_ref()
            .map(|api| AirflowPlace { url: api.url.to_string(), connection: exports.connection() }),
        has_dag_folder: exports.shipments.has_folder(),
        standalone: exports.shipments.standalone().map(|site| StandalonePlace {
            rest_url: site.rest_url.to_string(),
            master_url: site.master_url.clone(),
            folder: site.folder.display().to_string(),
            worker_folder: site.worker_folder.clone(),
        }),
        notebook_bytes: notebook_job::MAX_BYTES as u64,
    }))
}
