//! How many tasks are running. Spark updates a stage's row only when one of its tasks ends, and counts that task for a
//! moment longer; so a stage may seem to run no tasks, or more than there are slots. The executors are more accurate.

use wire::Meter;

/// An active stage's share of the running tasks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Share {
    pub running: u32,
    /// Tasks that have not ended.
    pub left: u32,
}

/// Corrects the counts of active stages. Of several stages Spark alone knows which one runs the tasks that no stage
/// tells yet, so then nothing is added.
pub(super) fn share(slots: Meter, stages: &mut [&mut Share]) {
    let told = stages.iter().map(|share| share.running).fold(0, u32::saturating_add);
    // All executors may be idle for a moment between two tasks; the stages' counts last longer.
    let right = if slots.used > 0 { slots.used } else { slots.total.min(told.into()) };
    let right = u32::try_from(right).unwrap_or(u32::MAX);
    if told > right {
        reduce(stages, told, right);
    } else if let [only] = stages {
        only.running = right.min(only.left).max(only.running);
    }
}

/// In proportion, for all lag alike; a stage that runs tasks keeps one, while there are enough.
fn reduce(stages: &mut [&mut Share], told: u32, right: u32) {
    let mut rest = right;
    let at_work = stages.iter().filter(|share| share.running > 0).count();
    let mut to_come = u32::try_from(at_work).unwrap_or(u32::MAX);
    for share in stages.iter_mut().filter(|share| share.running > 0) {
        to_come = to_come.saturating_sub(1);
        let part = u64::from(share.running) * u64::from(right) / u64::from(told.max(1));
        let part = u32::try_from(part).unwrap_or(u32::MAX).max(1);
        // What is left over is the last one's.
        let most = rest.saturating_sub(to_come.min(rest.saturating_sub(1)));
        share.running = if to_come == 0 { rest.min(share.running) } else { part.min(most).min(share.running) };
        rest -= share.running;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(used: u64, total: u64, told: &[(u32, u32)]) -> Vec<u32> {
        let mut shares: Vec<Share> =
            told.iter().map(|(running, left)| Share { running: *running, left: *left }).collect();
        share(Meter::new(used, total), &mut shares.iter_mut().collect::<Vec<_>>());
        shares.iter().map(|share| share.running).collect()
    }

    #[test]
    fn no_more_run_than_there_are_slots() {
        assert_eq!(shared(2, 2, &[(3, 40)]), [2]);
        assert_eq!(shared(2, 2, &[(2, 5), (3, 40)]), [1, 1]);
        assert_eq!(shared(2, 4, &[(3, 40), (1, 40)]), [1, 1], "each that works keeps one");
        assert_eq!(shared(8, 8, &[(6, 40), (0, 9), (6, 40)]), [4, 0, 4]);
        assert_eq!(shared(1, 2, &[(3, 40), (1, 40)]), [1, 0], "there is one task");
        assert_eq!(shared(0, 2, &[(5, 40)]), [2], "the executors are between two tasks");
    }

    #[test]
    fn what_the_executors_run_is_of_the_only_stage() {
        assert_eq!(shared(2, 2, &[(0, 40)]), [2]);
        assert_eq!(shared(4, 4, &[(1, 2)]), [2], "no more than it has left");
        assert_eq!(shared(2, 2, &[(0, 0)]), [0], "its tasks are all done");
        assert_eq!(shared(4, 4, &[(0, 40), (1, 40)]), [0, 1], "of two stages Spark alone knows");
        assert_eq!(shared(0, 2, &[(0, 40)]), [0]);
    }
}
