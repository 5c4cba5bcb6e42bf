//! One SQL execution with its plan, `sql/{id}` (`ExecutionData` in Spark): only the fields that we use.

use serde::Deserialize;

use super::{
    driver::NAME,
    shape::{first, text},
};
use crate::Weight;

/// Operators kept of one plan; Spark's plans rarely have hundreds. If there are as many, the plan is probably cut.
pub const NODES: usize = 2_500;
/// Metrics kept of one operator; Spark's operators have up to thirty.
const METRICS: usize = 50;
/// Longest line about an operator that is kept, bytes.
const LINE: usize = 2 << 10;
/// Longest text of a plan that is kept, bytes.
const PLAN: usize = 64 << 10;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlPlanRow {
    #[serde(deserialize_with = "text::<_, PLAN>")]
    pub plan_description: String,
    #[serde(deserialize_with = "first::<_, _, NODES>")]
    pub nodes: Vec<PlanNodeRow>,
    #[serde(deserialize_with = "first::<_, _, NODES>")]
    pub edges: Vec<PlanEdgeRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanNodeRow {
    pub node_id: i64,
    /// The operator's class without `Exec`, or `WholeStageCodegen (1)` for generated code.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub node_name: String,
    /// The number of the generated code that runs it.
    pub whole_stage_codegen_id: Option<i64>,
    #[serde(deserialize_with = "first::<_, _, METRICS>")]
    pub metrics: Vec<PlanMetricRow>,
    /// From Spark 4 on.
    #[serde(deserialize_with = "text::<_, LINE>")]
    pub desc: String,
}

/// The value is a text for people: `20,000,000`, `340.9 KiB`, or
/// `total (min, med, max (stageId: taskId))\n4.8 s (66 ms, 95 ms, 1.8 s (stage 0.0: task 0))`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PlanMetricRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub name: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub value: String,
}

/// `from` gives its rows to `to`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PlanEdgeRow {
    pub from_id: i64,
    pub to_id: i64,
}

impl Weight for SqlPlanRow {
    fn weight_bytes(&self) -> usize {
        self.plan_description.weight_bytes() + self.nodes.weight_bytes() + self.edges.weight_bytes()
    }
}

impl Weight for PlanNodeRow {
    fn weight_bytes(&self) -> usize {
        self.node_name.weight_bytes() + self.metrics.weight_bytes() + self.desc.weight_bytes()
    }
}

impl Weight for PlanMetricRow {
    fn weight_bytes(&self) -> usize {
        self.name.weight_bytes() + self.value.weight_bytes()
    }
}

impl Weight for PlanEdgeRow {
    fn weight_bytes(&self) -> usize {
        0
    }
}
