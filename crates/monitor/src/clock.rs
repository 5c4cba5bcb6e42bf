//! Wall-clock time for answers, and the driver's clock, which may differ; everything that waits uses `tokio::time`.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[must_use]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A moment on a driver's clock.
#[derive(Clone, Copy, Debug)]
pub struct DriverTime {
    /// Milliseconds since 1970, comparable with the driver's own times.
    pub now_ms: i64,
    ahead_ms: i64,
}

impl DriverTime {
    /// The moment that is `our_ms` on our clock, for a driver whose clock is `ahead_ms` ahead.
    pub fn at(our_ms: i64, ahead_ms: i64) -> Self {
        Self { now_ms: our_ms.saturating_add(ahead_ms), ahead_ms }
    }

    /// Converts a driver's time to our clock, so that the browser can compare it with our other times.
    pub fn to_ours(self, driver_ms: i64) -> i64 {
        to_ours(driver_ms, self.ahead_ms)
    }
}

/// Converts a time of a clock that is `ahead_ms` ahead to ours. Zero means unknown and stays zero.
pub fn to_ours(their_ms: i64, ahead_ms: i64) -> i64 {
    if their_ms == 0 { 0 } else { their_ms.saturating_sub(ahead_ms) }
}
