//! Findings with their places, and what each rung has proved.

use std::ops::Range;

use serde::Serialize;

use crate::{rehearsed::Rehearsal, rules::Rule, verdict::Verdict};

/// The most findings that are kept; the rest is counted and still decides the verdict.
pub const MAX_FINDINGS: usize = 100;

/// A rung of the ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rung {
    /// The program is Python.
    Parse,
    /// Rules on the syntax tree.
    Rules,
    /// Spark's `EXPLAIN` of its SQL.
    Sql,
    /// The whole program on zero rows.
    Rehearsal,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rung that found it.
    pub rung: Rung,
    /// A rule's code, or Spark's error class.
    pub code: String,
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
    /// What the verdict is at least, because of this finding.
    #[serde(skip)]
    pub effect: Verdict,
}

/// What a rung has proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RungReport {
    /// The rung.
    pub rung: Rung,
    /// One sentence.
    pub proved: String,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The worst of all findings.
    pub verdict: Verdict,
    /// In the order of the source, at most [`MAX_FINDINGS`] and one that counts the rest.
    pub findings: Vec<Finding>,
    /// What each rung has proved.
    pub rungs: Vec<RungReport>,
}

/// Where a finding belongs.
#[derive(Clone, Debug)]
pub(crate) struct Place(Range<usize>);

impl Place {
    pub(crate) fn at(range: Range<usize>) -> Self {
        Self(range)
    }
}

/// Findings of one source.
pub(crate) struct Findings {
    /// Where each line begins.
    lines: Vec<usize>,
    source: String,
    found: Vec<Finding>,
    more: usize,
    worst: Verdict,
}

impl Findings {
    pub(crate) fn new(source: &str) -> Self {
        let lines = std::iter::once(0).chain(source.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { lines, source: source.to_owned(), found: Vec::new(), more: 0, worst: Verdict::Passes }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        self.worst
    }

    pub(crate) fn has(&self, rung: Rung, least: Verdict) -> bool {
        self.found.iter().any(|finding| finding.rung == rung && finding.effect >= least)
    }

    /// Whether something with this code was found in a line.
    pub(crate) fn has_at(&self, code: &str, line: usize) -> bool {
        self.found.iter().any(|finding| finding.code == code && finding.line == line)
    }

    /// Takes back what a later rung has answered. What was only counted stays.
    pub(crate) fn settle(&mut self, codes: &[&str]) {
        if self.more == 0 {
            self.found.retain(|finding| !codes.contains(&finding.code.as_str()));
            self.worst = self.found.iter().map(|finding| finding.effect).max().unwrap_or(Verdict::Passes);
        }
    }

    /// The byte at a line from 1 and a column in bytes from 0, or the nearest one.
    pub(crate) fn spot(&self, line: usize, column: usize) -> Range<usize> {
        let start = self.lines.get(line.saturating_sub(1)).copied().unwrap_or_default();
        let end = self.lines.get(line).map_or(self.source.len(), |next| next.saturating_sub(1));
        let mut at = start.saturating_add(column).min(end).max(start);
        while !self.source.is_char_boundary(at) {
            at = at.saturating_sub(1);
        }
        at..at
    }

    /// Line and column of a byte, both from 1.
    fn place(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at).max(1);
        let start = self.lines.get(line - 1).copied().unwrap_or_default();
        let before = self.source.get(start..at).unwrap_or_default();
        (line, before.chars().count() + 1)
    }

    pub(crate) fn add(
        &mut self,
        rung: Rung,
        code: &str,
        effect: Verdict,
        place: Place,
        (message, fix): (String, &str),
    ) {
        self.worst = self.worst.max(effect);
        if self.found.len() >= MAX_FINDINGS {
            self.more += 1;
            return;
        }
        let (line, column) = self.place(place.0.start);
        let finding = Finding { rung, code: code.to_owned(), line, column, message, fix: fix.to_owned(), effect };
        if self.found.contains(&finding) {
            return;
        }
        self.found.push(finding);
    }

    /// The findings of one rule.
    pub(crate) fn of<'a>(&'a mut self, rule: &'a Rule) -> RuleFindings<'a> {
        RuleFindings { findings: self, rule }
    }

    pub(crate) fn finish(mut self) -> Vec<Finding> {
        self.found.sort_by_key(|finding| (finding.line, finding.column, finding.rung));
        if self.more > 0 {
            self.found.push(Finding {
                rung: Rung::Rules,
                code: "MORE".to_owned(),
                line: self.lines.len(),
                column: 1,
                message: format!("{} more findings are not shown; the verdict counts them.", self.more),
                fix: "Correct the first ones and check again.".to_owned(),
                effect: Verdict::Passes,
            });
        }
        self.found
    }
}

/// Findings of one rule.
pub(crate) struct RuleFindings<'a> {
    findings: &'a mut Findings,
    rule: &'a Rule,
}

impl RuleFindings<'_> {
    /// Adds one with the rule's own effect.
    pub(crate) fn add(&mut self, range: Range<usize>, message: String, fix: &str) {
        self.add_as(self.rule.effect, range, message, fix);
    }

    /// Adds one with another effect.
    pub(crate) fn add_as(&mut self, effect: Verdict, range: Range<usize>, message: String, fix: &str) {
        self.findings.add(Rung::Rules, self.rule.code, effect, Place::at(range), (message, fix));
    }
}

/// What each rung has proved.
pub(crate) fn rungs(findings: &Findings, is_sql: bool, asked: bool, rehearsal: Option<Rehearsal>) -> Vec<RungReport> {
    let parse = match (is_sql, findings.has(Rung::Parse, Verdict::Fails)) {
        (true, _) => "nothing: a file of SQL is parsed by Spark",
        (false, true) => "that it is no Python program",
        (false, false) => "that it is a Python program",
    };
    let rules = match findings.has(Rung::Rules, Verdict::Fails) {
        true => "that it breaks at least one rule",
        false if findings.has(Rung::Rules, Verdict::Unproven) => {
            "that no rule is broken as far as names and texts are known"
        }
        false => "that no rule is broken",
    };
    let sql = match (asked, findings.has(Rung::Sql, Verdict::Fails)) {
        (false, _) => "nothing: Spark was not asked",
        (true, true) => "that Spark refuses at least one statement",
        (true, false) if findings.has(Rung::Sql, Verdict::Unproven) => {
            "that Spark accepts the statements without a finding; nothing was run"
        }
        (true, false) => "that Spark accepts each statement of the program; nothing was run",
    };
    let rehearsed = rehearsal.map(|rehearsal| match rehearsal {
        Rehearsal::NotRun => "nothing: the program was not rehearsed",
        Rehearsal::Part if findings.has(Rung::Rehearsal, Verdict::Fails) => "that the program does not run to its end",
        Rehearsal::Part => {
            "that a part of the program runs on the real schemas with zero rows; nothing was run on Spark"
        }
        Rehearsal::Whole => {
            "that the program runs to its end on the real schemas with zero rows; nothing was run on Spark"
        }
    });
    let rungs = [(Rung::Parse, parse), (Rung::Rules, rules), (Rung::Sql, sql)];
    let rungs = rungs.into_iter().chain(rehearsed.map(|proved| (Rung::Rehearsal, proved)));
    rungs.map(|(rung, proved)| RungReport { rung, proved: proved.to_owned() }).collect()
}
