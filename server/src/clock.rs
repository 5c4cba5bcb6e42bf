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
pub(crate) struct DriverTime {
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
        driver_ms.saturating_sub(self.ahead_ms)
    }
}
