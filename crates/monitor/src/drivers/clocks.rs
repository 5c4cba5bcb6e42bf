//! How far drivers' clocks are ahead of ours, as measured when each was found.

use std::fmt;

use moka::sync::Cache;

use crate::{DriverKey, cached::IDLE};

/// How far drivers' clocks are ahead of ours. Separate from the addresses, which are forgotten when a driver fails,
/// while its last answer is still shown. Cheap to clone; clones share the measurements.
#[derive(Clone)]
pub(crate) struct DriverClocks(Cache<DriverKey, i64>);

impl DriverClocks {
    pub fn new(entries: u64) -> Self {
        Self(Cache::builder().max_capacity(entries).time_to_idle(IDLE).build())
    }

    /// Records the difference measured when the driver was found.
    pub fn record(&self, driver: &DriverKey, ahead_ms: i64) {
        let ahead_ms = upstream::settled(self.ahead_ms(driver), ahead_ms);
        self.0.insert(driver.clone(), ahead_ms);
    }

    /// The difference, or zero if it is unknown.
    pub fn ahead_ms(&self, driver: &DriverKey) -> i64 {
        self.0.get(driver).unwrap_or(0)
    }
}

impl fmt::Debug for DriverClocks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DriverClocks")
    }
}
