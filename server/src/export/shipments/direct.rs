//! Deliveries of the older routes, which show no plan: it is made here, and carried out unless it would replace files
//! that no export wrote. And what else those routes ask of the places and of jobs on their way.

use std::{sync::Arc, time::Duration};

use monitor::{Whose, clock};
use tokio::{
    sync::Mutex,
    task,
    time::{Instant, sleep},
};
use wire::{
    ErrorCode,
    export::{AirflowCheck, NewShipment, ShipmentPlace, ShipmentStep, StepState},
};

use super::{
    Place,
    agreed::Agreed,
    check::{self, FRESH},
    errors,
    follow::Follow,
    owner, plan,
    record::{Delivery, Record},
    start, steps,
};
use crate::{
    config::{AirflowApi, GitSite},
    export::{
        Exports,
        airflow::{shipped::marked, state::State},
        conversion::Converted,
        git::GitError,
    },
    http::ApiError,
    words::git as of_git,
};

/// How long a delivery is waited for. It goes on after that.
const PATIENCE: Duration = Duration::from_secs(90);
const LOOKS: Duration = Duration::from_millis(100);

/// The git host's last answer. Who asks meanwhile waits for the same.
#[derive(Debug, Default)]
pub(super) struct GitCheck(Mutex<Option<(Instant, Result<(), String>)>>);

/// A job that was delivered, as far as that is known.
pub(crate) enum Delivered {
    Done {
        /// None in a folder of workflows.
        commit: Option<String>,
        commit_url: Option<String>,
        /// The branch that somebody merges, and the page for it; none if it is there without that.
        merge_request: Option<(String, Option<String>)>,
        /// The job's folder.
        folder: String,
        /// Whether nothing was there before.
        is_created: bool,
    },
    Failed(String),
    /// It is still under way.
    Late,
}

/// How far a job is that was to run.
pub(crate) struct Progress {
    pub status: &'static str,
    pub started_at_ms: i64,
    pub error: Option<String>,
    pub run_id: Option<String>,
}

impl Exports {
    /// The repository that jobs go to, if they do.
    pub(crate) fn git(&self) -> Option<&GitSite> {
        self.shipments.git()
    }

    /// The API of the Airflow in which jobs are followed.
    pub(crate) fn airflow_api(&self) -> Option<&AirflowApi> {
        self.shipments.site.api.as_ref()
    }

    /// Whether Airflow answers, as it said at most a moment ago; none if none is configured.
    pub(crate) async fn airflow_check(&self) -> Option<AirflowCheck> {
        check::checked(self).await
    }

    /// Whether the git host answers; none if jobs go to none.
    pub(crate) async fn git_check(&self) -> Option<Result<(), String>> {
        let Ok(Place::Repository(repository)) = self.place() else { return None };
        let mut last = self.shipments.git_check.0.lock().await;
        if let Some((_, answer)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return Some(answer.clone());
        }
        let answer = repository.answers().await.map_err(|error| of_git::explained(&error).error.to_string());
        *last = Some((Instant::now(), answer.clone()));
        Some(answer)
    }

    /// Whether a job may be delivered now.
    ///
    /// # Errors
    /// When none may be at all, or there were too many.
    pub(crate) fn may_deliver(&self) -> Result<(), ApiError> {
        self.place()?;
        self.shipments.pace.check(clock::now_ms()).map_err(errors::too_soon)
    }

    /// What has a name of these in the place of all jobs: folders and files.
    ///
    /// # Errors
    /// When there is no place, or it cannot be read; the flag says whether its host answered.
    pub(crate) async fn delivered_names(&self) -> Result<Vec<String>, (bool, String)> {
        match self.place().map_err(|error| (false, error.error.to_string()))? {
            Place::Repository(repository) => repository.names().await.map_err(|error| {
                let answered = matches!(
                    error,
                    GitError::SignIn | GitError::Forbidden | GitError::BranchMissing { .. } | GitError::InTheWay { .. }
                );
                (answered, of_git::explained(&error).error.to_string())
            }),
            Place::Folder(workflows) => {
                let workflows = workflows.to_owned();
                let names = move || {
                    let names = std::fs::read_dir(workflows)?.flatten();
                    Ok::<_, std::io::Error>(names.filter_map(|entry| entry.file_name().into_string().ok()).collect())
                };
                let names = task::spawn_blocking(names).await.unwrap_or_else(|error| Err(error.into()));
                names.map_err(|error| (false, error.to_string()))
            }
        }
    }

    /// Delivers a job and waits until it is there. It is triggered then, if that is wished.
    ///
    /// # Errors
    /// When it may not be delivered: there are too many, or files of somebody else are in the way.
    pub(crate) async fn deliver(
        self: &Arc<Self>,
        whose: &Whose,
        converted: Converted,
        path: &str,
        message: String,
        trigger: bool,
    ) -> Result<Delivered, ApiError> {
        let has_secret = !notebook_job::secrets_in_text(path).is_empty();
        if !converted.options.allow_secrets && has_secret {
            return Err(errors::secret());
        }
        let secrets = if has_secret { vec!["path".to_owned()] } else { Vec::new() };
        let agreed = Agreed { files: marked(converted.files.clone()), converted, submission: None, secrets };
        let plan = match plan::made(self, &agreed).await {
            Err(error) if is_of_the_place(error.code) => return Ok(Delivered::Failed(error.error.to_string())),
            plan => plan?,
        };
        if let Some(change) = plan.changes.iter().find(|change| !change.is_ours) {
            return Err(errors::foreign(change.path.rsplit_once('/').map_or("", |(folder, _)| folder)));
        }
        let is_created = !plan.changes.is_empty() && plan.changes.iter().all(|change| change.was.is_none());
        let new = NewShipment {
            path: path.to_owned(),
            notebook: String::new(),
            hash: agreed.converted.hash(),
            message,
            plan: None,
            trigger,
            unpause: trigger,
            parameters: std::collections::BTreeMap::new(),
            options: agreed.converted.options.clone(),
        };
        let folder = plan.folder.clone();
        let begun = start::begin(self, whose.clone(), agreed, plan.plan, new).await?;
        let end = Instant::now() + PATIENCE;
        while Instant::now() < end {
            let (owner, id) = (begun.owner.clone(), begun.id.clone());
            let now = self.on_disk(move |exports| Ok(exports.shipments.kept.held().of(&owner, &id))).await?;
            match now.map(|record| record.delivery.clone()) {
                Some(Delivery::Done { commit, url, merge_request, .. }) => {
                    let merge_request = merge_request.map(|request| (request.branch, request.url));
                    return Ok(Delivered::Done { commit, commit_url: url, merge_request, folder, is_created });
                }
                Some(Delivery::Failed { why, .. }) => return Ok(Delivered::Failed(why.text)),
                Some(Delivery::Now) => sleep(LOOKS).await,
                // It made room for others.
                None => break,
            }
        }
        Ok(Delivered::Late)
    }

    /// The last job of a person with this name that was to run; none if there is none.
    ///
    /// # Errors
    /// When what is kept cannot be read.
    pub(crate) async fn progress(self: &Arc<Self>, whose: &Whose, dag_id: &str) -> Result<Option<Progress>, ApiError> {
        let owner = owner(whose);
        let wished = |record: &&Record| match record.follow.as_ref().map(Follow::in_airflow) {
            Some(follow) => follow.is_some_and(|follow| follow.wish.run),
            None => record.place == ShipmentPlace::Airflow && !matches!(record.delivery, Delivery::Done { .. }),
        };
        let jobs = self.on_disk(move |exports| Ok(exports.shipments.kept.look().all_of(&owner))).await?;
        // The newest is the first.
        let Some(last) = jobs.iter().map(|job| &**job).filter(|job| job.dag_id == dag_id).find(wished) else {
            return Ok(None);
        };
        let state = last.follow.as_ref().and_then(Follow::in_airflow).map(|follow| follow.state().clone());
        let status = match (last.has_ended(), state) {
            (true, Some(State::Success)) => "success",
            (true, _) => "failed",
            (false, Some(State::Running { .. })) => "running",
            (false, _) => "queued",
        };
        let shown = steps::shipment(last);
        let failed = shown.steps.iter().find(|step| step.state == StepState::Failed);
        Ok(Some(Progress {
            status,
            started_at_ms: last.started_at_ms,
            error: failed.filter(|_| status == "failed").map(said),
            run_id: shown.run_id,
        }))
    }
}

fn said(step: &ShipmentStep) -> String {
    step.error.as_ref().map_or_else(|| step.note.clone(), |error| error.message.clone())
}

/// Whether an error is the repository's or the folder's, so that the request itself was in order.
fn is_of_the_place(code: ErrorCode) -> bool {
    use ErrorCode::{Internal, Overloaded, UpstreamForbidden, UpstreamInvalid, UpstreamTimeout, UpstreamUnreachable};
    matches!(code, Internal | Overloaded | UpstreamForbidden | UpstreamInvalid | UpstreamTimeout | UpstreamUnreachable)
}
