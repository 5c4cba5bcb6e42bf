//! Tasks spend much of their time in garbage collection.

use wire::{Executor, Severity, percent};

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{ENOUGH_TASK_TIME_MS, GC_PERCENT},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let time = facts.kept.task_time;
    let percent = percent(time.gc_ms, time.run_ms);
    let severity = GC_PERCENT.severity(percent.into()).filter(|_| time.run_ms > ENOUGH_TASK_TIME_MS)?;
    let evidence = Evidence::GarbageCollection { gc_ms: time.gc_ms, run_ms: time.run_ms, percent };
    Some(Hit { severity, evidence, code: None, cost_ms: time.gc_ms })
}

/// The same for an executor over the last polls. Its share is known only after ten seconds of task time.
pub(super) fn of_executor(executor: &Executor) -> Option<Hit> {
    let works = executor.active_tasks > 0;
    let percent = executor.gc_permille.filter(|_| works)? / 10;
    let severity: Severity = GC_PERCENT.severity(percent.into())?;
    Some(Hit { severity, evidence: Evidence::ExecutorGarbageCollection { percent }, code: None, cost_ms: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{findings::cases::Case, stages::TaskTime};

    fn severity(gc_ms: u64, run_ms: u64) -> Option<Severity> {
        let time = TaskTime { run_ms, cpu_ms: run_ms, gc_ms, fetch_wait_ms: 0 };
        Case::shuffled().time(time).stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn above_ten_percent_warns_and_above_twenty_is_an_error() {
        assert_eq!(severity(2_000, 20_000), None);
        assert_eq!(severity(2_199, 20_000), None, "shares count in whole percents, rounded down");
        assert_eq!(severity(2_200, 20_000), Some(Severity::Warning));
        assert_eq!(severity(4_000, 20_000), Some(Severity::Warning));
        assert_eq!(severity(4_200, 20_000), Some(Severity::Error));
    }

    #[test]
    fn a_short_stage_may_begin_with_a_collection() {
        assert_eq!(severity(5_000, 10_000), None);
        assert_eq!(severity(5_000, 10_001), Some(Severity::Error));
    }

    #[test]
    fn an_executor_that_rests_is_not_reported() {
        let executor = |gc_permille, active_tasks| Executor { gc_permille, active_tasks, ..Executor::default() };
        let found = |executor: &Executor| of_executor(executor).map(|hit| hit.severity);
        assert_eq!(found(&executor(Some(100), 1)), None);
        assert_eq!(found(&executor(Some(109), 1)), None, "rounded down");
        assert_eq!(found(&executor(Some(110), 1)), Some(Severity::Warning));
        assert_eq!(found(&executor(Some(210), 1)), Some(Severity::Error));
        assert_eq!(found(&executor(Some(500), 0)), None);
        assert_eq!(found(&executor(None, 1)), None);
    }
}
