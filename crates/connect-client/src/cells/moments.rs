//! Dates and times as ISO text.

use jiff::{SignedDuration, Span, civil};

const EPOCH: civil::Date = civil::date(1970, 1, 1);

/// A date from days since 1970. Years that ISO text cannot write stay a number of days.
pub(super) fn date(days: i32) -> String {
    let date = Span::new().try_days(days).and_then(|span| EPOCH.checked_add(span));
    date.map_or_else(|_| format!("{days} days since 1970-01-01"), |date| date.to_string())
}

/// A moment, in UTC.
pub(super) fn timestamp(micros: i64) -> String {
    date_time(micros).map_or_else(|| distant(micros), |moment| format!("{moment}Z"))
}

/// A date and time without a zone.
pub(super) fn local(micros: i64) -> String {
    date_time(micros).map_or_else(|| distant(micros), |moment| moment.to_string())
}

/// A time of day from nanoseconds since midnight.
pub(super) fn time(nanos: i64) -> String {
    let time = civil::Time::midnight().checked_add(SignedDuration::from_nanos(nanos));
    time.map_or_else(|_| format!("{nanos} ns"), |time| time.to_string())
}

/// Not jiff's `Timestamp`, which ends a day before the year 9999 does.
fn date_time(micros: i64) -> Option<civil::DateTime> {
    EPOCH.at(0, 0, 0, 0).checked_add(SignedDuration::from_micros(micros)).ok()
}

fn distant(micros: i64) -> String {
    format!("{micros} µs since 1970-01-01T00:00:00")
}
