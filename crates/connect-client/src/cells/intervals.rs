//! Intervals as Spark spells them.

use arrow_array::types::IntervalMonthDayNano;
use connect_proto::connect::data_type::Kind;

use crate::spark_type::{day_time_fields, year_month_fields};

/// `INTERVAL '1-2' YEAR TO MONTH`.
pub(super) fn year_month(months: i32, kind: Option<&Kind>) -> String {
    let fields = match kind {
        Some(Kind::YearMonthInterval(interval)) => year_month_fields(interval.start_field, interval.end_field),
        _ => (0, 1),
    };
    let (sign, months) = (if months < 0 { "-" } else { "" }, months.unsigned_abs());
    match fields {
        (0, 0) => format!("INTERVAL '{sign}{}' YEAR", months / 12),
        (1, _) => format!("INTERVAL '{sign}{months}' MONTH"),
        _ => format!("INTERVAL '{sign}{}-{}' YEAR TO MONTH", months / 12, months % 12),
    }
}

/// `INTERVAL '1 02:03:04.5' DAY TO SECOND`. The first unit takes what its larger ones would have.
pub(super) fn day_time(micros: i64, kind: Option<&Kind>) -> String {
    const NAMES: [&str; 4] = ["DAY", "HOUR", "MINUTE", "SECOND"];
    const UNITS: [u64; 4] = [86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000];
    let (first, last) = match kind {
        Some(Kind::DayTimeInterval(interval)) => day_time_fields(interval.start_field, interval.end_field),
        _ => (0, 3),
    };
    let mut left = micros.unsigned_abs();
    let mut text = if micros < 0 { "INTERVAL '-".to_owned() } else { "INTERVAL '".to_owned() };
    let (mut from, mut to) = ("", "");
    for (index, (name, unit)) in (0..).zip(NAMES.iter().zip(UNITS)).filter(|(index, _)| (first..=last).contains(index))
    {
        if index == first {
            from = name;
        } else {
            text.push(if index == 1 { ' ' } else { ':' });
        }
        to = name;
        let count = left / unit;
        left %= unit;
        text += &if index == 0 { count.to_string() } else { format!("{count:02}") };
        if index == 3 && left > 0 {
            text += format!(".{left:06}").trim_end_matches('0');
        }
    }
    if from == to { format!("{text}' {from}") } else { format!("{text}' {from} TO {to}") }
}

/// `1 years 2 months 3 days 4 hours 5 minutes 6.5 seconds`, without the parts that are zero.
pub(super) fn calendar(interval: IntervalMonthDayNano) -> String {
    let micros = interval.nanoseconds / 1000;
    let mut parts: Vec<String> = [
        (i64::from(interval.months / 12), "years"),
        (i64::from(interval.months % 12), "months"),
        (i64::from(interval.days), "days"),
        (micros / 3_600_000_000, "hours"),
        (micros / 60_000_000 % 60, "minutes"),
    ]
    .iter()
    .filter(|(count, _)| *count != 0)
    .map(|(count, unit)| format!("{count} {unit}"))
    .collect();
    let rest = micros % 60_000_000;
    if rest != 0 || parts.is_empty() {
        let (sign, rest) = (if rest < 0 { "-" } else { "" }, rest.unsigned_abs());
        let fraction = format!(".{:06}", rest % 1_000_000);
        let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
        parts.push(format!("{sign}{}{fraction} seconds", rest / 1_000_000));
    }
    parts.join(" ")
}
