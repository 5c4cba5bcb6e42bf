//! The application used few of its slots during the last minutes, and another one waits for cores.

use wire::{Severity, percent};

use super::{
    facts::AppFacts,
    finding::{Evidence, Hit},
    thresholds::{IDLE_LEAST_WINDOW_MS, IDLE_PERCENT},
};

pub(super) fn find(facts: &AppFacts<'_>) -> Option<Hit> {
    let (task_ms, window_ms) = facts.used?;
    let least_ms = u64::try_from(IDLE_LEAST_WINDOW_MS).unwrap_or(u64::MAX);
    let all_ms = window_ms.saturating_mul(facts.slots);
    let idle_ms = all_ms.saturating_sub(task_ms);
    let percent = percent(idle_ms, all_ms);
    // The time of a task counts when it ends, and long ones may be running.
    let works_now = facts.running_tasks.saturating_mul(2) > facts.slots;
    let is_idle = window_ms >= least_ms && percent > IDLE_PERCENT && !works_now;
    (is_idle && !facts.waiting.is_empty()).then(|| Hit {
        severity: Severity::Warning,
        evidence: Evidence::IdleCores { percent, slots: facts.slots, waiting: facts.waiting.clone() },
        code: None,
        cost_ms: idle_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::AppCase;

    const MINUTE: u64 = 60_000;

    fn case(task_ms: u64, window_ms: u64) -> AppCase {
        AppCase::default().slots(4).used(task_ms, window_ms).beside("ETL")
    }

    #[test]
    fn more_than_half_idle_for_minutes_while_another_one_waits() {
        assert_eq!(case(20 * MINUTE, 10 * MINUTE).app(find), None, "exactly half");
        let hit = case(19 * MINUTE, 10 * MINUTE).app(find).unwrap();
        let waiting = vec!["ETL".to_owned()];
        assert_eq!(hit.evidence, Evidence::IdleCores { percent: 52, slots: 4, waiting });
        assert_eq!(hit.cost_ms, 21 * MINUTE);
    }

    #[test]
    fn nobody_waits_or_too_short_or_long_tasks_run() {
        assert_eq!(AppCase::default().slots(4).used(0, 10 * MINUTE).app(find), None);
        assert_eq!(case(0, 9 * MINUTE - 1).app(find), None);
        assert!(case(0, 9 * MINUTE).app(find).is_some());
        assert!(case(0, 10 * MINUTE).running(2).app(find).is_some());
        assert_eq!(case(0, 10 * MINUTE).running(3).app(find), None);
    }
}
