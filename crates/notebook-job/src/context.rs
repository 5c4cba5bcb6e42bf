//! What is known and collected while the cells of one notebook are converted.

use std::collections::{BTreeSet, HashSet};

use python_source::Version;

use crate::{
    finding::{Finding, Severity},
    options::{Options, Shell},
    prelude::Helper,
};

/// The most findings of a notebook.
const MOST: usize = 1_000;

pub(crate) struct Context<'a> {
    pub options: &'a Options,
    /// Names that some cell of the notebook defines.
    pub known: HashSet<String>,
    /// The cell that is converted.
    pub cell: usize,
    pub findings: Vec<Finding>,
    /// What the job needs of our own.
    pub helpers: BTreeSet<Helper>,
    /// Features of `from __future__ import …`.
    pub futures: BTreeSet<String>,
    /// What `%pip install` named.
    pub requirements: Vec<String>,
    /// Names of captured outputs.
    pub captured: HashSet<String>,
    /// There were more findings than anybody reads.
    pub is_full: bool,
}

impl Context<'_> {
    pub(crate) fn python(&self) -> Version {
        self.options.python
    }

    pub(crate) fn shell(&self) -> Shell {
        self.options.shell
    }

    pub(crate) fn error(&mut self, line: usize, code: &'static str, message: String, fix: &str) {
        self.add(Severity::Error, line, code, message, fix);
    }

    pub(crate) fn decision(&mut self, line: usize, code: &'static str, message: String, fix: &str) {
        self.add(Severity::Decision, line, code, message, fix);
    }

    pub(crate) fn note(&mut self, line: usize, code: &'static str, message: String, fix: &str) {
        self.add(Severity::Note, line, code, message, fix);
    }

    fn add(&mut self, severity: Severity, line: usize, code: &'static str, message: String, fix: &str) {
        let (cell, mut fix, mut severity, mut code, mut message) = (self.cell, fix.to_owned(), severity, code, message);
        if self.findings.len() >= MOST {
            if std::mem::replace(&mut self.is_full, true) {
                return;
            }
            (severity, code) = (Severity::Error, "too_many_findings");
            message = format!("There are more than {MOST} findings; the rest is not listed.");
            fix = "Mend the ones above first.".to_owned();
        }
        self.findings.push(Finding { severity, code, cell, line, message, fix });
    }

    /// A Python expression for a command's text.
    pub(crate) fn expression(&self, text: &str) -> String {
        let known = |name: &str| self.known.contains(name) || python_source::is_builtin(name);
        crate::interpolate::expression(text, self.python(), &known)
    }
}
