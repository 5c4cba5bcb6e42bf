//! Why there is no fresh answer, in words for people.

use wire::{ErrorBody, ErrorCode};

use crate::i18n::{Message, tr};
use crate::language;

/// The kind of problem, which decides the heading and how the panel reacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    SignedOut,
    SignedOutOrStopped,
    NotConfigured,
    Forbidden,
    Overloaded,
    Unreachable,
    /// The requested application has ended or never existed.
    AppGone,
    /// What the request named does not exist, or no longer.
    NotFound,
    Other,
}

/// A failed poll, or the reason why an answer is old.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub kind: ProblemKind,
    /// What went wrong.
    pub sentence: String,
    /// What to do about it; may be empty.
    pub hint: String,
    /// Names the request in the sidecar's log.
    pub request_id: Option<String>,
}

impl Problem {
    /// A redirect to a login page or a refusal, by Jupyter, or by the hub in place of a server that has been stopped.
    /// The browser does not show where a redirect leads.
    pub fn signed_out_or_stopped() -> Self {
        Self::local(ProblemKind::SignedOutOrStopped, Message::SignedOutOrStopped, Message::SignedOutOrStoppedHint)
    }

    /// No answer in time: Jupyter, the sidecar or the network hangs.
    pub fn late() -> Self {
        Self::local(ProblemKind::Unreachable, Message::Late, Message::LateHint)
    }

    /// No answer at all: Jupyter or the network is down.
    pub fn no_jupyter() -> Self {
        Self::local(ProblemKind::Unreachable, Message::NoJupyter, Message::NoJupyterHint)
    }

    /// Jupyter answered, but the sidecar behind it did not.
    pub fn no_sidecar() -> Self {
        Self::local(ProblemKind::Unreachable, Message::NoSidecar, Message::NoSidecarHint)
    }

    /// An answer that this frontend cannot read, because it belongs to another version.
    pub fn unreadable() -> Self {
        Self::local(ProblemKind::Other, Message::Unreadable, Message::UnreadableHint)
    }

    /// The reason that came with an old answer.
    pub fn of_stale(stale: &wire::Stale) -> Self {
        let sentence = language::said(&stale.reason, &stale.reason_sentences);
        Self { kind: kind_of(stale.code), sentence, hint: String::new(), request_id: None }
    }

    fn local(kind: ProblemKind, sentence: Message<'_>, hint: Message<'_>) -> Self {
        Self { kind, sentence: tr(sentence), hint: tr(hint), request_id: None }
    }
}

impl From<ErrorBody> for Problem {
    fn from(body: ErrorBody) -> Self {
        Self {
            kind: kind_of(body.code),
            sentence: language::said(&body.error, &body.error_sentences),
            hint: language::said(&body.hint, &body.hint_sentences),
            request_id: Some(body.request_id).filter(|request_id| !request_id.is_empty()),
        }
    }
}

fn kind_of(code: ErrorCode) -> ProblemKind {
    match code {
        ErrorCode::NoSessionToken | ErrorCode::SessionTokenRejected => ProblemKind::SignedOut,
        ErrorCode::NotConfigured => ProblemKind::NotConfigured,
        ErrorCode::UpstreamForbidden | ErrorCode::SidecarTokenRequired | ErrorCode::Csrf => ProblemKind::Forbidden,
        ErrorCode::UnknownApp | ErrorCode::AppFinished => ProblemKind::AppGone,
        ErrorCode::NotFound => ProblemKind::NotFound,
        ErrorCode::Overloaded => ProblemKind::Overloaded,
        ErrorCode::UpstreamUnreachable | ErrorCode::UpstreamTimeout => ProblemKind::Unreachable,
        _ => ProblemKind::Other,
    }
}
