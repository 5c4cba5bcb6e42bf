//! A notebook becomes a job: routes that show it, and its files.
//!
//! `conversion.rs` converts, for the routes and for the command line; the crate `notebook-job` knows how.

pub(crate) mod conversion;
mod convert;
mod errors;
mod files;
pub(crate) mod interpreter;
mod offer;
mod schedule;
mod turn;
pub(crate) mod write;

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    middleware::map_request,
    routing::{get, post},
};
use monitor::{Whose, clock};
use serde::Serialize;
use tokio::sync::Semaphore;
use upstream::user::User;
use utoipa::OpenApi;

use self::conversion::Converted;
use crate::{
    audit::Audit,
    config::ExportSite,
    http::{ApiError, HasSessions, Sessions, middleware::AreaBounds, same_site::same_site},
};

/// A notebook comes with its pictures, as text within JSON.
pub(crate) const BOUNDS: AreaBounds =
    AreaBounds { prefix: "/export", body_bytes: 24 << 20, time: Duration::from_secs(30) };

/// Notebooks that are read and converted at once. Others wait, and their bodies with them.
const AT_ONCE: usize = 2;

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
    turns: Arc<Semaphore>,
}

impl HasSessions for Exports {
    fn sessions(&self) -> &Sessions {
        &self.callers
    }
}

impl Exports {
    pub(crate) fn new(site: ExportSite, callers: Arc<Sessions>, audit: Arc<Audit>, is_shared: bool) -> Arc<Self> {
        Arc::new(Self { callers, site, audit, is_shared, turns: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// Airflow's name of its connection to Spark.
    fn connection(&self) -> String {
        "spark_default".to_owned()
    }

    /// Writes down that a person lets a secret out.
    ///
    /// # Errors
    /// When it cannot be written; then it must not be done.
    fn audit_secrets(&self, whose: &Whose, converted: &Converted, event: &'static str) -> Result<(), ApiError> {
        if !converted.has_allowed_secrets() {
            return Ok(());
        }
        let secrets = converted.job.findings.iter().filter(|finding| finding.code == "secret");
        let secrets: Vec<String> = secrets.map(|one| format!("cell {}, line {}", one.cell, one.line)).collect();
        let who = whose.user().map(User::name).unwrap_or_default();
        let line = Line { at_ms: clock::now_ms(), event, who, dag_id: &converted.dag_id, allowed_secrets: secrets };
        self.audit.write(&line).map_err(|error| errors::not_audited(&error))
    }

    /// Whether jobs may be run here.
    pub(crate) fn runs(&self) -> bool {
        self.site.runs && !self.is_shared
    }
}

/// The routes.
pub(crate) fn routes(exports: Arc<Exports>) -> Router {
    let reads = Router::new().route("/export", get(offer::get_export));
    let writes =
        Router::new().route("/export/convert", post(convert::convert)).route("/export/files", post(files::download));
    reads.merge(writes.route_layer(map_request(same_site))).with_state(exports)
}

/// The routes' part of the OpenAPI document.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(offer::get_export, convert::convert, files::download))]
struct Document;
