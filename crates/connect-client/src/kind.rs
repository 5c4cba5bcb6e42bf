//! Whether a statement only reads: a plain query, a command that shows something, or one that may change something.

use serde::Serialize;

use crate::{
    ConnectError, ExplainMode, Session, Statement,
    explain::{is_immediate, runs_when_analysed},
};

/// What a statement is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StatementKind {
    /// A plain query. Read-only mode runs it with [`Session::run_query`], so that Spark itself refuses the rest.
    Query,
    /// `SHOW`, `DESCRIBE` or `EXPLAIN`; the name is that of Spark's plan, for example `ShowTables`.
    Shows { plan: String },
    /// Anything else, with the name of Spark's plan, for example `InsertIntoStatement`, and the first table, view,
    /// database or function that the plan names.
    Command { plan: String, target: Option<String> },
}

/// Nodes of the parsed plans of queries.
const QUERY_NODES: &[&str] = &[
    "Aggregate",
    "AsOfJoin",
    "CTE",
    "CTERelationDef",
    "CTERelationRef",
    "CollectMetrics",
    "Deduplicate",
    "Distinct",
    "Except",
    "Expand",
    "Filter",
    "Generate",
    "GlobalLimit",
    "Intersect",
    "Join",
    "LateralJoin",
    "LocalLimit",
    "LocalRelation",
    "NameParameterizedQuery",
    "Offset",
    "OneRowRelation",
    "Pivot",
    "PosParameterizedQuery",
    "Project",
    "Range",
    "RelationTimeTravel",
    "Repartition",
    "RepartitionByExpression",
    "ResolvedInlineTable",
    "Sample",
    "ScriptTransformation",
    "Sort",
    "SubqueryAlias",
    "Tail",
    "Transpose",
    "Union",
    "Unpivot",
    "UnresolvedHaving",
    "UnresolvedHint",
    "UnresolvedInlineTable",
    "UnresolvedRelation",
    "UnresolvedSubqueryColumnAliases",
    "UnresolvedTVFAliases",
    "UnresolvedTableValuedFunction",
    "UnresolvedWith",
    "View",
    "Window",
    "WithCTE",
    "WithWindowDefinition",
];

/// Beginnings of the plans of commands that only show something.
const SHOWING: [&str; 5] = ["Show", "Describe", "Explain", "DescQuery", "UnresolvedDescribe"];

impl Session {
    /// Asks Spark what a statement is; nothing is run.
    ///
    /// # Errors
    /// Spark's error of a statement that is wrong.
    pub async fn kind(&self, statement: &Statement) -> Result<StatementKind, ConnectError> {
        match self.explain(statement, ExplainMode::Extended).await {
            Ok(_) if runs_when_analysed(&statement.text) => Ok(StatementKind::Query),
            Ok(explained) => Ok(kind_of(&explained)),
            // Spark was not asked more, so nothing more is known of it.
            Err(ConnectError::NotExplained) => {
                let plan = if is_immediate(&statement.text) { "ExecuteImmediate" } else { "Unknown" };
                Ok(StatementKind::Command { plan: plan.to_owned(), target: None })
            }
            Err(error) => Err(error),
        }
    }
}

/// The kind that the parsed plan says. A node that is not known to belong to a query makes it a command.
pub(crate) fn kind_of(explained: &str) -> StatementKind {
    let parsed = explained.split_once("== Parsed Logical Plan ==\n").map_or(explained, |(_, rest)| rest);
    let parsed = parsed.split("\n== ").next().unwrap_or_default();
    let mut lines = parsed.lines();
    let root = lines.next().map(node).unwrap_or_default();
    if SHOWING.iter().any(|start| root.starts_with(start)) {
        return StatementKind::Shows { plan: root.to_owned() };
    }
    let below = lines.filter(|line| line.contains("- ")).map(node);
    match std::iter::once(root).chain(below).find(|name| !QUERY_NODES.contains(name)) {
        None => StatementKind::Query,
        Some(plan) => StatementKind::Command { plan: plan.to_owned(), target: target(parsed) },
    }
}

/// Nodes that name what a command changes.
const NAMING: [&str; 7] = [
    "UnresolvedIdentifier [",
    "UnresolvedNamespace [",
    "UnresolvedTableOrView [",
    "UnresolvedTable [",
    "UnresolvedView [",
    "UnresolvedFunctionName [",
    "UnresolvedRelation [",
];

/// What a command changes, as `a.b.c`: the name that its own line begins with, as that of a view, else the first name in
/// the plan.
fn target(parsed: &str) -> Option<String> {
    let own = parsed.lines().next().and_then(|line| line.split_once(" `"));
    if let Some((name, _)) = own.filter(|(node, _)| !node.contains(' ')).and_then(|(_, rest)| rest.split_once("`, ")) {
        return Some(name.replace("`.`", "."));
    }
    let names = NAMING.iter().filter_map(|node| parsed.find(node).map(|at| at.saturating_add(node.len())));
    let (name, _) = parsed.get(names.min()?..)?.split_once(']')?;
    Some(name.replace(", ", "."))
}

/// The node's name in a line such as `:  +- 'SubqueryAlias x`.
fn node(line: &str) -> &str {
    let line = line.trim_start_matches([' ', ':', '+', '-', '\'']);
    let end = line.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(line.len());
    line.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(parsed: &str) -> StatementKind {
        kind_of(&format!("== Parsed Logical Plan ==\n{parsed}\n\n== Analyzed Logical Plan ==\nInsertSomething\n"))
    }

    #[test]
    fn a_query_is_one_whatever_is_in_it() {
        let plan =
            "CTE [x]\n:  +- 'SubqueryAlias x\n:     +- Project [1 AS 1#0]\n:        +- OneRowRelation\n+- 'Project [*]";
        assert_eq!(kind(plan), StatementKind::Query);
        assert_eq!(kind(&plan.replace("CTE [x]", "'UnresolvedWith [x]")), StatementKind::Query);
        assert_eq!(kind("'Project [unresolvedalias('a)]\n+- 'UnresolvedRelation [t], [], false"), StatementKind::Query);
    }

    #[test]
    fn a_command_is_one_even_below_a_query() {
        let command = |plan: &str, target: Option<&str>| StatementKind::Command {
            plan: plan.into(),
            target: target.map(str::to_owned),
        };
        let insert = |target| command("InsertIntoStatement", target);
        assert_eq!(kind("'InsertIntoStatement 'UnresolvedRelation [a, t], [], false"), insert(Some("a.t")));
        assert_eq!(kind("'UnresolvedWith [x]\n+- 'InsertIntoStatement false"), insert(None));
        assert_eq!(kind("'Union\n:- 'InsertIntoStatement a\n+- 'InsertIntoStatement b"), insert(None));
        assert_eq!(
            kind("'DropTable false\n+- 'UnresolvedIdentifier [db, t], true"),
            command("DropTable", Some("db.t"))
        );
        assert_eq!(
            kind("'CreateViewCommand `recent`, SELECT * FROM t, false\n   +- 'UnresolvedRelation [t], [], false"),
            command("CreateViewCommand", Some("recent"))
        );
        assert_eq!(kind("SetCommand (a,Some(b))"), command("SetCommand", None));
        assert_eq!(kind("'Surprise"), command("Surprise", None));
        assert_eq!(kind(""), command("", None));
    }

    #[test]
    fn showing_is_told_from_changing() {
        assert_eq!(kind("'ShowTables [namespace]"), StatementKind::Shows { plan: "ShowTables".into() });
        assert_eq!(kind("'DescribeRelation false"), StatementKind::Shows { plan: "DescribeRelation".into() });
    }
}
