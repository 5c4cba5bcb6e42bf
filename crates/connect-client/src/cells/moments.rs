//! Dates and times as ISO text.

use jiff::{SignedDuration, Span, Timestamp, civil, tz::Offset};

/// A date from days since 1970. Years that ISO text cannot write stay a number of days.
pub(super) fn date(days: i32) -> String {
    let span = Span::new().try_days(days);
    let date = span.and_then(|span| civil::date(1970, 1, 1).checked_add(span));
    date.map_or_else(|_| format!("{days} days since 1970-01-01"), |date| date.to_string())
}

/// A moment, in UTC.
pub(super) fn timestamp(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map_or_else(|_| distant(micros), |moment| moment.to_string())
}

/// A date and time without a zone.
pub(super) fn local(micros: i64) -> String {
    let moment = Timestamp::from_microsecond(micros);
    moment.map_or_else(|_| distant(micros), |moment| Offset::UTC.to_datetime(moment).to_string())
}

/// A time of day from nanoseconds since midnight.
pub(super) fn time(nanos: i64) -> String {
    let time = civil::Time::midnight().checked_add(SignedDuration::from_nanos(nanos));
    time.map_or_else(|_| format!("{nanos} ns"), |time| time.to_string())
}

fn distant(micros: i64) -> String {
    format!("{micros} µs since 1970-01-01T00:00:00Z")
}
