//! `GET export/runs` and `GET export/runs/{id}`: how far jobs are.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
};
use wire::{
    ErrorBody,
    export::{Run, Runs},
};

use super::{errors, kept::Known, owner};
use crate::{
    export::Exports,
    http::{ApiError, Caller},
};

/// The caller's jobs on this machine, the newest first, without their cells.
#[utoipa::path(get, path = "/export/runs", tag = "export", responses(
    (status = 200, description = "The runs", body = Runs),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_runs(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
) -> Result<Json<Runs>, ApiError> {
    let runs =
        exports.runs.with(move |look, _| Ok(look.all_of(&owner(&whose)).into_iter().map(Known::brief).collect()));
    Ok(Json(Runs { runs: runs.await? }))
}

/// One job with its cells, and the end of what it has printed.
#[utoipa::path(get, path = "/export/runs/{id}", tag = "export", params(("id" = String, Path, description = "The run")),
    responses(
        (status = 200, description = "The run", body = Run),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_run(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<Json<Run>, ApiError> {
    let run = exports
        .runs
        .with(move |look, _| look.of(&owner(&whose), &id).map(Known::whole).ok_or_else(errors::no_run))
        .await?;
    Ok(Json(run))
}
