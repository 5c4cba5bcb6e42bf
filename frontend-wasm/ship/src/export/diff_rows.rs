//! Which lines of the difference are drawn: unchanged stretches and the job's own beginning are folded, and a very long
//! rest waits for a click.

use wire::export::{Change, ExportLine};

/// Unchanged lines that stay around a change.
const CONTEXT: usize = 3;
/// Shorter stretches are not folded.
const LEAST_FOLDED: usize = 6;
/// Lines that are drawn at first, and with each click more.
const MOST_ROWS: usize = 400;

/// What a person has unfolded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfolded {
    /// First lines of stretches.
    stretches: Vec<usize>,
    /// How often more lines were wanted.
    more: usize,
}

impl Unfolded {
    pub fn unfold(&mut self, at: usize) {
        self.stretches.push(at);
    }

    pub fn more(&mut self) {
        self.more += 1;
    }

    fn most_rows(&self) -> usize {
        MOST_ROWS.saturating_mul(self.more + 1)
    }
}

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub enum Row<'a> {
    Line(&'a ExportLine),
    /// So many unchanged lines, the first of which is this one.
    Folded {
        at: usize,
        lines: usize,
    },
    /// So many lines that are the job's own, the first of which is this one.
    Own {
        at: usize,
        lines: usize,
    },
    /// So many lines are not drawn.
    Rest {
        lines: usize,
    },
}

/// The rows to draw.
pub fn rows<'a>(lines: &'a [ExportLine], unfolded: &Unfolded) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    let mut at = 0;
    for stretch in lines.chunk_by(|one, next| kind(one) == kind(next)) {
        let end = at + stretch.len();
        let (is_same, is_own) = stretch.first().map(kind).unwrap_or_default();
        // Nothing to be near to at the beginning and at the end.
        let (before, after) = (if at == 0 { 0 } else { CONTEXT }, if end == lines.len() { 0 } else { CONTEXT });
        let hidden = stretch.len().saturating_sub(before + after);
        if is_own && stretch.len() >= LEAST_FOLDED && !unfolded.stretches.contains(&at) {
            rows.push(Row::Own { at, lines: stretch.len() });
        } else if is_same && hidden >= LEAST_FOLDED && !unfolded.stretches.contains(&at) {
            rows.extend(stretch.iter().take(before).map(Row::Line));
            rows.push(Row::Folded { at, lines: hidden });
            rows.extend(stretch.iter().skip(before + hidden).map(Row::Line));
        } else {
            rows.extend(stretch.iter().map(Row::Line));
        }
        at = end;
    }
    let most = unfolded.most_rows();
    if rows.len() > most {
        let rest = rows.split_off(most);
        let lines = rest.iter().map(count).sum();
        rows.push(Row::Rest { lines });
    }
    rows
}

/// Whether it is unchanged, and whether it is the job's own: it belongs to no cell.
fn kind(line: &ExportLine) -> (bool, bool) {
    (line.change == Change::Same, line.cell.is_none())
}

/// The lines that a row stands for.
fn count(row: &Row<'_>) -> usize {
    match row {
        Row::Line(_) => 1,
        Row::Folded { lines, .. } | Row::Own { lines, .. } | Row::Rest { lines } => *lines,
    }
}

#[cfg(test)]
mod tests {
    use wire::export::{Change, ExportLine};

    use super::{Row, Unfolded, rows};

    fn lines(changes: &[(Change, usize)]) -> Vec<ExportLine> {
        let line =
            |change| ExportLine { change, cell: Some(0), cell_line: Some(1), job_line: Some(1), text: String::new() };
        changes.iter().flat_map(|(change, count)| std::iter::repeat_n(line(*change), *count)).collect()
    }

    fn shape(lines: &[ExportLine], unfolded: &Unfolded) -> String {
        let mut shape = String::new();
        for row in rows(lines, unfolded) {
            match row {
                Row::Line(line) => shape.push(match line.change {
                    Change::Same => '=',
                    Change::Removed => '-',
                    Change::Added => '+',
                }),
                Row::Folded { lines, .. } => shape.push_str(&format!("({lines})")),
                Row::Own { lines, .. } => shape.push_str(&format!("[{lines}]")),
                Row::Rest { lines } => shape.push_str(&format!("…{lines}")),
            }
        }
        shape
    }

    #[test]
    fn unchanged_lines_far_from_a_change_are_folded() {
        let long = lines(&[(Change::Added, 1), (Change::Same, 20), (Change::Removed, 1), (Change::Same, 7)]);
        assert_eq!(shape(&long, &Unfolded::default()), "+===(14)===-=======");
        let mut unfolded = Unfolded::default();
        unfolded.unfold(1);
        assert_eq!(shape(&long, &unfolded).matches('=').count(), 27);
        assert_eq!(shape(&lines(&[(Change::Same, 30)]), &Unfolded::default()), "(30)");
    }

    #[test]
    fn the_jobs_own_beginning_is_folded() {
        let mut long = lines(&[(Change::Added, 50), (Change::Removed, 1), (Change::Added, 2)]);
        long.iter_mut().take(50).for_each(|line| line.cell = None);
        let mut unfolded = Unfolded::default();
        assert_eq!(shape(&long, &unfolded), "[50]-++");
        unfolded.unfold(0);
        assert_eq!(shape(&long, &unfolded).len(), 53);
    }

    #[test]
    fn of_ten_thousand_changed_lines_a_few_hundred_are_drawn() {
        let long = lines(&[(Change::Added, 10_000)]);
        let mut unfolded = Unfolded::default();
        assert_eq!(rows(&long, &unfolded).len(), 401);
        assert_eq!(rows(&long, &unfolded).last(), Some(&Row::Rest { lines: 9_600 }));
        unfolded.more();
        assert_eq!(rows(&long, &unfolded).len(), 801);
    }
}
