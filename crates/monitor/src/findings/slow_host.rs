//! All slow tasks of a stage run on one executor, and their data is like that of the others.

use super::{
    data_skew,
    examined::SlowTask,
    facts::StageFacts,
    finding::{Evidence, Hit},
    slow::slow,
    thresholds::SLOW_TASK_MEDIANS,
};

/// Slow tasks that show a pattern; one or two are an accident.
const PATTERN: usize = 3;

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let (severity, quantiles) = (slow(facts)?, facts.quantiles?);
    let host = host(facts).filter(|_| !data_skew::is_cause(facts))?;
    let (max_ms, median_ms) = (facts.slowest_ms(), quantiles.run_ms.median);
    let slow_tasks = u32::try_from(slow_tasks(facts).count()).unwrap_or(u32::MAX);
    Some(Hit {
        severity,
        evidence: Evidence::SlowHost { max_ms, median_ms, slow_tasks, host: host.host.clone() },
        code: None,
        cost_ms: slow_tasks_ms(facts, median_ms),
    })
}

/// One of the slow tasks, if all of them ran on the same executor although there are several.
pub(super) fn host<'a>(facts: &'a StageFacts<'_>) -> Option<&'a SlowTask> {
    let first = slow_tasks(facts).next()?;
    let same = slow_tasks(facts).all(|task| task.executor_id == first.executor_id);
    (same && facts.executors.len() > 1 && slow_tasks(facts).count() >= PATTERN).then_some(first)
}

fn slow_tasks<'a>(facts: &'a StageFacts<'_>) -> impl Iterator<Item = &'a SlowTask> {
    let least_ms = facts.quantiles.map_or(u64::MAX, |it| it.run_ms.median.saturating_mul(SLOW_TASK_MEDIANS.warning));
    facts.slowest.iter().filter(move |task| task.run_ms > least_ms)
}

fn slow_tasks_ms(facts: &StageFacts<'_>, median_ms: u64) -> u64 {
    slow_tasks(facts).map(|task| task.run_ms.saturating_sub(median_ms)).fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use wire::Severity;

    use super::*;
    use crate::findings::{
        cases::{Case, MIB},
        time_skew,
    };

    /// Slow tasks on these executors, of two.
    fn on(executors: &[&str]) -> Case {
        let case = Case::shuffled().ran(9_000, 1_000).executors(2);
        executors.iter().fold(case, |case, id| case.slow_task(id, 9_000, 0))
    }

    #[test]
    fn three_slow_tasks_on_one_of_two_executors() {
        let hit = on(&["1", "1", "1"]).stage(find).unwrap();
        assert_eq!((hit.severity, hit.cost_ms), (Severity::Warning, 3 * 8_000));
        assert_eq!(
            hit.evidence,
            Evidence::SlowHost { max_ms: 9_000, median_ms: 1_000, slow_tasks: 3, host: "host-1".into() }
        );
        assert_eq!(on(&["1", "1", "1"]).stage(time_skew::find), None, "one finding, not two");
    }

    #[test]
    fn two_slow_tasks_two_executors_or_more_data_are_no_slow_host() {
        assert_eq!(on(&["1", "1"]).stage(find), None);
        assert_eq!(on(&["1", "1", "2"]).stage(find), None);
        assert_eq!(on(&["1", "1", "1"]).executors(1).stage(find), None, "there is no other");
        assert_eq!(on(&["1", "1"]).slow_task("1", 9_000, 2 * MIB).stage(find), None, "a hot key");
        let fast = on(&["1", "1"]).slow_task("2", 3_000, 0);
        assert_eq!(fast.stage(find), None, "the third is not slow");
    }
}
