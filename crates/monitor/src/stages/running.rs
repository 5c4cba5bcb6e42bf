//! How many tasks are running. Spark updates a stage's row only when one of its tasks ends, and counts that task for a
//! moment longer; so a stage may seem to run no tasks, or more than there are slots. The executors are more accurate.

use upstream::driver::{ExecutorRow, count};

/// What the live executors are doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slots {
    /// Running tasks, at most one per slot.
    pub used: u32,
    pub total: u32,
}

/// An active stage's share of the running tasks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub running: u32,
    /// Tasks that have not ended.
    pub left: u32,
}

impl Slots {
    pub fn of(rows: &[ExecutorRow]) -> Self {
        let living = || rows.iter().filter(|row| row.is_active);
        let used = |row: &ExecutorRow| count(row.active_tasks).min(count(row.max_tasks));
        let total = living().map(|row| count(row.max_tasks)).fold(0, u32::saturating_add);
        Self { used: living().map(used).fold(0, u32::saturating_add), total }
    }

    /// Corrects the counts of active stages, the oldest first: Spark gives a free slot to the oldest stage that has
    /// tasks.
    pub(super) fn share(self, stages: &mut [&mut Share]) {
        let told = stages.iter().map(|share| share.running).fold(0, u32::saturating_add);
        // All executors may be idle for a moment between two tasks; the stages' counts last longer.
        let mut right = if self.used > 0 { self.used } else { told.min(self.total) };
        if told > right {
            // The counts of all stages lag alike.
            for share in stages {
                share.running = share.running.min(right);
                right -= share.running;
            }
            return;
        }
        let mut more = right - told;
        for share in stages {
            let taken = more.min(share.left.saturating_sub(share.running));
            share.running += taken;
            more -= taken;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(used: u32, total: u32, told: &[(u32, u32)]) -> Vec<u32> {
        let mut shares: Vec<Share> =
            told.iter().map(|(running, left)| Share { running: *running, left: *left }).collect();
        Slots { used, total }.share(&mut shares.iter_mut().collect::<Vec<_>>());
        shares.iter().map(|share| share.running).collect()
    }

    #[test]
    fn no_more_run_than_there_are_slots() {
        assert_eq!(shared(2, 2, &[(3, 40)]), [2]);
        assert_eq!(shared(2, 2, &[(2, 5), (3, 40)]), [2, 0]);
        assert_eq!(shared(0, 2, &[(5, 40)]), [2], "the executors are between two tasks");
    }

    #[test]
    fn what_the_executors_run_is_of_the_oldest_stage_that_has_tasks() {
        assert_eq!(shared(2, 2, &[(0, 40)]), [2]);
        assert_eq!(shared(4, 4, &[(0, 1), (1, 40)]), [1, 3]);
        assert_eq!(shared(2, 2, &[(0, 0)]), [0], "its tasks are all done");
        assert_eq!(shared(0, 2, &[(0, 40)]), [0]);
    }
}
