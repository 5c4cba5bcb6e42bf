//! `POST export/runs/{id}/cancel` and `DELETE export/runs/{id}`: stops a job, and forgets one that has ended.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use monitor::clock;
use rustix::process::{Signal, kill_process};
use serde::Serialize;
use wire::{ErrorBody, export::Run};

use super::{errors, owner};
use crate::{
    audit::Audit,
    export::{Exports, errors as of_export},
    http::{ApiError, Caller},
};

/// A line of the audit log, written before it is done.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    run_id: &'a str,
}

fn audit(audit: &Audit, event: &'static str, who: &str, run_id: &str) -> Result<(), ApiError> {
    let line = Line { at_ms: clock::now_ms(), event, who, run_id };
    audit.write(&line).map_err(|error| of_export::not_audited(&error))
}

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
    let log = Arc::clone(&exports.audit);
    let run = exports.runs.with(move |look, _| {
        let who = owner(&whose);
        let run = look.of(&who, &id).ok_or_else(errors::no_run)?;
        // Once the lock is free, its process may be anybody's.
        if !run.progress.has_ended() && run.folder().is_locked() {
            let pid = run.folder().pid().ok_or_else(errors::starts)?;
            audit(&log, "cancels", &who, &id)?;
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
    let log = Arc::clone(&exports.audit);
    let removed = exports.runs.with(move |mut look, _| {
        let who = owner(&whose);
        let run = look.of(&who, &id).ok_or_else(errors::no_run)?;
        if !run.progress.has_ended() {
            return Err(errors::still_runs());
        }
        audit(&log, "forgets", &who, &id)?;
        look.remove(&id).map_err(|error| errors::disk(&error))
    });
    removed.await.map(|()| StatusCode::NO_CONTENT)
}
