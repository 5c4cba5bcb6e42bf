//! `export/shipments/plan`: what a delivery would change. Nothing is pushed.

use std::sync::Arc;

use axum::{Json, extract::State};
use notebook_job::File;
use wire::{
    ErrorBody,
    export::{GitChange, GitPlan, NewShipment, PlannedSubmission},
};

use super::{
    Destination, Place, Standalone,
    agreed::{Agreed, agreed},
    errors, folder,
};
use crate::{
    export::{
        Exports,
        git::{self, Content},
        standalone::follow::Submission,
        turn::Turn,
    },
    http::{ApiError, Caller, JsonBody},
};

/// Each file that a delivery would change, with what is there now.
#[utoipa::path(post, path = "/export/shipments/plan", tag = "export", request_body = NewShipment, responses(
    (status = 200, description = "What would change", body = GitPlan),
    (status = 409, description = "The notebook is not the one that was shown (`conflict`)", body = ErrorBody),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn plan(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    turn: Turn,
    JsonBody(new): JsonBody<NewShipment>,
) -> Result<Json<GitPlan>, ApiError> {
    // Where nothing may be delivered, nothing need be converted.
    exports.destination(new.options.target)?;
    let agreed = agreed(&exports, &new, turn).await?;
    Ok(Json(made(&exports, &agreed).await?))
}

/// The plan of a job that may be delivered.
///
/// # Errors
/// When its place cannot be read, or something is in the way.
pub(super) async fn made(exports: &Exports, agreed: &Agreed) -> Result<GitPlan, ApiError> {
    let folder = agreed.converted.dag_id.as_str();
    match exports.destination(agreed.converted.options.target)? {
        Destination::Workflows(Place::Repository(repository)) => {
            let delivery = git::Delivery { folder, files: &agreed.files };
            Ok(shown(repository.plan(&delivery).await.map_err(|error| errors::git(&error))?))
        }
        Destination::Workflows(Place::Folder(workflows)) => {
            let plan = folder::plan(workflows, folder_job(folder, &agreed.files, None)).await;
            plan.map_err(|error| errors::folder(&error, errors::DAG_FOLDER))
        }
        Destination::Standalone(Standalone { site, .. }) => {
            let job = folder_job(folder, &agreed.files, agreed.submission.as_ref());
            let plan = folder::plan(&site.folder, job).await;
            let plan = plan.map_err(|error| errors::folder(&error, errors::MASTER_FOLDER))?;
            let folder = site.folder.join(folder).display().to_string();
            Ok(GitPlan { folder, submits: agreed.submission.as_ref().map(planned), ..plan })
        }
    }
}

/// A job for a shared folder. What is submitted then belongs to what the person agrees to.
pub(super) fn folder_job(name: &str, files: &[File], submission: Option<&Submission>) -> folder::Job {
    let then = submission.map(|Submission { rest_url, request, .. }| format!("{rest_url} {request}"));
    folder::Job { name: name.to_owned(), files: files.to_vec(), then: then.unwrap_or_default() }
}

fn planned(Submission { rest_url, request, .. }: &Submission) -> PlannedSubmission {
    PlannedSubmission { url: rest_url.clone(), request: format!("{request:#}") }
}

/// As it is sent.
fn shown(plan: git::Plan) -> GitPlan {
    let change = |change: git::Change| GitChange {
        path: change.path,
        was: change.was.map(Content::shown),
        becomes: change.becomes.map(Content::shown),
        is_ours: change.ours,
    };
    GitPlan {
        head: plan.head,
        folder: plan.folder,
        branch: plan.branch,
        changes: plan.changes.into_iter().map(change).collect(),
        submits: None,
        plan: plan.seen,
    }
}
