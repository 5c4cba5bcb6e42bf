//! How bad it is that one task of a stage is slow, whatever the cause.

use wire::Severity;

use super::{
    facts::StageFacts,
    thresholds::{ENOUGH_TASKS, SLOW_TASK_HALF_QUARTILES, SLOW_TASK_MEDIANS, SLOW_TASK_MS},
};

/// Of the slowest task, if it is much slower than the others; else none.
pub(super) fn slow(facts: &StageFacts<'_>) -> Option<Severity> {
    let times = facts.quantiles?.run_ms;
    let max_ms = facts.slowest_ms();
    let uneven = max_ms.saturating_mul(2) > times.p75.saturating_mul(SLOW_TASK_HALF_QUARTILES);
    let enough = facts.kept.stage.tasks.done >= ENOUGH_TASKS;
    if !enough || !uneven || max_ms <= SLOW_TASK_MS {
        return None;
    }
    let medians = |ladder: u64| max_ms > times.median.saturating_mul(ladder);
    let severity = if medians(SLOW_TASK_MEDIANS.error) { Severity::Error } else { Severity::Warning };
    medians(SLOW_TASK_MEDIANS.warning).then_some(severity)
}
