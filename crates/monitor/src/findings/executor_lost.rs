//! An executor died lately. One that Spark removed on purpose did not.

use wire::{Executor, Severity};

use super::{
    facts::AppFacts,
    finding::{Evidence, Hit},
    thresholds::LOST_MS,
};
use crate::executors::is_lost;

/// How reasons of containers and processes that had too little memory read: Kubernetes, the system, the JVM.
const OUT_OF_MEMORY: [&str; 4] = ["code 137", "OOM", "OutOfMemory", "out of memory"];

pub(super) fn find(facts: &AppFacts<'_>) -> Option<Hit> {
    let lately = |executor: &&Executor| {
        is_lost(executor) && executor.removed_at_ms.is_some_and(|at_ms| facts.now_ms.saturating_sub(at_ms) < LOST_MS)
    };
    let lost: Vec<&Executor> = facts.executors.iter().filter(lately).collect();
    let newest = lost.iter().max_by_key(|executor| executor.removed_at_ms)?;
    let reason = newest.removed.clone().unwrap_or_default();
    let out_of_memory = OUT_OF_MEMORY.iter().any(|words| reason.contains(words));
    let lost = u32::try_from(lost.len()).unwrap_or(u32::MAX);
    Some(Hit {
        severity: if out_of_memory || lost > 1 { Severity::Error } else { Severity::Warning },
        evidence: Evidence::ExecutorLost { lost, out_of_memory, reason },
        code: None,
        cost_ms: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::AppCase;

    const NOW_MS: i64 = AppCase::NOW_MS;

    fn gone(reason: &str, ago_ms: i64) -> Executor {
        Executor { removed: Some(reason.into()), removed_at_ms: Some(NOW_MS - ago_ms), ..Executor::default() }
    }

    fn severity(executors: Vec<Executor>) -> Option<Severity> {
        AppCase::default().executors(executors).app(find).map(|hit| hit.severity)
    }

    #[test]
    fn within_a_quarter_of_an_hour_and_an_error_if_memory_ran_out() {
        let lost = "worker lost: 10.0.0.1";
        assert_eq!(severity(vec![gone(lost, LOST_MS)]), None);
        assert_eq!(severity(vec![gone(lost, LOST_MS - 1)]), Some(Severity::Warning));
        assert_eq!(severity(vec![gone(lost, 1), gone(lost, 2)]), Some(Severity::Error));
        assert_eq!(severity(vec![gone("Command exited with code 137", 1)]), Some(Severity::Error));
    }

    #[test]
    fn executors_that_live_or_were_removed_on_purpose_are_well() {
        assert_eq!(severity(vec![Executor::default()]), None);
        for on_purpose in ["Executor killed by driver.", "Executor decommission.", ""] {
            assert_eq!(severity(vec![gone(on_purpose, 1)]), None, "{on_purpose}");
        }
    }
}
