//! SQL of a program that a server may be asked about, and where it stands in the program.

use std::ops::Range;

use crate::{names::TableName, subject::SqlText};

/// The most statements that a server is asked about.
pub const MAX_STATEMENTS: usize = 100;
/// The longest one, in bytes.
pub const MAX_STATEMENT_BYTES: usize = 64 << 10;

/// A statement.
#[derive(Clone, Debug)]
pub struct SqlStatement {
    /// As the program gives it to `spark.sql`.
    pub text: String,
    /// Bytes of the literal in the source.
    pub(crate) range: Range<usize>,
    pub(crate) verbatim: Option<Range<usize>>,
    pub(crate) tables: Vec<TableName>,
    pub(crate) has_arguments: bool,
}

impl SqlStatement {
    pub(crate) fn new(sql: &SqlText, tables: Vec<TableName>) -> Self {
        let (text, range, verbatim) = (sql.text.clone(), sql.range.clone(), sql.verbatim.clone());
        Self { text, range, verbatim, tables, has_arguments: sql.has_arguments }
    }

    /// Why a server is not asked about it; none if it is.
    #[must_use]
    pub fn not_asked(&self) -> Option<&'static str> {
        if self.has_arguments {
            return Some("The statement has parameters, whose values are known only when the program runs.");
        }
        (self.text.len() > MAX_STATEMENT_BYTES).then_some("The statement is longer than 64 KiB.")
    }

    /// Where a line from 1 and a column from 0 of the statement stand in the source.
    pub(crate) fn place(&self, line: u32, column: u32) -> Range<usize> {
        let Some(verbatim) = &self.verbatim else { return self.range.clone() };
        let before = usize::try_from(line.saturating_sub(1)).unwrap_or(usize::MAX);
        let mut lines = self.text.split_inclusive('\n');
        let start: usize = lines.by_ref().take(before).map(str::len).sum();
        let rest = lines.next().unwrap_or_default();
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        // Spark counts characters as Java does.
        let mut units = 0;
        let at = rest.char_indices().find(|(_, char)| {
            let reached = units >= column;
            units += char.len_utf16();
            reached
        });
        let at = verbatim.start + start + at.map_or(rest.trim_end().len(), |(at, _)| at);
        at..at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_statement_is_one_in_the_program() {
        let text = "SELECT 'ä🙂',\n  b\nFROM t".to_owned();
        let of = |verbatim| SqlStatement {
            text: text.clone(),
            range: 5..40,
            verbatim,
            tables: vec![],
            has_arguments: false,
        };
        let verbatim = of(Some(10..10 + text.len()));
        assert_eq!(verbatim.place(2, 2), 29..29);
        assert_eq!(verbatim.place(1, 12), 10 + 15..10 + 15);
        assert_eq!(verbatim.place(9, 9).start, 10 + text.len());
        assert_eq!(of(None).place(2, 2), 5..40);
    }
}
