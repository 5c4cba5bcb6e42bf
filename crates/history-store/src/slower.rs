//! Slower than usual: whether a run took much longer than earlier runs of its shape, and the reason.

use wire::past::SlowerReason;

/// Earlier runs that are needed, and more if they differ much.
const LEAST_RUNS: usize = 5;
const LEAST_RUNS_IF_SCATTERED: usize = 10;
/// Spread of the durations' logarithms above which they differ much.
const SCATTERED: f64 = 0.3;
/// Durations that seem to be alike still differ by chance.
const LEAST_SPREAD: f64 = 0.1;
/// Earlier runs that a run is compared with, the newest.
pub const COMPARED: u16 = 50;
/// Makes the spread comparable with a standard deviation.
const NORMAL: f64 = 1.4826;
/// How far off a duration must be: in spreads, as a multiple, and in milliseconds.
const FAR: f64 = 2.5;
const TIMES: f64 = 2.0;
const EXCESS_MS: f64 = 5_000.0;

/// What is compared of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    pub duration_ms: i64,
    pub waited_ms: i64,
    pub slots: i64,
    /// Read and shuffled, bytes.
    pub bytes: i64,
    pub spilled_bytes: i64,
    pub gc_ms: i64,
    pub run_ms: i64,
    pub plan_hash: String,
    pub succeeded: bool,
    /// An application's first run loads classes and compiles code.
    pub is_first: bool,
}

/// Whether a run was slower than the earlier ones of its shape, newest first; none if it was not, or nobody can tell.
#[must_use]
pub fn slower(run: &Past, earlier: &[Past]) -> Option<SlowerReason> {
    if run.is_first || !run.succeeded {
        return None;
    }
    let comparable: Vec<&Past> =
        earlier.iter().filter(|past| past.succeeded && !past.is_first).take(COMPARED.into()).collect();
    let alike: Vec<&Past> =
        comparable.iter().copied().filter(|past| slot_class(past.slots) == slot_class(run.slots)).collect();
    // With other slots than ever, all of them are the measure, and the slots may be the reason.
    let earlier = if alike.len() >= LEAST_RUNS { alike } else { comparable };
    let logarithms: Vec<f64> = earlier.iter().map(|past| number(past.duration_ms.max(1)).ln()).collect();
    let middle = median(&logarithms)?;
    let spread = median(&logarithms.iter().map(|it| (it - middle).abs()).collect::<Vec<_>>())?;
    let least = if spread > SCATTERED { LEAST_RUNS_IF_SCATTERED } else { LEAST_RUNS };
    if earlier.len() < least {
        return None;
    }
    let (duration, usual) = (number(run.duration_ms.max(1)), middle.exp());
    let excess = duration - usual;
    let is_far = (duration.ln() - middle) / (NORMAL * spread.max(LEAST_SPREAD)) >= FAR;
    (is_far && duration >= TIMES * usual && excess >= EXCESS_MS).then(|| reason(run, &earlier, excess))
}

fn reason(run: &Past, earlier: &[&Past], excess_ms: f64) -> SlowerReason {
    let usual = |of: fn(&Past) -> f64| median(&earlier.iter().map(|past| of(past)).collect::<Vec<_>>()).unwrap_or(0.0);
    let gc_share = |past: &Past| number(past.gc_ms) / number(past.run_ms.max(1));
    let same_plan = earlier.iter().filter(|past| past.plan_hash == run.plan_hash).count();
    if number(run.waited_ms) - usual(|past| number(past.waited_ms)) >= excess_ms / 2.0 {
        SlowerReason::WaitedForCores
    } else if number(run.slots) <= usual(|past| number(past.slots)) * 0.75 {
        SlowerReason::FewerSlots
    } else if number(run.bytes) >= usual(|past| number(past.bytes)) * 1.5 && run.bytes >= 1 << 20 {
        SlowerReason::MoreData
    } else if run.spilled_bytes > 0 && earlier.iter().all(|past| past.spilled_bytes == 0) {
        SlowerReason::NewSpill
    } else if gc_share(run) >= 0.1
        && gc_share(run) >= 2.0 * usual(|past| number(past.gc_ms) / number(past.run_ms.max(1)))
    {
        SlowerReason::GarbageCollection
    } else if !run.plan_hash.is_empty() && same_plan * 2 < earlier.len() {
        SlowerReason::PlanChanged
    } else {
        SlowerReason::NoCauseSeen
    }
}

/// Numbers of slots within a factor of two are alike.
fn slot_class(slots: i64) -> u32 {
    slots.max(1).ilog2()
}

#[expect(clippy::cast_precision_loss, reason = "what is compared are shares")]
fn number(value: i64) -> f64 {
    value as f64
}

fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (half, odd) = (sorted.len() / 2, sorted.len() % 2 == 1);
    let upper = *sorted.get(half)?;
    let lower = if odd { upper } else { *sorted.get(half.checked_sub(1)?)? };
    Some(f64::midpoint(lower, upper))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that look random and are the same in every run.
    struct Chance(u64);

    impl Chance {
        /// Between 0 and 1.
        fn share(&mut self) -> f64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            #[expect(clippy::cast_precision_loss, reason = "53 bits are exact")]
            let share = (self.0 >> 11) as f64 / (1_u64 << 53) as f64;
            share.max(1e-12)
        }

        fn normal(&mut self) -> f64 {
            (-2.0 * self.share().ln()).sqrt() * (std::f64::consts::TAU * self.share()).cos()
        }

        /// A run of twenty seconds, more or less.
        fn run(&mut self, sigma: f64, times: f64) -> Past {
            #[expect(clippy::cast_possible_truncation, reason = "some seconds")]
            let duration_ms = (20_000.0 * times * (sigma * self.normal()).exp()) as i64;
            Past { duration_ms, slots: 8, succeeded: true, ..Past::default() }
        }
    }

    /// How many of a hundred runs are called slower; some of the earlier runs are ten times as slow.
    fn called_slower(sigma: f64, times: f64, outliers: f64) -> f64 {
        const RUNS: u32 = 4_000;
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let mut called = 0;
        for number in 0..RUNS {
            let many = [5, 8, 12, 20, 50][number as usize % 5];
            let earlier = (0..many).map(|_| {
                let slow = chance.share() < outliers;
                chance.run(sigma, if slow { 10.0 } else { 1.0 })
            });
            let earlier: Vec<Past> = earlier.collect();
            called += u32::from(slower(&chance.run(sigma, times), &earlier).is_some());
        }
        100.0 * f64::from(called) / f64::from(RUNS)
    }

    #[test]
    fn chance_is_hardly_ever_called_slower_and_three_times_as_long_nearly_always() {
        assert!(called_slower(0.1, 1.0, 0.0) < 0.1);
        let (by_chance, caught) = (called_slower(0.25, 1.0, 0.0), called_slower(0.25, 3.0, 0.0));
        assert!(by_chance <= 1.0 && caught >= 85.0, "{by_chance} {caught}");
        assert!(called_slower(0.1, 3.0, 0.0) >= 99.0);
        let with_outliers = called_slower(0.25, 3.0, 0.1);
        assert!(with_outliers >= 70.0, "{with_outliers}");
        let scattered = called_slower(0.5, 1.0, 0.0);
        assert!(scattered <= 5.0, "{scattered}");
    }

    fn usual() -> Past {
        Past {
            duration_ms: 10_000,
            slots: 8,
            bytes: 100 << 20,
            run_ms: 80_000,
            gc_ms: 800,
            plan_hash: "a".into(),
            succeeded: true,
            ..Past::default()
        }
    }

    #[test]
    fn the_reason_is_the_first_that_holds() {
        let slow = || Past { duration_ms: 40_000, ..usual() };
        for (run, reason) in [
            (Past { waited_ms: 20_000, slots: 4, ..slow() }, SlowerReason::WaitedForCores),
            (Past { slots: 2, bytes: 1 << 40, ..slow() }, SlowerReason::FewerSlots),
            (Past { bytes: 1000 << 20, spilled_bytes: 1, ..slow() }, SlowerReason::MoreData),
            (Past { spilled_bytes: 1, gc_ms: 40_000, ..slow() }, SlowerReason::NewSpill),
            (Past { gc_ms: 40_000, plan_hash: "b".into(), ..slow() }, SlowerReason::GarbageCollection),
            (Past { plan_hash: "b".into(), ..slow() }, SlowerReason::PlanChanged),
            (slow(), SlowerReason::NoCauseSeen),
        ] {
            assert_eq!(slower(&run, &vec![usual(); 6]), Some(reason), "{run:?}");
        }
    }

    #[test]
    fn too_few_runs_a_first_run_and_a_failed_one_say_nothing() {
        let slow = Past { duration_ms: 40_000, ..usual() };
        assert_eq!(slower(&slow, &vec![usual(); 4]), None);
        assert_eq!(slower(&slow, &vec![Past { is_first: true, ..usual() }; 9]), None);
        assert_eq!(slower(&slow, &vec![Past { succeeded: false, ..usual() }; 9]), None);
        assert_eq!(slower(&Past { is_first: true, ..slow.clone() }, &vec![usual(); 9]), None);
        let short = |duration_ms| Past { duration_ms, ..usual() };
        assert_eq!(slower(&short(4_000), &vec![short(1_000); 9]), None, "it cost three seconds");
    }
}
