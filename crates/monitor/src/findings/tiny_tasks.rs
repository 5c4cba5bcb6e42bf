//! A stage has very many tasks with very little work each, so that Spark is busy starting them.

use wire::Severity;

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{MANY_TASKS, TINY_TASK_BYTES, TINY_TASK_MS, VERY_MANY_TASKS, WORKING_TASK_MS},
};

/// Tasks that a slot should get; three or four balance well.
const TASKS_A_SLOT: u64 = 4;

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let stage = &facts.kept.stage;
    let tasks = stage.tasks.total;
    let done = u64::from(stage.tasks.done.max(1));
    let mean_ms = facts.kept.task_time.run_ms / done;
    let median_ms = facts.quantiles.map_or(mean_ms, |quantiles| quantiles.run_ms.median);
    let task_bytes = stage.input_bytes.saturating_add(stage.shuffle_read_bytes) / done;
    let short = tasks > VERY_MANY_TASKS && median_ms < TINY_TASK_MS;
    let has_little = tasks > MANY_TASKS && (1..TINY_TASK_BYTES).contains(&task_bytes) && median_ms < WORKING_TASK_MS;
    // The first tasks may be the small ones.
    let enough = stage.tasks.done > tasks / 10;
    let slots = facts.slots.max(1);
    ((short || has_little) && enough).then(|| Hit {
        severity: Severity::Warning,
        evidence: Evidence::TinyTasks { tasks, median_ms, task_bytes },
        code: (stage.shuffle_read_bytes > 0 || stage.input_bytes == 0)
            .then(|| {
                let fewer = slots.saturating_mul(TASKS_A_SLOT).max(u64::from(tasks) / 100);
                // Spark makes no more of them.
                (fewer < tasks.into()).then(|| format!("df = df.coalesce({fewer})"))
            })
            .flatten(),
        cost_ms: facts.elapsed_ms.saturating_mul(slots).saturating_sub(facts.kept.task_time.run_ms),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        findings::cases::{Case, MIB},
        stages::TaskTime,
    };

    fn case(tasks: u32, each_ms: u64, read_bytes: u64) -> Case {
        let row = serde_json::json!({"numTasks": tasks, "numCompleteTasks": tasks, "inputBytes": read_bytes});
        let run_ms = each_ms * u64::from(tasks);
        Case::of(&row).time(TaskTime { run_ms, ..TaskTime::default() }).lasted(run_ms)
    }

    #[test]
    fn more_than_five_thousand_of_less_than_half_a_second() {
        assert_eq!(case(5_000, 10, 0).stage(find), None);
        assert_eq!(case(5_001, 10, 0).slots(2).stage(find).unwrap().cost_ms, 50_010);
        assert_eq!(case(5_001, 500, 0).stage(find), None);
        assert!(case(5_001, 499, 0).stage(find).is_some());
    }

    #[test]
    fn more_than_a_thousand_with_less_than_a_mebibyte_each() {
        assert_eq!(case(1_000, 10, 1_000 * 1000).stage(find), None);
        assert!(case(1_001, 10, 1_001 * 1000).stage(find).is_some());
        assert_eq!(case(1_001, 10, 1_001 * MIB).stage(find), None);
        assert_eq!(case(1_001, 10, 0).stage(find), None, "they compute");
        assert_eq!(case(1_001, 2_000, 1_001 * 1000).stage(find), None, "they work");
    }

    #[test]
    fn the_first_tasks_say_nothing() {
        let begun = serde_json::json!({"status": "ACTIVE", "numTasks": 6_000, "numCompleteTasks": 600});
        assert_eq!(Case::of(&begun).stage(find), None);
        let begun = serde_json::json!({"status": "ACTIVE", "numTasks": 6_000, "numCompleteTasks": 601});
        assert_eq!(Case::of(&begun).slots(2).stage(find).unwrap().code.unwrap(), "df = df.coalesce(60)");
    }
}
