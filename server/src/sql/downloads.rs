//! `sql/queries/{id}/result.csv` and `result.arrow`: a whole result as a file.

use std::{convert::Infallible, sync::Arc};

use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema};
use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use connect_client::Rows;
use futures_util::stream;
use wire::ErrorBody;

use super::{csv, mine::Mine, rows};
use crate::http::{ApiError, middleware::LongBody};

/// Text of one piece of a download, bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// The rows that have arrived, as CSV by RFC 4180: null is nothing, empty text is quoted, cells as in `rows`.
#[utoipa::path(get, path = "/sql/queries/{id}/result.csv", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 200, description = "The file", content_type = "text/csv"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_csv(Mine(statement): Mine) -> Result<Response, ApiError> {
    let result = rows::result(&statement)?;
    let header = csv::header(&statement.now().columns);
    // Piece by piece, because text takes several times the memory of Arrow data.
    let first = (header, 0, 0);
    let pieces = stream::unfold((result, first), |(result, (begin, batch, row))| async move {
        let (piece, next) = piece(&result, begin, batch, row);
        (!piece.is_empty()).then(|| (Ok::<_, Infallible>(Bytes::from(piece)), (result, next)))
    });
    Ok(file(Body::from_stream(pieces), "text/csv; charset=utf-8", "attachment; filename=\"result.csv\""))
}

/// Lines from a row of a batch on, after the text `piece`, and where the next piece begins: its text, batch and row.
fn piece(result: &[Rows], mut piece: String, mut batch: usize, mut row: usize) -> (String, (String, usize, usize)) {
    while let Some(rows) = result.get(batch) {
        for line in csv::lines(rows, row) {
            piece.push_str(&line);
            row = row.saturating_add(1);
            if piece.len() >= PIECE_BYTES {
                return (piece, (String::new(), batch, row));
            }
        }
        (batch, row) = (batch.saturating_add(1), 0);
    }
    (piece, (String::new(), batch, row))
}

/// The rows that have arrived, as one Arrow IPC stream.
#[utoipa::path(get, path = "/sql/queries/{id}/result.arrow", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 200, description = "The file", content_type = "application/vnd.apache.arrow.stream"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_arrow(Mine(statement): Mine) -> Result<Response, ApiError> {
    let result = rows::result(&statement)?;
    let written = tokio::task::spawn_blocking(move || arrow_stream(&result)).await;
    let bytes = written.map_err(|_| ApiError::internal())?.map_err(|error| {
        tracing::error!(%error, "A result cannot be written as Arrow data");
        ApiError::internal()
    })?;
    let kind = "application/vnd.apache.arrow.stream";
    Ok(file(bytes.into(), kind, "attachment; filename=\"result.arrow\""))
}

/// Each batch arrived as a stream of its own; this is one with all of them.
fn arrow_stream(result: &[Rows]) -> Result<Vec<u8>, ArrowError> {
    let empty = Arc::new(Schema::empty());
    let schema = result.first().map_or(empty, |rows| rows.record_batch().schema());
    let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
    for rows in result {
        writer.write(rows.record_batch())?;
    }
    writer.into_inner()
}

fn file(body: Body, kind: &'static str, disposition: &'static str) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    let mut response = (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response();
    response.extensions_mut().insert(LongBody);
    response
}
