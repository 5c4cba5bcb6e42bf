//! The shape of every error answer.

use serde::{Deserialize, Serialize};

/// A stable word for what went wrong. The sidecar's `error.rs` maps each to its HTTP status.
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
    /// The statement may change something, and this sidecar only reads.
    ReadOnly,
    /// Something in the notebook must be mended or decided first.
    Blocked,
    /// What a person was shown is not what is there now.
    Conflict,
    /// As much runs as may at once.
    TooMany,
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
    /// A code that this frontend does not know yet; the sentence beside it still helps.
    #[serde(other)]
    Unknown,
}

/// A text for people, in a form that can be translated. Each sentence is a list: a template with `%1`, `%2`, …; a
/// second text, also translated, for `%1`, or an empty string; then the values of the other placeholders.
pub type Sentences = Vec<Vec<String>>;

/// Body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// A sentence for the user.
    pub error: String,
    /// `error`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub error_sentences: Sentences,
    pub code: ErrorCode,
    /// What to do about it.
    pub hint: String,
    /// `hint`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hint_sentences: Sentences,
    /// Identifies this request in the sidecar's log.
    pub request_id: String,
}
