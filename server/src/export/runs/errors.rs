//! Errors of runs as answers.

use std::io;

use wire::ErrorCode;

use super::parameters::ParameterError;
use crate::{config::NoRuns, http::ApiError, words::runs as words};

/// Nothing is run here.
pub(super) fn off(reason: NoRuns) -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::off(reason))
}

pub(super) fn no_run() -> ApiError {
    ApiError::explained(ErrorCode::NotFound, words::no_run())
}

pub(super) fn no_output() -> ApiError {
    ApiError::explained(ErrorCode::NotFound, words::no_output())
}

/// The notebook is not the one that the person was shown.
pub(super) fn changed() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::changed())
}

pub(super) fn still_runs() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::still_runs())
}

/// It has not yet said which process it is.
pub(super) fn starts() -> ApiError {
    ApiError::explained(ErrorCode::Conflict, words::starts())
}

pub(super) fn too_many(at_once: usize) -> ApiError {
    ApiError::explained(ErrorCode::TooMany, words::too_many(at_once))
}

pub(super) fn too_large(most_bytes: u64) -> ApiError {
    ApiError::explained(ErrorCode::TooLarge, words::too_large(most_bytes))
}

pub(super) fn bad_parameters(error: &ParameterError) -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::bad_parameters(error))
}

pub(super) fn no_kernel() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::no_kernel())
}

pub(super) fn no_notebook() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::no_notebook())
}

pub(super) fn bad_path() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::bad_path())
}

/// The folder cannot be read or written, or the program cannot be started.
pub(super) fn disk(error: &io::Error) -> ApiError {
    tracing::warn!(%error, "A job cannot be run or looked at");
    ApiError::explained(ErrorCode::Internal, words::disk(error))
}

/// Lines that the person removed would run all the same.
pub(super) fn drops_lines() -> ApiError {
    ApiError::explained(ErrorCode::BadRequest, words::drops_lines())
}
