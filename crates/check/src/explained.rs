//! What Spark's `EXPLAIN` says of a statement, and what that means for the program.

use crate::{
    Checked,
    finding::{Place, Rung},
    statement::{MAX_STATEMENTS, SqlStatement},
    verdict::Verdict,
};

/// What a server said.
#[derive(Clone, Debug)]
pub struct Explained {
    /// What it would do.
    pub effect: StatementEffect,
    /// Why it cannot be run.
    pub failure: Option<Failure>,
}

/// What a statement would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementEffect {
    /// It reads.
    Query,
    /// It shows something: `SHOW`, `DESCRIBE`, `EXPLAIN`.
    Shows,
    /// It changes something: the name of Spark's plan, and what it changes.
    Changes {
        /// Such as `DropTable`.
        plan: String,
        /// Such as `db.t`.
        target: Option<String>,
    },
    /// It was not parsed.
    Unknown,
}

/// An error of Spark's.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    /// Such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
    pub class: Option<String>,
    /// Spark's words, with its suggestion.
    pub message: String,
    /// A line from 1 and a column from 0 of the statement.
    pub position: Option<(u32, u32)>,
}

/// What became of a question.
pub enum Answer {
    /// Spark's answer.
    Explained(Explained),
    /// There is none, and why.
    None(String),
}

/// Errors that say nothing of the statement itself, but of what is there when it is explained.
const MISSING: [&str; 4] = ["TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "UNRESOLVED_ROUTINE", "VIEW_NOT_FOUND"];

impl Checked {
    /// Takes the answers for [`Checked::statements`], in their order. What has no answer is unproven.
    pub fn explained(&mut self, answers: impl IntoIterator<Item = Answer>) {
        self.asked = true;
        let statements = std::mem::take(&mut self.statements);
        let mut answers = answers.into_iter();
        for (index, statement) in statements.iter().enumerate() {
            let answer = if index < MAX_STATEMENTS { answers.next() } else { None };
            match answer {
                Some(Answer::Explained(explained)) => self.judge(statement, &explained),
                Some(Answer::None(reason)) => self.unanswered(statement, &reason),
                None => self.unanswered(statement, "A program may ask Spark about 100 statements."),
            }
        }
        self.statements = statements;
    }

    fn unanswered(&mut self, statement: &SqlStatement, reason: &str) {
        let message = self.redactor.text(reason);
        let place = Place::at(statement.place(1, 0));
        let fix = "Check the statement by itself.";
        self.findings.add(Rung::Sql, "NOT_EXPLAINED", Verdict::Unproven, place, (message, fix));
    }

    fn judge(&mut self, statement: &SqlStatement, explained: &Explained) {
        if let StatementEffect::Changes { plan, target } = &explained.effect {
            let what = target.as_ref().map_or_else(String::new, |target| format!(" of {target}"));
            let message = self.redactor.text(&format!("The statement changes something: {}{what}.", words(plan)));
            let fix = "Look at what it changes before you run it; nothing was run by this check.";
            let place = Place::at(statement.place(1, 0));
            self.findings.add(Rung::Sql, "EFFECT", Verdict::Unproven, place, (message, fix));
        }
        let Some(failure) = &explained.failure else { return };
        let class = failure.class.as_deref().unwrap_or("SPARK_ERROR");
        let is_syntax = class.starts_with("PARSE_") || class.starts_with("INVALID_SQL_SYNTAX");
        let is_own = self.names.any || statement.tables.iter().any(|table| self.names.has(&table.name));
        let message = self.redactor.text(&sentence(class, &failure.message));
        let (line, column) = failure.position.unwrap_or((1, 0));
        let place = Place::at(statement.place(line, column));
        if is_own && !is_syntax {
            let reason = "Spark cannot judge a statement about what the program itself makes or changes:";
            let message = format!("{reason} {message}");
            let fix = "Check the statement again after what it reads is there.";
            self.findings.add(Rung::Sql, "OWN_NAME", Verdict::Unproven, place, (message, fix));
            return;
        }
        let base = class.split('.').next().unwrap_or_default();
        let fix = match base {
            "UNRESOLVED_COLUMN" => "Use a column that is there.",
            base if MISSING.contains(&base) => "Correct the name, or make it before.",
            _ if is_syntax => "Correct the statement.",
            _ => "Correct the statement as Spark's words say.",
        };
        self.findings.add(Rung::Sql, class, Verdict::Fails, place, (message, fix));
    }
}

/// Spark's sentence without the class in front, the plan behind and the repeated statement.
pub(crate) fn sentence(class: &str, message: &str) -> String {
    let message = message.trim();
    let message = message.strip_prefix(&format!("[{class}]")).unwrap_or(message).trim();
    let end = ["\n\n== SQL", "\nSearch path:", " SQLSTATE: "].iter().filter_map(|mark| message.find(mark)).min();
    let message = message.get(..end.unwrap_or(message.len())).unwrap_or(message).trim();
    if message.is_empty() { format!("Spark says {class}.") } else { message.to_owned() }
}

/// `InsertIntoStatement` as `insert into statement`.
fn words(plan: &str) -> String {
    let mut words = String::new();
    for char in plan.chars().take(100) {
        if char.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.push(char.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sparks_words_are_cut_to_their_sentence() {
        let message = "[A.B] No `x`. Did you mean [`y`]? SQLSTATE: 42703; line 2";
        assert_eq!(sentence("A.B", message), "No `x`. Did you mean [`y`]?");
        assert_eq!(sentence("A", "[A]"), "Spark says A.");
        assert_eq!(words("DropTable"), "drop table");
    }
}
