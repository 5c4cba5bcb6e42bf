//! `sql/queries/{id}/result.csv` and `result.arrow`: a whole result as a file, written piece by piece while it is sent.

use std::{io, sync::Arc};

use arrow_ipc::writer::StreamWriter;
use arrow_schema::{ArrowError, Schema};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use connect_client::Rows;
use futures_util::{TryStream, stream};
use wire::ErrorBody;

use super::{Sql, csv, errors, mine::Mine, places::Place, rows, statement::Statement};
use crate::http::{ApiError, middleware::LongBody};

/// Text of a cell and of a line, bytes.
const MOST: csv::Most = csv::Most { cell: rows::WHOLE_CELL_BYTES, line: 16 << 20 };
/// The index after which nothing follows.
const END: usize = usize::MAX;
/// Text of one piece of a download, bytes.
const PIECE_BYTES: usize = 256 * 1024;

/// A result that is being sent. It asks the statement for each part, so that it does not keep in memory what had to make
/// room. A slow reader keeps its place for a quarter of an hour at most.
struct Download {
    statement: Arc<Statement>,
    _place: Place,
}

impl Download {
    fn begin(sql: &Sql, statement: Arc<Statement>) -> Result<Self, ApiError> {
        rows::result(&statement)?;
        let place = sql.statements.download(&statement.session).ok_or_else(errors::too_many_downloads)?;
        Ok(Self { statement, _place: place })
    }

    /// Some rows, or none after the last.
    fn rows(&self, index: usize) -> io::Result<Option<Rows>> {
        self.statement.touch();
        match self.statement.part_of_result(index) {
            None if self.statement.now().forgotten => Err(io::Error::other("the result had to make room for another")),
            rows => Ok(rows),
        }
    }
}

/// The rows that have arrived, as CSV by RFC 4180: null is nothing, empty text is quoted, cells as in `rows`. A cell
/// with more than about 4 MiB of text is only named.
#[utoipa::path(get, path = "/sql/queries/{id}/result.csv", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 200, description = "The file", content_type = "text/csv"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_csv(State(sql): State<Arc<Sql>>, Mine(statement): Mine) -> Result<Response, ApiError> {
    let header = csv::header(&statement.now().columns);
    let download = Download::begin(&sql, statement)?;
    let pieces = stream::try_unfold((download, header, 0, 0), |(download, header, index, row)| async move {
        let (piece, index, row) = csv_piece(&download, header, index, row)?;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), (download, String::new(), index, row))))
    });
    Ok(file(pieces, "text/csv; charset=utf-8", "attachment; filename=\"result.csv\""))
}

/// Lines from a row on, after the text `piece`, and where the next piece begins.
fn csv_piece(
    download: &Download,
    mut piece: String,
    mut index: usize,
    mut row: usize,
) -> io::Result<(String, usize, usize)> {
    // After the end, what has to make room is no matter.
    while let Some(rows) = if index == END { None } else { download.rows(index)? } {
        for line in csv::lines(&rows, row, MOST) {
            piece.push_str(&line);
            row = row.saturating_add(1);
            if piece.len() >= PIECE_BYTES {
                return Ok((piece, index, row));
            }
        }
        (index, row) = (index.saturating_add(1), 0);
    }
    Ok((piece, END, 0))
}

/// The rows that have arrived, as one Arrow IPC stream.
#[utoipa::path(get, path = "/sql/queries/{id}/result.arrow", tag = "sql",
    params(("id" = String, Path, description = "The statement")),
    responses(
        (status = 200, description = "The file", content_type = "application/vnd.apache.arrow.stream"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_arrow(State(sql): State<Arc<Sql>>, Mine(statement): Mine) -> Result<Response, ApiError> {
    let download = Download::begin(&sql, statement)?;
    let pieces = stream::try_unfold((download, None, 0), |(download, writer, index)| async move {
        let (piece, writer, index) = arrow_piece(&download, writer, index)?;
        Ok::<_, io::Error>((!piece.is_empty()).then(|| (Bytes::from(piece), (download, Some(writer), index))))
    });
    Ok(file(pieces, "application/vnd.apache.arrow.stream", "attachment; filename=\"result.arrow\""))
}

/// Each batch arrived as a stream of its own; this is a part of one with all of them, and where the next part begins.
fn arrow_piece(
    download: &Download,
    writer: Option<StreamWriter<Vec<u8>>>,
    mut index: usize,
) -> io::Result<(Vec<u8>, StreamWriter<Vec<u8>>, usize)> {
    let failed = |error: ArrowError| io::Error::other(error);
    let mut writer = match writer {
        Some(writer) if index == END => return Ok((Vec::new(), writer, END)),
        Some(writer) => writer,
        None => {
            let rows = download.rows(index)?;
            let schema = rows.as_ref().map_or_else(|| Arc::new(Schema::empty()), |rows| rows.record_batch().schema());
            StreamWriter::try_new(Vec::new(), &schema).map_err(failed)?
        }
    };
    while let Some(rows) = download.rows(index)? {
        writer.write(rows.record_batch()).map_err(failed)?;
        index = index.saturating_add(1);
        if writer.get_ref().len() >= PIECE_BYTES {
            return Ok((std::mem::take(writer.get_mut()), writer, index));
        }
    }
    writer.finish().map_err(failed)?;
    Ok((std::mem::take(writer.get_mut()), writer, END))
}

fn file(
    pieces: impl TryStream<Ok = Bytes, Error = io::Error> + Send + 'static,
    kind: &'static str,
    disposition: &'static str,
) -> Response {
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)];
    let body = Body::from_stream(pieces);
    let mut response = (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), body).into_response();
    response.extensions_mut().insert(LongBody);
    response
}
