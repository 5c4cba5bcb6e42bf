//! How long values and failures are kept, and how many.

use std::time::Duration;

use upstream::Upstream;

/// How long entries are kept, and how many.
#[derive(Clone, Copy, Debug)]
pub struct CacheLimits {
    /// What is cached, for the log; none if the caller's own cache logs the same failure.
    pub logged_as: Option<&'static str>,
    /// How long a value is good after its arrival.
    pub lifetime: Duration,
    /// How long a failure is returned without a new attempt.
    pub failure_lifetime: Duration,
    /// The same for [`Retry::Soon`], if it is shorter.
    pub soon_failure_lifetime: Duration,
    /// How long a "not allowed in" failure is kept; none means as long as any other.
    pub denied_lifetime: Option<Duration>,
    /// How long a caller waits for a newer value if there is a last good one.
    pub patience: Duration,
    /// The upstream, named in the failure when an answer is late.
    pub upstream: Upstream,
    pub entries: u64,
    pub bytes: u64,
}

/// How soon a failed upstream is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// For clients that poll anyway.
    Usual,
    /// For the older extension's frontend, which retries only once, after a second.
    Soon,
}
