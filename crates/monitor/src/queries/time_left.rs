//! How long a query may still take: only while one of its stages works whose tasks have been measured.

use wire::TimeLeft;

use super::stage_look::{ENOUGH_TASKS, StageLook};
use crate::stages::KeptStage;

/// From max(remaining × median / slots, slowest running task) to the same at the 75th percentile; more stages may follow.
pub(super) fn of_stage(kept: &KeptStage, look: StageLook) -> Option<TimeLeft> {
    let tasks = kept.stage.tasks;
    let slots = u64::from(tasks.running);
    let remaining = u64::from(tasks.total.saturating_sub(tasks.done));
    if tasks.done < ENOUGH_TASKS || slots == 0 || remaining == 0 {
        return None;
    }
    let at = |task_ms: u64| (remaining.saturating_mul(task_ms) / slots).max(look.slowest_ms);
    Some(TimeLeft { at_least_ms: at(look.median_ms), at_most_ms: at(look.p75_ms) })
}

#[cfg(test)]
mod tests {
    use wire::Tasks;

    use super::{super::tests::stage, *};

    const LOOK: StageLook =
        StageLook { median_ms: 1_000, p75_ms: 1_500, slowest_ms: 900, median_bytes_read: 0, slowest_bytes_read: 0 };

    fn left(done: u32, total: u32, running: u32, look: StageLook) -> Option<(u64, u64)> {
        let kept = stage(Tasks { done, total, running, ..Tasks::default() });
        of_stage(&kept, look).map(|left| (left.at_least_ms, left.at_most_ms))
    }

    #[test]
    fn what_remains_is_shared_by_the_slots() {
        assert_eq!(left(20, 40, 2, LOOK), Some((10_000, 15_000)));
    }

    #[test]
    fn it_cannot_be_over_before_the_slowest_task() {
        let slow = StageLook { slowest_ms: 45_000, ..LOOK };
        assert_eq!(left(39, 40, 1, slow), Some((45_000, 45_000)));
    }

    #[test]
    fn without_enough_finished_tasks_or_running_ones_nothing_is_said() {
        assert_eq!(left(7, 40, 2, LOOK), None);
        assert_eq!(left(8, 40, 2, LOOK), Some((16_000, 24_000)));
        assert_eq!(left(20, 40, 0, LOOK), None);
        assert_eq!(left(40, 40, 1, LOOK), None);
    }
}
