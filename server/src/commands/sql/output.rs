//! Results and errors of a statement, for people and for programs.

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use connect_client::{Column, ConnectError, Ended, LimitExceeded, Position, QueryContext, Rows};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Format, LIMIT, SPARK_ERROR, USAGE};
use crate::sql::csv;

/// The widest column of a table.
const MAX_WIDTH: usize = 60;

/// A result.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) columns: Arc<[Column]>,
    pub(super) rows: Vec<Rows>,
    pub(super) ended: Option<Ended>,
}

impl Answer {
    pub(super) fn limit(&self) -> Option<LimitExceeded> {
        self.ended.and_then(|ended| ended.limit)
    }

    fn rows(&self) -> impl Iterator<Item = Vec<Value>> + '_ {
        self.rows.iter().flat_map(|rows| rows.to_json(0..rows.len()))
    }
}

/// An error as a program reads it.
#[derive(Debug, Default, Serialize)]
pub(super) struct Problem {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sql_state: Option<String>,
    #[serde(skip_serializing_if = "std::collections::BTreeMap::is_empty")]
    parameters: std::collections::BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contexts: Vec<QueryContext>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<Position>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    limit: Option<LimitExceeded>,
}

impl Problem {
    pub(super) fn usage(message: impl ToString) -> Box<Self> {
        Box::new(Self { code: "usage", message: message.to_string(), ..Self::default() })
    }

    /// Refused because it may change something.
    pub(super) fn read_only(plan: &str) -> Self {
        let message =
            format!("with --read-only only queries, SHOW, DESCRIBE and EXPLAIN run; this is a command: {plan}");
        Self { code: "read_only", message, ..Self::default() }
    }

    pub(super) fn of(error: &ConnectError) -> Self {
        let message = error.to_string();
        match error {
            ConnectError::Address(_) | ConnectError::Argument(_) => *Self::usage(message),
            ConnectError::Limit(limit) => {
                Self { code: "limit_exceeded", message, limit: Some(*limit), ..Self::default() }
            }
            ConnectError::Spark(error) => Self {
                code: "spark",
                message,
                error_class: error.error_class.clone(),
                sql_state: error.sql_state.clone(),
                parameters: error.parameters.clone(),
                contexts: error.contexts.clone(),
                position: error.position,
                limit: None,
            },
            _ => Self { code: "connect", message, ..Self::default() },
        }
    }

    pub(super) fn exit_code(&self) -> u8 {
        match self.code {
            "usage" | "read_only" => USAGE,
            "limit_exceeded" => LIMIT,
            _ => SPARK_ERROR,
        }
    }
}

/// Writes an error to standard error.
pub(super) fn complain(problem: &Problem, format: Format) -> io::Result<()> {
    let mut err = io::stderr().lock();
    if format == Format::Json {
        return writeln!(err, "{}", serde_json::to_string(problem)?);
    }
    writeln!(err, "berdl-spark-monitor: {}", visible(problem.message.trim_end()))
}

/// Writes a result to standard output.
pub(super) fn print(answer: &Answer, format: Format) -> anyhow::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    match format {
        Format::Json => print_json(answer, &mut out)?,
        Format::Csv => print_csv(answer, &mut out)?,
        Format::Table => print_table(answer, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// Writes a plan to standard output.
pub(super) fn print_plan(plan: &str, format: Format) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    if format == Format::Json {
        writeln!(out, "{}", json!({"plan": plan}))?;
    } else {
        writeln!(out, "{}", visible(plan.trim_end()))?;
    }
    Ok(())
}

/// Text for a terminal, which must not take a part of it for a command.
fn visible(text: &str) -> String {
    text.chars().filter(|char| !char.is_control() || matches!(char, '\n' | '\t')).collect()
}

/// One row at a time, because JSON values take many times the memory of Arrow data.
fn print_json(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    write!(out, r#"{{"columns": {}, "rows": ["#, serde_json::to_string(&*answer.columns)?)?;
    for (index, row) in answer.rows().enumerate() {
        out.write_all(if index == 0 { b"" } else { b", " })?;
        serde_json::to_writer(&mut *out, &row)?;
    }
    writeln!(out, r#"], "truncated": {}}}"#, answer.limit().is_some())
}

fn print_csv(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    out.write_all(csv::header(&answer.columns).as_bytes())?;
    answer
        .rows
        .iter()
        .flat_map(|rows| csv::lines(rows, 0, usize::MAX))
        .try_for_each(|line| out.write_all(line.as_bytes()))
}

fn print_table(answer: &Answer, out: &mut impl Write) -> io::Result<()> {
    if answer.columns.is_empty() {
        return writeln!(out, "Done; the statement has no result.");
    }
    let rows: Vec<Vec<String>> = answer.rows().map(|row| row.iter().map(shown).collect()).collect();
    let header: Vec<String> = answer.columns.iter().map(|column| fitted(&column.name)).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|column| {
            let cells = rows.iter().chain([&header]).filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    let line = |row: &[String]| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    writeln!(out, "{}", line(&header))?;
    let rules: Vec<_> = widths.iter().map(|width| "-".repeat(*width)).collect();
    writeln!(out, "{}", rules.join("  "))?;
    for row in &rows {
        writeln!(out, "{}", line(row))?;
    }
    let count = if rows.len() == 1 { "1 row".to_owned() } else { format!("{} rows", rows.len()) };
    let more = if answer.limit().is_some() { "; there are more" } else { "" };
    writeln!(out, "({count}{more})")
}

fn shown(cell: &Value) -> String {
    match cell {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => fitted(text),
        other => fitted(&other.to_string()),
    }
}

/// The text on one line, without control characters that a terminal would obey, and not too wide.
fn fitted(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let mut fitted: String = plain.clone().take(MAX_WIDTH).collect();
    if plain.count() > MAX_WIDTH {
        fitted.pop();
        fitted.push('…');
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_gets_no_control_characters() {
        assert_eq!(shown(&json!("a\u{1b}[31m\nb")), "a [31m b");
        assert_eq!(shown(&json!("x".repeat(100))).chars().count(), MAX_WIDTH);
    }
}
