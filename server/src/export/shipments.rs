//! `export/shipments`: jobs that are delivered by git or into a folder, and followed in Airflow to their end.
//!
//! `plan.rs` shows what a delivery would change, `start.rs` begins one, `way.rs` carries it out; `record.rs` is what is
//! kept of it, and `steps.rs` draws its timeline.

mod act;
mod agreed;
mod check;
mod errors;
mod folder;
mod kept;
mod log;
mod pace;
mod plan;
mod record;
mod show;
mod start;
mod steps;
mod way;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    routing::{get, post},
};
use monitor::{Tasks, Whose};
use upstream::user::User;
use utoipa::OpenApi;

use self::{check::LastCheck, kept::Kept, pace::Pace};
use super::{Exports, airflow::Airflow, git::Repository};
use crate::{
    config::{AirflowSite, GitSite},
    http::ApiError,
};

/// Where a job is delivered to.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Repository(&'a Repository),
    /// A folder of workflows.
    Folder(&'a Path),
}

/// What the routes need.
#[derive(Debug)]
pub(crate) struct Shipments {
    pub site: AirflowSite,
    git: Option<GitSite>,
    repository: Option<Repository>,
    /// Follows jobs; none if no Airflow is configured.
    airflow: Option<Airflow>,
    check: LastCheck,
    /// Whether jobs may be delivered.
    is_on: bool,
    kept: Arc<Kept>,
    pace: Pace,
    tasks: Tasks,
}

impl Shipments {
    pub fn new(
        (git, site, airflow): (Option<GitSite>, AirflowSite, Option<Airflow>),
        state_folder: Option<&Path>,
        is_on: bool,
        tasks: &Tasks,
    ) -> Self {
        let folder: Option<PathBuf> = state_folder.map(|folder| folder.join("export/shipments"));
        let repository = git.as_ref().and_then(|git| Repository::open(git, None).ok());
        let kept = Arc::new(Kept::new(folder));
        Self {
            site,
            git,
            repository,
            airflow,
            check: LastCheck::default(),
            is_on,
            kept,
            pace: Pace::default(),
            tasks: tasks.clone(),
        }
    }

    /// The site's repository, if jobs are delivered there.
    pub fn git(&self) -> Option<&GitSite> {
        self.git.as_ref().filter(|_| self.is_on)
    }

    /// Whether jobs are put into a folder of workflows.
    pub fn has_folder(&self) -> bool {
        self.is_on && self.git.is_none() && self.site.dag_folder.is_some()
    }

    /// Where jobs are delivered to.
    fn place(&self) -> Result<Place<'_>, ApiError> {
        let repository = self.repository.as_ref().map(Place::Repository);
        let folder = || self.site.dag_folder.as_deref().map(Place::Folder);
        repository.or_else(folder).filter(|_| self.is_on).ok_or_else(errors::no_place)
    }
}

/// Under which name a person's jobs are kept; empty where users are not told apart.
fn owner(whose: &Whose) -> String {
    whose.user().map(User::name).unwrap_or_default().to_owned()
}

impl Exports {
    /// Goes on following the jobs that were on their way when the last sidecar ended.
    pub(crate) fn begin(self: &Arc<Self>) {
        if self.shipments.is_on && self.shipments.kept.has_any() {
            let exports = Arc::clone(self);
            self.shipments.tasks.spawn(|_| async move { way::resume(&exports) });
        }
    }
}

/// Routes that change nothing.
pub(super) fn reads() -> Router<Arc<Exports>> {
    Router::new()
        .route("/export/airflow", get(check::get_check))
        .route("/export/shipments", get(show::list_shipments))
        .route("/export/shipments/{id}", get(show::get_shipment))
        .route("/export/shipments/{id}/log", get(log::get_log))
}

/// Routes that deliver something, or change what becomes of it.
pub(super) fn writes() -> Router<Arc<Exports>> {
    Router::new()
        .route("/export/shipments", post(start::ship))
        .route("/export/shipments/plan", post(plan::plan))
        .route("/export/shipments/{id}/{act}", post(act::act))
}

/// The routes' part of the OpenAPI document.
pub(super) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(
    check::get_check,
    show::list_shipments,
    show::get_shipment,
    log::get_log,
    start::ship,
    plan::plan,
    act::act,
))]
struct Document;
