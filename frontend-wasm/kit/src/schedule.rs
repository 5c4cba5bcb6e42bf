//! How long to wait for the next poll.

use wire::Meta;

/// Until the first answer sets a rate.
const DEFAULT_MS: u32 = 30_000;
/// After failures, polls are never further apart than this.
const LONGEST_BACK_OFF_MS: u32 = 120_000;
/// Polls of a view never start closer together than this, however often a kernel changes between busy and idle.
pub const SHORTEST_GAP_MS: u32 = 1_000;

/// The polling rates of one view, from its last good answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    idle_ms: u32,
    busy_ms: u32,
}

impl Default for Rates {
    fn default() -> Self {
        Self { idle_ms: DEFAULT_MS, busy_ms: DEFAULT_MS }
    }
}

impl From<&Meta> for Rates {
    fn from(meta: &Meta) -> Self {
        Self { idle_ms: meta.next_poll_ms.max(SHORTEST_GAP_MS), busy_ms: meta.busy_poll_ms.max(SHORTEST_GAP_MS) }
    }
}

impl Rates {
    /// The rates with a person's setting applied, but never faster than the sidecar's fast rate; 0 leaves it to the
    /// sidecar.
    #[must_use]
    pub fn wanted(self, wanted_ms: u32) -> Self {
        if wanted_ms == 0 {
            return self;
        }
        let wanted_ms = wanted_ms.max(self.busy_ms);
        Self { idle_ms: wanted_ms, busy_ms: wanted_ms }
    }
}

/// The wait after a poll. `failures` counts consecutive failures; `jitter` is random in 0..1 and keeps the browsers of
/// one site from polling all at once after a failure.
pub fn delay_ms(rates: Rates, kernel_busy: bool, failures: u32, jitter: f64) -> u32 {
    if failures == 0 {
        return if kernel_busy { rates.busy_ms.min(rates.idle_ms) } else { rates.idle_ms };
    }
    let longest_ms = rates.idle_ms.max(LONGEST_BACK_OFF_MS);
    let doubled = rates.idle_ms.saturating_mul(1 << (failures - 1).min(16)).min(longest_ms);
    let spread = f64::from(doubled) * (0.8 + 0.4 * jitter.clamp(0.0, 1.0));
    // A cast from float to integer saturates, which is good enough here.
    spread as u32
}

/// The wait for a view that polls every `rate_ms` and got an answer that was `age_ms` old. An answer older than the
/// rate means that there is nothing newer.
pub fn rest_ms(rate_ms: u32, age_ms: u32) -> u32 {
    match rate_ms.saturating_sub(age_ms) {
        0 => rate_ms,
        rest_ms => rest_ms.max(SHORTEST_GAP_MS.min(rate_ms)),
    }
}

#[cfg(test)]
mod tests {
    use super::{Rates, delay_ms, rest_ms};

    const RATES: Rates = Rates { idle_ms: 30_000, busy_ms: 5_000 };

    #[test]
    fn a_busy_kernel_polls_at_the_fast_rate() {
        assert_eq!(delay_ms(RATES, false, 0, 0.5), 30_000);
        assert_eq!(delay_ms(RATES, true, 0, 0.5), 5_000);
        assert_eq!(delay_ms(Rates::default(), true, 0, 0.5), 30_000);
    }

    #[test]
    fn what_is_old_already_is_asked_for_sooner() {
        assert_eq!([rest_ms(30_000, 0), rest_ms(30_000, 12_000)], [30_000, 18_000]);
        assert_eq!([rest_ms(1_500, 1_000), rest_ms(900, 0)], [1_000, 900], "never at once, never later than asked for");
        assert_eq!([rest_ms(5_000, 5_000), rest_ms(5_000, 900_000)], [5_000, 5_000], "its upstream is gone");
    }

    #[test]
    fn a_person_may_ask_less_often_or_more_often_up_to_the_fast_rate() {
        let wait = |wanted_ms, kernel_busy| delay_ms(RATES.wanted(wanted_ms), kernel_busy, 0, 0.5);
        assert_eq!([wait(0, false), wait(0, true)], [30_000, 5_000]);
        assert_eq!([wait(60_000, false), wait(60_000, true)], [60_000, 60_000]);
        assert_eq!([wait(1_000, false), wait(1_000, true)], [5_000, 5_000]);
    }

    #[test]
    fn failures_back_off_with_jitter_up_to_two_minutes() {
        let after = |failures| delay_ms(RATES, true, failures, 0.5);
        assert_eq!([after(1), after(2), after(3), after(4)], [30_000, 60_000, 120_000, 120_000]);
        assert_eq!(delay_ms(RATES, false, 1, 0.0), 24_000);
        assert_eq!(delay_ms(RATES, false, 1, 1.0), 36_000);
        assert_eq!(delay_ms(RATES, false, u32::MAX, 0.5), 120_000);
    }
}
