//! How far an upstream's clock is ahead of ours, so that its times can be compared with our own.

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{Response, header::DATE};

/// Smaller differences count as none, milliseconds: the header has whole seconds, and the answer took time.
const NOTICED_MS: i64 = 2_000;

/// Milliseconds by which the upstream's clock is ahead of ours, by its answer's `Date` (RFC 9110, 6.6.1); negative where it
/// is behind. Zero without a valid header.
pub(super) fn ahead_ms(response: &Response) -> i64 {
    let date = response.headers().get(DATE).and_then(|value| value.to_str().ok());
    date.and_then(|date| difference_ms(date, Timestamp::now())).unwrap_or(0)
}

fn difference_ms(date: &str, now: Timestamp) -> Option<i64> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    // The second has begun, but not ended: its middle is the best guess.
    let ahead = date.as_millisecond() + 500 - now.as_millisecond();
    Some(if ahead.abs() > NOTICED_MS { ahead } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_noticed_in_both_directions() {
        let now = "2026-11-28T11:00:00.500Z".parse().unwrap();
        let of = |date| difference_ms(date, now);
        assert_eq!(of("Sat, 28 Nov 2026 11:05:00 GMT"), Some(300_000));
        assert_eq!(of("Sat, 28 Nov 2026 10:55:00 GMT"), Some(-300_000));
        for date in ["Sat, 28 Nov 2026 10:59:58 GMT", "Sat, 28 Nov 2026 11:00:00 GMT", "Sat, 28 Nov 2026 11:00:02 GMT"]
        {
            assert_eq!(of(date), Some(0), "{date}");
        }
        assert_eq!(of("yesterday"), None);
    }
}
