//! How fast a stage works: how many of its tasks ended in the last seconds, from one sample to the next.

/// One sample of an active stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    at_ms: i64,
    done: u32,
}

/// Samples that are kept of one stage, milliseconds and number.
const KEPT_MS: i64 = 60_000;
const KEPT: usize = 20;
/// Shortest time that a pace can be based on, milliseconds.
const WINDOW_MS: i64 = 9_000;
/// The same for the current pace.
const NOW_MS: i64 = 3_500;
/// Tasks that must have ended in that time.
const ENOUGH: u32 = 4;

/// The samples of one stage, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace(Vec<Sample>);

/// Tasks that ended, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    pub slow: f64,
    pub fast: f64,
}

impl Pace {
    /// Adds a sample.
    #[must_use]
    pub fn and(&self, at_ms: i64, done: u32) -> Self {
        let recent =
            self.0.iter().filter(|sample| (0..=KEPT_MS).contains(&(at_ms - sample.at_ms)) && sample.done <= done);
        let mut samples: Vec<Sample> = recent.copied().collect();
        samples.push(Sample { at_ms, done });
        let surplus = samples.len().saturating_sub(KEPT);
        samples.drain(..surplus);
        Self(samples)
    }

    /// The pace over the shortest time in which enough tasks ended, and the current pace; none if too few ended.
    #[must_use]
    pub fn rates(&self, running: u32) -> Option<Rates> {
        let enough = ENOUGH.max(running.saturating_mul(2));
        let all = self.over(WINDOW_MS, enough)?;
        let now = self.over(NOW_MS, ENOUGH.min(enough)).unwrap_or(all);
        Some(Rates { slow: all.min(now), fast: all.max(now) })
    }

    fn over(&self, least_ms: i64, enough: u32) -> Option<f64> {
        let (newest, before) = self.0.split_last()?;
        let ended = |sample: &Sample| newest.done.saturating_sub(sample.done);
        let sample =
            before.iter().rev().find(|sample| newest.at_ms - sample.at_ms >= least_ms && ended(sample) >= enough)?;
        Some(f64::from(ended(sample)) * 1000.0 / (newest.at_ms - sample.at_ms) as f64)
    }

    pub(super) fn weight_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Sample>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(samples: &[(i64, u32)]) -> Pace {
        samples.iter().fold(Pace::default(), |pace, (at_s, done)| pace.and(at_s * 1000, *done))
    }

    #[test]
    fn the_pace_is_that_of_the_last_seconds_in_which_enough_tasks_ended() {
        assert_eq!(pace(&[(0, 0), (5, 5), (10, 10)]).rates(2), Some(Rates { slow: 1.0, fast: 1.0 }));
        assert_eq!(pace(&[(0, 0), (5, 2), (10, 12)]).rates(2), Some(Rates { slow: 1.2, fast: 2.0 }), "it grows faster");
        assert_eq!(
            pace(&[(0, 0), (10, 1), (20, 3), (30, 4)]).rates(1),
            Some(Rates { slow: 4.0 / 30.0, fast: 4.0 / 30.0 })
        );
    }

    #[test]
    fn too_few_looks_or_tasks_say_nothing() {
        assert_eq!(pace(&[(0, 0)]).rates(2), None);
        assert_eq!(pace(&[(0, 0), (5, 50)]).rates(2), None, "five seconds are short");
        assert_eq!(pace(&[(0, 0), (10, 3)]).rates(1), None);
        assert_eq!(pace(&[(0, 0), (10, 7)]).rates(4), None, "less than two waves");
        assert_eq!(pace(&[(0, 0), (100, 90)]).rates(2), None, "nobody looked for long");
    }

    #[test]
    fn the_looks_at_one_stage_are_bounded() {
        let samples: Vec<_> = (0..10_000).map(|second| (second, 1)).collect();
        assert_eq!(pace(&samples).0.len(), KEPT);
    }
}
