//! Lines of a job, each with the line of the cell that it comes from.

use std::ops::Range;

/// A line of the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// The text, without its end.
    pub text: String,
    /// The line in the cell, from 1.
    pub from: usize,
}

/// A change of a text. Changes of one text do not overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Bytes of the text that go.
    pub range: Range<usize>,
    /// What takes their place.
    pub with: String,
}

/// Lines that all come from one line of the cell.
pub(crate) fn at(from: usize, text: &str) -> Vec<Line> {
    text.split('\n').map(|text| Line { text: text.to_owned(), from }).collect()
}

/// Lines of which each comes from the one after the last one's.
pub(crate) fn from(first: usize, text: &str) -> Vec<Line> {
    (first..).zip(text.split('\n')).map(|(from, text)| Line { text: text.to_owned(), from }).collect()
}

/// The text with its edits. `first` is the line of the cell at which the text begins.
pub(crate) fn edited(text: &str, mut edits: Vec<Edit>, first: usize) -> Vec<Line> {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut lines = vec![Line { text: String::new(), from: first }];
    let mut add = |part: &str, mut from: usize, counts: bool| {
        for (at, piece) in part.split('\n').enumerate() {
            if at > 0 {
                from += usize::from(counts);
                lines.push(Line { text: String::new(), from });
            }
            if let Some(line) = lines.last_mut() {
                line.text.push_str(piece);
            }
        }
        from
    };
    let (mut end, mut from) = (0, first);
    for edit in edits {
        // An edit within another one went with it.
        let Some(before) = text.get(end..edit.range.start) else { continue };
        from = add(before, from, true);
        add(&edit.with, from, false);
        from += text.get(edit.range.clone()).unwrap_or_default().matches('\n').count();
        end = edit.range.end;
    }
    add(text.get(end..).unwrap_or_default(), from, true);
    lines
}

/// Where the lines of a text begin, so that many places in it are found quickly.
pub(crate) struct Starts(Vec<usize>);

impl Starts {
    pub(crate) fn of(text: &str) -> Self {
        Self(text.match_indices('\n').map(|(at, _)| at + 1).collect())
    }

    /// The number of the line at a byte of the text, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.0.partition_point(|start| *start <= offset)
    }
}

/// The lines as one text.
pub(crate) fn text(lines: &[Line]) -> String {
    lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(range: Range<usize>, with: &str) -> Edit {
        Edit { range, with: with.to_owned() }
    }

    fn short(lines: &[Line]) -> Vec<(&str, usize)> {
        lines.iter().map(|line| (line.text.as_str(), line.from)).collect()
    }

    #[test]
    fn what_is_not_edited_keeps_its_line() {
        let lines = edited("ab\ncd\nef\n", vec![edit(3..5, "x\ny")], 1);
        assert_eq!(short(&lines), [("ab", 1), ("x", 2), ("y", 2), ("ef", 3), ("", 4)]);
    }

    #[test]
    fn lines_that_go_are_counted() {
        let lines = edited("ab\ncd\nef", vec![edit(6..8, "z"), edit(0..5, "x")], 5);
        assert_eq!(short(&lines), [("x", 5), ("z", 7)]);
    }

    #[test]
    fn an_edit_within_another_one_goes_with_it() {
        assert_eq!(text(&edited("abcdef", vec![edit(1..5, "x"), edit(2..3, "y")], 1)), "axf");
    }
}
