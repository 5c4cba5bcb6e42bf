//! A notebook becomes a job: routes that show it, and its files.
//!
//! `conversion.rs` converts, for the routes and for the command line; the crate `notebook-job` knows how.

pub(crate) mod airflow;
pub(crate) mod conversion;
mod convert;
pub(crate) mod errors;
mod files;
pub(crate) mod git;
pub(crate) mod interpreter;
mod notebook;
mod offer;
pub(crate) mod places;
mod runs;
pub(crate) mod schedule;
pub(crate) mod shipments;
pub(crate) mod standalone;
pub(crate) mod turn;
pub(crate) mod write;

use std::{path::Path, sync::Arc, time::Duration};

use axum::{
    Router,
    middleware::map_request,
    routing::{get, post},
};
use monitor::{Tasks, Whose, clock};
use serde::Serialize;
use upstream::user::User;
use utoipa::OpenApi;
use wire::export::ConvertNotebook;

use self::{
    conversion::Converted,
    runs::Runs,
    shipments::{Delivery, Shipments},
    turn::{Turn, Turns},
};
use crate::{
    audit::Audit,
    config::{ExportSite, NoRuns},
    http::{ApiError, HasSessions, Sessions, middleware::AreaBounds, same_site::same_site},
};

/// A notebook comes with its pictures.
pub(crate) const BOUNDS: AreaBounds =
    AreaBounds { large: &NOTEBOOKS, ..AreaBounds::new("/export", 64 * 1024, Duration::from_secs(30)) };

/// The paths that take a notebook.
const NOTEBOOKS: [&str; 6] = [
    "/export/convert",
    "/export/files",
    "/export/notebook",
    "/export/runs",
    "/export/shipments",
    "/export/shipments/plan",
];

/// A line of the audit log.
#[derive(Serialize)]
struct Line<'a> {
    at_ms: i64,
    event: &'static str,
    who: &'a str,
    dag_id: &'a str,
    /// Where secrets are that were let out.
    allowed_secrets: Vec<String>,
}

/// Everything that the routes need.
#[derive(Debug)]
pub(crate) struct Exports {
    callers: Arc<Sessions>,
    site: ExportSite,
    audit: Arc<Audit>,
    /// Whether several people share this sidecar, which runs as somebody else then.
    is_shared: bool,
    /// Jobs on this machine.
    runs: Runs,
    /// Jobs that are delivered.
    shipments: Shipments,
    turns: Turns,
}

impl HasSessions for Exports {
    fn sessions(&self) -> &Sessions {
        &self.callers
    }
}

impl Exports {
    pub(crate) fn new(
        site: ExportSite,
        callers: Arc<Sessions>,
        audit: Arc<Audit>,
        is_shared: bool,
        delivery: Delivery,
        state_folder: Option<&Path>,
        tasks: &Tasks,
    ) -> Arc<Self> {
        let here = if is_shared { Err(NoRuns::Shared) } else { site.here.clone() };
        let (runs, turns) = (Runs::new(here, tasks), Turns::new(is_shared));
        let shipments = Shipments::new(delivery, state_folder, site.runs && !is_shared, tasks);
        Arc::new(Self { callers, site, audit, is_shared, runs, shipments, turns })
    }

    /// Airflow's name of its connection to Spark.
    pub(crate) fn connection(&self) -> String {
        self.shipments.site.connection.clone()
    }

    /// The job of a notebook, if nothing blocks it.
    ///
    /// # Errors
    /// When there is none, or a finding has to be mended first.
    pub(crate) async fn job_of(&self, asked: ConvertNotebook, turn: Turn) -> Result<Converted, ApiError> {
        let converted = conversion::convert(asked.into(), self.connection(), turn).await.map_err(errors::refused)?;
        errors::unblocked(converted)
    }

    /// The folder that Jupyter shows, whose files the caller may read here.
    ///
    /// # Errors
    /// When it is not known, or several people share this sidecar, which runs as somebody else then.
    pub(crate) fn notebooks(&self) -> Result<&Path, ApiError> {
        self.site.notebooks.as_deref().filter(|_| !self.is_shared).ok_or_else(errors::no_files)
    }

    /// Writes a line of the audit log.
    ///
    /// # Errors
    /// When it cannot be written; then what it tells of must not be done.
    pub(crate) fn audit(&self, line: &impl Serialize) -> Result<(), ApiError> {
        self.audit.write(line).map_err(|error| errors::not_audited(&error))
    }

    /// Writes down that a person lets a secret out.
    ///
    /// # Errors
    /// When it cannot be written; then it must not be done.
    pub(crate) fn audit_secrets(
        &self,
        whose: &Whose,
        converted: &Converted,
        event: &'static str,
    ) -> Result<(), ApiError> {
        if converted.has_allowed_secrets() { self.audit_job(whose, converted, event) } else { Ok(()) }
    }

    /// Writes down what is done with a job, and the secrets that a person lets out with it.
    fn audit_job(&self, whose: &Whose, converted: &Converted, event: &'static str) -> Result<(), ApiError> {
        let secrets = converted.job.findings.iter().filter(|finding| finding.code == "secret");
        let secrets: Vec<String> = secrets.map(|one| format!("cell {}, line {}", one.cell, one.line)).collect();
        let who = whose.user().map(User::name).unwrap_or_default();
        let line = Line { at_ms: clock::now_ms(), event, who, dag_id: &converted.dag_id, allowed_secrets: secrets };
        self.audit(&line)
    }

    /// Whether jobs may be run here and delivered.
    pub(crate) fn runs(&self) -> bool {
        self.site.runs && !self.is_shared
    }
}

/// Under which name a person's runs and jobs are kept; empty where users are not told apart.
fn owner(whose: &Whose) -> String {
    whose.user().map(User::name).unwrap_or_default().to_owned()
}

/// The routes.
pub(crate) fn routes(exports: Arc<Exports>) -> Router {
    let reads = Router::new().route("/export", get(offer::get_export)).merge(runs::reads()).merge(shipments::reads());
    let writes = Router::new()
        .route("/export/convert", post(convert::convert))
        .route("/export/files", post(files::download))
        .route("/export/notebook", post(notebook::notebook))
        .merge(runs::writes())
        .merge(shipments::writes());
    reads.merge(writes.route_layer(map_request(same_site))).with_state(exports)
}

/// The routes' part of the OpenAPI document.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi().merge_from(runs::openapi()).merge_from(shipments::openapi())
}

#[derive(OpenApi)]
#[openapi(paths(offer::get_export, convert::convert, files::download, notebook::notebook))]
struct Document;
