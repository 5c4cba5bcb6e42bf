//! How long a query's current stage may still take, from the pace at which its tasks end; more stages may follow.

use wire::TimeLeft;

use super::stage_look::StageLook;
use crate::stages::{KeptStage, Rates};

/// Margin of error of a pace. It grows more often than it falls, because a JVM gets faster while it warms up.
const LESS: f64 = 0.7;
const MORE: f64 = 1.1;
/// How much faster a pace that grows may become. One that did was three times as fast at the end.
const FASTER: f64 = 3.0;
/// None if it would be a guess: a single task takes long, or all remaining tasks are already running.
pub(super) fn of_stage(kept: &KeptStage, rates: Rates, look: StageLook) -> Option<TimeLeft> {
    let tasks = kept.stage.tasks;
    let left = tasks.total.saturating_sub(tasks.done);
    // Spark may still count a task as left that has just ended.
    if tasks.running == 0 || left <= tasks.running.saturating_add(1) || look.has_doubtful_task() {
        return None;
    }
    // Those that run are half done on average, but the last one to end ends late: together half a task.
    let left = f64::from(left) - 0.5;
    let ms = |per_second: f64, growth: f64, factor: f64| {
        (seconds(left, per_second, growth) * factor * 1000.0).round() as u64
    };
    Some(TimeLeft {
        at_least_ms: ms(rates.fast, rates.growth, LESS),
        // It may be over soon.
        at_most_ms: ms(rates.slow, rates.growth / 2.0, MORE),
    })
}

/// How long so many tasks take at a pace that grows by `growth` each second until it is [`FASTER`] times as fast.
fn seconds(tasks: f64, per_second: f64, growth: f64) -> f64 {
    // The root of `tasks = per_second · t + growth / 2 · t²`, in the form that may be given a growth of zero.
    let growing = 2.0 * tasks / (per_second + (per_second * per_second + 2.0 * growth * tasks).sqrt());
    if growing * growth <= (FASTER - 1.0) * per_second {
        return growing;
    }
    let until = (FASTER - 1.0) * per_second / growth;
    let done = (1.0 + FASTER) / 2.0 * per_second * until;
    until + (tasks - done) / (FASTER * per_second)
}

#[cfg(test)]
mod tests {
    use wire::Tasks;

    use super::{super::tests::stage, *};

    const STEADY: Rates = Rates { slow: 1.0, fast: 1.0, growth: 0.0 };

    fn left(done: u32, total: u32, running: u32, rates: Rates, slowest_ms: u64) -> Option<(u64, u64)> {
        let kept = stage(Tasks { done, total, running, ..Tasks::default() });
        let look = StageLook { median_ms: 700, slowest_ms, ..StageLook::default() };
        of_stage(&kept, rates, look).map(|left| (left.at_least_ms, left.at_most_ms))
    }

    #[test]
    fn what_is_left_ends_at_the_pace_of_the_last_seconds() {
        assert_eq!(left(20, 40, 2, STEADY, 900), Some((13_650, 21_450)));
        assert_eq!(left(20, 40, 2, Rates { fast: 2.0, ..STEADY }, 900), Some((6_825, 21_450)), "it changes");
        // 4 s at 1 task per second, and 2 tasks per second at their end.
        assert!((seconds(6.0, 1.0, 0.25) - 4.0).abs() < 1e-9);
        // 8 s until it is three times as fast, and 16 tasks then; the other 30 take 10 s.
        assert!((seconds(46.0, 1.0, 0.25) - 18.0).abs() < 1e-9);
        assert_eq!(left(0, 100, 2, Rates { growth: 0.5, ..STEADY }, 900), Some((24_150, 39_417)), "it grows");
    }

    #[test]
    fn a_guess_is_not_told() {
        assert_eq!(left(20, 40, 0, STEADY, 900), None, "nothing runs");
        assert_eq!(left(38, 40, 2, STEADY, 900), None, "the last tasks run already");
        assert_eq!(left(38, 40, 1, STEADY, 900), None, "one of the two has just ended");
        assert_eq!(left(40, 40, 0, STEADY, 0), None);
        assert_eq!(left(20, 40, 2, STEADY, 2_101), None, "one task takes three medians");
        assert!(left(20, 40, 2, STEADY, 2_100).is_some());
    }
}
