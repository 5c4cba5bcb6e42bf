//! What is known and collected while the cells of one notebook are converted.

use std::collections::{BTreeSet, HashSet};

use python_source::Version;

use crate::{
    finding::{Finding, Severity},
    options::{Options, Shell},
    prelude::Helper,
    words::{Sentence, say},
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
    /// What `%pip install` named, in order.
    pub requirements: Vec<String>,
    /// The same, to find one quickly.
    pub required: HashSet<String>,
    /// Names of captured outputs.
    pub captured: HashSet<String>,
    /// There were more findings than anybody reads.
    pub is_full: bool,
}

impl Context<'_> {
    pub(crate) fn python(&self) -> Version {
        self.options.python
    }

    /// What becomes of a command of the shell at a line of the cell.
    pub(crate) fn shell(&self, line: usize) -> Shell {
        self.options.lines.get(&(self.cell, line)).copied().unwrap_or(self.options.shell)
    }

    pub(crate) fn error(&mut self, line: usize, code: &'static str, message: Sentence, fix: Sentence) {
        self.add(Severity::Error, line, code, message, fix);
    }

    pub(crate) fn decision(&mut self, line: usize, code: &'static str, message: Sentence, fix: Sentence) {
        self.add(Severity::Decision, line, code, message, fix);
    }

    pub(crate) fn note(&mut self, line: usize, code: &'static str, message: Sentence, fix: Sentence) {
        self.add(Severity::Note, line, code, message, fix);
    }

    fn add(&mut self, severity: Severity, line: usize, code: &'static str, message: Sentence, fix: Sentence) {
        let (cell, mut fix, mut severity, mut code, mut message) = (self.cell, fix, severity, code, message);
        if self.findings.len() >= MOST {
            if std::mem::replace(&mut self.is_full, true) {
                return;
            }
            (severity, code) = (Severity::Error, "too_many_findings");
            message = say!("There are more than %1 findings; the rest is not listed.", MOST);
            fix = say!("Mend the ones above first.");
        }
        message = without_secrets(message);
        self.findings.push(Finding { severity, code, cell, line, message, fix });
    }

    /// The first `{name}` or `$name` of a text that is a name of the notebook.
    pub(crate) fn template(&self, text: &str) -> Option<String> {
        let mut rest = text;
        while let Some(at) = rest.find(['{', '$']) {
            let sign = rest.get(at..=at)?;
            rest = rest.get(at + 1..)?;
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let (name, behind) = rest.split_at(end);
            if self.known.contains(name) && (sign == "$" || behind.starts_with('}')) {
                return Some(name.to_owned());
            }
        }
        None
    }

    /// A Python expression for a command's text.
    pub(crate) fn expression(&self, text: &str) -> String {
        let known = |name: &str| self.known.contains(name) || python_source::is_builtin(name);
        crate::interpolate::expression(text, self.python(), &known)
    }
}

/// A message may quote a line of the notebook, but no secret of it.
fn without_secrets(mut message: Sentence) -> Sentence {
    for value in &mut message.values {
        for secret in python_source::secrets_in_text(&value.clone()).iter().rev() {
            if value.get(secret.range.clone()).is_some() {
                value.replace_range(secret.range.clone(), "…");
            }
        }
    }
    // The words around a value may make a secret of it.
    if !python_source::secrets_in_text(&message.to_string()).is_empty() {
        message.values.fill("…".to_owned());
    }
    message
}
