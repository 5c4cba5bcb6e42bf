//! How far an upstream's clock is ahead of ours, so that its times can be compared with ours.

use jiff::{Timestamp, fmt::rfc2822};
use reqwest::{Response, header::DATE};

/// Smaller differences count as zero, milliseconds: the header has whole seconds only.
const NOTICED_MS: i64 = 2_000;
/// Larger differences are ignored, milliseconds: no clock in use is off by more than a day.
const BELIEVED_MS: i64 = 86_400_000;

/// Milliseconds by which the upstream's clock is ahead of ours, from the answer's `Date` header (RFC 9110, 6.6.1);
/// negative when it is behind, zero without a valid header. Call this as soon as the answer's head has arrived.
pub(super) fn ahead_ms(response: &Response, sent: Timestamp) -> i64 {
    // A proxy puts the upstream's header after its own.
    let date = response.headers().get_all(DATE).iter().next_back().and_then(|value| value.to_str().ok());
    date.and_then(|date| difference_ms(date, sent, Timestamp::now())).unwrap_or(0)
}

/// The upstream may have written the header at any moment between `sent` and `received`.
fn difference_ms(date: &str, sent: Timestamp, received: Timestamp) -> Option<i64> {
    let date = rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?.as_millisecond();
    // The header drops the fraction of the second, so half a second is the best guess.
    let date = date + 500;
    let nearest = date.clamp(sent.as_millisecond().min(received.as_millisecond()), received.as_millisecond());
    let ahead = date - nearest;
    Some(if (NOTICED_MS + 1..=BELIEVED_MS).contains(&ahead.abs()) { ahead } else { 0 })
}

/// The difference to use from now on: the previous one, unless the new one differs noticeably.
#[must_use]
pub fn settled(before_ms: i64, now_ms: i64) -> i64 {
    if before_ms.abs_diff(now_ms) <= NOTICED_MS.unsigned_abs() { before_ms } else { now_ms }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(date: &str, took_s: i64) -> Option<i64> {
        let received: Timestamp = "2026-11-28T11:00:00.500Z".parse().unwrap();
        difference_ms(date, received - jiff::SignedDuration::from_secs(took_s), received)
    }

    #[test]
    fn a_difference_is_noticed_in_both_directions() {
        assert_eq!(of("Sat, 28 Nov 2026 11:05:00 GMT", 0), Some(300_000));
        assert_eq!(of("Sat, 28 Nov 2026 10:55:00 GMT", 0), Some(-300_000));
        for date in ["Sat, 28 Nov 2026 10:59:58 GMT", "Sat, 28 Nov 2026 11:00:00 GMT", "Sat, 28 Nov 2026 11:00:02 GMT"]
        {
            assert_eq!(of(date, 0), Some(0), "{date}");
        }
        assert_eq!(of("yesterday", 0), None);
    }

    #[test]
    fn a_slow_answer_is_no_slow_clock_and_an_absurd_date_is_not_believed() {
        assert_eq!(of("Sat, 28 Nov 2026 10:59:56 GMT", 4), Some(0));
        assert_eq!(of("Thu, 01 Jan 1970 00:00:00 GMT", 0), Some(0));
        assert_eq!(of("Mon, 01 Jan 2525 00:00:00 GMT", 0), Some(0));
    }

    #[test]
    fn a_difference_that_wanders_within_a_second_stays_the_same() {
        assert_eq!(settled(300_000, 300_900), 300_000);
        assert_eq!(settled(0, 2_000), 0);
        assert_eq!((settled(300_000, 0), settled(0, -300_000)), (0, -300_000));
    }
}
