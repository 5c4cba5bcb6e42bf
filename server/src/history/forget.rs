//! `DELETE history`: what is stored of the caller is gone, from the disk too.

use std::sync::Arc;

use axum::{Json, extract::State};
use history_store::{Change, StoreError};
use monitor::clock;
use tokio::sync::oneshot;
use wire::{ErrorBody, ErrorCode, past::Forgotten};

use super::{History, owner::Owner};
use crate::{http::ApiError, words};

/// Forgets what is stored of the caller. The sidecar goes on remembering what comes next.
#[utoipa::path(delete, path = "/history", tag = "history", responses(
    (status = 200, description = "It is gone from the disk", body = Forgotten),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn forget(
    State(history): State<Arc<History>>,
    Owner(owner): Owner,
) -> Result<Json<Forgotten>, ApiError> {
    let failed = || ApiError::explained(ErrorCode::Internal, words::history::cannot_forget());
    let recorder = history.recorder.get().ok_or_else(failed)?;
    let (done, forgotten) = oneshot::channel();
    recorder.record(Change::Forget { owner: Some(owner), now_ms: clock::now_ms(), done });
    // Its cause is in the log.
    match forgotten.await {
        Ok(Ok(())) => Ok(Json(Forgotten { forgotten: true })),
        Ok(Err(StoreError::FileStays(file))) => {
            Err(ApiError::explained(ErrorCode::Internal, words::history::file_stays(&file.display())))
        }
        Ok(Err(_)) | Err(_) => Err(failed()),
    }
}
