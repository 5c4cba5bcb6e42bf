//! `export/shipments`: jobs that are delivered by git or into a folder, and followed to their end, in Airflow or on a
//! standalone cluster.
//!
//! `plan.rs` shows what a delivery would change, `start.rs` begins one, `way.rs` carries it out; `record.rs` is what is
//! kept of it, and `steps.rs` draws its timeline.

mod act;
mod agreed;
mod check;
pub(crate) mod direct;
mod errors;
mod folder;
mod follow;
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
    io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    routing::{get, post},
};
use monitor::Tasks;
use tokio::{task, time::sleep};
use utoipa::OpenApi;
use wire::export::{AirflowCheck, ExportTarget, ShipmentPlace, StandaloneCheck};

use self::{check::Recent, direct::GitCheck, kept::Kept, pace::Pace};
use super::{
    Exports,
    airflow::Airflow,
    git::{Api, GitError, Repository},
    owner,
    standalone::Submissions,
};
use crate::{
    config::{AirflowSite, GitSite, NoRuns, StandaloneSite},
    http::ApiError,
};

/// How often a sidecar looks for jobs that nobody follows any more: another one may have ended.
const LOOK_EVERY: Duration = Duration::from_secs(30);

/// Where a job is delivered to.
#[derive(Clone, Copy, Debug)]
enum Destination<'a> {
    /// Airflow finds it there.
    Workflows(Place<'a>),
    /// A folder shared with the workers of a standalone cluster, to whose master the job is submitted then.
    Standalone(&'a Standalone),
}

/// Where workflows are delivered to.
#[derive(Clone, Copy, Debug)]
enum Place<'a> {
    Repository(&'a Repository),
    /// A folder of workflows.
    Folder(&'a Path),
}

/// A standalone cluster on which jobs run.
#[derive(Clone, Debug)]
pub(crate) struct Standalone {
    pub site: StandaloneSite,
    pub submissions: Submissions,
}

/// Where jobs go.
#[derive(Default)]
pub(crate) struct Delivery {
    pub git: Option<GitSite>,
    /// Asks the git host; none if the program git does.
    pub api: Option<Api>,
    pub site: AirflowSite,
    /// None if no Airflow is configured.
    pub airflow: Option<Airflow>,
    /// None if no standalone master is configured.
    pub standalone: Option<Standalone>,
}

/// What the routes need.
#[derive(Debug)]
pub(crate) struct Shipments {
    pub site: AirflowSite,
    git: Option<GitSite>,
    /// None if no repository is configured.
    repository: Option<Result<Repository, GitError>>,
    /// Follows jobs; none if no Airflow is configured.
    airflow: Option<Airflow>,
    /// Runs jobs; none if no standalone master is configured.
    standalone: Option<Standalone>,
    check: Recent<AirflowCheck>,
    standalone_check: Recent<StandaloneCheck>,
    git_check: GitCheck,
    /// Whether jobs may be delivered.
    is_on: bool,
    kept: Kept,
    pace: Pace,
    tasks: Tasks,
}

impl Shipments {
    pub fn new(
        Delivery { git, api, site, airflow, standalone }: Delivery,
        state_folder: Option<&Path>,
        is_on: bool,
        tasks: &Tasks,
    ) -> Self {
        let folder: Option<PathBuf> = state_folder.map(|folder| folder.join("export/shipments"));
        let repository = git.as_ref().map(|git| match api {
            Some(api) => Ok(Repository::through(git, api)),
            None => Repository::open(git, None),
        });
        Self {
            site,
            git,
            repository,
            airflow,
            standalone,
            check: Recent::default(),
            standalone_check: Recent::default(),
            git_check: GitCheck::default(),
            is_on,
            kept: Kept::new(folder),
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

    /// The site's standalone master, if jobs are submitted there.
    pub fn standalone(&self) -> Option<&StandaloneSite> {
        self.standalone.as_ref().filter(|_| self.is_on).map(|standalone| &standalone.site)
    }

    /// The configured place of workflows. A repository that cannot be used is not replaced by a folder.
    fn place(&self) -> Result<Place<'_>, ApiError> {
        match &self.repository {
            Some(Ok(repository)) => Ok(Place::Repository(repository)),
            Some(Err(error)) => Err(errors::git(error)),
            None => self.site.dag_folder.as_deref().map(Place::Folder).ok_or_else(errors::no_place),
        }
    }
}

impl Exports {
    /// Goes on following the jobs whose sidecar has ended.
    pub(crate) fn begin(self: &Arc<Self>) {
        if !self.shipments.is_on {
            return;
        }
        let exports = Arc::clone(self);
        self.shipments.tasks.spawn(|end| async move {
            while !end.is_cancelled() {
                way::resume(&exports).await;
                tokio::select! {
                    () = end.cancelled() => {}
                    () = sleep(LOOK_EVERY) => {}
                }
            }
        });
    }

    /// Whether jobs are delivered and followed here at all.
    ///
    /// # Errors
    /// Why not.
    fn delivers(&self) -> Result<(), ApiError> {
        match (self.is_shared, self.site.runs) {
            (true, _) => Err(errors::off(NoRuns::Shared)),
            (false, false) => Err(errors::off(NoRuns::NotAllowed)),
            (false, true) => Ok(()),
        }
    }

    /// Where workflows are delivered to.
    ///
    /// # Errors
    /// When they are not, or there is no such place.
    fn place(&self) -> Result<Place<'_>, ApiError> {
        self.delivers()?;
        self.shipments.place()
    }

    /// Where jobs for a target are delivered to.
    ///
    /// # Errors
    /// As [`Self::place`].
    fn destination(&self, target: ExportTarget) -> Result<Destination<'_>, ApiError> {
        match target {
            ExportTarget::Standalone => self.standalone().map(Destination::Standalone),
            _ => self.place().map(Destination::Workflows),
        }
    }

    /// The standalone cluster on which jobs run.
    ///
    /// # Errors
    /// When there is none.
    fn standalone(&self) -> Result<&Standalone, ApiError> {
        self.delivers()?;
        self.shipments.standalone.as_ref().ok_or_else(errors::no_standalone)
    }

    /// Whether what runs a job is configured.
    ///
    /// # Errors
    /// Why nothing can be done with the job.
    fn follows(&self, place: ShipmentPlace) -> Result<(), ApiError> {
        match place {
            ShipmentPlace::Airflow => self.airflow().map(|_| ()),
            ShipmentPlace::Standalone => self.standalone().map(|_| ()),
        }
    }

    /// The Airflow in which jobs are followed.
    ///
    /// # Errors
    /// When there is none.
    fn airflow(&self) -> Result<&Airflow, ApiError> {
        self.delivers()?;
        self.shipments.airflow.as_ref().ok_or_else(errors::no_airflow)
    }

    /// Does something with the jobs that are kept, on a thread that may wait for the disk.
    async fn on_disk<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let exports = Arc::clone(self);
        let done = task::spawn_blocking(move || work(&exports));
        done.await.map_err(|error| errors::disk(&io::Error::other(error)))?
    }
}

/// Routes that change nothing.
pub(super) fn reads() -> Router<Arc<Exports>> {
    Router::new()
        .route("/export/airflow", get(check::get_check))
        .route("/export/standalone", get(check::get_standalone_check))
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
    check::get_standalone_check,
    show::list_shipments,
    show::get_shipment,
    log::get_log,
    start::ship,
    plan::plan,
    act::act,
))]
struct Document;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::settings_from;

    #[test]
    fn a_repository_that_cannot_be_used_is_not_replaced_by_a_folder() {
        let settings = settings_from(&["--spark-monitor-export-git-url", "https://git.example.org/jobs.git"]).unwrap();
        let git = GitSite::of(&settings, None, &mut Vec::new()).unwrap().unwrap();
        let airflow = AirflowSite { dag_folder: Some("/dags".into()), ..AirflowSite::default() };
        let place = |git| {
            let delivery = Delivery { git, site: airflow.clone(), ..Delivery::default() };
            let shipments = Shipments::new(delivery, None, true, &Tasks::default());
            shipments.place().map(|place| format!("{place:?}")).map_err(|error| error.error.to_string())
        };
        assert_eq!(place(None).unwrap(), "Folder(\"/dags\")");
        // There is no folder for fetched commits.
        let git = GitSite { cache_folder: None, ..git };
        assert_eq!(place(Some(git)).unwrap_err(), "The state folder cannot be written.");
    }
}
