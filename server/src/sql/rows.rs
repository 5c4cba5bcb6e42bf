//! `sql/queries/{id}/rows` and `cell`: pages of a result.

use axum::Json;
use connect_client::Rows;
use serde::Deserialize;
use serde_json::Value;
use wire::{
    ErrorBody,
    sql::{SqlCell, SqlRows},
};

use super::{CELL_BYTES, PAGE_ROWS, errors, mine::Mine, statement::Statement};
use crate::http::{ApiError, Parameters};

/// Columns of a page.
const PAGE_COLUMNS: usize = 200;
/// A page with more text ends early, bytes.
const PAGE_BYTES: usize = 2 << 20;
/// How far a cell is written, of which [`CELL_BYTES`] of text are sent. A value costs more than its text.
const CELL_BUDGET: usize = 8 * CELL_BYTES;
/// Text of a cell that is sent whole, bytes.
pub(super) const WHOLE_CELL_BYTES: usize = 4 << 20;

#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    offset: usize,
    limit: Option<usize>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct At {
    row: usize,
    column: usize,
}

/// Rows of a result, as far as it has arrived. A page has at most 1,000 rows and 200 columns, and may have fewer rows
/// than were asked for if they are long.
#[utoipa::path(get, path = "/sql/queries/{id}/rows", tag = "sql",
    params(
        ("id" = String, Path, description = "The statement"),
        ("offset" = Option<u64>, Query, description = "The first row, from 0"),
        ("limit" = Option<u64>, Query, description = "At most so many rows"),
    ),
    responses(
        (status = 200, description = "A page", body = SqlRows),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_rows(
    Mine(statement): Mine,
    Parameters(Page { offset, limit }): Parameters<Page>,
) -> Result<Json<SqlRows>, ApiError> {
    let result = result(&statement)?;
    let limit = limit.unwrap_or(PAGE_ROWS).min(PAGE_ROWS);
    Ok(Json(page(&result, offset, limit)))
}

/// One cell, whole, up to about 4 MiB of text.
#[utoipa::path(get, path = "/sql/queries/{id}/cell", tag = "sql",
    params(
        ("id" = String, Path, description = "The statement"),
        ("row" = u64, Query, description = "From 0"),
        ("column" = u64, Query, description = "From 0"),
    ),
    responses(
        (status = 200, description = "The cell; null where there is none", body = SqlCell),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_cell(
    Mine(statement): Mine,
    Parameters(At { row, column }): Parameters<At>,
) -> Result<Json<SqlCell>, ApiError> {
    let mut skipped = 0_usize;
    for rows in result(&statement)? {
        if row < skipped.saturating_add(rows.len()) {
            let (value, is_whole) = rows.cell(row.saturating_sub(skipped), column, WHOLE_CELL_BYTES);
            return if is_whole { Ok(Json(SqlCell { value })) } else { Err(errors::cell_too_large()) };
        }
        skipped = skipped.saturating_add(rows.len());
    }
    Ok(Json(SqlCell { value: Value::Null }))
}

/// The rows that have arrived.
///
/// # Errors
/// 404 when they were dropped.
pub(super) fn result(statement: &Statement) -> Result<Vec<Rows>, ApiError> {
    let result = statement.result();
    if statement.now().forgotten { Err(errors::no_result()) } else { Ok(result) }
}

fn page(result: &[Rows], offset: usize, limit: usize) -> SqlRows {
    let total: usize = result.iter().map(Rows::len).sum();
    let mut page = SqlRows {
        offset: u64::try_from(offset).unwrap_or(u64::MAX),
        rows: Vec::new(),
        cut: Vec::new(),
        total: u64::try_from(total).unwrap_or(u64::MAX),
    };
    let (mut skip, mut bytes) = (offset, 0_usize);
    for rows in result {
        let from = skip.min(rows.len());
        skip = skip.saturating_sub(from);
        for row in from..rows.len() {
            if page.rows.len() >= limit || bytes > PAGE_BYTES {
                return page;
            }
            let columns = rows.record_batch().num_columns().min(PAGE_COLUMNS);
            let mut cells = Vec::with_capacity(columns);
            for column in 0..columns {
                let (cell, is_cut) = shortened(rows.cell(row, column, CELL_BUDGET));
                if is_cut {
                    let number = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
                    page.cut.push((number(page.rows.len()), number(column)));
                }
                bytes = bytes.saturating_add(length(&cell));
                cells.push(cell);
            }
            page.rows.push(cells);
        }
    }
    page
}

/// A cell that may be whole, and whether it is cut now. A long list or object becomes the start of its text.
fn shortened((cell, is_whole): (Value, bool)) -> (Value, bool) {
    let text = match cell {
        Value::String(text) if text.len() > CELL_BYTES => text,
        Value::Array(_) | Value::Object(_) => {
            let text = cell.to_string();
            if is_whole && text.len() <= CELL_BYTES {
                return (cell, false);
            }
            text
        }
        _ => return (cell, !is_whole),
    };
    (Value::String(text.get(..text.floor_char_boundary(CELL_BYTES)).unwrap_or_default().to_owned()), true)
}

fn length(cell: &Value) -> usize {
    match cell {
        Value::String(text) => text.len(),
        Value::Array(_) | Value::Object(_) => cell.to_string().len(),
        _ => 8,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_cell_is_cut_between_characters_and_said_to_be() {
        let long = "ä".repeat(CELL_BYTES);
        let (cell, is_cut) = shortened((json!(long), true));
        assert!(is_cut && cell.as_str().unwrap().len() == CELL_BYTES && long.starts_with(cell.as_str().unwrap()));
        let exact = json!("x".repeat(CELL_BYTES));
        assert_eq!(shortened((exact.clone(), true)), (exact, false));
        assert_eq!(shortened((json!([1, 2]), true)), (json!([1, 2]), false));
        let list = json!(vec![1; CELL_BYTES]);
        assert_eq!(shortened((list.clone(), false)).0, json!(list.to_string().get(..CELL_BYTES)));
        assert_eq!(shortened((json!(null), true)), (json!(null), false));
    }
}
