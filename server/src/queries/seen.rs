//! What is asked of a driver to know its queries: its lists, and closer looks at the few stages that work.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures_util::future::join_all;
use tokio::sync::oneshot;

use super::draft;
use crate::{
    apps::DriverCall,
    clock,
    stages::{KeptStage, StageDigest},
    state::Monitor,
};
use upstream::{
    UpstreamError, UpstreamErrorKind, Weight,
    driver::amount,
    driver_path::{DriverPath, StageAttempt},
    query_rows::{JobRow, OperationRow, SqlNodesRow, SqlRow, TaskRow, TaskSummaryRow},
    rows::{FirstRows, NewestRows},
};

/// Finished tasks from which on quantiles say something.
pub(super) const ENOUGH_TASKS: u32 = 8;
/// Stages that are looked at closely, the newest first.
const CLOSE_LOOKS: usize = 3;

/// The lists of one driver, and what closer looks brought.
#[derive(Debug, Default)]
pub(crate) struct QueriesSeen {
    pub(super) jobs: Vec<JobRow>,
    /// Rows of the lists that may run and are not kept.
    pub(super) left_out: u32,
    /// None on a driver that does not list them.
    pub(super) operations: Option<Vec<OperationRow>>,
    /// Asked only where there are no operations.
    pub(super) sql: Vec<SqlRow>,
    pub(super) looks: BTreeMap<StageAttempt, StageLook>,
    /// SQL executions whose plan runs Python.
    pub(super) python: BTreeSet<i64>,
}

/// A close look at one active stage: finished tasks against those that run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct StageLook {
    pub median_ms: u64,
    pub p75_ms: u64,
    /// The running task that was launched first has run that long.
    pub slowest_ms: u64,
    /// Input and shuffle together.
    pub median_bytes_read: u64,
    pub slowest_bytes_read: u64,
}

/// Whether a driver lists its Spark Connect operations.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListsOperations(bool);

impl Weight for ListsOperations {
    fn weight_bytes(&self) -> usize {
        0
    }
}

/// Asks for everything; the closer looks are extras, and their failures are silent.
///
/// # Errors
/// That one of the lists could not be had.
pub(super) async fn ask(
    monitor: Arc<Monitor>,
    call: DriverCall,
    stages: Arc<StageDigest>,
) -> Result<QueriesSeen, UpstreamError> {
    let (jobs, mut seen) = tokio::try_join!(
        call.rows::<NewestRows<JobRow>>(&monitor, DriverPath::Jobs),
        operations_or_sql(&monitor, &call)
    )?;
    // Several jobs may be of one query.
    seen.left_out = seen.left_out.max(jobs.left_out);
    seen.jobs = jobs.into_vec();
    let mut active: Vec<_> = stages.active().filter(|kept| kept.stage.tasks.running > 0).collect();
    active.sort_by_key(|kept| std::cmp::Reverse((kept.stage.submitted_at_ms, kept.stage.stage_id)));
    active.truncate(CLOSE_LOOKS);
    let measured = active.iter().filter(|kept| kept.stage.tasks.done >= ENOUGH_TASKS);
    let looks = measured.map(|kept| look(&monitor, &call, kept.attempt()));
    let executions = sql_off_the_cpu(&seen, &stages, &active);
    let plans = executions.into_iter().map(|id| runs_python(&monitor, &call, id));
    let (looks, python) = tokio::join!(join_all(looks), join_all(plans));
    seen.looks = looks.into_iter().flatten().collect();
    seen.python = python.into_iter().flatten().collect();
    Ok(seen)
}

async fn operations_or_sql(monitor: &Arc<Monitor>, call: &DriverCall) -> Result<QueriesSeen, UpstreamError> {
    let (asks, asked) = (Arc::clone(monitor), call.clone());
    let (operations, mut read_already) = oneshot::channel();
    let lists = monitor.lists_operations.fresh(&call.key, |_| async move {
        match asked.rows::<NewestRows<OperationRow>>(&asks, DriverPath::Operations).await {
            Ok(rows) => {
                // Who asked may have left.
                let _ = operations.send(rows);
                Ok(ListsOperations(true))
            }
            // Spark before 4.3 and drivers without Connect: no such page.
            Err(error) if is_no_such_page(&error.kind) => Ok(ListsOperations(false)),
            Err(error) => Err(error),
        }
    });
    if lists.await.map_err(|failure| (*failure.error).clone())?.value.0 {
        let rows = match read_already.try_recv() {
            Ok(rows) => rows,
            Err(_) => call.rows(monitor, DriverPath::Operations).await?,
        };
        let (left_out, operations) = (rows.left_out, Some(rows.into_vec()));
        return Ok(QueriesSeen { operations, left_out, ..QueriesSeen::default() });
    }
    let rows: NewestRows<SqlRow> = call.rows(monitor, DriverPath::Sql).await?;
    let (left_out, sql) = (rows.left_out, rows.into_vec());
    Ok(QueriesSeen { sql, left_out, ..QueriesSeen::default() })
}

fn is_no_such_page(kind: &UpstreamErrorKind) -> bool {
    matches!(kind, UpstreamErrorKind::Status { status: 404, .. } | UpstreamErrorKind::NotJson(_))
}

async fn look(monitor: &Monitor, call: &DriverCall, attempt: StageAttempt) -> Option<(StageAttempt, StageLook)> {
    let (finished, running) = tokio::join!(
        call.json::<TaskSummaryRow>(monitor, DriverPath::TaskSummary(attempt)),
        call.rows::<FirstRows<TaskRow>>(monitor, DriverPath::RunningTasks(attempt))
    );
    let now_ms = call.driver_time(monitor, clock::now_ms()).now_ms;
    Some((attempt, stage_look(&finished.ok()?, &running.ok()?, now_ms)?))
}

fn stage_look(finished: &TaskSummaryRow, running: &[TaskRow], now_ms: i64) -> Option<StageLook> {
    let quantile = |values: &[f64], at: usize| values.get(at).map(|value| *value as i64).map(amount);
    let slowest =
        running.iter().filter_map(|task| Some((task.launch_time?.0, task))).min_by_key(|(launched, _)| *launched);
    let bytes = |task: &TaskRow| {
        let metrics = task.task_metrics.as_ref()?;
        let shuffle = &metrics.shuffle_read_metrics;
        Some(
            [metrics.input_metrics.bytes_read, shuffle.remote_bytes_read, shuffle.local_bytes_read]
                .map(amount)
                .iter()
                .sum(),
        )
    };
    let median_read = |values: &[f64]| quantile(values, 0).unwrap_or(0);
    Some(StageLook {
        median_ms: quantile(&finished.executor_run_time, 0)?,
        p75_ms: quantile(&finished.executor_run_time, 1)?,
        slowest_ms: slowest.map_or(0, |(launched, _)| amount(now_ms - launched)),
        median_bytes_read: median_read(&finished.input_metrics.bytes_read)
            .saturating_add(median_read(&finished.shuffle_read_metrics.read_bytes)),
        slowest_bytes_read: slowest.and_then(|(_, task)| bytes(task)).unwrap_or(0),
    })
}

/// SQL executions of active stages that are hardly on a CPU: their plan may tell why.
fn sql_off_the_cpu(seen: &QueriesSeen, stages: &StageDigest, active: &[&KeptStage]) -> Vec<i64> {
    let ids: BTreeSet<i64> = active
        .iter()
        .filter(|kept| super::wait::is_off_the_cpu(kept.task_time))
        .map(|kept| kept.stage.stage_id)
        .collect();
    if ids.is_empty() {
        return Vec::new();
    }
    let drafts = draft::drafts(seen, stages);
    let waiting = drafts.iter().filter(|draft| !draft.stage_ids().is_disjoint(&ids));
    waiting.flat_map(|draft| draft.sql_execution_ids.iter().copied()).take(CLOSE_LOOKS).collect()
}

async fn runs_python(monitor: &Monitor, call: &DriverCall, execution_id: i64) -> Option<i64> {
    let plan: SqlNodesRow = call.json(monitor, DriverPath::SqlNodes(execution_id)).await.ok()?;
    has_python(&plan).then_some(execution_id)
}

/// Spark 4 measures it; before that the operators' names must do.
fn has_python(plan: &SqlNodesRow) -> bool {
    plan.nodes.iter().any(|node| {
        node.node_name.contains("Python")
            || node.node_name.contains("Pandas")
            || node.metrics.iter().any(|metric| metric.name == "time to run Python workers")
    })
}

impl Weight for QueriesSeen {
    fn weight_bytes(&self) -> usize {
        let lists = self.jobs.weight_bytes() + self.operations.weight_bytes() + self.sql.weight_bytes();
        lists + self.looks.len() * size_of::<(StageAttempt, StageLook)>() + self.python.len() * size_of::<i64>()
    }
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
            let path = format!("{}/../tests/fixtures/spark-{version}/{file}.json", env!("CARGO_MANIFEST_DIR"));
            let plans: Vec<SqlNodesRow> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
            assert_eq!(plans.iter().any(has_python), expected, "{version} {file}");
        }
    }

    #[test]
    fn the_task_that_was_launched_first_is_the_slowest() {
        let finished = serde_json::from_str(
            r#"{"executorRunTime": [299.0, 525.0], "inputMetrics": {"bytesRead": [10.0, 20.0]},
                "shuffleReadMetrics": {"readBytes": [1.0, 2.0]}}"#,
        );
        let running = serde_json::json!([
            {"launchTime": "2026-11-20T23:34:09.000GMT"},
            {"launchTime": "2026-11-20T23:34:05.000GMT", "taskMetrics": {"inputMetrics": {"bytesRead": 7},
             "shuffleReadMetrics": {"remoteBytesRead": 5, "localBytesRead": 3}}}
        ]);
        let running: Vec<TaskRow> = serde_json::from_value(running).unwrap();
        let look = stage_look(&finished.unwrap(), &running, 1_795_217_655_000).unwrap();
        let expected = StageLook {
            median_ms: 299,
            p75_ms: 525,
            slowest_ms: 10_000,
            median_bytes_read: 11,
            slowest_bytes_read: 15,
        };
        assert_eq!(look, expected);
    }
}
