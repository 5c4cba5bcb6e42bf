//! Which part of a statement an error is about, as offsets in the editor.

use wire::sql::SqlError;

/// A part of the editor's text; offsets in UTF-16 units, as both Spark and the editor count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub from: u32,
    pub to: u32,
}

/// The parts of `sql` that an error names, moved by `offset`, where the statement begins in the editor.
pub fn marks(error: &SqlError, sql: &str, offset: u32) -> Vec<Mark> {
    let units: Vec<u16> = sql.encode_utf16().collect();
    let end = u32::try_from(units.len()).unwrap_or(u32::MAX);
    let contexts = error.contexts.iter().filter(|context| context.object_name.is_empty() && context.start >= 0);
    let mut marks: Vec<Mark> = contexts
        .filter_map(|context| {
            let from = context.start.unsigned_abs().min(end);
            let to = context.stop.saturating_add(1).max(0).unsigned_abs().min(end);
            (from < to).then_some(Mark { from, to })
        })
        .collect();
    if let (true, Some(position)) = (marks.is_empty(), error.position) {
        marks.extend(word_at(&units, position.line, position.column));
    }
    for mark in &mut marks {
        mark.from = mark.from.saturating_add(offset);
        mark.to = mark.to.saturating_add(offset);
    }
    marks
}

/// The word at a line, from 1, and a column, from 0; at the end of the text its last character.
fn word_at(units: &[u16], line: u32, column: u32) -> Option<Mark> {
    let newline = u16::from(b'\n');
    let mut begin = 0;
    for _ in 1..line {
        begin += units.get(begin..)?.iter().position(|unit| *unit == newline)? + 1;
    }
    let at = begin.saturating_add(usize::try_from(column).ok()?);
    let is_word =
        |unit: &u16| char::from_u32(u32::from(*unit)).is_none_or(|letter| letter.is_alphanumeric() || letter == '_');
    let (from, to) = match units.get(at) {
        None => (units.len().checked_sub(1)?, units.len()),
        Some(_) => {
            let word = units.iter().skip(at).take_while(|unit| is_word(unit)).count();
            (at, at + word.max(1))
        }
    };
    Some(Mark { from: u32::try_from(from).ok()?, to: u32::try_from(to).ok()? })
}

#[cfg(test)]
mod tests {
    use wire::sql::{SqlContext, SqlError, SqlPosition};

    use super::{Mark, marks};

    fn context(start: i32, stop: i32, object_name: &str) -> SqlContext {
        SqlContext { start, stop, fragment: String::new(), object_name: object_name.to_owned() }
    }

    #[test]
    fn the_contexts_of_the_statement_are_marked_where_it_stands_in_the_editor() {
        let contexts = vec![context(7, 9, ""), context(0, 2, "a_view"), context(-1, -1, ""), context(12, 99, "")];
        let error = SqlError { contexts, ..SqlError::default() };
        assert_eq!(marks(&error, "SELECT abc, d", 100), [Mark { from: 107, to: 110 }, Mark { from: 112, to: 113 }]);
    }

    #[test]
    fn a_position_marks_its_word() {
        let at = |sql: &str, line, column| {
            let error = SqlError { position: Some(SqlPosition { line, column }), ..SqlError::default() };
            marks(&error, sql, 0).first().map(|mark| (mark.from, mark.to))
        };
        assert_eq!(at("SELECT 1\nFORM t", 2, 0), Some((9, 13)));
        assert_eq!(at("SELECT ,", 1, 7), Some((7, 8)));
        assert_eq!(at("SELECT", 1, 6), Some((5, 6)), "the end of the text");
        assert_eq!(at("'😀' FORM", 1, 5), Some((5, 9)), "UTF-16 units");
        assert_eq!(at("SELECT", 3, 0), None);
    }
}
