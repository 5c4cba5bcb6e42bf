//! What a person should know about a notebook before it is shipped.

use serde::Serialize;

use crate::words::{Sentence, say};

/// One thing that a person should know, decide or mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// A stable word for programs, in snake case.
    pub code: &'static str,
    /// The code cell, counted from 0 over all code cells, empty ones too.
    pub cell: usize,
    /// The line in the cell, from 1.
    pub line: usize,
    /// What it is.
    pub message: Sentence,
    /// What to do about it.
    pub fix: Sentence,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The job would fail, or would show a secret: nothing is written.
    Error,
    /// A person must choose: nothing is written before.
    Decision,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Whether nothing is written while there is such a finding.
    #[must_use]
    pub fn blocks(self) -> bool {
        self != Self::Note
    }
}

/// What to do about a line that Python does not accept.
pub(crate) fn mend() -> Sentence {
    say!("Mend the line, or leave the cell out.")
}
