//! Errors of the export as answers.

use std::io;

use wire::ErrorCode;

use super::conversion::{ConversionError, Converted};
use crate::{
    http::ApiError,
    words::{errors::Explained, export as words, say},
};

/// A notebook of which nothing can be shown.
pub(super) fn refused(error: ConversionError) -> ApiError {
    match error {
        ConversionError::Lost(_) | ConversionError::Target(notebook_job::TargetError::Template(_)) => {
            tracing::error!(%error, "A notebook could not be converted");
            ApiError::internal()
        }
        error => ApiError::explained(ErrorCode::BadRequest, words::not_converted(&error)),
    }
}

/// The job, unless something in the notebook must be mended first.
pub(super) fn unblocked(converted: Converted) -> Result<Converted, ApiError> {
    match converted.job.findings.iter().find(|finding| finding.severity.blocks()) {
        Some(finding) => Err(ApiError::explained(ErrorCode::Blocked, words::blocked(finding))),
        None => Ok(converted),
    }
}

/// Too many notebooks are being converted.
pub(super) fn busy() -> ApiError {
    ApiError::overloaded()
}

/// Files are not read here.
pub(super) fn no_files() -> ApiError {
    ApiError::explained(ErrorCode::NotConfigured, words::no_files())
}

/// The archive could not be made, which is a defect of ours.
pub(super) fn no_archive(error: &rawzip::Error) -> ApiError {
    tracing::error!(%error, "A job's files could not be packed");
    ApiError::internal()
}

/// What is not written down is not done.
pub(super) fn not_audited(error: &io::Error) -> ApiError {
    let error = say!("The audit log cannot be written, so nothing was done: %1", error);
    let hint = say!("Make room on the disk, or make the folder of the audit log writable.");
    ApiError::explained(ErrorCode::Internal, Explained { error, hint })
}
