//! The plans that Spark executes for one query, with what it measures of each operator.

mod metric;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use upstream::{
    driver_path::DriverPath,
    plan_rows::{NODES, PlanNodeRow, SqlPlanRow},
};
use wire::{Codegen, ExecutedPlan, Operator, OperatorMetric, QueryPlans};

use crate::{
    DriverCall, DriverKey, Error, Failure, Limits, Observed, Tasks,
    cached::Cached,
    queries::Snapshot,
    selection::{Chosen, OfApp, Selection},
    text,
};
use metric::{Numbers, Value};

/// Plans of one query that are shown. A query with more is one of thousands of small executions.
const PLANS: usize = 5;
/// Longest line about an operator, characters.
const LONGEST_DETAIL: usize = 1_000;
/// Spark's operator for generated code: its number follows in parentheses.
const CODEGEN: &str = "WholeStageCodegen (";

/// Plans of all drivers.
#[derive(Debug)]
pub struct AppPlans {
    seen: Cached<(DriverKey, i64), SqlPlanRow>,
}

impl AppPlans {
    #[must_use]
    pub fn new(limits: &Limits, tasks: &Tasks) -> Self {
        Self { seen: Cached::new(limits.driver_cache("plans", limits.stages_lifetime), tasks.clone()) }
    }

    /// The plans of one query's SQL executions.
    ///
    /// # Errors
    /// The driver's failure, if it gives none of them.
    pub async fn of_query(
        &self,
        selection: &Observed<Selection>,
        moment: Observed<OfApp<Snapshot>>,
        query_id: &str,
    ) -> Result<Observed<QueryPlans>, Error> {
        let (state, ids) = moment.value.known.as_ref().and_then(|known| known.executions(query_id)).unzip();
        let mut plans =
            moment.map(|OfApp { app, .. }| QueryPlans { app, state, plans: Vec::new(), plans_not_shown: 0 });
        let Some((Chosen { call, .. }, ids)) = selection.value.chosen.as_ref().zip(ids) else { return Ok(plans) };
        plans.value.plans_not_shown = u32::try_from(ids.len().saturating_sub(PLANS)).unwrap_or(u32::MAX);
        let mut failure = None;
        // One after the other, so that a page takes one of the driver's places.
        for id in ids.into_iter().rev().take(PLANS) {
            let row = match self.ask(call.clone(), id).await {
                Ok(row) => row,
                Err(failed) => {
                    // Spark may have forgotten one of them, or it is too large.
                    plans.value.plans_not_shown = plans.value.plans_not_shown.saturating_add(1);
                    failure = Some(failed);
                    continue;
                }
            };
            plans = plans.zip(row).map(|(mut plans, row)| {
                plans.plans.push(plan(id, &row));
                plans
            });
        }
        match failure {
            Some(failed) if plans.value.plans.is_empty() => Err(failed.into()),
            _ => Ok(plans),
        }
    }

    async fn ask(&self, call: DriverCall, id: i64) -> Result<Observed<Arc<SqlPlanRow>>, Failure> {
        let (key, max_age) = ((call.key.clone(), id), call.max_age);
        let fetch = |_| async move { call.json::<SqlPlanRow>(DriverPath::SqlPlan(id)).await };
        self.seen.last_good(&key, max_age, fetch).await
    }
}

/// One plan as it is drawn, for fuzzing.
#[cfg(feature = "fuzz")]
#[must_use]
pub fn of_row(row: &SqlPlanRow) -> ExecutedPlan {
    plan(0, row)
}

/// One plan as it is drawn.
fn plan(execution_id: i64, row: &SqlPlanRow) -> ExecutedPlan {
    let (codegen, operators): (Vec<_>, Vec<_>) = row.nodes.iter().partition(|node| codegen_id(node).is_some());
    let codegen: BTreeMap<i64, Numbers> =
        codegen.into_iter().filter_map(|node| Some((codegen_id(node)?, numbers(node)))).collect();
    let known: BTreeSet<i64> = operators.iter().map(|node| node.node_id).collect();
    let mut inputs: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    for edge in row.edges.iter().filter(|edge| known.contains(&edge.from_id) && known.contains(&edge.to_id)) {
        inputs.entry(edge.to_id).or_default().push(edge.from_id);
    }
    let of_codegen = |id: Option<i64>| id.and_then(|id| codegen.get(&id)).map(|numbers| &numbers.stage_ids);
    let mut operators: Vec<Operator> = operators
        .into_iter()
        .map(|node| {
            let Numbers { rows, bytes, task_ms, spilled_bytes, stage_ids } = numbers(node);
            let stage_ids = match of_codegen(node.whole_stage_codegen_id) {
                Some(of_codegen) if stage_ids.is_empty() => of_codegen.iter().copied().collect(),
                _ => stage_ids.into_iter().collect(),
            };
            Operator {
                operator_id: node.node_id,
                name: text::name(&node.node_name),
                detail: text::line(&node.desc, LONGEST_DETAIL),
                inputs: inputs.remove(&node.node_id).unwrap_or_default(),
                codegen: node.whole_stage_codegen_id,
                rows,
                bytes,
                task_ms,
                spilled_bytes,
                stage_ids,
                metrics: node.metrics.iter().map(|metric| shown(&metric.name, &metric.value)).collect(),
            }
        })
        .collect();
    // Spark numbers an operator before the ones that it reads from.
    operators.sort_by_key(|operator| operator.operator_id);
    let codegen = codegen.into_iter().map(|(codegen, Numbers { task_ms, stage_ids, .. })| Codegen {
        codegen,
        task_ms,
        stage_ids: stage_ids.into_iter().collect(),
    });
    ExecutedPlan {
        execution_id,
        operators,
        codegen: codegen.collect(),
        text: text::lines(&row.plan_description),
        is_cut: row.nodes.len() >= NODES,
    }
}

fn numbers(node: &PlanNodeRow) -> Numbers {
    Numbers::of(node.metrics.iter().map(|metric| (metric.name.as_str(), metric.value.as_str())))
}

/// The number of a node that is generated code, and no operator.
fn codegen_id(node: &PlanNodeRow) -> Option<i64> {
    node.node_name.strip_prefix(CODEGEN)?.strip_suffix(')')?.parse().ok()
}

fn shown(name: &str, value: &str) -> OperatorMetric {
    let Value { total, spread, .. } = Value::of(value);
    OperatorMetric {
        name: text::name(name),
        value: text::name(total),
        spread: spread.map(|spread| text::name(&spread)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(version: &str, file: &str) -> Vec<ExecutedPlan> {
        let path = format!("{}/../../tests/fixtures/spark-{version}/{file}.json", env!("CARGO_MANIFEST_DIR"));
        let rows: Vec<SqlPlanRow> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        rows.iter().enumerate().map(|(id, row)| plan(i64::try_from(id).unwrap(), row)).collect()
    }

    #[test]
    fn an_operator_has_its_numbers_its_inputs_and_the_stages_of_its_generated_code() {
        let [plan] = recorded("4.3.0", "sql_details").try_into().unwrap();
        let of = |name: &str| plan.operators.iter().find(|operator| operator.name == name).unwrap();
        let names: Vec<_> = plan.operators.iter().map(|operator| operator.name.as_str()).collect();
        let expected = [
            "AdaptiveSparkPlan",
            "TakeOrderedAndProject",
            "HashAggregate",
            "AQEShuffleRead",
            "Exchange",
            "HashAggregate",
            "Project",
            "Range",
        ];
        assert_eq!(names, expected);
        assert_eq!((of("Range").rows, of("Range").stage_ids.as_slice()), (Some(20_000_000), &[0][..]));
        assert_eq!((of("Exchange").rows, of("Exchange").inputs.as_slice()), (Some(16_000), &[7][..]));
        assert_eq!((plan.codegen[0].task_ms, plan.codegen[0].stage_ids.as_slice()), (Some(9_300), &[0][..]));
        assert!(plan.text.starts_with("== Physical Plan ==") && !plan.is_cut);
    }

    #[test]
    fn plans_of_every_version_are_trees_whose_inputs_come_after_them() {
        for (version, file) in
            [("3.5.9", "python_udf_sql"), ("4.0.5", "python_udf_sql"), ("4.1.4", "failed_sql"), ("4.3.0", "spill_sql")]
        {
            let plans = recorded(version, file);
            assert!(plans.iter().any(|plan| plan.operators.len() > 2), "{version} {file}");
            for operator in plans.iter().flat_map(|plan| &plan.operators) {
                assert!(operator.inputs.iter().all(|input| *input > operator.operator_id), "{version} {file}");
                assert!(!operator.name.starts_with(CODEGEN), "{version} {file}");
            }
        }
    }
}
