//! How evenly the tasks of one query work: quantiles over each stage's tasks, and the slowest ones with what tells them
//! apart.

use wire::{SlowTask, StageTasks, TaskTrait};

use super::{
    examined::{self, Examined, StageSeen, TaskQuantiles},
    thresholds::{CAUSE_BYTES, CAUSE_RECORDS, FETCH_WAIT_PERCENT, GC_PERCENT, LARGE_TASK_MEDIANS, SPILL_BYTES},
};
use crate::queries::QueryParts;

/// Stages that are shown of one query, the newest first.
pub(super) const STAGES: usize = 50;

/// The examined stages of a query, the oldest first.
pub(super) fn stages(part: &QueryParts, examined: &Examined) -> Vec<StageTasks> {
    let stage = |attempt: &upstream::driver_path::StageAttempt| {
        let (quantiles, tasks) = (examined.quantiles(*attempt)?, examined.tasks(*attempt));
        Some(StageTasks {
            stage_id: attempt.stage_id,
            stage_attempt_id: attempt.stage_attempt_id,
            tasks,
            run_ms: quantiles.run_ms,
            gc_ms: quantiles.gc_ms,
            read_bytes: quantiles.read_bytes,
            read_records: quantiles.read_records,
            written_bytes: quantiles.written_bytes.plus(quantiles.shuffle_written_bytes),
            spilled_bytes: quantiles.spilled_bytes,
            peak_execution_bytes: quantiles.peak_execution_bytes,
            slowest: examined.slowest(*attempt).iter().map(|task| slow_task(task, quantiles)).collect(),
        })
    };
    let mut stages: Vec<_> = part.attempts.iter().rev().filter_map(stage).take(STAGES).collect();
    stages.reverse();
    stages
}

/// The stages of a query whose page is open, oldest first. Those that the page shows are marked: the newest ones with ended
/// tasks.
pub(super) fn looked_at(mut stages: Vec<StageSeen>) -> Vec<StageSeen> {
    for seen in stages.iter_mut().rev().filter(|seen| seen.done > 0).take(STAGES) {
        seen.is_looked_at = true;
    }
    stages
}

/// How many of the marked stages are still to be examined; none if findings may cause no requests.
pub(super) fn left(stages: &[StageSeen], examined: &Examined, per_minute: u32) -> u32 {
    let left = stages.iter().filter(|seen| per_minute > 0 && seen.is_looked_at && examined.awaits(seen.attempt));
    u32::try_from(left.count()).unwrap_or(u32::MAX)
}

fn slow_task(task: &examined::SlowTask, quantiles: &TaskQuantiles) -> SlowTask {
    SlowTask {
        index: task.index,
        executor_id: task.executor_id.clone(),
        host: task.host.clone(),
        is_running: task.is_running,
        run_ms: task.run_ms,
        read_bytes: task.read_bytes,
        traits: traits(task, quantiles),
    }
}

/// What a slow task has that most others of its stage have not.
fn traits(task: &examined::SlowTask, quantiles: &TaskQuantiles) -> Vec<TaskTrait> {
    let is_far_above = |value: u64, median: u64| value > median.saturating_mul(LARGE_TASK_MEDIANS.warning);
    let is_share = |part_ms: u64, percent: u64| part_ms.saturating_mul(100) > task.run_ms.saturating_mul(percent);
    let found = [
        (
            TaskTrait::MoreData,
            task.read_bytes > CAUSE_BYTES && is_far_above(task.read_bytes, quantiles.read_bytes.median),
        ),
        (
            TaskTrait::MoreRows,
            task.read_records > CAUSE_RECORDS && is_far_above(task.read_records, quantiles.read_records.median),
        ),
        (
            TaskTrait::Spill,
            task.spilled_bytes > SPILL_BYTES.warning
                && is_far_above(task.spilled_bytes, quantiles.spilled_bytes.median),
        ),
        (TaskTrait::GarbageCollection, is_share(task.gc_ms, GC_PERCENT.warning)),
        (TaskTrait::ShuffleWait, is_share(task.fetch_wait_ms, FETCH_WAIT_PERCENT.warning)),
    ];
    found.into_iter().filter(|(_, holds)| *holds).map(|(named, _)| named).collect()
}

#[cfg(test)]
mod tests {
    use upstream::driver_path::StageAttempt;
    use wire::Quantiles;

    use super::*;

    const MIB: u64 = 1 << 20;

    fn task() -> examined::SlowTask {
        examined::SlowTask {
            index: 3,
            executor_id: "0".to_owned(),
            host: "10.0.0.7".to_owned(),
            is_running: false,
            run_ms: 10_000,
            gc_ms: 0,
            fetch_wait_ms: 0,
            read_bytes: 0,
            read_records: 0,
            spilled_bytes: 0,
        }
    }

    fn quantiles() -> TaskQuantiles {
        let median = |median| Quantiles { median, ..Quantiles::default() };
        TaskQuantiles {
            read_bytes: median(10 * MIB),
            read_records: median(20_000),
            spilled_bytes: median(2 * MIB),
            ..TaskQuantiles::default()
        }
    }

    fn stage(stage_id: i64, done: u32) -> StageSeen {
        StageSeen {
            attempt: StageAttempt { stage_id, stage_attempt_id: 0 },
            is_active: false,
            ended_ms_ago: 600_000,
            done,
            total: 8,
            run_ms: 10,
            read_bytes: 0,
            slowest_ms: 0,
            is_listed: true,
            is_looked_at: false,
        }
    }

    #[test]
    fn the_newest_50_stages_with_ended_tasks_are_looked_at_and_left() {
        let stages = looked_at((0..400).map(|id| stage(id, u32::from(id < 390))).collect());
        let marked = stages.iter().filter(|seen| seen.is_looked_at).map(|seen| seen.attempt.stage_id);
        assert!(marked.eq(340..390));
        assert_eq!([60, 0].map(|per_minute| left(&stages, &Examined::default(), per_minute)), [50, 0]);
    }

    #[test]
    fn a_task_at_every_limit_has_nothing_that_others_have_not() {
        let at_limits = examined::SlowTask {
            gc_ms: 1_000,
            fetch_wait_ms: 2_000,
            read_bytes: 30 * MIB,
            read_records: 60_000,
            spilled_bytes: 6 * MIB,
            ..task()
        };
        assert_eq!(traits(&at_limits, &quantiles()), []);
    }

    #[test]
    fn a_task_above_a_limit_says_which() {
        let found = |changed: fn(&mut examined::SlowTask)| {
            let mut task = task();
            changed(&mut task);
            traits(&task, &quantiles())
        };
        assert_eq!(found(|task| task.read_bytes = 30 * MIB + 1), [TaskTrait::MoreData]);
        assert_eq!(found(|task| task.read_records = 60_001), [TaskTrait::MoreRows]);
        assert_eq!(found(|task| task.spilled_bytes = 6 * MIB + 1), [TaskTrait::Spill]);
        assert_eq!(found(|task| task.gc_ms = 1_001), [TaskTrait::GarbageCollection]);
        assert_eq!(found(|task| task.fetch_wait_ms = 2_001), [TaskTrait::ShuffleWait]);
    }

    #[test]
    fn little_data_is_not_more_data_than_none() {
        let small = examined::SlowTask { read_bytes: MIB, read_records: 10_000, spilled_bytes: MIB, ..task() };
        assert_eq!(traits(&small, &TaskQuantiles::default()), []);
    }
}
