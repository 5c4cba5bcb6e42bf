//! Errors of deliveries as answers.

use std::io;

use wire::ErrorCode;

use crate::{
    export::git::GitError,
    http::ApiError,
    words::{git as of_git, shipments as words},
};

/// Neither a repository nor a folder is configured, or nothing may be delivered.
pub(super) fn no_place() -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::no_place())
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

pub(super) fn unknown_parameter(name: &str) -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::unknown_parameter(name))
}

/// A secret would be delivered with the job.
pub(super) fn secret() -> ApiError {
    ApiError::explained(ErrorCode::Blocked, words::secret())
}

/// Too many deliveries; `seconds` until the next.
pub(super) fn too_many(seconds: u32) -> ApiError {
    ApiError::explained(ErrorCode::TooMany, words::too_many()).after(seconds)
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
        GitError::Locked | GitError::Busy => ErrorCode::Overloaded,
        GitError::SignIn | GitError::Forbidden => ErrorCode::UpstreamForbidden,
        GitError::Start(_) | GitError::Cache(_) => ErrorCode::Internal,
        _ => ErrorCode::UpstreamInvalid,
    };
    tracing::warn!(%error, upstream = "git", "A job was not delivered");
    ApiError::explained(code, of_git::explained(error))
}

/// The folder of workflows cannot be read or written.
pub(super) fn folder(error: &io::Error) -> ApiError {
    tracing::warn!(%error, "A job was not delivered");
    ApiError::explained(ErrorCode::Internal, words::folder(error))
}

/// A job's file cannot be written.
pub(super) fn disk(error: &io::Error) -> ApiError {
    tracing::warn!(%error, "A job on its way cannot be kept");
    ApiError::explained(ErrorCode::Internal, words::disk())
}
