//! The one shape of every error answer.

use serde::{Deserialize, Serialize};

/// The stable word for what went wrong; the status that goes with each stands in the sidecar's `error.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    BadRequest,
    NoSessionToken,
    SessionTokenRejected,
    SidecarTokenRequired,
    UpstreamForbidden,
    Csrf,
    UnknownApp,
    AppFinished,
    NotFound,
    MethodNotAllowed,
    TooLarge,
    Internal,
    UpstreamInvalid,
    NotConfigured,
    Overloaded,
    UpstreamUnreachable,
    UpstreamTimeout,
    /// A code this frontend does not know yet: the sentence beside it still helps.
    #[serde(other)]
    Unknown,
}

/// What is said to a person, for a translator. Of each sentence: its text with `%1`, `%2`, …; another text, to translate as
/// well, for `%1`, or nothing; then the values for the others.
pub type Sentences = Vec<Vec<String>>;

/// Body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// A sentence for the user.
    pub error: String,
    /// The same for a translator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_sentences: Sentences,
    pub code: ErrorCode,
    /// What to do about it.
    pub hint: String,
    /// The same for a translator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hint_sentences: Sentences,
    /// Names this request in the sidecar's log.
    pub request_id: String,
}
