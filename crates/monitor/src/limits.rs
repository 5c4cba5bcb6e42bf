//! How long facts stay good, and how many are kept.

use std::time::Duration;

use upstream::Upstream;

use crate::cached::CacheLimits;

/// See the module's sentence.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub status_lifetime: Duration,
    pub master_lifetime: Duration,
    pub executors_lifetime: Duration,
    pub stages_lifetime: Duration,
    pub identity_lifetime: Duration,
    /// How long a rejected token is remembered as rejected.
    pub rejected_token_lifetime: Duration,
    pub failure_lifetime: Duration,
    /// The same for clients that retry soon.
    pub soon_failure_lifetime: Duration,
    /// How long a caller waits for a newer value if there is a last good one.
    pub patience: Duration,
    /// Largest body that is passed through, bytes.
    pub max_body_bytes: u64,
    /// Requests to one driver that findings may cause in a minute.
    pub findings_calls_per_minute: u32,
    /// Entries kept by each cache.
    pub cache_entries: u64,
    /// Bytes kept by each cache.
    pub cache_bytes: u64,
}

impl Limits {
    /// The limits of one cache.
    pub(crate) fn cache(&self, upstream: Upstream, logged_as: Option<&'static str>, lifetime: Duration) -> CacheLimits {
        CacheLimits {
            logged_as,
            lifetime,
            failure_lifetime: self.failure_lifetime,
            soon_failure_lifetime: self.soon_failure_lifetime,
            denied_lifetime: None,
            patience: self.patience,
            upstream,
            entries: self.cache_entries,
            bytes: self.cache_bytes,
        }
    }

    /// The limits of a cache of drivers' answers.
    pub(crate) fn driver_cache(&self, logged_as: &'static str, lifetime: Duration) -> CacheLimits {
        self.cache(Upstream::Driver, Some(logged_as), lifetime)
    }
}
