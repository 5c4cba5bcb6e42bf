//! A stage has fewer tasks than there are slots, and it is not short.

use wire::Severity;

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::FEW_TASKS_MS,
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let (tasks, slots, elapsed_ms) = (facts.kept.stage.tasks.total, facts.slots, facts.elapsed_ms);
    // Other stages use the slots that this one leaves; and a stage may wait for its first slot.
    let ran = facts.kept.is_active() || facts.kept.completed_at_ms.is_some();
    let works_ms = elapsed_ms.min(facts.kept.task_time.run_ms.max(facts.look.map_or(0, |look| look.slowest_ms)));
    if tasks == 0 || u64::from(tasks) >= slots || works_ms <= FEW_TASKS_MS || !facts.is_alone || !ran {
        return None;
    }
    let severity = if u64::from(tasks) * 2 < slots { Severity::Warning } else { Severity::Info };
    Some(Hit {
        severity,
        evidence: Evidence::TooFewTasks { tasks, slots, elapsed_ms },
        code: None,
        cost_ms: works_ms.saturating_mul(slots - u64::from(tasks)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{findings::cases::Case, stages::TaskTime};

    fn case(tasks: u32, slots: u64, elapsed_ms: u64) -> Case {
        let time = TaskTime { run_ms: elapsed_ms * u64::from(tasks), ..TaskTime::default() };
        Case::of(&serde_json::json!({"numTasks": tasks})).slots(slots).lasted(elapsed_ms).time(time)
    }

    fn severity(case: &Case) -> Option<Severity> {
        case.stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn fewer_tasks_than_slots_inform_and_fewer_than_half_warn() {
        assert_eq!(severity(&case(8, 8, 20_000)), None);
        assert_eq!(severity(&case(7, 8, 20_000)), Some(Severity::Info));
        assert_eq!(severity(&case(4, 8, 20_000)), Some(Severity::Info));
        assert_eq!(severity(&case(3, 8, 20_000)), Some(Severity::Warning));
        assert_eq!(case(3, 8, 20_000).stage(find).unwrap().cost_ms, 100_000);
    }

    #[test]
    fn a_short_stage_or_one_beside_others_is_well() {
        assert_eq!(severity(&case(1, 8, 10_000)), None);
        assert_eq!(severity(&case(1, 8, 10_001)), Some(Severity::Warning));
        assert_eq!(severity(&case(1, 8, 60_000).beside_others()), None);
        assert_eq!(severity(&case(1, 8, 60_000).time(TaskTime::default())), None, "it waited for a slot");
        assert_eq!(severity(&case(0, 8, 60_000)), None);
    }
}
