//! What is said instead of data, or beside old data.

use yew::{Html, classes, html};

use super::tone::Tone;
use crate::i18n::{Message, tr};
use crate::language;
use crate::loaded::Trouble;
use crate::problem::{Problem, ProblemKind};

/// A state of affairs: a heading, a sentence, and what more there is to say.
pub fn notice(tone: Tone, heading: Message<'_>, sentence: Message<'_>, more: Html) -> Html {
    html! {
        <div class={classes!("sparkMonitor-Notice", tone.class())} role="status">
            <p class="sparkMonitor-Notice-heading">{ tr(heading) }</p>
            <p>{ tr(sentence) }</p>
            { more }
        </div>
    }
}

/// A problem without any data to show.
pub fn problem_notice(problem: &Problem) -> Html {
    let Problem { kind, sentence, hint, request_id } = problem;
    let (heading, tone) = match kind {
        ProblemKind::SignedOut => (Message::HeadingSignedOut, Tone::Warn),
        ProblemKind::SignedOutOrStopped => (Message::HeadingSignedOutOrStopped, Tone::Warn),
        ProblemKind::NotConfigured => (Message::HeadingNotConfigured, Tone::Muted),
        ProblemKind::Forbidden => (Message::HeadingForbidden, Tone::Bad),
        ProblemKind::Overloaded => (Message::HeadingOverloaded, Tone::Warn),
        ProblemKind::Unreachable => (Message::HeadingUnreachable, Tone::Warn),
        ProblemKind::AppGone => (Message::HeadingAppGone, Tone::Muted),
        ProblemKind::Other => (Message::HeadingOther, Tone::Bad),
    };
    html! {
        <div class={classes!("sparkMonitor-Notice", tone.class())} role="alert">
            <p class="sparkMonitor-Notice-heading">{ tr(heading) }</p>
            <p>{ sentence }</p>
            if !hint.is_empty() {
                <p>{ hint }</p>
            }
            if let Some(request_id) = request_id {
                <p class="sparkMonitor-Notice-id">{ tr(Message::RequestId { request_id }) }</p>
            }
        </div>
    }
}

/// Says since when, and why, what is below is old. Not read out by itself: `announce` says that something is old.
pub fn stale_line(trouble: &Trouble) -> Html {
    let time = language::time(trouble.since_ms);
    let Problem { sentence, hint, .. } = &trouble.problem;
    html! {
        <p class="sparkMonitor-Stale" title={hint.clone()}>
            { tr(Message::StaleSince { time: &time, reason: sentence }) }
        </p>
    }
}

/// Nothing has come yet.
pub fn loading() -> Html {
    html! { <p class="sparkMonitor-Loading" role="status">{ tr(Message::Loading) }</p> }
}

/// A line beside the data.
pub fn muted(message: Message<'_>) -> Html {
    html! { <p class="sparkMonitor-Muted">{ tr(message) }</p> }
}
