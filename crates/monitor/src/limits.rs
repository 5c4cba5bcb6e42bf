//! How long facts are good, and how much is kept of them.

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
    /// How long a token that was rejected is remembered as such.
    pub rejected_token_lifetime: Duration,
    pub failure_lifetime: Duration,
    /// The same for who asks again soon.
    pub soon_failure_lifetime: Duration,
    /// How long a caller waits for a newer value when there is a last good one.
    pub patience: Duration,
    /// Largest body that is passed through, bytes.
    pub max_body_bytes: u64,
    /// Entries that each cache keeps.
    pub cache_entries: u64,
    /// Bytes that each cache keeps.
    pub cache_bytes: u64,
}

impl Limits {
    /// Of one cache.
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

    /// Of a cache of what drivers answer.
    pub(crate) fn driver_cache(&self, logged_as: &'static str, lifetime: Duration) -> CacheLimits {
        self.cache(Upstream::Driver, Some(logged_as), lifetime)
    }
}
