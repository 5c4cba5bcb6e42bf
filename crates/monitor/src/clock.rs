//! Wall-clock time for answers, and the driver's, whose clock may differ; everything that waits uses `tokio::time` instead.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment by a driver's clock.
#[derive(Clone, Copy, Debug)]
pub struct DriverTime {
    /// Milliseconds since 1970: what the driver's own times are compared with.
    pub now_ms: i64,
    ahead_ms: i64,
}

impl DriverTime {
    /// The moment that is `our_ms` by our clock, for a driver whose clock is `ahead_ms` ahead.
    pub fn at(our_ms: i64, ahead_ms: i64) -> Self {
        Self { now_ms: our_ms.saturating_add(ahead_ms), ahead_ms }
    }

    /// One of the driver's times by our clock, as the browser compares it with other times of ours.
    pub fn to_ours(self, driver_ms: i64) -> i64 {
        to_ours(driver_ms, self.ahead_ms)
    }
}

/// A time of a clock that is `ahead_ms` ahead, by ours. Zero stands for a time that is not known, and stays.
pub fn to_ours(their_ms: i64, ahead_ms: i64) -> i64 {
    if their_ms == 0 { 0 } else { their_ms.saturating_sub(ahead_ms) }
}
