//! How fast a stage works: how many of its tasks ended in the last seconds, from one sample to the next.

/// One sample of an active stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    at_ms: i64,
    done: u32,
}

/// How long samples are kept, milliseconds.
const KEPT_MS: i64 = 60_000;
/// Samples closer together than this become one, so that frequent polls do not push out the older samples that a pace
/// needs; milliseconds.
const APART_MS: i64 = 1_500;
/// Shortest time that a pace can be based on, milliseconds.
const WINDOW_MS: i64 = 9_000;
/// The same for the current pace.
const NOW_MS: i64 = 3_500;
/// Tasks that must have ended in that time.
const ENOUGH: u32 = 4;
/// So many tasks in that time show the current pace so well that an older one only blurs it.
const MANY: u32 = 100;
/// Current paces, one before the other, that tell whether the pace grows. With two, a pause would look like growth.
const PACES: usize = 3;
/// So few tasks say little: the shortest time in which they ended is too short by chance. A pace over this many times as
/// many corrects it.
const STEADY: u32 = 3;

/// The samples of one stage, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pace(Vec<Sample>);

/// Tasks that ended, per second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    pub slow: f64,
    pub fast: f64,
    /// What each second has added lately. Measured with 6,000 tiny tasks: a JVM gets faster while it warms up, and the
    /// driver hands out tasks faster the fewer are left.
    pub growth: f64,
}

impl Pace {
    /// Adds a sample.
    #[must_use]
    pub fn and(&self, at_ms: i64, done: u32) -> Self {
        let recent =
            self.0.iter().filter(|sample| (0..=KEPT_MS).contains(&(at_ms - sample.at_ms)) && sample.done <= done);
        let mut samples: Vec<Sample> = recent.copied().collect();
        if let [.., before, newest] = samples.as_slice()
            && newest.at_ms - before.at_ms < APART_MS
        {
            samples.pop();
        }
        samples.push(Sample { at_ms, done });
        Self(samples)
    }

    /// The range of the pace over the shortest time in which enough tasks ended, the pace over more tasks, and the
    /// current pace; none if too few ended.
    #[must_use]
    pub fn rates(&self, running: u32) -> Option<Rates> {
        let over = |least_ms, enough| Some(over(&self.0, least_ms, enough)?.0);
        let enough = ENOUGH.max(running.saturating_mul(2));
        let all = over(WINDOW_MS, enough)?;
        if let Some((now, growth)) = self.many() {
            return Some(Rates { slow: now, fast: now, growth });
        }
        let now = over(NOW_MS, ENOUGH).unwrap_or(all);
        let steady = over(WINDOW_MS, enough.saturating_mul(STEADY)).unwrap_or(all);
        Some(Rates { slow: all.min(now).min(steady), fast: all.max(now).max(steady), growth: 0.0 })
    }

    /// The current pace of many tasks, and how it has grown.
    fn many(&self) -> Option<(f64, f64)> {
        let mut samples = self.0.as_slice();
        let mut paces = Vec::with_capacity(PACES);
        while paces.len() < PACES
            && let Some((pace, older)) = over(samples, NOW_MS, MANY)
        {
            // A pace is that of the middle of its time.
            let middle_ms = (samples.last()?.at_ms + older.last()?.at_ms) / 2;
            paces.push((pace, middle_ms));
            samples = older;
        }
        let ((now, now_ms), (first, first_ms)) = (*paces.first()?, *paces.last()?);
        let apart_ms = (now_ms - first_ms).max(1) as f64;
        Some((now, (now - first).max(0.0) * 1000.0 / apart_ms))
    }

    pub(super) fn weight_bytes(&self) -> usize {
        self.0.capacity() * size_of::<Sample>()
    }
}

/// The pace up to the newest of these samples over the shortest time that is long enough and in which enough tasks
/// ended, and the samples up to its beginning.
fn over(samples: &[Sample], least_ms: i64, enough: u32) -> Option<(f64, &[Sample])> {
    let (newest, before) = samples.split_last()?;
    let ended = |sample: &Sample| newest.done.saturating_sub(sample.done);
    let is_long = |sample: &Sample| newest.at_ms - sample.at_ms >= least_ms && ended(sample) >= enough;
    let (begin, sample) = before.iter().enumerate().rfind(|(_, sample)| is_long(sample))?;
    let pace = f64::from(ended(sample)) * 1000.0 / (newest.at_ms - sample.at_ms) as f64;
    Some((pace, samples.get(..=begin)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(samples: &[(i64, u32)]) -> Pace {
        samples.iter().fold(Pace::default(), |pace, (at_s, done)| pace.and(at_s * 1000, *done))
    }

    fn even(slow: f64, fast: f64) -> Option<Rates> {
        Some(Rates { slow, fast, growth: 0.0 })
    }

    #[test]
    fn the_pace_is_that_of_the_last_seconds_in_which_enough_tasks_ended() {
        assert_eq!(pace(&[(0, 0), (5, 5), (10, 10)]).rates(2), even(1.0, 1.0));
        assert_eq!(pace(&[(0, 0), (5, 2), (10, 12)]).rates(2), even(1.2, 2.0), "it grows faster");
        assert_eq!(pace(&[(0, 0), (10, 1), (20, 3), (30, 4)]).rates(1), even(4.0 / 30.0, 4.0 / 30.0));
    }

    #[test]
    fn a_few_long_tasks_that_happened_to_end_together_do_not_tell_the_pace_alone() {
        let together = [(0, 0), (6, 2), (12, 4), (18, 6), (24, 8), (30, 10), (33, 12), (39, 14)];
        assert_eq!(pace(&together).rates(2), even(12.0 / 33.0, 4.0 / 9.0));
    }

    #[test]
    fn of_many_short_tasks_only_the_current_pace_counts_and_how_it_grows() {
        let steady = [(0, 0), (4, 200), (8, 400), (12, 600)];
        assert_eq!(pace(&steady).rates(2), even(50.0, 50.0));
        let faster = [(0, 0), (4, 200), (8, 600), (12, 1_400)];
        assert_eq!(pace(&faster).rates(2), Some(Rates { slow: 200.0, fast: 200.0, growth: 150.0 / 8.0 }));
        assert_eq!(pace(&[(0, 0), (4, 800), (8, 1_200), (12, 1_400)]).rates(2), even(50.0, 50.0), "it gets slower");
        assert_eq!(pace(&[(0, 0), (4, 20), (12, 820)]).rates(2), even(100.0, 100.0), "too few before");
        assert_eq!(pace(&[(0, 0), (4, 400), (8, 600), (12, 1_000)]).rates(2), even(100.0, 100.0), "a pause");
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
    fn frequent_polls_tell_the_same_pace_as_rare_ones() {
        let tenths = |step: usize| (0..300).step_by(step);
        for step in [1, 3, 10, 40] {
            let often = tenths(step).fold(Pace::default(), |pace, at| pace.and(at as i64 * 100, at as u32 / 10));
            let rates = often.rates(2).unwrap_or_else(|| panic!("polled every {step} tenths of a second"));
            assert!((0.8..1.2).contains(&rates.slow) && (0.8..1.3).contains(&rates.fast), "{step}: {rates:?}");
        }
    }

    #[test]
    fn the_samples_of_one_stage_are_bounded() {
        let samples = (0..100_000).fold(Pace::default(), |pace, tenth| pace.and(tenth * 100, 1));
        assert!(samples.0.len() <= 42, "{}", samples.0.len());
    }
}
