//! `export/runs`: jobs that run on this machine.
//!
//! A program of its own (`python/berdl_spark_monitor/run_job.py`) runs each and writes down how far it is, in a folder
//! that outlives the sidecar. `kept.rs` knows all folders, `progress.rs` reads what a program says, `start.rs` begins.

mod cancel;
mod errors;
mod folder;
mod kept;
mod output;
mod parameters;
mod printed;
mod progress;
mod request;
mod show;
mod start;

use std::{collections::BTreeMap, io, sync::Arc};

use axum::{
    Router,
    routing::{get, post},
};
use monitor::Tasks;
use notebook_job::Assignment;
use serde_json::Value;
use tokio::task;
use utoipa::OpenApi;

use self::kept::{Kept, Look};
pub(super) use self::start::new_id;
use super::{Exports, owner};
use crate::{
    config::{NoRuns, RunsSite},
    http::ApiError,
};

/// What the routes need.
#[derive(Clone, Debug)]
pub(crate) struct Runs {
    site: Result<Arc<RunsSite>, NoRuns>,
    kept: Arc<Kept>,
    /// Collects the exit codes of the programs.
    tasks: Tasks,
}

impl Runs {
    pub fn new(site: Result<RunsSite, NoRuns>, tasks: &Tasks) -> Self {
        Self { site: site.map(Arc::new), kept: Arc::default(), tasks: tasks.clone() }
    }

    /// Whether jobs are run here.
    pub fn are_on(&self) -> bool {
        self.site.is_ok()
    }

    /// Refuses what needs jobs to be run here.
    ///
    /// # Errors
    /// When none are.
    pub fn check(&self) -> Result<(), ApiError> {
        self.site.as_ref().map(drop).map_err(|reason| errors::off(*reason))
    }

    /// Does something with all runs, on a thread that may wait for the disk.
    async fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(Look<'_>, &RunsSite) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let site = self.site.clone().map_err(errors::off)?;
        let kept = Arc::clone(&self.kept);
        let done = task::spawn_blocking(move || {
            let look = kept.look(&site).map_err(|error| errors::disk(&error))?;
            work(look, &site)
        });
        done.await.map_err(|error| errors::disk(&io::Error::other(error)))?
    }
}

/// Whether values fit the parameters of a job; the same rule for one that is delivered.
///
/// # Errors
/// When a value does not fit, or there is too much of them.
pub(super) fn check_parameters(given: &BTreeMap<String, Value>, known: &[Assignment]) -> Result<(), ApiError> {
    parameters::checked(given.clone(), known).map(drop).map_err(|error| errors::bad_parameters(&error))
}

/// Routes that change nothing.
pub(super) fn reads() -> Router<Arc<Exports>> {
    Router::new()
        .route("/export/runs", get(show::list_runs))
        .route("/export/runs/{id}", get(show::get_run))
        .route("/export/runs/{id}/output.ipynb", get(output::get_output))
}

/// Routes that run something, or change what runs.
pub(super) fn writes() -> Router<Arc<Exports>> {
    Router::new()
        .route("/export/runs", post(start::start_run))
        .route("/export/runs/{id}", axum::routing::delete(cancel::forget_run))
        .route("/export/runs/{id}/cancel", post(cancel::cancel_run))
}

/// The routes' part of the OpenAPI document.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(
    show::list_runs,
    show::get_run,
    output::get_output,
    start::start_run,
    cancel::cancel_run,
    cancel::forget_run,
))]
struct Document;
