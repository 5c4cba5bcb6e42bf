//! Round moments for the time axis, in local time.

use super::span::{DAY_MS, HOUR_MS, MINUTE_MS, Span};
use super::zone::civil;

/// At most this many lines.
const MOST: usize = 8;
const MINUTES: [i64; 10] = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360];
const DAYS: [i64; 4] = [1, 2, 7, 14];
const MONTHS: [i64; 5] = [1, 2, 3, 6, 12];

/// How a moment is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Minute,
    /// Midnight, too.
    Day,
    Month,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tick {
    pub at_ms: i64,
    pub kind: Kind,
}

/// The round moments of a span, of which there are few. `ahead_ms` tells how far local time is ahead of UTC.
pub fn ticks(span: Span, ahead_ms: impl Fn(i64) -> i64) -> Vec<Tick> {
    let minutes = MINUTES.iter().map(|step| step * MINUTE_MS).chain([12 * HOUR_MS]);
    let fixed = minutes.map(|step| (step, 0)).chain(DAYS.iter().map(|step| (step * DAY_MS, 3 * DAY_MS)));
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let mut fixed = fixed.filter(|(step, _)| span.length_ms() / step < most);
    if let Some((step_ms, shift_ms)) = fixed.next() {
        return steps(span, step_ms, if step_ms % (7 * DAY_MS) == 0 { shift_ms } else { 0 }, ahead_ms);
    }
    let months = MONTHS.iter().map(|step| months(span, *step, &ahead_ms));
    months.into_iter().find(|ticks| ticks.len() <= MOST).unwrap_or_default()
}

/// Multiples of a step. Weeks begin on Mondays, three days after the first day of 1970.
fn steps(span: Span, step_ms: i64, shift_ms: i64, ahead_ms: impl Fn(i64) -> i64) -> Vec<Tick> {
    let local_ms = span.from_ms + ahead_ms(span.from_ms) + shift_ms;
    let first_ms = local_ms.div_euclid(step_ms) * step_ms - shift_ms;
    let count = i64::try_from(MOST).unwrap_or_default() + 2;
    let moments = (0..=count).map(|step| {
        let local_ms = first_ms + step * step_ms;
        let kind = if local_ms.rem_euclid(DAY_MS) == 0 { Kind::Day } else { Kind::Minute };
        Tick { at_ms: to_utc(local_ms, &ahead_ms), kind }
    });
    // Where clocks go forward, times that they skip are moments that another time has, too.
    let mut next_ms = span.from_ms;
    let is_next = |tick: &Tick| {
        let is_next = (next_ms..=span.to_ms).contains(&tick.at_ms);
        if is_next {
            next_ms = tick.at_ms + 1;
        }
        is_next
    };
    moments.filter(is_next).collect()
}

/// The first days of every `step`th month.
fn months(span: Span, step: i64, ahead_ms: &impl Fn(i64) -> i64) -> Vec<Tick> {
    let day = |at_ms: i64| (at_ms + ahead_ms(at_ms)).div_euclid(DAY_MS);
    let days = day(span.from_ms)..=day(span.to_ms);
    let firsts = days.filter(|day| matches!(civil(*day), (year, month, 1) if (year * 12 + month - 1) % step == 0));
    let moments = firsts.map(|day| Tick { at_ms: to_utc(day * DAY_MS, ahead_ms), kind: Kind::Month });
    moments.filter(|tick| tick.at_ms >= span.from_ms).take(MOST + 1).collect()
}

/// The moment at which local clocks show a time; where they are changed, the offset before and after differ.
fn to_utc(local_ms: i64, ahead_ms: &impl Fn(i64) -> i64) -> i64 {
    let about_ms = local_ms - ahead_ms(local_ms);
    local_ms - ahead_ms(about_ms)
}

#[cfg(test)]
mod tests {
    use super::{Kind, Tick, ticks};
    use crate::charts::span::{DAY_MS, HOUR_MS, Span};

    /// Midnight of a Friday, UTC.
    const FRIDAY_MS: i64 = 1_799_971_200_000;

    fn hours(length_ms: i64, ahead_ms: i64) -> Vec<i64> {
        let span = Span { from_ms: FRIDAY_MS + 1, to_ms: FRIDAY_MS + 1 + length_ms };
        ticks(span, |_| ahead_ms).iter().map(|tick| (tick.at_ms - FRIDAY_MS) / HOUR_MS).collect()
    }

    #[test]
    fn hours_and_days_are_round_in_local_time() {
        assert_eq!(hours(12 * HOUR_MS, 0), [2, 4, 6, 8, 10, 12]);
        assert_eq!(hours(7 * DAY_MS, HOUR_MS), [23, 47, 71, 95, 119, 143, 167]);
        let half = ticks(Span { from_ms: FRIDAY_MS, to_ms: FRIDAY_MS + 12 * HOUR_MS }, |_| HOUR_MS / 2);
        assert!(half.iter().all(|tick| (tick.at_ms + HOUR_MS / 2) % (2 * HOUR_MS) == 0));
    }

    #[test]
    fn weeks_begin_on_mondays_and_months_on_their_first_day() {
        assert_eq!(hours(30 * DAY_MS, 0), [3 * 24, 10 * 24, 17 * 24, 24 * 24]);
        let year = ticks(Span { from_ms: FRIDAY_MS, to_ms: FRIDAY_MS + 365 * DAY_MS }, |_| 0);
        assert_eq!(year.len(), 6);
        assert!(year.iter().all(|tick| tick.kind == Kind::Month));
    }

    #[test]
    fn midnight_is_written_as_its_day() {
        let night = ticks(Span { from_ms: FRIDAY_MS - HOUR_MS, to_ms: FRIDAY_MS + HOUR_MS }, |_| 0);
        assert!(night.contains(&Tick { at_ms: FRIDAY_MS, kind: Kind::Day }));
    }

    #[test]
    fn where_clocks_go_forward_no_moment_is_twice() {
        // At 02:00 in Berlin and in New York.
        for before_ms in [HOUR_MS, -5 * HOUR_MS] {
            let change_ms = FRIDAY_MS + 2 * HOUR_MS - before_ms;
            let ahead_ms = |at_ms| if at_ms < change_ms { before_ms } else { before_ms + HOUR_MS };
            for hours in [1, 2, 3, 6] {
                let length_ms = hours * HOUR_MS;
                let span = Span { from_ms: change_ms - length_ms / 2, to_ms: change_ms + length_ms / 2 };
                let moments: Vec<_> = ticks(span, ahead_ms).iter().map(|tick| tick.at_ms).collect();
                assert!(moments.len() > 2 && moments.is_sorted_by(|one, next| one < next), "{moments:?}");
            }
        }
    }

    #[test]
    fn a_day_on_which_clocks_change_keeps_its_hours() {
        let change_ms = FRIDAY_MS + 3 * HOUR_MS;
        let ahead_ms = |at_ms| if at_ms < change_ms { HOUR_MS } else { 2 * HOUR_MS };
        let span = Span { from_ms: FRIDAY_MS - 11 * HOUR_MS, to_ms: FRIDAY_MS + 13 * HOUR_MS };
        let local: Vec<_> =
            ticks(span, ahead_ms).iter().map(|tick| (tick.at_ms + ahead_ms(tick.at_ms)) % DAY_MS / HOUR_MS).collect();
        assert_eq!(local, [18, 0, 6, 12]);
    }
}
