//! The notebook beside its job, line by line.

use crate::{Job, Notebook, Place};

/// A line of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compared {
    /// The job has the line as the notebook has it.
    Same {
        /// Where it stands in the notebook.
        at: Place,
        /// Where it stands in the job, from 1.
        job_line: usize,
        /// What it says.
        text: String,
    },
    /// The job has not the line, or has another one.
    Removed {
        /// Where it stands in the notebook.
        at: Place,
        /// What it says.
        text: String,
    },
    /// The notebook has not the line.
    Added {
        /// The cell that it belongs to; none before the first.
        cell: Option<usize>,
        /// Where it stands in the job, from 1.
        job_line: usize,
        /// What it says.
        text: String,
    },
}

/// All lines of both, in the job's order. What the job has instead of a line follows it.
#[must_use]
pub fn difference(notebook: &Notebook, job: &Job) -> Vec<Compared> {
    let mut compared = Vec::new();
    let mut open = Cell::default();
    for (job_line, (text, place)) in (1..).zip(job.text.lines().zip(job.places())) {
        let cell = place.map(|place| place.cell);
        if cell != open.index {
            open.finish(&mut compared);
            open = Cell::of(notebook, cell);
        }
        if let Some(place) = place.filter(|_| open.has_begun(text)) {
            open.reach(place.line, &mut compared);
            if open.is_next(place.line, text) {
                open.next += 1;
                compared.push(Compared::Same { at: place, job_line, text: text.to_owned() });
                continue;
            }
            open.reach(place.line + 1, &mut compared);
        }
        compared.push(Compared::Added { cell, job_line, text: text.to_owned() });
    }
    open.finish(&mut compared);
    compared
}

/// The cell whose lines are compared.
#[derive(Default)]
struct Cell<'a> {
    index: Option<usize>,
    lines: Vec<&'a str>,
    /// The first line that is not compared yet, from 0.
    next: usize,
    /// Whether the job's marks of this cell have ended, and its own lines follow.
    begun: bool,
}

impl<'a> Cell<'a> {
    fn of(notebook: &'a Notebook, index: Option<usize>) -> Self {
        let source = index.and_then(|index| notebook.cells.get(index)).map(|cell| cell.source.trim_end());
        let lines = source.map(|source| source.lines().collect()).unwrap_or_default();
        Self { index, lines, next: 0, begun: false }
    }

    /// Whether a line of the job comes behind the marks with which the job begins each cell.
    fn has_begun(&mut self, text: &str) -> bool {
        let had = self.begun;
        self.begun = had || text.starts_with("_cell(");
        had
    }

    /// The notebook's lines before `line` are not in the job.
    fn reach(&mut self, line: usize, compared: &mut Vec<Compared>) {
        let Some(cell) = self.index else { return };
        while self.next + 1 < line {
            let Some(text) = self.lines.get(self.next) else { return };
            self.next += 1;
            compared.push(Compared::Removed { at: Place { cell, line: self.next }, text: (*text).to_owned() });
        }
    }

    fn is_next(&self, line: usize, text: &str) -> bool {
        self.next + 1 == line && self.lines.get(self.next) == Some(&text)
    }

    fn finish(&mut self, compared: &mut Vec<Compared>) {
        self.reach(self.lines.len() + 1, compared);
    }
}
