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

/// How much text is written, bytes.
#[derive(Clone, Copy)]
pub(crate) struct Most {
    pub cell: usize,
    pub line: usize,
}

impl Most {
    /// Whatever there is.
    pub const ALL: Self = Self { cell: usize::MAX, line: usize::MAX };
}

/// The lines of some rows, from one of them. A cell with more text is only named: a part of it would be taken for all.
pub(crate) fn lines(rows: &Rows, from: usize, most: Most) -> impl Iterator<Item = String> + '_ {
    let columns = rows.record_batch().num_columns();
    (from..rows.len()).map(move |row| {
        let mut left = most.line;
        line((0..columns).map(|column| {
            let field = match rows.cell(row, column, most.cell.min(left)) {
                (cell, true) => field(&cell).into_owned(),
                (_, false) => TOO_LARGE.to_owned(),
            };
            left = left.saturating_sub(field.len());
            field.into()
        }))
    })
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
