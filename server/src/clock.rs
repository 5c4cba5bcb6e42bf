//! Wall-clock time for answers, and the driver's, whose clock may differ; everything that waits uses `tokio::time` instead.

use std::{
    fmt,
    time::{SystemTime, UNIX_EPOCH},
};

use moka::sync::Cache;

use crate::{cache::IDLE, state::DriverKey};

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
        to_ours(driver_ms, self.ahead_ms)
    }
}

/// A time of a clock that is `ahead_ms` ahead, by ours. Zero stands for a time that is not known, and stays.
pub(crate) fn to_ours(their_ms: i64, ahead_ms: i64) -> i64 {
    if their_ms == 0 { 0 } else { their_ms.saturating_sub(ahead_ms) }
}

/// How far drivers' clocks are ahead of ours. Kept apart from the ways to them, which are forgotten when a driver fails,
/// while its last answer is still shown.
pub(crate) struct DriverClocks(Cache<DriverKey, i64>);

impl DriverClocks {
    pub fn new(entries: u64) -> Self {
        Self(Cache::builder().max_capacity(entries).time_to_idle(IDLE).build())
    }

    /// Takes what was measured when the driver was found.
    pub fn record(&self, driver: &DriverKey, ahead_ms: i64) {
        let ahead_ms = upstream::settled(self.ahead_ms(driver), ahead_ms);
        self.0.insert(driver.clone(), ahead_ms);
    }

    /// Zero where nothing is known.
    pub fn ahead_ms(&self, driver: &DriverKey) -> i64 {
        self.0.get(driver).unwrap_or(0)
    }
}

impl fmt::Debug for DriverClocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DriverClocks")
    }
}
