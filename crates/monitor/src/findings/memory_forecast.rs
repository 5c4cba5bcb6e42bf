//! Tasks so far did fit into execution memory, but together they nearly fill it: larger ones will spill.

use wire::{Severity, percent};

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{ENOUGH_TASKS, FORECAST_PERCENT, FORECAST_TASK_BYTES},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let stage = &facts.kept.stage;
    // It is a forecast: afterwards there is spill, or there is none.
    if !facts.kept.is_active() || stage.tasks.done < ENOUGH_TASKS || stage.spilled_to_disk_bytes > 0 {
        return None;
    }
    let task_bytes = facts.quantiles?.peak_execution_bytes.max;
    // The smallest executor fills up first.
    let executors =
        facts.executors.iter().filter(|executor| executor.storage_bytes.total > 0 && executor.task_slots > 0);
    let least = executors.min_by_key(|executor| executor.storage_bytes.total / u64::from(executor.task_slots))?;
    let slots = u64::from(least.task_slots).min(stage.tasks.total.into());
    // Cached blocks make room for execution only down to half of the memory (`spark.memory.storageFraction`).
    let cached_bytes = least.storage_bytes.used.min(least.storage_bytes.total / 2);
    let available_bytes = least.storage_bytes.total.saturating_sub(cached_bytes);
    let percent = percent(task_bytes.saturating_mul(slots), available_bytes);
    let is_large = task_bytes > FORECAST_TASK_BYTES;
    let severity = FORECAST_PERCENT.severity(percent.into()).filter(|_| is_large)?;
    Some(Hit {
        // Nothing is lost yet.
        severity: if severity == Severity::Error { Severity::Warning } else { Severity::Info },
        evidence: Evidence::MemoryForecast { task_bytes, slots, available_bytes, percent },
        code: None,
        cost_ms: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::{Case, MIB};

    /// An active stage on an executor with two slots and 400 MiB.
    fn case(task_mib: u64) -> Case {
        Case::shuffled().ran(1_000, 900).active().peak(task_mib * MIB).executors(1).memory(400 * MIB, 0, 2)
    }

    fn severity(case: &Case) -> Option<Severity> {
        case.stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn the_peak_of_a_task_times_slots_against_what_there_is() {
        assert_eq!(severity(&case(150)), None, "exactly 75 %");
        assert_eq!(severity(&case(152)), Some(Severity::Info));
        assert_eq!(severity(&case(190)), Some(Severity::Info), "exactly 95 %");
        assert_eq!(severity(&case(192)), Some(Severity::Warning));
    }

    #[test]
    fn cached_blocks_take_up_to_half_of_it() {
        assert_eq!(severity(&case(80).memory(400 * MIB, 150 * MIB, 2)), None);
        assert_eq!(severity(&case(100).memory(400 * MIB, 150 * MIB, 2)), Some(Severity::Info));
        assert_eq!(severity(&case(100).memory(400 * MIB, 390 * MIB, 2)), Some(Severity::Warning));
    }

    #[test]
    fn small_tasks_ended_stages_and_real_spill_need_no_forecast() {
        assert_eq!(severity(&case(32).memory(64 * MIB, 0, 2)), None);
        assert_eq!(severity(&case(192).done(7)), None);
        assert_eq!(severity(&case(192).complete()), None);
        let spilled = Case::of(&serde_json::json!({"status": "ACTIVE", "diskBytesSpilled": 1}));
        assert_eq!(severity(&spilled.peak(192 * MIB).executors(1).memory(400 * MIB, 0, 2)), None);
    }
}
