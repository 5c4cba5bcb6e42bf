//! What a rehearsal on zero rows says of a program.

use crate::{
    Checked,
    explained::sentence,
    finding::{Place, Rung},
    verdict::Verdict,
};

/// What became of a rehearsal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rehearsed {
    /// Nothing was run, and why.
    NotRun(String),
    /// It was run.
    Ran(Ran),
}

/// A rehearsal that was run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// How it ended.
    pub end: End,
    /// What was named and not done.
    pub effects: Vec<Effect>,
    /// What was not rehearsed.
    pub refused: Vec<Refused>,
}

/// A place of the program: a line from 1, and a column in bytes from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// From 1; 0 if it is not known.
    pub line: usize,
    /// In bytes, from 0.
    pub column: usize,
}

/// How a rehearsal ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// At the end of the program.
    Finished {
        /// The first place that it did not pass.
        not_reached: Option<Spot>,
    },
    /// With an error of Spark's.
    Spark {
        /// Such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
        class: String,
        /// Spark's words.
        message: String,
        /// Where.
        at: Spot,
    },
    /// With an error of Python's.
    Python {
        /// Such as `IndexError`.
        name: String,
        /// Its words.
        message: String,
        /// Whether the program had been given no rows before: with rows it might go on.
        after_no_rows: bool,
        /// Where.
        at: Spot,
    },
    /// At something that is not rehearsed.
    Refused {
        /// Where.
        at: Spot,
    },
    /// By us.
    Stopped {
        /// Why.
        reason: String,
        /// Where it was last.
        at: Spot,
    },
}

/// Something that the program would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// From 1.
    pub line: usize,
    /// Such as `write db.t`.
    pub what: String,
    /// Whether Spark might answer differently after it.
    pub changes_names: bool,
}

/// Something that was not rehearsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// From 1.
    pub line: usize,
    /// A rule's code, or why.
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

/// Errors that a program without rows may have and one with rows may not.
const WITHOUT_ROWS: [&str; 12] = [
    "IndexError",
    "KeyError",
    "StopIteration",
    "TypeError",
    "AttributeError",
    "ValueError",
    "ZeroDivisionError",
    "AssertionError",
    "RuntimeError",
    "Exception",
    "StatisticsError",
    "OverflowError",
];

/// Findings of the rungs below that a rehearsal answers.
const ANSWERED: [&str; 2] = ["DATAFRAME", "OWN_NAME"];

impl Checked {
    /// Whether a rehearsal can say more: of Python that uses Spark and that no rung below has refused.
    #[must_use]
    pub fn wants_rehearsal(&self) -> bool {
        !self.is_sql && self.uses_spark && self.findings.verdict() < Verdict::Fails
    }

    /// Takes what a rehearsal said.
    pub fn rehearsed(&mut self, rehearsed: &Rehearsed) {
        let ran = match rehearsed {
            Rehearsed::NotRun(reason) => {
                let message = self.redactor.text(&format!("The program was not rehearsed: {reason}."));
                let fix = "Check it where a rehearsal is available, or run it on a few rows first.";
                self.add("NOT_REHEARSED", Verdict::Unproven, Spot { line: 0, column: 0 }, (message, fix));
                self.rehearsal = Some(Rehearsal::NotRun);
                return;
            }
            Rehearsed::Ran(ran) => ran,
        };
        for effect in &ran.effects {
            // The rung below has named those of literal statements at their own place.
            if self.findings.has_at("EFFECT", effect.line) {
                continue;
            }
            let what = format!("The program changes something: {}. It was not done.", effect.what);
            let fix = "Look at what it changes before you run it.";
            let message = self.redactor.text(&what);
            self.add("EFFECT", Verdict::Unproven, Spot { line: effect.line, column: 0 }, (message, fix));
        }
        for refused in &ran.refused {
            let effect = match refused.code {
                "FORMAT" | "SQLFUNC" => Verdict::Refused,
                _ => Verdict::Unproven,
            };
            let fix = match refused.code {
                "INFERENCE" => "Give the reader a schema.",
                _ => "Run it on a few rows first, after you have read it.",
            };
            let message = self.redactor.text(&refused.message);
            self.add(refused.code, effect, Spot { line: refused.line, column: 0 }, (message, fix));
        }
        let before = self.findings.verdict();
        self.end(ran);
        let whole = matches!(ran.end, End::Finished { not_reached: None });
        if whole && before < Verdict::Fails && ran.refused.is_empty() {
            self.findings.settle(&ANSWERED);
        } else if self.findings.has(Rung::Rehearsal, Verdict::Fails) {
            // Spark has judged it, and what must be mended comes first.
            self.findings.settle(&["DATAFRAME"]);
        }
        self.asked = true;
        self.rehearsal = Some(if whole { Rehearsal::Whole } else { Rehearsal::Part });
    }

    fn end(&mut self, ran: &Ran) {
        match &ran.end {
            End::Finished { not_reached: None } | End::Refused { .. } => {}
            End::Finished { not_reached: Some(at) } => {
                let message = "With zero rows the program does not come by here, so this was not rehearsed.";
                let fix = "Run it on a few rows first.";
                self.add("NOT_REACHED", Verdict::Unproven, *at, (message.to_owned(), fix));
            }
            End::Stopped { reason, at } => {
                let message = self.redactor.text(&format!("The rehearsal was stopped: {reason}."));
                let fix = "Check that each loop ends, or check a part of the program.";
                self.add("STOPPED", Verdict::Unproven, *at, (message, fix));
            }
            End::Spark { class, message, at } => self.spark_error(class, message, *at, &ran.effects),
            End::Python { name, message, after_no_rows, at } => {
                let for_want_of_rows = WITHOUT_ROWS.contains(&name.as_str()) || name.starts_with("PySparkIndex");
                let only_part = (*after_no_rows && for_want_of_rows)
                    || matches!(name.as_str(), "ModuleNotFoundError" | "ImportError" | "MemoryError" | "SystemExit")
                    || matches!(name.as_str(), "PermissionError" | "OSError" | "FileNotFoundError" | "BlockingIOError");
                let said = self.redactor.text(&format!("{name}: {message}"));
                let line = at.line;
                if only_part {
                    let message = format!("Rehearsed to line {line} with zero rows; there it says {said}.");
                    let fix = "Run it on a few rows first: with rows it may go on.";
                    self.add("REHEARSED_TO", Verdict::Unproven, *at, (message, fix));
                } else {
                    self.add("PYTHON_ERROR", Verdict::Fails, *at, (format!("{said}."), "Correct this line."));
                }
            }
        }
    }

    fn spark_error(&mut self, class: &str, message: &str, at: Spot, effects: &[Effect]) {
        let message = self.redactor.text(&sentence(class, message));
        let class = if class.is_empty() { "SPARK_ERROR" } else { class };
        let base = class.split('.').next().unwrap_or_default();
        let may_be_made = matches!(base, "TABLE_OR_VIEW_NOT_FOUND" | "SCHEMA_NOT_FOUND" | "PATH_NOT_FOUND");
        let changed = effects.iter().any(|effect| effect.changes_names || may_be_made);
        if changed {
            let reason = format!("Rehearsed to line {}: what the program changes before was not done, and", at.line);
            let fix = "Check it again after that is there.";
            self.add("REHEARSED_TO", Verdict::Unproven, at, (format!("{reason} Spark says: {message}"), fix));
            return;
        }
        let fix = match base {
            "UNRESOLVED_COLUMN" => "Use a column that is there.",
            _ if may_be_made => "Correct the name, or make it before.",
            _ => "Correct this line as Spark's words say.",
        };
        self.add(class, Verdict::Fails, at, (message, fix));
    }

    fn add(&mut self, code: &str, effect: Verdict, at: Spot, words: (String, &str)) {
        let place = Place::at(self.findings.spot(at.line, at.column));
        self.findings.add(Rung::Rehearsal, code, effect, place, words);
    }
}

/// How far a rehearsal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rehearsal {
    NotRun,
    Part,
    Whole,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Chosen, python};

    const PROGRAM: &str = "d = spark.table('t')\nd.select('a').show()\n";

    fn rehearsed(end: End, effects: Vec<Effect>, refused: Vec<Refused>) -> (Verdict, Vec<String>) {
        let mut checked = python(PROGRAM, &Chosen::default()).unwrap();
        assert!(checked.wants_rehearsal());
        checked.rehearsed(&Rehearsed::Ran(Ran { end, effects, refused }));
        let report = checked.report();
        (report.verdict, report.findings.iter().map(|f| format!("{}:{}:{}", f.code, f.line, f.column)).collect())
    }

    fn at(line: usize, column: usize) -> Spot {
        Spot { line, column }
    }

    #[test]
    fn a_program_that_was_rehearsed_to_its_end_passes() {
        assert_eq!(rehearsed(End::Finished { not_reached: None }, vec![], vec![]), (Verdict::Passes, vec![]));
    }

    #[test]
    fn what_was_not_reached_or_not_rehearsed_is_unproven() {
        let (verdict, found) = rehearsed(End::Finished { not_reached: Some(at(2, 4)) }, vec![], vec![]);
        assert_eq!((verdict, found.contains(&"NOT_REACHED:2:5".to_owned())), (Verdict::Unproven, true), "{found:?}");
        let stopped = End::Stopped { reason: "x".to_owned(), at: at(1, 0) };
        assert_eq!(rehearsed(stopped, vec![], vec![]).0, Verdict::Unproven);
        let refused = Refused { line: 2, code: "NOT_REHEARSED", message: "x".to_owned() };
        assert_eq!(rehearsed(End::Finished { not_reached: None }, vec![], vec![refused]).0, Verdict::Unproven);
        let reflect = Refused { line: 2, code: "SQLFUNC", message: "x".to_owned() };
        assert_eq!(rehearsed(End::Refused { at: at(2, 0) }, vec![], vec![reflect]).0, Verdict::Refused);
    }

    #[test]
    fn an_error_for_want_of_rows_is_no_failure_and_any_other_is_one() {
        let error = |name: &str, after_no_rows| {
            let end = End::Python { name: name.to_owned(), message: "x".to_owned(), after_no_rows, at: at(2, 0) };
            rehearsed(end, vec![], vec![])
        };
        assert_eq!(error("IndexError", true).0, Verdict::Unproven);
        assert_eq!(error("IndexError", false).0, Verdict::Fails);
        assert_eq!(error("NameError", true).0, Verdict::Fails);
        assert!(error("NameError", true).1.contains(&"PYTHON_ERROR:2:1".to_owned()));
    }

    #[test]
    fn an_error_of_spark_fails_unless_something_was_left_out_before() {
        let end = || End::Spark { class: "UNRESOLVED_COLUMN.X".to_owned(), message: "No.".to_owned(), at: at(2, 2) };
        let (verdict, found) = rehearsed(end(), vec![], vec![]);
        // Nothing is said to be unknown to these rungs any more.
        assert_eq!((verdict, found), (Verdict::Fails, vec!["UNRESOLVED_COLUMN.X:2:3".to_owned()]));
        let effect = |changes_names| vec![Effect { line: 1, what: "write t".to_owned(), changes_names }];
        assert_eq!(rehearsed(end(), effect(true), vec![]).0, Verdict::Unproven);
        assert_eq!(rehearsed(end(), effect(false), vec![]).0, Verdict::Fails);
    }

    #[test]
    fn a_rehearsal_that_was_not_run_is_said() {
        let mut checked = python(PROGRAM, &Chosen::default()).unwrap();
        checked.rehearsed(&Rehearsed::NotRun("the kernel has no Landlock".to_owned()));
        let report = checked.report();
        assert_eq!(report.verdict, Verdict::Unproven);
        let found = report.findings.iter().find(|finding| finding.code == "NOT_REHEARSED").unwrap();
        assert_eq!(found.message, "The program was not rehearsed: the kernel has no Landlock.");
        assert_eq!(report.rungs.last().unwrap().proved, "nothing: the program was not rehearsed");
    }
}
