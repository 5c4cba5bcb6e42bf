//! Checks a Spark program before it runs. Nothing of the program is run, and nothing leaves this crate.
//!
//! [`python`] parses a program and judges it by the [`RULES`]; [`sql`] takes a file of statements. Both return a
//! [`Checked`] with the statements that a server may be asked about by `EXPLAIN`; [`Checked::explained`] takes what it
//! said. Each rung of the ladder says what it has proved.

mod explained;
mod finding;
mod frame;
mod kinds;
mod names;
mod redact;
mod rehearsed;
mod rules;
mod sql_text;
mod statement;
mod subject;
mod taken;
mod unfollowed;
mod verdict;

use python_source::{Program, Version};

pub use explained::{Answer, Explained, Failure, StatementEffect};
pub use finding::{Finding, MAX_FINDINGS, Report, Rung, RungReport};
pub use rehearsed::{Effect, End, Ran, Refused, Rehearsed, Spot};
pub use rules::{RULES, Rule, format::leaves_storage};
pub use statement::{MAX_STATEMENTS, SqlStatement};
pub use verdict::Verdict;

use finding::{Findings, Place};
use redact::Redactor;
use subject::Subject;

/// The largest program that is checked.
pub const MAX_BYTES: usize = 256 << 10;

/// The newest syntax is accepted: which Python will run the program is not known.
const PYTHON: Version = Version { minor: 14 };

/// What the program is meant to read; empty if anything may be read.
#[derive(Clone, Debug, Default)]
pub struct Chosen {
    /// Tables, such as `db.t`.
    pub tables: Vec<String>,
    /// Paths, such as `s3://bucket/sales/`.
    pub paths: Vec<String>,
}

impl Chosen {
    fn is_empty(&self) -> bool {
        self.tables.is_empty() && self.paths.is_empty()
    }
}

/// A program is larger than [`MAX_BYTES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge;

/// A program that has climbed the first rungs.
pub struct Checked {
    findings: Findings,
    redactor: Redactor,
    names: names::OwnNames,
    /// Statements to ask a server about, in the order of the source. None if a rung below has refused the program.
    pub statements: Vec<SqlStatement>,
    /// Whether the program uses Spark at all.
    pub uses_spark: bool,
    asked: bool,
    is_sql: bool,
    /// None if nobody wanted one.
    rehearsal: Option<rehearsed::Rehearsal>,
}

/// Parses a Python program and judges it by the rules.
///
/// # Errors
/// If the program is too large.
pub fn python(source: &str, chosen: &Chosen) -> Result<Checked, TooLarge> {
    if source.len() > MAX_BYTES {
        return Err(TooLarge);
    }
    let program = Program::cell(source, PYTHON);
    let redactor = Redactor::of(&program);
    let mut findings = Findings::new(source);
    let parsed = program.syntax_errors();
    for problem in parsed.iter().chain(&program.semantic_errors()) {
        let message = redactor.text(&format!("{}.", problem.message));
        findings.add(Rung::Parse, "SYNTAX", Verdict::Fails, Place::at(problem.range.clone()), (message, FIX_SYNTAX));
    }
    let mut checked = Checked {
        findings,
        redactor,
        names: names::OwnNames::default(),
        statements: Vec::new(),
        uses_spark: false,
        asked: false,
        is_sql: false,
        rehearsal: None,
    };
    // Even of a program with errors, because its secrets and imports are as they are.
    let subject = Subject::of(&program, chosen, &checked.redactor);
    for rule in RULES {
        (rule.check)(&subject, &mut checked.findings.of(rule));
    }
    checked.uses_spark = subject.uses_spark();
    checked.names = subject.own_names();
    checked.statements = subject.statements();
    if let Some(first) = subject.first_frame() {
        let what =
            "What is done to a DataFrame is not proved by these rungs: its columns and types are only known to Spark.";
        let fix = "Run it on a few rows first.";
        checked.findings.add(Rung::Rules, "DATAFRAME", Verdict::Unproven, Place::at(first), (what.to_owned(), fix));
    }
    if let Some(partial) = subject.resolved.partial.clone().or_else(|| subject.has_too_many().then_some(0..0)) {
        let what = "The program was not followed beyond this place: it is too large, too deep, or calls itself.";
        let fix = "Split it into smaller parts.";
        let place = Place::at(partial);
        checked.findings.add(Rung::Rules, "PARTIAL", Verdict::Unproven, place, (what.to_owned(), fix));
    }
    if let Some(unfollowed) = subject.first_unfollowed().or_else(|| subject.first_table_function()) {
        let what = "It cannot be said what this does with Spark.";
        let fix = "Call the methods of spark and of DataFrames by their names.";
        checked.findings.add(Rung::Rules, "PARTIAL", Verdict::Unproven, Place::at(unfollowed), (what.to_owned(), fix));
    }
    checked.without_the_refused();
    Ok(checked)
}

/// Whether a text is Python, or the code of a cell.
#[must_use]
pub fn is_python(source: &str) -> bool {
    Program::cell(source, PYTHON).syntax_errors().is_empty()
}

const FIX_SYNTAX: &str = "Correct the syntax.";

/// Takes a file of SQL statements, which `;` separates.
///
/// # Errors
/// If the file is too large.
pub fn sql(source: &str, chosen: &Chosen) -> Result<Checked, TooLarge> {
    if source.len() > MAX_BYTES {
        return Err(TooLarge);
    }
    let redactor = Redactor::of_text(source);
    let subject = Subject::of_sql(source, chosen, &redactor);
    let mut findings = Findings::new(source);
    for rule in RULES {
        (rule.check)(&subject, &mut findings.of(rule));
    }
    for range in redactor.places() {
        let what = "A secret stands in the text.".to_owned();
        findings.add(Rung::Rules, "SECRET", Verdict::Refused, Place::at(range), (what, "Remove it."));
    }
    let (statements, names) = (subject.statements(), subject.own_names());
    let uses_spark = !statements.is_empty();
    let mut checked =
        Checked { findings, redactor, names, statements, uses_spark, asked: false, is_sql: true, rehearsal: None };
    checked.without_the_refused();
    Ok(checked)
}

impl Checked {
    /// What the rungs below refuse is not sent to a server, and neither is what does not parse.
    fn without_the_refused(&mut self) {
        if self.findings.verdict() >= Verdict::Fails {
            self.statements.clear();
        }
    }

    /// The verdict of all rungs so far.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        match self.findings.verdict() {
            Verdict::Passes if self.uses_spark && !self.asked => Verdict::Unproven,
            verdict => verdict,
        }
    }

    /// The verdict, the findings in the order of the source, and what each rung has proved.
    #[must_use]
    pub fn report(mut self) -> Report {
        let refused = self.findings.verdict() >= Verdict::Fails;
        if self.uses_spark && !self.asked && !refused {
            let what = "Spark was not asked about this program.".to_owned();
            let fix = "Give --url sc://HOST, or set SPARK_CONNECT_URL.";
            self.findings.add(Rung::Sql, "NOT_ASKED", Verdict::Unproven, Place::at(0..0), (what, fix));
        }
        let verdict = self.verdict();
        let rungs = finding::rungs(&self.findings, self.is_sql, self.asked, self.rehearsal);
        Report { verdict, findings: self.findings.finish(), rungs }
    }
}

#[cfg(test)]
mod tests;
