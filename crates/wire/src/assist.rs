//! What a check by Spark says of a program, and what agents may have checked.

use serde::{Deserialize, Serialize};

/// A program that is to be checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewCheck {
    /// Its code cells in the order of the notebook; a program that is no notebook is one cell.
    pub cells: Vec<String>,
    /// Tables that it must read, such as `db.t`; then it may read nothing else.
    #[serde(default)]
    pub tables: Vec<String>,
    /// Paths that it must read, such as `s3://bucket/sales/`; then it may read nothing else.
    #[serde(default)]
    pub paths: Vec<String>,
    /// Whether an agent asks. Then Spark is asked only if the person has allowed that.
    #[serde(default)]
    pub agent: bool,
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    Running,
    Done,
}

/// The worst thing that was found, from the mildest to the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckVerdict {
    /// Each rung proved what it can prove. That is no promise that the program does what it is meant to do.
    Passes,
    /// Nothing wrong was found, and something was not proved.
    Unproven,
    /// It will not run, or not do what was asked.
    Fails,
    /// It does what a checked program must not do.
    Refused,
}

/// A step of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CheckRung {
    /// The program is Python.
    Parse,
    /// Rules on the syntax tree.
    Rules,
    /// Spark's `EXPLAIN` of its SQL.
    Sql,
    /// The whole program on zero rows.
    Rehearsal,
}

/// A check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Check {
    pub id: String,
    pub state: CheckState,
    /// Null while it runs.
    pub verdict: Option<CheckVerdict>,
    /// In the order of the program, at most 101.
    pub findings: Vec<CheckFinding>,
    /// What each rung has proved.
    pub rungs: Vec<CheckProof>,
    /// Why a rung was left out, if it was.
    pub note: Option<String>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckFinding {
    pub rung: CheckRung,
    /// A rule's code, or Spark's error class.
    pub code: String,
    /// What the verdict is at least, because of this finding.
    pub severity: CheckVerdict,
    /// Among the cells that were sent, from 0.
    pub cell: u32,
    /// In the cell, from 1.
    pub line: u32,
    /// In characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub fix: String,
}

/// What a rung has proved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckProof {
    pub rung: CheckRung,
    pub proved: String,
}

/// What agents of this person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agents {
    /// Whether the site lets agents ask at all (`SPARK_MONITOR_MCP`).
    pub mcp: bool,
    /// Whether the person lets them have their code checked by Spark.
    pub allowed: bool,
}

/// A person's decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AllowAgents {
    pub allowed: bool,
}
