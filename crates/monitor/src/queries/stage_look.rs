//! Details of the few active stages: finished tasks compared with running ones.

use upstream::{
    driver::amount,
    driver_path::{DriverPath, StageAttempt},
    query_rows::{TaskRow, TaskSummaryRow},
    rows::FirstRows,
};
use wire::percent;

use crate::{DriverCall, clock, stages::TaskTime};

/// A task that has run longer than this many milliseconds and this many medians is slow, and may never end.
const SLOW_TASK_MS: u64 = 5_000;
const SLOW_TASK_MEDIANS: u64 = 3;
/// One that has run so many medians and this many milliseconds may become one, so the rest is a guess.
const DOUBTFUL_TASK_MS: u64 = 2_000;
/// Finished tasks that quantiles must be based on.
pub(super) const ENOUGH_TASKS: u32 = 8;
/// Task time that a share must be based on, milliseconds.
pub(super) const ENOUGH_TASK_TIME_MS: u64 = 10_000;
/// A stage with a lower CPU share of its task time hardly uses a CPU, percent.
const OFF_CPU_PERCENT: u32 = 30;

/// Details of one active stage: finished tasks compared with running ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StageLook {
    pub median_ms: u64,
    pub p75_ms: u64,
    /// How long the running task that started first has been running.
    pub slowest_ms: u64,
    /// Input and shuffle bytes together.
    pub median_bytes_read: u64,
    pub slowest_bytes_read: u64,
}

impl StageLook {
    /// Whether the slowest running task takes so long already that nobody can know when the stage ends.
    pub fn has_doubtful_task(self) -> bool {
        self.slowest_ms > DOUBTFUL_TASK_MS && self.slowest_ms > self.median_ms.saturating_mul(SLOW_TASK_MEDIANS)
    }

    /// Whether the slowest running task is slow.
    pub fn has_slow_task(self) -> bool {
        self.slowest_ms > SLOW_TASK_MS && self.slowest_ms > self.median_ms.saturating_mul(SLOW_TASK_MEDIANS)
    }
}

/// Whether a stage's tasks spend little of their time on a CPU in the JVM.
pub(super) fn is_off_the_cpu(time: TaskTime) -> bool {
    time.run_ms > ENOUGH_TASK_TIME_MS && percent(time.cpu_ms, time.run_ms) < OFF_CPU_PERCENT
}

/// Fetches the details; they only explain, so a failure is not reported.
pub(super) async fn look(call: &DriverCall, attempt: StageAttempt) -> Option<(StageAttempt, StageLook)> {
    let (finished, running) = tokio::join!(
        call.json::<TaskSummaryRow>(DriverPath::TaskSummary(attempt)),
        call.rows::<FirstRows<TaskRow>>(DriverPath::RunningTasks(attempt))
    );
    let now_ms = call.driver_time(clock::now_ms()).now_ms;
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

#[cfg(test)]
mod tests {
    use super::*;

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
