//! Cells as text for other programs: TSV, CSV, Markdown.

use wire::sql::SqlColumn;

use super::cell_text::{Cell, cell};
use super::json::Raw;

/// A format of copied cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Tab-separated, as spreadsheets take it.
    Tsv,
    Csv,
    Markdown,
}

impl Format {
    pub const ALL: [(Self, &'static str); 3] = [(Self::Tsv, "TSV"), (Self::Csv, "CSV"), (Self::Markdown, "Markdown")];
}

/// Columns `first..=last` of rows, with the columns' names if `with_names`.
pub fn copied(
    format: Format,
    columns: &[SqlColumn],
    (first, last): (usize, usize),
    rows: &[&[Raw]],
    with_names: bool,
) -> String {
    let columns: Vec<_> = columns.iter().enumerate().skip(first).take((last + 1).saturating_sub(first)).collect();
    let mut lines = Vec::with_capacity(rows.len() + 2);
    if with_names {
        let names = columns.iter().map(|(_, column)| field(format, &Cell::Text(column.name.clone())));
        lines.push(line(format, &names.collect::<Vec<_>>()));
    }
    if with_names && format == Format::Markdown {
        lines.push(line(format, &vec!["---".to_owned(); columns.len()]));
    }
    for row in rows {
        let cells = columns
            .iter()
            .map(|(place, column)| field(format, &cell(row.get(*place).unwrap_or(&Raw::Null), &column.type_name)));
        lines.push(line(format, &cells.collect::<Vec<_>>()));
    }
    lines.join("\n")
}

fn line(format: Format, fields: &[String]) -> String {
    match format {
        Format::Tsv => fields.join("\t"),
        Format::Csv => fields.join(","),
        Format::Markdown => ["| ", &fields.join(" | "), " |"].concat(),
    }
}

fn field(format: Format, cell: &Cell) -> String {
    match (format, cell) {
        (Format::Tsv, Cell::Text(text)) => unless_plain(text, &['\t', '\n', '\r', '"']),
        (Format::Csv, Cell::Text(text)) => unless_plain(text, &[',', '\n', '\r', '"']),
        // An empty field is NULL, as in Spark's own CSV.
        (Format::Csv, Cell::Empty) => "\"\"".to_owned(),
        (Format::Markdown, Cell::Text(text)) => {
            text.replace('\\', "\\\\").replace('|', "\\|").replace('\n', "<br>").replace('\r', "")
        }
        (Format::Markdown, Cell::Null) => "*NULL*".to_owned(),
        (_, Cell::Null | Cell::Empty) => String::new(),
    }
}

fn unless_plain(text: &str, special: &[char]) -> String {
    if text.contains(special) { ["\"", &text.replace('"', "\"\""), "\""].concat() } else { text.to_owned() }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use serde_json::json;
    use wire::sql::SqlColumn;

    use super::{Format, Raw, copied};

    fn columns() -> Vec<SqlColumn> {
        let column = |name: &str, type_name: &str| SqlColumn {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            comment: None,
            is_partition: false,
        };
        vec![column("id", "int"), column("a,b", "string"), column("x", "double")]
    }

    fn as_text(format: Format, range: (usize, usize), with_names: bool) -> String {
        let rows = [json!([1, "it|s \"x\"\n2", 1]), json!([2, null, null]), json!([3, "", 0.5])];
        let rows = rows.map(|row| serde_json::from_value::<Vec<Raw>>(row).unwrap_or_default());
        let rows: Vec<&[Raw]> = rows.iter().map(Vec::as_slice).collect();
        copied(format, &columns(), range, &rows, with_names)
    }

    #[test]
    fn every_format_quotes_in_its_own_way() {
        assert_eq!(as_text(Format::Tsv, (0, 2), false), "1\t\"it|s \"\"x\"\"\n2\"\t1.0\n2\t\t\n3\t\t0.5");
        assert_eq!(as_text(Format::Csv, (0, 2), true), "id,\"a,b\",x\n1,\"it|s \"\"x\"\"\n2\",1.0\n2,,\n3,\"\",0.5");
        assert_eq!(
            as_text(Format::Markdown, (0, 1), true),
            "| id | a,b |\n| --- | --- |\n| 1 | it\\|s \"x\"<br>2 |\n| 2 | *NULL* |\n| 3 |  |"
        );
    }

    #[test]
    fn only_the_chosen_columns_are_copied() {
        assert_eq!(as_text(Format::Tsv, (2, 2), false), "1.0\n\n0.5");
    }
}
