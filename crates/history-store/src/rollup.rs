//! Hourly and daily means. A value holds until its system's next tick, at most two and a half steps; the rest is a gap.

use std::collections::BTreeMap;

use crate::{
    Store, StoreError, Values,
    pool::Db,
    retention::{DAY_MS, HOUR_MS, MOST_HELD_TENTHS, Retention},
    statement::statements,
    transaction::in_transaction,
};

statements! {
    DUE = "SELECT system_id, hour_ms FROM hours_due WHERE hour_ms <= ? ORDER BY system_id, hour_ms LIMIT ?";
    // A tick that arrives meanwhile waits, and then finds that its hour is no longer due.
    LOCK = "SELECT system_id FROM systems WHERE system_id = ? FOR UPDATE";
    DONE = "DELETE FROM hours_due WHERE system_id = ? AND hour_ms = ?";
    TICKS = "SELECT at_ms, step_ms FROM ticks WHERE system_id = ? AND at_ms >= ? AND at_ms < ? ORDER BY at_ms";
    POINTS = "SELECT component_id, at_ms, vals FROM components JOIN points USING (component_id) \
              WHERE system_id = ? AND points.step_ms = 0 AND at_ms >= ? AND at_ms < ? ORDER BY component_id, at_ms";
    WRITE_MEANS = "INSERT INTO points (component_id, step_ms, at_ms, covered_ms, vals) VALUES (?, ?, ?, ?, ?) \
                   ON CONFLICT (component_id, step_ms, at_ms) DO UPDATE SET covered_ms = excluded.covered_ms, \
                   vals = excluded.vals";
    DELETE_MEANS = "DELETE FROM points WHERE component_id = ? AND step_ms = ? AND at_ms = ?";
}

/// Hours that are computed at once.
const AT_ONCE: i64 = 200;

/// The mean over the time that is covered, the least, the greatest and the newest value.
type Means = BTreeMap<String, [f64; 4]>;

/// A tick: when, and how long until the next one, milliseconds.
#[derive(Clone, Copy, Debug)]
struct At {
    at_ms: i64,
    step_ms: i64,
}

/// A span of time; its end is outside.
#[derive(Clone, Copy, Debug)]
struct Window {
    from_ms: i64,
    to_ms: i64,
}

impl Store {
    /// Computes the means of hours that are over and have changed, and those of their days.
    pub(crate) async fn roll_up(&self, retention: Retention, now_ms: i64) -> Result<(), StoreError> {
        let mut db = self.writer.acquire().await?;
        loop {
            let mut due: Vec<(i64, i64)> = DUE.bind(now_ms - HOUR_MS).bind(AT_ONCE).all(&mut db).await?;
            let Some((system_id, _)) = due.first().copied() else { return Ok(()) };
            // Who locks two systems may wait for somebody who waits for them.
            due.retain(|(system, _)| *system == system_id);
            let hours: Vec<i64> = due.into_iter().map(|(_, hour_ms)| hour_ms).collect();
            in_transaction!(&mut db, compute(&mut db, system_id, &hours, now_ms - retention.raw_ms))?;
        }
    }
}

/// Computes hours and their days, except days that began before raw values were kept: of those only the mean is left.
async fn compute(db: &mut Db, system_id: i64, hours: &[i64], raw_from_ms: i64) -> Result<(), StoreError> {
    LOCK.bind(system_id).optional::<(i64,)>(db).await?;
    let mut days: Vec<i64> = Vec::new();
    for hour_ms in hours {
        means_of(db, system_id, *hour_ms, HOUR_MS).await?;
        DONE.bind(system_id).bind(*hour_ms).execute(db).await?;
        days.push(hour_ms.div_euclid(DAY_MS) * DAY_MS);
    }
    days.dedup();
    for day_ms in days.into_iter().filter(|day_ms| *day_ms >= raw_from_ms) {
        means_of(db, system_id, day_ms, DAY_MS).await?;
    }
    Ok(())
}

/// Computes the means of all components of a system in one hour or day.
async fn means_of(db: &mut Db, system_id: i64, from_ms: i64, step_ms: i64) -> Result<(), StoreError> {
    let window = Window { from_ms, to_ms: from_ms + step_ms };
    // Values of before may hold into the window.
    let first_ms = from_ms - HOUR_MS;
    let ticks: Vec<(i64, i64)> = TICKS.bind(system_id).bind(first_ms).bind(window.to_ms).all(db).await?;
    let ticks: Vec<At> = ticks.into_iter().map(|(at_ms, step_ms)| At { at_ms, step_ms }).collect();
    let points: Vec<(i64, i64, String)> = POINTS.bind(system_id).bind(first_ms).bind(window.to_ms).all(db).await?;
    let mut by_component: BTreeMap<i64, Vec<(i64, Values)>> = BTreeMap::new();
    for (id, at_ms, values) in points {
        by_component.entry(id).or_default().push((at_ms, serde_json::from_str(&values).unwrap_or_default()));
    }
    for (id, points) in by_component {
        let (covered_ms, means) = means(&ticks, &points, window);
        if covered_ms == 0 {
            // A late tick may have ended what held until here.
            DELETE_MEANS.bind(id).bind(step_ms).bind(from_ms).execute(db).await?;
            continue;
        }
        let vals = serde_json::to_string(&means).unwrap_or_default();
        WRITE_MEANS.bind(id).bind(step_ms).bind(from_ms).bind(covered_ms).bind(vals).execute(db).await?;
    }
    Ok(())
}

/// The means of one component in a window, and how much of the window its values cover.
fn means(ticks: &[At], points: &[(i64, Values)], window: Window) -> (i64, Means) {
    let mut covered_ms = 0;
    let mut sums: BTreeMap<&str, (f64, f64, [f64; 3])> = BTreeMap::new();
    for (at_ms, values) in points {
        let place = ticks.partition_point(|tick| tick.at_ms < *at_ms);
        let Some(tick) = ticks.get(place).filter(|tick| tick.at_ms == *at_ms) else { continue };
        let held_ms = tick.step_ms.saturating_mul(MOST_HELD_TENTHS) / 10;
        let next_ms = ticks.get(place + 1).map_or(i64::MAX, |next| next.at_ms);
        let end_ms = at_ms.saturating_add(held_ms).min(next_ms).min(window.to_ms);
        let in_window_ms = end_ms - window.from_ms.max(*at_ms);
        if in_window_ms <= 0 {
            continue;
        }
        covered_ms += in_window_ms;
        #[expect(clippy::cast_precision_loss, reason = "a day's milliseconds are exact")]
        let weight = in_window_ms as f64;
        for (name, value) in values {
            let (weights, sum, [least, greatest, newest]) =
                sums.entry(name).or_insert((0.0, 0.0, [f64::INFINITY, f64::NEG_INFINITY, *value]));
            *weights += weight;
            *sum += weight * value;
            *least = least.min(*value);
            *greatest = greatest.max(*value);
            *newest = *value;
        }
    }
    let of_sum = |(name, (weights, sum, [least, greatest, newest])): (&str, (f64, f64, [f64; 3]))| {
        (name.to_owned(), [sum / weights, least, greatest, newest])
    };
    (covered_ms, sums.into_iter().map(of_sum).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const WINDOW: Window = Window { from_ms: 100, to_ms: 200 };

    /// Every millisecond looked at alone.
    fn brute_force(ticks: &[At], points: &[(i64, Values)]) -> (i64, Option<[f64; 4]>) {
        let held = |ms: i64| {
            let tick = ticks.iter().rev().find(|tick| tick.at_ms <= ms)?;
            let in_time = (ms - tick.at_ms) * 10 < tick.step_ms * MOST_HELD_TENTHS;
            points.iter().find(|(at_ms, _)| *at_ms == tick.at_ms && in_time).map(|(_, values)| values["x"])
        };
        let values: Vec<f64> = (WINDOW.from_ms..WINDOW.to_ms).filter_map(held).collect();
        let covered = i64::try_from(values.len()).unwrap();
        let extreme = |pick: fn(f64, f64) -> f64| values.iter().copied().reduce(pick);
        let all = values.last().map(|newest| {
            #[expect(clippy::cast_precision_loss, reason = "there are a hundred")]
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            [mean, extreme(f64::min).unwrap(), extreme(f64::max).unwrap(), *newest]
        });
        (covered, all)
    }

    proptest! {
        #[test]
        fn means_are_those_of_looking_at_every_millisecond(
            ticks in prop::collection::btree_map(0_i64..220, (1_i64..20, prop::option::of(0_u8..100)), 0..40),
        ) {
            let at: Vec<At> = ticks.iter().map(|(at_ms, (step, _))| At { at_ms: *at_ms, step_ms: step * 2 }).collect();
            let points: Vec<(i64, Values)> = ticks.iter().filter_map(|(at_ms, (_, value))| {
                Some((*at_ms, Values::from([("x".to_owned(), f64::from((*value)?))])))
            }).collect();
            let (covered, means) = means(&at, &points, WINDOW);
            let (expected, values) = brute_force(&at, &points);
            prop_assert_eq!(covered, expected);
            prop_assert_eq!(means.contains_key("x"), values.is_some());
            for (ours, theirs) in means.get("x").into_iter().flatten().zip(values.into_iter().flatten()) {
                prop_assert!((ours - theirs).abs() < 1e-9, "{} {}", ours, theirs);
            }
        }
    }
}
