//! Why an upstream call failed. The server turns these causes into HTTP statuses and sentences.

use std::{error::Error, fmt, time::Duration};

use crate::hop::Hop;

/// The service that was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upstream {
    Auth2,
    ClusterManager,
    Master,
    Driver,
    HistoryServer,
}

impl fmt::Display for Upstream {
    /// As the log shows it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Auth2 => "the login service",
            Self::ClusterManager => "the cluster manager",
            Self::Master => "the Spark Master",
            Self::Driver => "the Spark driver",
            Self::HistoryServer => "Spark's history server",
        })
    }
}

/// A failed call.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{upstream}: {kind}")]
pub struct UpstreamError {
    pub upstream: Upstream,
    pub kind: UpstreamErrorKind,
    /// How each hop failed, if the call was looking for the driver.
    pub tried: Vec<(Hop, UpstreamErrorKind)>,
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum UpstreamErrorKind {
    /// The connection was refused or reset before an answer, or the name was not found.
    #[error("could not be reached: {0}")]
    Unreachable(String),
    #[error("no answer within {0:?}")]
    Timeout(Duration),
    /// Any status but 200.
    #[error("answered {status}")]
    Status { status: u16, retry_after_seconds: Option<u32>, message: Option<String> },
    #[error("answered {0} instead of JSON")]
    NotJson(String),
    /// Spark answered with the page that it shows while a driver starts.
    #[error("is starting up")]
    Starting,
    #[error("answered JSON of another shape: {0}")]
    Shape(String),
    #[error("its answer was cut off: {0}")]
    Cut(String),
    #[error("its answer is larger than {0} bytes")]
    TooLarge(u64),
    /// There is no configured address, and no link in the master's page.
    #[error("no address of it is known")]
    NoAddress,
    /// The call got no place in time, and the upstream was not called.
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

    /// The error for a fetch that crashed.
    #[must_use]
    pub fn lost() -> Self {
        Self::new(Upstream::Driver, UpstreamErrorKind::Lost)
    }

    pub fn shape(upstream: Upstream, reason: impl fmt::Display) -> Self {
        Self::new(upstream, UpstreamErrorKind::Shape(reason.to_string()))
    }

    /// A timeout here is that of `connect`, the only deadline that reqwest enforces.
    pub(super) fn from_reqwest(upstream: Upstream, error: reqwest::Error, connect: Duration) -> Self {
        // Remove the URL, because it names internal hosts.
        let error = error.without_url();
        if error.is_timeout() {
            Self::timeout(upstream, connect)
        } else {
            Self::new(upstream, UpstreamErrorKind::Unreachable(chain(&error)))
        }
    }

    /// The body ended early or does not match its headers.
    pub(super) fn cut(upstream: Upstream, error: reqwest::Error) -> Self {
        Self::new(upstream, UpstreamErrorKind::Cut(chain(&error.without_url())))
    }

    /// True when the upstream denies access to this caller. A driver never does: it is called with the site's
    /// credential, and only for an application that this caller may see.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        match (&self.kind, self.upstream) {
            (UpstreamErrorKind::Status { status, .. }, Upstream::Auth2) => matches!(status, 400 | 401 | 403),
            (UpstreamErrorKind::Status { .. }, Upstream::Driver | Upstream::HistoryServer) => false,
            (UpstreamErrorKind::Status { status, .. }, Upstream::ClusterManager | Upstream::Master) => {
                matches!(status, 401 | 403)
            }
            _ => false,
        }
    }

    /// True when the failure is on our side and says nothing about the upstream.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self.kind, UpstreamErrorKind::Overloaded | UpstreamErrorKind::Lost)
    }

    /// True when nothing answers at that address: the connection was refused or reset, or the name is unknown.
    #[must_use]
    pub fn is_absent(&self) -> bool {
        matches!(self.kind, UpstreamErrorKind::Unreachable(_))
    }
}

/// An error and its sources on one line.
#[must_use]
pub fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
