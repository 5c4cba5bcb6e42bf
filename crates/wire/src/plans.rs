//! `panel/queries/{query_id}/plan`: what Spark executes for a query, operator by operator.

use serde::{Deserialize, Serialize};

use crate::{App, QueryState};

/// The plans of one query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryPlans {
    pub app: Option<App>,
    /// Null when Spark no longer remembers the query.
    pub state: Option<QueryState>,
    /// One for each SQL execution, the newest first; none for a query that works on RDDs only.
    pub plans: Vec<ExecutedPlan>,
    /// Number of executions left out of `plans`: older ones, and those that the driver does not give.
    pub plans_not_shown: u32,
}

/// The plan of one SQL execution. While it runs, adaptive execution may still change it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExecutedPlan {
    pub execution_id: i64,
    /// Parents before their children.
    pub operators: Vec<Operator>,
    /// Whether `operators` lacks some, because there are too many.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_cut: bool,
    /// Operators that run together as generated code, by the number that they have in `operators[].codegen`.
    pub codegen: Vec<Codegen>,
    /// Spark's own text of the plan; `…` at its end if it was cut.
    pub text: String,
}

/// One operator. Numbers that Spark does not measure for it are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operator {
    pub operator_id: i64,
    /// Spark's name, for example `HashAggregate`.
    pub name: String,
    /// Spark's line about it, with columns and conditions.
    pub detail: String,
    /// `operator_id`s of the operators that it reads from.
    pub inputs: Vec<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codegen: Option<i64>,
    /// Rows that it gave on, or wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u64>,
    /// Bytes that it read from files, shuffled, broadcast or wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// Time of its own over all tasks, milliseconds. Inside generated code, most operators have none: the time is that
    /// of their `codegen`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_ms: Option<u64>,
    /// Bytes that it wrote to disk because they did not fit into execution memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spilled_bytes: Option<u64>,
    /// The stages that its metrics name, or those of its generated code; empty if none does.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stage_ids: Vec<i64>,
    /// All that Spark measures, as Spark writes it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub metrics: Vec<OperatorMetric>,
}

/// For example `sort time` and `1.2 s`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OperatorMetric {
    pub name: String,
    /// The total, or the only value.
    pub value: String,
    /// Minimum, median and maximum over the tasks, if there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<String>,
}

/// Generated code that runs several operators at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Codegen {
    pub codegen: i64,
    /// Time over all tasks, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stage_ids: Vec<i64>,
}
