//! The plan of a statement that is not run.

use std::str::FromStr;

use serde_json::Value;

use crate::{ConnectError, Event, ProtocolError, RunOptions, Session, Statement};

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

impl Session {
    /// The plan as text. The statement is not run: on Spark 4.0 to analyse the plan of a command would run it, so this
    /// runs the command `EXPLAIN`.
    ///
    /// # Errors
    /// Spark's error of a statement that is wrong, with positions in the statement.
    pub async fn explain(&self, statement: &Statement, mode: ExplainMode) -> Result<String, ConnectError> {
        let explained = self.text(&statement.after(mode.prefix())).await;
        explained.map_err(|error| unwrap_error(error, mode.prefix()))
    }

    /// The single text that a statement results in.
    async fn text(&self, statement: &Statement) -> Result<String, ConnectError> {
        let mut run = self.run(statement, RunOptions::default());
        let mut text = None;
        while let Some(event) = run.next().await? {
            match event {
                Event::Rows(rows) => {
                    if let Value::String(cell) = rows.cell(0, 0) {
                        text = Some(cell);
                    }
                }
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
        ConnectError::Spark(error) if !prefix.is_empty() => {
            let characters = i32::try_from(prefix.chars().count()).unwrap_or(0);
            ConnectError::Spark(Box::new(error.unwrapped(characters)))
        }
        other => other,
    }
}
