//! How often and after which pauses a call is repeated.

use std::time::Duration;

/// The longest pause that a server may ask for.
const MAX_SERVER_DELAY: Duration = Duration::from_secs(600);

/// A ladder of pauses that double.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) retries: u32,
    pub(crate) first: Duration,
    pub(crate) longest: Duration,
}

/// For calls with one answer.
pub(crate) const CALLS: Policy =
    Policy { retries: 3, first: Duration::from_millis(100), longest: Duration::from_secs(5) };

/// For streams of results: losing one would mean to run the query again.
pub(crate) const STREAMS: Policy =
    Policy { retries: 15, first: Duration::from_millis(50), longest: Duration::from_secs(60) };

/// The pauses of one call.
#[derive(Debug)]
pub(crate) struct Ladder {
    policy: Policy,
    attempt: u32,
    /// Pauses taken by our own rule. One that the server asked for leaves the ladder where it is.
    own_pauses: u32,
}

impl Ladder {
    pub(crate) fn new(policy: Policy) -> Self {
        Self { policy, attempt: 0, own_pauses: 0 }
    }

    /// The pause before the next attempt, or `None` if there have been enough.
    pub(crate) fn next(&mut self, server_asks: Option<Duration>) -> Option<Duration> {
        if self.attempt >= self.policy.retries {
            return None;
        }
        self.attempt = self.attempt.saturating_add(1);
        if let Some(asked) = server_asks {
            return Some(asked.min(MAX_SERVER_DELAY));
        }
        let doubled = 2_u32.checked_pow(self.own_pauses).and_then(|factor| self.policy.first.checked_mul(factor));
        self.own_pauses = self.own_pauses.saturating_add(1);
        Some(jittered(doubled.unwrap_or(self.policy.longest).min(self.policy.longest)))
    }

    /// How many pauses have been taken.
    pub(crate) fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Something arrived, so the connection works again.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.policy);
    }
}

/// Between half of the pause and all of it, so that many clients do not come back at the same moment.
fn jittered(pause: Duration) -> Duration {
    let random = getrandom::u32().unwrap_or(u32::MAX);
    let half = pause / 2;
    half + half.mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end() {
        let mut ladder =
            Ladder::new(Policy { retries: 5, first: Duration::from_millis(100), longest: Duration::from_millis(300) });
        let pauses: Vec<_> = std::iter::from_fn(|| ladder.next(None)).collect();
        assert_eq!(pauses.len(), 5);
        for (pause, most) in pauses.iter().zip([100, 200, 300, 300, 300]) {
            let most = Duration::from_millis(most);
            assert!(*pause >= most / 2 && *pause <= most, "{pause:?} of {most:?}");
        }
    }

    #[test]
    fn the_servers_pause_counts_once_is_capped_and_leaves_the_ladder_where_it_is() {
        let mut ladder = Ladder::new(CALLS);
        assert_eq!(ladder.next(Some(Duration::from_secs(5))), Some(Duration::from_secs(5)));
        assert_eq!(ladder.next(Some(Duration::from_secs(7000))), Some(MAX_SERVER_DELAY));
        assert!(ladder.next(None).expect("a third") <= Duration::from_millis(100));
        assert_eq!(ladder.next(Some(Duration::ZERO)), None);
    }
}
