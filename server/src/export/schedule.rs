//! When a workflow runs.

use cronexpr::{Crontab, FallbackTimezoneOption, MakeTimestamp, ParseOptions};
use thiserror::Error;

/// The names that Airflow knows, with what they stand for.
const NAMES: [(&str, Option<&str>); 7] = [
    ("@once", None),
    ("@hourly", Some("0 * * * *")),
    ("@daily", Some("0 0 * * *")),
    ("@weekly", Some("0 0 * * 0")),
    ("@monthly", Some("0 0 1 * *")),
    ("@quarterly", Some("0 0 1 */3 *")),
    ("@yearly", Some("0 0 1 1 *")),
];

/// A cron expression or one of Airflow's names, in UTC.
#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    text: String,
    /// None for `@once`.
    times: Option<Crontab>,
}

/// Why a text is no schedule.
#[derive(Debug, Error)]
pub(crate) enum ScheduleError {
    /// It has another number of fields.
    #[error("five fields are needed, such as `0 3 * * *`, or a name such as `@daily`")]
    Fields,
    /// A field cannot be read.
    #[error("{0}")]
    Field(String),
}

impl Schedule {
    /// Reads a text; none if it is blank.
    ///
    /// # Errors
    /// When it is no schedule.
    pub fn read(text: &str) -> Result<Option<Self>, ScheduleError> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let text = fields.join(" ");
        let fields = match (fields.as_slice(), NAMES.iter().find(|(name, _)| *name == text)) {
            ([], _) => return Ok(None),
            (_, Some((_, None))) => return Ok(Some(Self { text, times: None })),
            (_, Some((_, Some(fields)))) => fields,
            ([_, _, _, _, _], None) => text.as_str(),
            _ => return Err(ScheduleError::Fields),
        };
        let mut options = ParseOptions::default();
        options.fallback_timezone_option = FallbackTimezoneOption::UTC;
        let times = cronexpr::parse_crontab_with(fields, options);
        // It draws the place of the error over several lines; the reason is the last one.
        let reason = |error: cronexpr::Error| error.to_string().lines().last().unwrap_or_default().trim().to_owned();
        let times = times.map_err(|error| ScheduleError::Field(reason(error)))?;
        Ok(Some(Self { text, times: Some(times) }))
    }

    /// The text for Airflow.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first moments after `now_ms` at which it runs; milliseconds since 1970.
    pub fn next_ms(&self, now_ms: i64, most: usize) -> Vec<i64> {
        let Some(times) = &self.times else { return Vec::new() };
        let next = MakeTimestamp::from_millisecond(now_ms).and_then(|now| times.iter_after(now));
        let Ok(next) = next else { return Vec::new() };
        next.map_while(Result::ok).take(most).map(|time| time.timestamp().as_millisecond()).collect()
    }
}

/// A moment as ISO 8601 has it, in UTC; milliseconds since 1970.
pub(crate) fn iso(at_ms: i64) -> String {
    MakeTimestamp::from_millisecond(at_ms).map(|at| at.0.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-11-29 12:30 UTC, a Sunday.
    const NOW: i64 = 1_795_955_400_000;
    const HOUR: i64 = 3_600_000;

    fn next(text: &str) -> Vec<i64> {
        let schedule = Schedule::read(text).unwrap().unwrap();
        schedule.next_ms(NOW, 2).into_iter().map(|next| (next - NOW) / 60_000).collect()
    }

    #[test]
    fn the_next_runs_are_told() {
        assert_eq!(next("0 3 * * *"), [14 * 60 + 30, 38 * 60 + 30]);
        assert_eq!(next("*/15 * * * *"), [15, 30]);
        assert_eq!(next("@daily"), [11 * 60 + 30, 35 * 60 + 30]);
        assert_eq!(next("0 6 * * MON-FRI"), [17 * 60 + 30, 41 * 60 + 30]);
        assert_eq!(next("@once"), [0_i64; 0]);
        assert_eq!(Schedule::read("@hourly").unwrap().unwrap().next_ms(NOW, 1), [NOW + HOUR / 2]);
    }

    #[test]
    fn blanks_are_nothing_and_many_blanks_are_one() {
        assert!(Schedule::read("  ").unwrap().is_none());
        assert_eq!(Schedule::read(" 0  3 * * * ").unwrap().unwrap().text(), "0 3 * * *");
    }

    #[test]
    fn what_is_no_schedule_says_so_in_one_line() {
        for text in ["0 3 * *", "0 3 * * * *", "@fortnightly", "tonight", "61 * * * *", "0 3 * * * UTC", "a b c d e"] {
            let error = Schedule::read(text).unwrap_err().to_string();
            assert!(!error.is_empty() && !error.contains('\n'), "{text}: {error}");
        }
    }

    #[test]
    fn a_day_that_never_comes_ends() {
        let never = Schedule::read("0 0 30 2 *").map(|schedule| schedule.unwrap().next_ms(NOW, 3));
        assert!(never.is_err() || never.unwrap().is_empty());
    }
}
