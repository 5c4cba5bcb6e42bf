//! Tasks or a whole stage failed. Tasks that were killed on purpose are none of them.

use wire::{Severity, StageState, percent};

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::FAILED_PERCENT,
};
use crate::queries::ending::was_canceled;

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let stage = &facts.kept.stage;
    let (failed, tasks) = (stage.tasks.failed, stage.tasks.total);
    let reason = stage.failure_reason.as_deref().unwrap_or_default();
    // A person who stops a query knows why it ended.
    if was_canceled(reason) {
        return None;
    }
    let stage_failed = stage.state == StageState::Failed;
    let by_share = (failed > 0).then(|| FAILED_PERCENT.severity(percent(failed.into(), tasks.into()).into())).flatten();
    let severity = by_share.max(stage_failed.then_some(Severity::Error))?;
    let run_ms = facts.kept.task_time.run_ms;
    let mean_ms = run_ms / u64::from(stage.tasks.done.max(1));
    Some(Hit {
        severity,
        evidence: Evidence::FailedTasks {
            failed,
            tasks,
            stage_failed,
            reason: reason.lines().next().unwrap_or_default().to_owned(),
        },
        code: None,
        cost_ms: if stage_failed { run_ms } else { mean_ms.saturating_mul(failed.into()) },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{findings::cases::Case, stages::TaskTime};

    fn severity(failed: u32, tasks: u32) -> Option<Severity> {
        let row = json!({"numTasks": tasks, "numCompleteTasks": tasks, "numFailedTasks": failed});
        Case::of(&row).stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn above_one_percent_warns_and_above_ten_is_an_error() {
        assert_eq!(severity(0, 1_000), None);
        assert_eq!(severity(19, 1_000), None, "1 %");
        assert_eq!(severity(20, 1_000), Some(Severity::Warning));
        assert_eq!(severity(109, 1_000), Some(Severity::Warning), "10 %");
        assert_eq!(severity(110, 1_000), Some(Severity::Error));
    }

    #[test]
    fn a_failed_stage_is_an_error_with_the_first_line_of_its_reason() {
        let row = json!({"status": "FAILED", "numTasks": 10, "numFailedTasks": 0, "failureReason": "boom\n\tat X"});
        let hit = Case::of(&row).time(TaskTime { run_ms: 77, ..TaskTime::default() }).stage(find).unwrap();
        assert_eq!((hit.severity, hit.cost_ms), (Severity::Error, 77));
        let Evidence::FailedTasks { reason, .. } = hit.evidence else { panic!() };
        assert_eq!(reason, "boom");
    }

    #[test]
    fn killed_tasks_and_canceled_queries_did_not_fail() {
        assert_eq!(Case::of(&json!({"numTasks": 10, "numKilledTasks": 10})).stage(find), None);
        let canceled = json!({"status": "FAILED", "numTasks": 10, "numFailedTasks": 3,
            "failureReason": "Job 3 cancelled by the user"});
        assert_eq!(Case::of(&canceled).stage(find), None);
    }
}
