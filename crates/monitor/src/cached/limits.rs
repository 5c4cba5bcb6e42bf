//! How long values and failures are kept, and how many.

use std::time::Duration;

use upstream::Upstream;

/// How long things are kept and how many.
#[derive(Clone, Copy, Debug)]
pub struct CacheLimits {
    /// What is cached, for the log; none where the caller's own cache tells the same failure.
    pub logged_as: Option<&'static str>,
    /// How long a value is good, from its arrival.
    pub lifetime: Duration,
    /// How long a failure is answered without a new attempt.
    pub failure_lifetime: Duration,
    /// The same for [`Retry::Soon`], if it is shorter.
    pub soon_failure_lifetime: Duration,
    /// How long a failure is remembered that says the caller is not allowed in; none: as long as any other.
    pub denied_lifetime: Option<Duration>,
    /// How long a caller waits for a newer value when there is a last good one.
    pub patience: Duration,
    /// Who is asked, as a late answer is said to be theirs.
    pub upstream: Upstream,
    pub entries: u64,
    pub bytes: u64,
}

/// How soon a failed upstream is asked again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// For who polls anyway.
    Usual,
    /// For the older extension's frontend, which asks again only once, after a second.
    Soon,
}
