//! `export/notebook`: the notebook of a job, for a scheduler of the notebook server.

use std::sync::Arc;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use wire::{
    ErrorBody,
    export::{ConvertNotebook, ExportTarget},
};

use super::{Exports, turn::Turn};
use crate::http::{ApiError, Caller, JsonBody};

/// The notebook that jupyter-scheduler runs: without its outputs and without the cells left out, the cell of parameters with
/// papermill's tag. The audit log has a line of it. Nothing else is written here.
#[utoipa::path(post, path = "/export/notebook", tag = "export", request_body = ConvertNotebook, responses(
    (status = 200, description = "The notebook", content_type = "application/x-ipynb+json"),
    (status = "default", description = "What went wrong; `blocked` while a finding keeps the notebook from being run", body = ErrorBody),
))]
pub(crate) async fn notebook(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    turn: Turn,
    JsonBody(mut asked): JsonBody<ConvertNotebook>,
) -> Result<Response, ApiError> {
    exports.runs.check()?;
    asked.options.target = ExportTarget::Papermill;
    let converted = exports.job_of(asked, turn).await?;
    exports.audit_job(&whose, &converted, "schedules")?;
    let notebook = converted.files.into_iter().find(|file| file.name == "notebook.ipynb");
    let notebook = notebook.ok_or_else(ApiError::internal)?;
    Ok(([(header::CONTENT_TYPE, "application/x-ipynb+json")], notebook.content).into_response())
}
