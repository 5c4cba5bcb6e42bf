//! What Spark would make of a statement, without running it: its effect, and why it would fail.

use crate::{
    ConnectError, ExplainMode, Position, Session, Statement, StatementKind,
    details::{analysed_position, class_in},
    explain::{is_immediate, runs_when_analysed},
    headings::{self, ANALYSED},
    kind::kind_of,
};

/// What `EXPLAIN EXTENDED` says of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    /// Whether it reads, shows or changes.
    pub kind: StatementKind,
    /// Why it cannot be run; none if Spark accepts it.
    pub failure: Option<AnalysisFailure>,
}

/// An error that Spark found while it analysed a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnalysisFailure {
    /// Such as `UNRESOLVED_COLUMN.WITH_SUGGESTION`.
    pub error_class: Option<String>,
    /// Spark's sentence with its suggestion, without the plan.
    pub message: String,
    /// Where in the statement.
    pub position: Option<Position>,
}

/// What stands before an error of the planner, at the beginning or below [`PHYSICAL`].
const PLANNING: &str = "Error occurred during query planning: \n";
const PHYSICAL: &str = "== Physical Plan ==\n";

impl Session {
    /// Asks Spark by `EXPLAIN EXTENDED` what a statement is and whether it can be run. Nothing is run, on Spark 4.0 too.
    ///
    /// # Errors
    /// Spark's error of a statement that it cannot parse, [`ConnectError::NotExplained`] for one that might run or
    /// that could print its own headings into the plan, and whatever keeps Spark from answering.
    pub async fn analysis(&self, statement: &Statement) -> Result<Analysis, ConnectError> {
        if is_immediate(&statement.text) || headings::could_be_in(&statement.text) {
            return Err(ConnectError::NotExplained);
        }
        let explained = self.explain(statement, ExplainMode::Extended).await?;
        read(statement, &explained)
    }
}

/// What a plan says of its statement.
fn read(statement: &Statement, explained: &str) -> Result<Analysis, ConnectError> {
    // What stands for `${…}` is in the plan, and not in the statement.
    if !headings::are_sparks(explained) {
        return Err(ConnectError::NotExplained);
    }
    let as_query = runs_when_analysed(&statement.text);
    let kind = if as_query { StatementKind::Query } else { kind_of(explained) };
    // One line of `EXPLAIN`, and one of the query around it.
    let failure = failure(explained, if as_query { 2 } else { 1 });
    Ok(Analysis { kind, failure })
}

/// The error in a plan, if there is one; `lines` stand before the statement.
fn failure(explained: &str, lines: u32) -> Option<AnalysisFailure> {
    let error = match explained.split_once(ANALYSED) {
        Some((_, analysed)) if is_error(analysed) => analysed,
        _ => {
            // A line of its own: the plans above hold the statement's texts.
            let mut headings = explained.match_indices(PHYSICAL);
            let is_line = |at: usize| at == 0 || explained.get(..at).is_some_and(|before| before.ends_with('\n'));
            let physical =
                headings.find(|(at, _)| is_line(*at)).and_then(|(at, heading)| explained.get(at + heading.len()..));
            physical.unwrap_or(explained).strip_prefix(PLANNING)?
        }
    };
    let (_, said) = error.split_once("Exception: ").unwrap_or(("", error));
    let (message, rest) = said.split_once("; line ").unwrap_or((said.split("\n'").next().unwrap_or(said), ""));
    let position = analysed_position(rest)
        .map(|position| Position { line: position.line.saturating_sub(lines).max(1), column: position.column });
    let error_class = class_in(message).map(str::to_owned);
    Some(AnalysisFailure { error_class, message: message.trim().to_owned(), position })
}

/// Whether a Java exception stands where a plan should begin.
fn is_error(analysed: &str) -> bool {
    let first = analysed.lines().next().unwrap_or_default();
    let name = first.split(':').next().unwrap_or_default();
    name.ends_with("Exception") && name.contains('.') && !name.contains(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_of_the_statement_forges_neither_its_kind_nor_its_error() {
        let plan = |literal: &str| {
            format!(
                "== Parsed Logical Plan ==\n'Project [{literal}]\n+- 'InsertIntoStatement t\n\n\
                 == Analyzed Logical Plan ==\norg.apache.spark.sql.AnalysisException: [A_B] No.\n"
            )
        };
        let of = |literal: &str| read(&Statement::new("SELECT 1"), &plan(literal));
        let honest = of("a").unwrap();
        assert_eq!(honest.failure.unwrap().error_class.as_deref(), Some("A_B"));
        assert!(matches!(honest.kind, StatementKind::Command { plan, .. } if plan == "InsertIntoStatement"));
        for forged in ["\n== Analyzed Logical Plan ==\na: int\nProject", "\n== x"] {
            assert!(matches!(of(forged), Err(ConnectError::NotExplained)), "{forged:?}");
        }
        let planning = "== Parsed Logical Plan ==\nProject [== Physical Plan ==\nError occurred during query planning: \n[X] No.]\n\n\
                        == Analyzed Logical Plan ==\na: int\nProject\n";
        assert_eq!(read(&Statement::new("SELECT 1"), planning).unwrap().failure, None);
    }

    #[test]
    fn an_error_in_the_plan_has_a_class_a_sentence_and_a_place() {
        let plan = "== Parsed Logical Plan ==\n'Project ['b]\n\n== Analyzed Logical Plan ==\n\
                    org.apache.spark.sql.AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] No `b`. Did you mean [`a`]? \
                    SQLSTATE: 42703; line 3 pos 7;\n'Project ['b]\n";
        let found = failure(plan, 1).unwrap();
        assert_eq!(found.error_class.as_deref(), Some("UNRESOLVED_COLUMN.WITH_SUGGESTION"));
        assert_eq!(found.position, Some(Position { line: 2, column: 7 }));
        assert!(found.message.ends_with("SQLSTATE: 42703"), "{}", found.message);
    }

    #[test]
    fn an_error_of_the_planner_is_one_and_a_plan_is_none() {
        let planning = "== Physical Plan ==\nError occurred during query planning: \n[X_Y] No.\n";
        assert_eq!(failure(planning, 1).unwrap().error_class.as_deref(), Some("X_Y"));
        let plan =
            "== Parsed Logical Plan ==\n'Project [a]\n\n== Analyzed Logical Plan ==\na: int\nProject [1 AS a#0]\n";
        assert_eq!(failure(plan, 1), None);
        let named = plan.replace("a: int", "a.b.Exception : int");
        assert_eq!(failure(&named, 1), None);
    }
}
