//! Why an upstream call failed: causes only. The server makes statuses and sentences of them.

use std::{error::Error, fmt, time::Duration};

use crate::discovery::Hop;

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upstream {
    Auth2,
    ClusterManager,
    Master,
    Driver,
}

impl fmt::Display for Upstream {
    /// As it stands in the log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auth2 => "the login service",
            Self::ClusterManager => "the cluster manager",
            Self::Master => "the Spark Master",
            Self::Driver => "the Spark driver",
        })
    }
}

/// A failed call.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{upstream}: {kind}")]
pub struct UpstreamError {
    pub upstream: Upstream,
    pub kind: UpstreamErrorKind,
    /// When the driver was looked for: how each hop failed.
    pub tried: Vec<(Hop, UpstreamErrorKind)>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum UpstreamErrorKind {
    /// Refused, name not found, reset before an answer.
    #[error("could not be reached: {0}")]
    Unreachable(String),
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// Any status but 200.
    #[error("answered {status}")]
    Status { status: u16, retry_after_seconds: Option<u32>, message: Option<String> },
    #[error("answered {0} instead of JSON")]
    NotJson(String),
    /// Spark's page while a driver starts.
    #[error("is starting up")]
    Starting,
    #[error("answered JSON of another shape: {0}")]
    Shape(String),
    #[error("its answer was cut off: {0}")]
    Cut(String),
    #[error("its answer is larger than {0} bytes")]
    TooLarge(u64),
    /// Neither a configured address nor a link in the master's page.
    #[error("no address of it is known")]
    NoAddress,
    /// No place for the call in time; the upstream was not asked.
    #[error("was not called, too many calls are under way")]
    Overloaded,
    #[error("the task that asked was lost")]
    Lost,
}

impl UpstreamError {
    #[must_use]
    pub fn new(upstream: Upstream, kind: UpstreamErrorKind) -> Self {
        Self { upstream, kind, tried: Vec::new() }
    }

    #[must_use]
    pub fn timeout(upstream: Upstream, after: Duration) -> Self {
        Self::new(upstream, UpstreamErrorKind::Timeout(after))
    }

    #[must_use]
    pub fn status(upstream: Upstream, status: u16, retry_after_seconds: Option<u32>, message: Option<String>) -> Self {
        Self::new(upstream, UpstreamErrorKind::Status { status, retry_after_seconds, message })
    }

    /// What is left when a fetch crashed.
    #[must_use]
    pub fn lost() -> Self {
        Self::new(Upstream::Driver, UpstreamErrorKind::Lost)
    }

    pub fn shape(upstream: Upstream, reason: impl fmt::Display) -> Self {
        Self::new(upstream, UpstreamErrorKind::Shape(reason.to_string()))
    }

    /// `connect` is the only deadline that reqwest enforces.
    pub(super) fn from_reqwest(upstream: Upstream, error: reqwest::Error, connect: Duration) -> Self {
        // The URL stays out: it names internal hosts.
        let error = error.without_url();
        if error.is_timeout() {
            Self::timeout(upstream, connect)
        } else {
            Self::new(upstream, UpstreamErrorKind::Unreachable(chain(&error)))
        }
    }

    /// The body broke off, or is not what its head says.
    pub(super) fn cut(upstream: Upstream, error: reqwest::Error) -> Self {
        Self::new(upstream, UpstreamErrorKind::Cut(chain(&error.without_url())))
    }

    /// True when the upstream says that this caller may not look. A driver cannot: it is asked with the site's credential,
    /// and only for an application that the caller has been shown.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        match (&self.kind, self.upstream) {
            (UpstreamErrorKind::Status { status, .. }, Upstream::Auth2) => matches!(status, 400 | 401 | 403),
            (UpstreamErrorKind::Status { .. }, Upstream::Driver) => false,
            (UpstreamErrorKind::Status { status, .. }, Upstream::ClusterManager | Upstream::Master) => {
                matches!(status, 401 | 403)
            }
            _ => false,
        }
    }

    /// True when the call was never made, so that nothing was learnt about the upstream.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, UpstreamErrorKind::Overloaded | UpstreamErrorKind::Lost)
    }

    /// True when nobody listens there: refused or no such name.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, UpstreamErrorKind::Unreachable(_))
    }
}

/// An error with its sources in one line.
fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
