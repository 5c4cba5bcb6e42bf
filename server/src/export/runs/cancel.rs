//! `POST export/runs/{id}/cancel` and `DELETE export/runs/{id}`: stops a job, and forgets one that has ended.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use rustix::process::{Signal, kill_process};
use wire::{ErrorBody, export::Run};

use super::{errors, owner};
use crate::{
    export::Exports,
    http::{ApiError, Caller},
};

/// Interrupts a job. If it goes on for ten seconds, or is canceled again, its process is ended. One that has ended stays
/// as it is.
#[utoipa::path(post, path = "/export/runs/{id}/cancel", tag = "export",
    params(("id" = String, Path, description = "The run")),
    responses(
        (status = 202, description = "It is about to end, or has ended", body = Run),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn cancel_run(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Run>), ApiError> {
    let run = exports.runs.with(move |look, _| {
        let run = look.of(&owner(&whose), &id).ok_or_else(errors::no_run)?;
        // Once the lock is free, its process may be anybody's.
        if !run.progress.has_ended() && run.folder().is_locked() {
            let pid = run.folder().pid().ok_or_else(errors::starts)?;
            kill_process(pid, Signal::TERM).map_err(|error| errors::disk(&error.into()))?;
        }
        Ok(run.brief())
    });
    Ok((StatusCode::ACCEPTED, Json(run.await?)))
}

/// Forgets a job that has ended, and what it printed.
#[utoipa::path(delete, path = "/export/runs/{id}", tag = "export",
    params(("id" = String, Path, description = "The run")),
    responses(
        (status = 204, description = "It is gone from the disk"),
        (status = 409, description = "It has not ended (`conflict`)", body = ErrorBody),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn forget_run(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let removed = exports.runs.with(move |mut look, _| {
        let run = look.of(&owner(&whose), &id).ok_or_else(errors::no_run)?;
        if !run.progress.has_ended() {
            return Err(errors::still_runs());
        }
        look.remove(&id).map_err(|error| errors::disk(&error))
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}
