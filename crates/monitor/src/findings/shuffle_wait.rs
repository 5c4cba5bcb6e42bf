//! Tasks wait for other tasks' output.

use wire::percent;

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{ENOUGH_TASK_TIME_MS, FETCH_WAIT_PERCENT},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let time = facts.kept.task_time;
    let (wait_ms, run_ms) = (time.fetch_wait_ms, time.run_ms);
    let percent = percent(wait_ms, run_ms);
    let severity = FETCH_WAIT_PERCENT.severity(percent.into()).filter(|_| run_ms > ENOUGH_TASK_TIME_MS)?;
    Some(Hit { severity, evidence: Evidence::ShuffleWait { wait_ms, run_ms, percent }, code: None, cost_ms: wait_ms })
}

#[cfg(test)]
mod tests {
    use wire::Severity;

    use super::*;
    use crate::{findings::cases::Case, stages::TaskTime};

    fn severity(fetch_wait_ms: u64, run_ms: u64) -> Option<Severity> {
        let time = TaskTime { run_ms, cpu_ms: run_ms, gc_ms: 0, fetch_wait_ms };
        Case::shuffled().time(time).stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn above_twenty_percent_warns_and_above_forty_is_an_error() {
        assert_eq!(severity(4_000, 20_000), None);
        assert_eq!(severity(4_200, 20_000), Some(Severity::Warning));
        assert_eq!(severity(8_000, 20_000), Some(Severity::Warning));
        assert_eq!(severity(8_200, 20_000), Some(Severity::Error));
        assert_eq!(severity(9_000, 10_000), None, "too little task time");
    }
}
