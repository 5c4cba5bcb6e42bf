//! Fetches a driver's queries: its lists, and details of the few active stages.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use tokio::sync::oneshot;
use upstream::{
    UpstreamError, UpstreamErrorKind, Weight,
    driver_path::DriverPath,
    query_rows::{JobRow, OperationRow, SqlNodesRow, SqlRow},
    rows::NewestRows,
};

use super::{
    drafts::drafts,
    seen::QueriesSeen,
    stage_look::{self, ENOUGH_TASKS},
};
use crate::{
    DriverCall, DriverKey,
    cached::Cached,
    stages::{KeptStage, StageDigest},
};

/// Stages whose tasks are examined, the newest first.
const CLOSE_LOOKS: usize = 3;

/// Whether a driver lists its Spark Connect operations.
#[derive(Clone, Copy, Debug)]
pub struct ListsOperations(bool);

impl Weight for ListsOperations {
    fn weight_bytes(&self) -> usize {
        0
    }
}

/// Fetches everything; the stage details are optional, so their failures are not reported.
///
/// # Errors
/// That one of the lists could not be fetched.
pub(super) async fn ask(
    call: &DriverCall,
    stages: &StageDigest,
    lists_operations: &Cached<DriverKey, ListsOperations>,
) -> Result<QueriesSeen, UpstreamError> {
    let (jobs, mut seen) =
        tokio::try_join!(call.rows::<NewestRows<JobRow>>(DriverPath::Jobs), operations_or_sql(call, lists_operations))?;
    // Several jobs may belong to one query.
    seen.left_out = seen.left_out.max(jobs.left_out);
    seen.jobs = jobs.into_vec();
    let mut active: Vec<_> = stages.active().filter(|kept| kept.stage.tasks.running > 0).collect();
    active.sort_by_key(|kept| std::cmp::Reverse((kept.stage.submitted_at_ms, kept.stage.stage_id)));
    active.truncate(CLOSE_LOOKS);
    let measured = active.iter().filter(|kept| kept.stage.tasks.done >= ENOUGH_TASKS);
    let looks = measured.map(|kept| stage_look::look(call, kept.attempt()));
    let executions = sql_off_the_cpu(&seen, stages, &active);
    let plans = executions.into_iter().map(|id| runs_python(call, id));
    let (looks, python) = tokio::join!(join_all(looks), join_all(plans));
    seen.looks = looks.into_iter().flatten().collect();
    seen.python = python.into_iter().flatten().collect();
    Ok(seen)
}

async fn operations_or_sql(
    call: &DriverCall,
    lists_operations: &Cached<DriverKey, ListsOperations>,
) -> Result<QueriesSeen, UpstreamError> {
    let asked = call.clone();
    let (operations, mut read_already) = oneshot::channel();
    let lists = lists_operations.fresh(&call.key, |_| async move {
        match asked.rows::<NewestRows<OperationRow>>(DriverPath::Operations).await {
            Ok(rows) => {
                // The receiver may be gone.
                let _ = operations.send(rows);
                Ok(ListsOperations(true))
            }
            // Spark before 4.3 and drivers without Connect do not have the page.
            Err(error) if is_no_such_page(&error.kind) => Ok(ListsOperations(false)),
            Err(error) => Err(error),
        }
    });
    if lists.await.map_err(|failure| (*failure.error).clone())?.value.0 {
        let rows = match read_already.try_recv() {
            Ok(rows) => rows,
            Err(_) => call.rows(DriverPath::Operations).await?,
        };
        let (left_out, operations) = (rows.left_out, Some(rows.into_vec()));
        return Ok(QueriesSeen { operations, left_out, ..QueriesSeen::default() });
    }
    let rows: NewestRows<SqlRow> = call.rows(DriverPath::Sql).await?;
    let (left_out, sql) = (rows.left_out, rows.into_vec());
    Ok(QueriesSeen { sql, left_out, ..QueriesSeen::default() })
}

fn is_no_such_page(kind: &UpstreamErrorKind) -> bool {
    matches!(kind, UpstreamErrorKind::Status { status: 404, .. } | UpstreamErrorKind::NotJson(_))
}

/// SQL executions of active stages that hardly use a CPU: their plan may show why.
fn sql_off_the_cpu(seen: &QueriesSeen, stages: &StageDigest, active: &[&KeptStage]) -> Vec<i64> {
    let ids: BTreeSet<i64> = active
        .iter()
        .filter(|kept| stage_look::is_off_the_cpu(kept.task_time))
        .map(|kept| kept.stage.stage_id)
        .collect();
    if ids.is_empty() {
        return Vec::new();
    }
    let drafts = drafts(seen, stages);
    let waiting = drafts.iter().filter(|draft| !draft.stage_ids().is_disjoint(&ids));
    waiting.flat_map(|draft| draft.sql_execution_ids.iter().copied()).take(CLOSE_LOOKS).collect()
}

async fn runs_python(call: &DriverCall, execution_id: i64) -> Option<i64> {
    let plan: SqlNodesRow = call.json(DriverPath::SqlNodes(execution_id)).await.ok()?;
    has_python(&plan).then_some(execution_id)
}

/// Spark 4 measures it; for older versions we go by the operators' names.
fn has_python(plan: &SqlNodesRow) -> bool {
    plan.nodes.iter().any(|node| {
        node.node_name.contains("Python")
            || node.node_name.contains("Pandas")
            || node.metrics.iter().any(|metric| metric.name == "time to run Python workers")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_with_python_are_told_in_every_version() {
        for (version, file, expected) in [
            ("3.5.9", "python_udf_sql", true),
            ("4.0.5", "python_udf_sql", true),
            ("4.3.0", "python_udf_sql", true),
            ("3.5.9", "failed_sql", false),
            ("4.3.0", "failed_sql", false),
        ] {
            let path = format!("{}/../../tests/fixtures/spark-{version}/{file}.json", env!("CARGO_MANIFEST_DIR"));
            let plans: Vec<SqlNodesRow> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert_eq!(plans.iter().any(has_python), expected, "{version} {file}");
        }
    }
}
