//! Tasks hardly use a CPU in the JVM. That they wait for Python is said only if the plan runs Python.

use wire::{Severity, percent};

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit, OffCpuBecause},
    shuffle_wait,
    thresholds::{ENOUGH_TASK_TIME_MS, ON_CPU_PERCENT},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let time = facts.kept.task_time;
    let (cpu_ms, run_ms) = (time.cpu_ms, time.run_ms);
    let percent = percent(cpu_ms, run_ms);
    // Waiting for a shuffle is known better.
    if run_ms <= ENOUGH_TASK_TIME_MS || percent >= ON_CPU_PERCENT || shuffle_wait::find(facts).is_some() {
        return None;
    }
    let (severity, because) = if facts.python {
        (Severity::Warning, OffCpuBecause::Python)
    } else {
        (Severity::Info, OffCpuBecause::InputOrBusyHost)
    };
    let evidence = Evidence::OffCpu { cpu_ms, run_ms, percent, because };
    Some(Hit { severity, evidence, code: None, cost_ms: run_ms.saturating_sub(cpu_ms) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{findings::cases::Case, stages::TaskTime};

    fn case(cpu_ms: u64, run_ms: u64, fetch_wait_ms: u64) -> Case {
        Case::shuffled().time(TaskTime { run_ms, cpu_ms, gc_ms: 0, fetch_wait_ms })
    }

    #[test]
    fn below_thirty_percent_of_more_than_ten_seconds() {
        assert_eq!(case(6_000, 20_000, 0).stage(find), None);
        assert_eq!(case(5_800, 20_000, 0).stage(find).unwrap().cost_ms, 14_200);
        assert_eq!(case(0, 10_000, 0).stage(find), None);
        assert!(case(0, 10_001, 0).stage(find).is_some());
    }

    #[test]
    fn python_is_blamed_only_where_the_plan_runs_it() {
        let found = |case: Case| {
            let hit = case.stage(find)?;
            let Evidence::OffCpu { because, .. } = hit.evidence else { panic!() };
            Some((hit.severity, because))
        };
        assert_eq!(found(case(1_000, 20_000, 0)), Some((Severity::Info, OffCpuBecause::InputOrBusyHost)));
        assert_eq!(found(case(1_000, 20_000, 0).python()), Some((Severity::Warning, OffCpuBecause::Python)));
        assert_eq!(found(case(1_000, 20_000, 15_000).python()), None, "it waits for a shuffle");
    }
}
