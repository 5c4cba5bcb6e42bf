//! Why an upstream call brought nothing: causes only; `error.rs` makes statuses and sentences of them.

use std::{error::Error, fmt, time::Duration};

use crate::said::{Said, say, subject};

/// Who was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Upstream {
    Auth2,
    ClusterManager,
    Master,
    Driver,
}

impl Upstream {
    /// As it stands at the beginning of a sentence for a person.
    pub fn said(self) -> &'static str {
        match self {
            Self::Auth2 => subject!("The login service"),
            Self::ClusterManager => subject!("The cluster manager"),
            Self::Master => subject!("The Spark Master"),
            Self::Driver => subject!("The Spark driver"),
        }
    }
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
    /// Of a search for the driver: for each hop, what it answered; no host names.
    pub tried: Said,
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
        Self { upstream, kind, tried: Said::default() }
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

    /// `connect` is the only deadline that the client keeps by itself.
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

    /// What happened, in a sentence about `who`, without any host name.
    #[must_use]
    pub fn said_of(&self, who: &'static str) -> Said {
        match &self.kind {
            UpstreamErrorKind::Unreachable(_) => say!("%1 could not be reached."; who),
            UpstreamErrorKind::Timeout(after) => say!("%1 gave no answer within %2 s."; who, after.as_secs_f32()),
            UpstreamErrorKind::Status { status, .. } => say!("%1 answered with status %2."; who, status),
            UpstreamErrorKind::NotJson(_) => say!("%1 answered with a web page instead of JSON."; who),
            UpstreamErrorKind::Starting => say!("%1 is starting up."; who),
            UpstreamErrorKind::Shape(_) => say!("%1 answered JSON of another shape."; who),
            UpstreamErrorKind::Cut(_) => say!("%1 broke off in the middle of its answer."; who),
            UpstreamErrorKind::TooLarge(limit) => say!("%1 answered more than %2 bytes."; who, limit),
            UpstreamErrorKind::NoAddress => say!("%1 has no known address."; who),
            UpstreamErrorKind::Overloaded => {
                say!("%1 was not asked, because the monitor makes too many calls at this moment."; who)
            }
            UpstreamErrorKind::Lost => say!("%1 was not asked because of a fault in the monitor."; who),
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
