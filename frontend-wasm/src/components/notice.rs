//! What is said instead of data, or beside old data.

use yew::{AttrValue, Children, Html, Properties, classes, component, html};

use super::tone::Tone;
use crate::i18n::{Message, tr};
use crate::loaded::Trouble;
use crate::locale::use_locale;
use crate::problem::{Problem, ProblemKind};

#[derive(Properties, PartialEq)]
pub struct NoticeProps {
    pub heading: AttrValue,
    #[prop_or_default]
    pub sentence: AttrValue,
    #[prop_or(Tone::Muted)]
    pub tone: Tone,
    /// It must be heard at once.
    #[prop_or_default]
    pub alert: bool,
    #[prop_or_default]
    pub children: Children,
}

/// A heading, a sentence, and what to do.
#[component]
pub fn Notice(props: &NoticeProps) -> Html {
    html! {
        <div
            class={classes!("sparkMonitor-Notice", props.tone.class())}
            role={if props.alert { "alert" } else { "status" }}
        >
            <p class="sparkMonitor-Notice-heading">{ &props.heading }</p>
            if !props.sentence.is_empty() {
                <p>{ &props.sentence }</p>
            }
            { props.children.clone() }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct ProblemNoticeProps {
    pub problem: Problem,
}

/// A problem without any data to show.
#[component]
pub fn ProblemNotice(props: &ProblemNoticeProps) -> Html {
    let Problem {
        kind,
        sentence,
        hint,
        request_id,
    } = &props.problem;
    let (heading, tone) = match kind {
        ProblemKind::SignedOut => (Message::HeadingSignedOut, Tone::Warn),
        ProblemKind::NotConfigured => (Message::HeadingNotConfigured, Tone::Muted),
        ProblemKind::Forbidden => (Message::HeadingForbidden, Tone::Bad),
        ProblemKind::Overloaded => (Message::HeadingOverloaded, Tone::Warn),
        ProblemKind::Unreachable => (Message::HeadingUnreachable, Tone::Warn),
        ProblemKind::Other => (Message::HeadingOther, Tone::Bad),
    };
    html! {
        <Notice heading={tr(heading)} sentence={sentence.clone()} {tone} alert=true>
            if !hint.is_empty() {
                <p class="sparkMonitor-Notice-hint">{ hint }</p>
            }
            if let Some(request_id) = request_id {
                <p class="sparkMonitor-Notice-id">{ tr(Message::RequestId { request_id }) }</p>
            }
        </Notice>
    }
}

#[derive(Properties, PartialEq)]
pub struct StaleLineProps {
    pub trouble: Trouble,
}

/// Says since when, and why, what is below is old.
#[component]
pub fn StaleLine(props: &StaleLineProps) -> Html {
    let time = use_locale().time(props.trouble.since_ms);
    let Problem { sentence, hint, .. } = &props.trouble.problem;
    html! {
        <p class="sparkMonitor-Stale" role="status" title={hint.clone()}>
            { tr(Message::StaleSince { time: &time, reason: sentence }) }
        </p>
    }
}

/// Nothing has come yet.
#[component]
pub fn Loading() -> Html {
    html! { <p class="sparkMonitor-Loading" role="status">{ tr(Message::Loading) }</p> }
}
