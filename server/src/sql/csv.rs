//! A result as CSV, by RFC 4180. Null is nothing, and empty text is quoted.

use std::borrow::Cow;

use connect_client::{Column, Rows};
use serde_json::Value;

const TOO_LARGE: &str = "(too large for CSV)";

/// The header line; nothing for a result without columns.
pub(crate) fn header(columns: &[Column]) -> String {
    if columns.is_empty() {
        return String::new();
    }
    line(columns.iter().map(|column| quoted(&column.name)))
}

/// The lines of some rows, from one of them. A cell with more than about `most_bytes` of text is only named: a part of
/// it would be taken for all.
pub(crate) fn lines(rows: &Rows, from: usize, most_bytes: usize) -> impl Iterator<Item = String> + '_ {
    let columns = rows.record_batch().num_columns();
    let field = move |(row, column)| match rows.cell(row, column, most_bytes) {
        (cell, true) => field(&cell).into_owned().into(),
        (_, false) => TOO_LARGE.into(),
    };
    (from..rows.len()).map(move |row| line((0..columns).map(|column| (row, column)).map(field)))
}

fn line<'a>(fields: impl Iterator<Item = Cow<'a, str>>) -> String {
    let mut line = fields.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

fn field(cell: &Value) -> Cow<'_, str> {
    match cell {
        Value::Null => "".into(),
        Value::String(text) if text.is_empty() => "\"\"".into(),
        Value::String(text) => quoted(text),
        other => quoted(&other.to_string()).into_owned().into(),
    }
}

fn quoted(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\n', '\r']) || text.starts_with(' ') || text.ends_with(' ') {
        format!("\"{}\"", text.replace('"', "\"\"")).into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_csv_field_tells_null_from_empty_text() {
        for (cell, text) in [
            (Value::Null, ""),
            (json!(""), "\"\""),
            (json!("a,b"), "\"a,b\""),
            (json!("say \"hi\""), "\"say \"\"hi\"\"\""),
            (json!(1.5), "1.5"),
            (json!([1, 2]), "\"[1,2]\""),
        ] {
            assert_eq!(field(&cell), text);
        }
    }
}
