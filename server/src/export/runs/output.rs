//! `GET export/runs/{id}/output.ipynb`: the notebook with the outputs of its run, sent piece by piece.

use std::{fs::File, io::Read, sync::Arc};

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use futures_util::stream;
use tokio::task;
use wire::ErrorBody;

use super::{errors, folder::OUTPUT, owner};
use crate::{
    export::Exports,
    http::{ApiError, Caller, middleware::LongBody},
};

/// What is read at once, bytes.
const PIECE_BYTES: u64 = 256 * 1024;

/// The notebook with its outputs, up to the last cell that has ended.
#[utoipa::path(get, path = "/export/runs/{id}/output.ipynb", tag = "export",
    params(("id" = String, Path, description = "The run")),
    responses(
        (status = 200, description = "The notebook", content_type = "application/x-ipynb+json"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_output(
    State(exports): State<Arc<Exports>>,
    Caller(whose): Caller,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let file = exports.runs.with(move |look, _| {
        let run = look.of(&owner(&whose), &id).ok_or_else(errors::no_run)?;
        // The next cell's notebook is another file, so this one stays as it is while it is sent.
        File::open(run.folder().path().join(OUTPUT)).map_err(|_| errors::no_output())
    });
    let pieces = stream::try_unfold(file.await?, |mut file| async move {
        let piece = task::spawn_blocking(move || {
            let mut piece = Vec::new();
            (&mut file).take(PIECE_BYTES).read_to_end(&mut piece)?;
            std::io::Result::Ok((piece, file))
        });
        let (piece, file) = piece.await??;
        std::io::Result::Ok((!piece.is_empty()).then(|| (Bytes::from(piece), file)))
    });
    let headers = [
        (header::CONTENT_TYPE, "application/x-ipynb+json"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"output.ipynb\""),
    ];
    let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
    let mut response = (headers, Body::from_stream(pieces)).into_response();
    response.extensions_mut().insert(LongBody);
    Ok(response)
}
