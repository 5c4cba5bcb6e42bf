//! What is known and collected while the cells of one notebook are converted.

use std::collections::{BTreeSet, HashSet};

use python_source::Version;

use crate::{
    finding::{Finding, Severity},
    options::{Options, Shell},
    prelude::Helper,
};

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
        let (cell, fix) = (self.cell, fix.to_owned());
        self.findings.push(Finding { severity, code, cell, line, message, fix });
    }

    /// A Python expression for a command's text.
    pub(crate) fn expression(&self, text: &str) -> String {
        let known = |name: &str| self.known.contains(name) || python_source::is_builtin(name);
        crate::interpolate::expression(text, self.python(), &known)
    }
}
