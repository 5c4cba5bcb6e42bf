//! Errors of deliveries as answers.

use std::io;

use wire::ErrorCode;

use super::folder::FolderError;
use crate::{
    config::NoRuns,
    export::git::GitError,
    http::ApiError,
    words::{errors::Explained, git as of_git, shipments as words},
};

/// Nothing is delivered or followed here, whatever is configured.
pub(super) fn off(reason: NoRuns) -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::off(reason))
}

/// Neither a repository nor a folder is configured.
pub(super) fn no_place() -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::no_place())
}

/// The settings of the folders that jobs are put into.
pub(super) const DAG_FOLDER: &str = "SPARK_MONITOR_EXPORT_DAG_FOLDER";
pub(super) const MASTER_FOLDER: &str = "SPARK_MONITOR_EXPORT_MASTER_FOLDER";

/// No standalone master is configured.
pub(super) fn no_standalone() -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::no_standalone())
}

/// A standalone cluster has no workflow that could be paused.
pub(super) fn nothing_paused() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::nothing_paused())
}

/// The log of a job on a standalone cluster is where the job runs.
pub(super) fn log_on_worker() -> ApiError {
    ApiError::explained(ErrorCode::NotFound, words::log_on_worker())
}

/// The target has nothing that Airflow could run.
pub(super) fn no_workflow() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::no_workflow())
}

/// The notebook is not the one that was shown.
pub(super) fn changed() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::changed())
}

/// What would be changed was not shown.
pub(super) fn no_plan() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::no_plan())
}

/// No Airflow is configured.
pub(super) fn no_airflow() -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::no_airflow())
}

/// A run is wished for, and no Airflow is configured.
pub(super) fn nothing_triggers() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::nothing_triggers())
}

pub(super) fn bad_path(most_bytes: usize) -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::bad_path(most_bytes))
}

pub(super) fn long_message(most_characters: usize) -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::long_message(most_characters))
}

/// Files of somebody else would be replaced, which nobody has seen.
pub(super) fn foreign(folder: &str) -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::unseen_foreign(folder))
}

/// A secret would be delivered with the job.
pub(super) fn secret() -> ApiError {
    ApiError::explained(ErrorCode::Blocked, words::secret())
}

/// Too many jobs of one person are on their way.
pub(super) fn too_many_at_once(most: usize) -> ApiError {
    ApiError::explained(ErrorCode::TooMany, words::too_many_at_once(most)).after(60)
}

/// Too many deliveries in a short time; `seconds` until the next.
pub(super) fn too_soon(seconds: u32) -> ApiError {
    ApiError::explained(ErrorCode::TooMany, words::too_soon(seconds)).after(seconds)
}

/// The job has not yet taken what a person did before.
pub(super) fn too_many_acts() -> ApiError {
    ApiError::explained(ErrorCode::TooMany, words::too_many_acts()).after(1)
}

/// Another sidecar of this person follows the job.
pub(super) fn followed_elsewhere() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::followed_elsewhere())
}

/// There is no such job on its way, or it is another person's.
pub(super) fn unknown() -> ApiError {
    ApiError::explained(ErrorCode::NotFound, words::unknown())
}

/// Nothing of this can be done with the job now.
pub(super) fn no_act() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::no_act())
}

/// What git did not do.
pub(super) fn git(error: &GitError) -> ApiError {
    let code = match error {
        GitError::Conflict(_) | GitError::Foreign(_) => ErrorCode::Conflict,
        GitError::Timeout { .. } => ErrorCode::UpstreamTimeout,
        GitError::Unreachable | GitError::HostUnknown => ErrorCode::UpstreamUnreachable,
        GitError::Locked | GitError::Busy | GitError::RateLimited { .. } => ErrorCode::Overloaded,
        GitError::SignIn | GitError::Forbidden => ErrorCode::UpstreamForbidden,
        GitError::Start(_) | GitError::Cache(_) => ErrorCode::Internal,
        _ => ErrorCode::UpstreamInvalid,
    };
    tracing::warn!(%error, upstream = "git", "A job was not delivered");
    ApiError::explained(code, of_git::explained(error))
}

/// What cannot be delivered to the shared folder that this setting names.
pub(super) fn folder(error: &FolderError, setting: &str) -> ApiError {
    let code = match error {
        FolderError::Changed | FolderError::Foreign(_) => ErrorCode::Conflict,
        FolderError::Disk(_) => ErrorCode::Internal,
    };
    tracing::warn!(%error, "A job was not delivered");
    ApiError::explained(code, of_folder(error, setting))
}

pub(super) fn of_folder(error: &FolderError, setting: &str) -> Explained {
    match error {
        FolderError::Changed => words::folder_changed(),
        FolderError::Foreign(file) => words::foreign(file),
        FolderError::Disk(error) => words::folder(error, setting),
    }
}

/// A job's file cannot be written.
pub(super) fn disk(error: &io::Error) -> ApiError {
    tracing::warn!(%error, "A job on its way cannot be kept");
    ApiError::explained(ErrorCode::Internal, words::disk())
}
