//! The plan of a statement that is not run.

use std::str::FromStr;

use crate::{ConnectError, Event, ProtocolError, RunOptions, Session, Statement, statement::WRAPPER};

/// The SQL state of a syntax error.
const SYNTAX_ERROR: &str = "42601";

/// How much of a plan Spark writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExplainMode {
    Simple,
    Extended,
    Codegen,
    Cost,
    Formatted,
}

/// There is no such mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no explain mode `{0}`: use simple, extended, codegen, cost or formatted")]
pub struct UnknownExplainMode(String);

impl FromStr for ExplainMode {
    type Err = UnknownExplainMode;

    fn from_str(text: &str) -> Result<Self, UnknownExplainMode> {
        Ok(match text {
            "simple" => Self::Simple,
            "extended" => Self::Extended,
            "codegen" => Self::Codegen,
            "cost" => Self::Cost,
            "formatted" => Self::Formatted,
            other => return Err(UnknownExplainMode(other.to_owned())),
        })
    }
}

impl ExplainMode {
    fn prefix(self) -> &'static str {
        match self {
            Self::Simple => "EXPLAIN\n",
            Self::Extended => "EXPLAIN EXTENDED\n",
            Self::Codegen => "EXPLAIN CODEGEN\n",
            Self::Cost => "EXPLAIN COST\n",
            Self::Formatted => "EXPLAIN FORMATTED\n",
        }
    }
}

/// Whether Spark may run a part of the statement while it analyses it, as Spark 4.1 does with `EXECUTE IMMEDIATE`. What
/// stands for `${…}` is not known, so it may be just that.
pub(crate) fn runs_when_analysed(text: &str) -> bool {
    text.contains("${") || is_immediate(text)
}

/// Whether the two words stand one after the other. Between them there may be comments, which are not read: then the
/// answer is yes.
pub(crate) fn is_immediate(text: &str) -> bool {
    // Not `to_ascii_uppercase`: Spark takes `ı` for an `I`.
    let text = text.to_uppercase();
    let is_word = |char: char| char.is_alphanumeric() || matches!(char, '_' | '\'' | '"' | '`');
    let between = |rest: &str| match rest.split_once("IMMEDIATE") {
        Some((between, _)) => between.contains("--") || between.contains("/*") || !between.contains(is_word),
        None => false,
    };
    text.match_indices("EXECUTE").any(|(at, word)| text.get(at.saturating_add(word.len())..).is_some_and(between))
}

impl Session {
    /// The plan as text. The statement is not run: on Spark 4.0 to analyse the plan of a command would run it, so this
    /// runs the command `EXPLAIN`. What Spark may run even then is explained only as a query within a query, where
    /// Spark refuses everything else while it parses.
    ///
    /// # Errors
    /// Spark's error of a statement that is wrong, with positions in the statement, and
    /// [`ConnectError::NotExplained`] for one that would run.
    pub async fn explain(&self, statement: &Statement, mode: ExplainMode) -> Result<String, ConnectError> {
        if !runs_when_analysed(&statement.text) {
            let explained = self.text(&statement.after(mode.prefix())).await;
            return explained.map_err(|error| unwrap_error(error, mode.prefix()));
        }
        let explained = self.text(&statement.as_query().after(mode.prefix())).await;
        explained.map_err(|error| match unwrap_error(error, &format!("{}{WRAPPER}", mode.prefix())) {
            ConnectError::Spark(error) if error.sql_state.as_deref() == Some(SYNTAX_ERROR) => {
                ConnectError::NotExplained
            }
            error => error,
        })
    }

    /// The single text that a statement results in.
    async fn text(&self, statement: &Statement) -> Result<String, ConnectError> {
        let mut run = self.run(statement, RunOptions::default());
        let mut text = None;
        while let Some(event) = run.next().await? {
            match event {
                Event::Rows(rows) => text = rows.text().or(text),
                Event::Ended(ended) => {
                    if let Some(limit) = ended.limit {
                        return Err(limit.into());
                    }
                }
                Event::Columns(_) | Event::Progress(_) => {}
            }
        }
        text.ok_or_else(|| ProtocolError::Missing("the plan").into())
    }
}

/// Moves an error's positions back by what was written in front of the statement.
pub(crate) fn unwrap_error(error: ConnectError, prefix: &str) -> ConnectError {
    match error {
        ConnectError::Spark(error) if !prefix.is_empty() => ConnectError::Spark(Box::new(error.unwrapped(prefix))),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_may_run_while_it_is_analysed_is_recognised_however_it_is_written() {
        for text in [
            "EXECUTE IMMEDIATE 'DROP TABLE t'",
            "/* a */ execute -- b\n Immediate x",
            "EXECUTE/* IMMEDIATE */IMMEDIATE x",
            "EXPLAIN EXTENDED EXECUTE\u{a0}ımmediate x",
            "SELECT 'execute it'; EXECUTE\tIMMEDIATE x",
            "${hidden}",
        ] {
            assert!(runs_when_analysed(text), "{text}");
        }
        for text in ["INSERT INTO log VALUES ('execute it immediately')", "DROP TABLE execute_immediate", "SELECT '$'"]
        {
            assert!(!runs_when_analysed(text), "{text}");
        }
    }
}
