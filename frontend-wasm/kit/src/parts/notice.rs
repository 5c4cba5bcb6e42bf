//! Notices shown instead of data or beside old data.

use yew::{Html, classes, html};

use super::tone::Tone;
use crate::i18n::{Message, Tell, tr};
use crate::language;
use crate::loaded::Trouble;
use crate::problem::{Problem, ProblemKind};

/// A notice: a heading, a sentence, and more details.
pub fn notice(tone: Tone, heading: Message<'_>, sentence: Message<'_>, more: Html) -> Html {
    html! {
        <div class={classes!("sparkMonitor-Notice", tone.class())} role="status">
            <p class="sparkMonitor-Notice-heading">{ tr(heading) }</p>
            <p>{ tr(sentence) }</p>
            { more }
        </div>
    }
}

/// A problem, when there is no data to show.
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
        ProblemKind::NotFound | ProblemKind::Other => (Message::HeadingOther, Tone::Bad),
    };
    html! {
        <div class={classes!("sparkMonitor-Notice", tone.class())} role="alert">
            <p class="sparkMonitor-Notice-heading">{ tr(heading) }</p>
            // What to do first, then why.
            if !hint.is_empty() {
                <p class="sparkMonitor-Notice-do">{ hint }</p>
            }
            <p>{ sentence }</p>
            if let Some(request_id) = request_id {
                <p class="sparkMonitor-Notice-id">{ tr(Message::RequestId { request_id }) }</p>
            }
        </div>
    }
}

/// Says since when, and why, the data below is old. Not a live region, because `announce` announces old data.
pub fn stale_line(trouble: &Trouble) -> Html {
    let time = language::time(trouble.since_ms);
    let Problem { sentence, hint, .. } = &trouble.problem;
    html! {
        <p class="sparkMonitor-Stale" title={hint.clone()}>
            { tr(Message::StaleSince { time: &time, reason: sentence }) }
        </p>
    }
}

/// Shown until something arrives: the shape of what is to come.
pub fn loading() -> Html {
    html! { <p class="sparkMonitor-Loading" role="status"><span>{ tr(Message::Loading) }</span></p> }
}

/// A muted line beside the data.
pub fn muted(message: impl Tell) -> Html {
    html! { <p class="sparkMonitor-Muted">{ tr(message) }</p> }
}
