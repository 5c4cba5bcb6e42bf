//! Why the REST submission server did not do what it was asked for. Sentences are in `words/export_standalone.rs`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A failed call. None holds a token or an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum SubmissionError {
    /// There was one when the job was submitted.
    #[error("no standalone master is configured")]
    NotConfigured,
    /// No connection was made, so nothing was sent.
    #[error("the master's REST server could not be reached: {cause}")]
    Unreachable { cause: String },
    /// The connection was lost before an answer.
    #[error("the connection to the master's REST server was lost: {cause}")]
    Lost { cause: String },
    #[error("the master's REST server gave no answer within {after_ms} ms")]
    Timeout { after_ms: u64 },
    /// The call got no place in time, and nothing was sent.
    #[error("the master's REST server was not called, too many calls are under way")]
    Overloaded,
    /// A filter in front of the server wants another token, or one at all.
    #[error("the master's REST server refused the token: {status}")]
    Forbidden { status: u16 },
    /// The master does not do it, and says why: it is not the leading one, for example.
    #[error("the master refused: {detail}")]
    Refused { detail: String },
    /// The server does not understand what it was sent.
    #[error("the master's REST server did not accept the request: {detail}")]
    Rejected { detail: String },
    /// The server or something in front of it is in trouble.
    #[error("the master's REST server answered {status}")]
    Status { status: u16 },
    /// Something else answers there.
    #[error("no REST submission server answers: {seen}")]
    NotServer { seen: String },
    #[error("the master's REST server answered JSON of another shape: {reason}")]
    Shape { reason: String },
    #[error("the answer of the master's REST server is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    /// The master has not yet recovered the state of the driver.
    #[error("the master does not know the driver's state yet: {detail}")]
    StateUnknown { detail: String },
    /// How far the job is cannot be kept, so it was not submitted.
    #[error("the job's state cannot be written")]
    NotKept,
}

impl SubmissionError {
    /// Whether it may go away while one waits.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Lost { .. } | Self::Timeout { .. } | Self::Overloaded => true,
            Self::Status { .. } | Self::Shape { .. } | Self::TooLarge { .. } | Self::StateUnknown { .. } => true,
            // While the master restarts, something in front of it may answer.
            Self::NotServer { .. } => true,
            Self::NotConfigured | Self::Forbidden { .. } | Self::Refused { .. } => false,
            Self::Rejected { .. } | Self::NotKept => false,
        }
    }

    /// Whether a job whose submission failed with this was surely not submitted. Otherwise nobody knows.
    pub(crate) fn submitted_nothing(&self) -> bool {
        match self {
            Self::NotConfigured | Self::Unreachable { .. } | Self::Overloaded | Self::NotKept => true,
            Self::Forbidden { .. } | Self::Refused { .. } | Self::Rejected { .. } => true,
            Self::NotServer { .. } => true,
            Self::Lost { .. } | Self::Timeout { .. } | Self::Status { .. } | Self::Shape { .. } => false,
            Self::TooLarge { .. } | Self::StateUnknown { .. } => false,
        }
    }
}
