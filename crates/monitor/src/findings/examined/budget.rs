//! How many requests findings may cause: a number a minute, of which a part at once.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

const MINUTE: Duration = Duration::from_secs(60);
/// The part of a minute's requests that may be made at once, so that they do not come all in its first seconds.
const AT_ONCE: u32 = 6;
/// A stage needs two requests at most.
const LEAST_AT_ONCE: u32 = 2;

/// The requests of the last minute.
#[derive(Clone, Debug, Default)]
pub(super) struct Budget(VecDeque<Instant>);

impl Budget {
    /// Requests that may be made now.
    pub fn allowance(&self, per_minute: u32, now: Instant) -> u32 {
        let at_once = (per_minute / AT_ONCE).max(LEAST_AT_ONCE);
        per_minute.saturating_sub(self.used(now)).min(at_once)
    }

    /// Requests during the last minute.
    pub fn used(&self, now: Instant) -> u32 {
        let recent = self.0.iter().filter(|made| now.duration_since(**made) < MINUTE).count();
        u32::try_from(recent).unwrap_or(u32::MAX)
    }

    /// The same with so many more requests, made now.
    pub fn and(mut self, calls: u32, now: Instant) -> Self {
        while self.0.front().is_some_and(|made| now.duration_since(*made) >= MINUTE) {
            self.0.pop_front();
        }
        self.0.extend((0..calls).map(|_| now));
        self
    }

    pub fn weight_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Instant>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_has_more_requests_than_allowed_and_none_is_wasted() {
        let begin = Instant::now();
        let at = |second: u64| begin + Duration::from_secs(second);
        for per_minute in [0, 1, 2, 7, 60, 120] {
            let (mut budget, mut made) = (Budget::default(), Vec::new());
            for second in (0..600).step_by(5) {
                let calls = budget.allowance(per_minute, at(second));
                budget = budget.and(calls, at(second));
                made.extend((0..calls).map(|_| second));
            }
            for from in 0..540 {
                let minute = made.iter().filter(|second| (from..from + 60).contains(*second)).count();
                assert!(minute <= per_minute as usize, "{per_minute}: {minute} from second {from}");
            }
            assert_eq!(made.len(), per_minute as usize * 10, "{per_minute} a minute");
            assert!(budget.0.len() <= per_minute as usize);
        }
    }
}
