//! The stages that ended last, each with details that fold out.

use wire::{Stage, StageState, Stages};
use yew::{Callback, Html, Properties, classes, component, html, use_state};

use super::active_stages::StagesProps;
use super::stage_facts::{StageFacts, stage_number};
use super::tone::Tone;
use crate::format;
use crate::i18n::{Message, tr};
use crate::locale::use_locale;

/// Newest first.
#[component]
pub fn RecentStages(props: &StagesProps) -> Html {
    let Stages {
        recent,
        retained,
        forgotten,
        ..
    } = &props.stages;
    if recent.is_empty() {
        return html! { <p class="sparkMonitor-Muted">{ tr(Message::NoRecentStages) }</p> };
    }
    html! {
        <>
            <ul class="sparkMonitor-Recent">
                { for recent.iter().map(|stage| html! {
                    <RecentStage key={format!("{}.{}", stage.stage_id, stage.stage_attempt_id)} stage={stage.clone()} />
                }) }
            </ul>
            if *forgotten {
                <p class="sparkMonitor-Muted">{ tr(Message::SomeForgotten { retained: *retained }) }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct RecentStageProps {
    stage: Stage,
}

#[component]
fn RecentStage(props: &RecentStageProps) -> Html {
    let open = use_state(|| false);
    let stage = &props.stage;
    let (sign, state, tone) = state(stage.state);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    html! {
        <li class="sparkMonitor-Recent-stage">
            <button
                type="button" class="sparkMonitor-Recent-button" {onclick}
                aria-expanded={open.to_string()} title={stage.name.clone()}
            >
                <span class={classes!("sparkMonitor-Sign", tone.class())} aria-hidden="true">{ sign }</span>
                <span class="sparkMonitor-Stage-name">{ &stage.name }</span>
                <span class={classes!("sparkMonitor-Recent-state", tone.class())}>{ tr(state) }</span>
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </button>
            if *open {
                <RecentStageDetails stage={stage.clone()} />
            }
        </li>
    }
}

#[component]
fn RecentStageDetails(props: &RecentStageProps) -> Html {
    let locale = use_locale();
    let stage = &props.stage;
    html! {
        <div class="sparkMonitor-Recent-details">
            <p class="sparkMonitor-Recent-name">{ &stage.name }</p>
            <ul class="sparkMonitor-Facts">
                <li>{ stage_number(stage) }</li>
                if let Some(submitted_at_ms) = stage.submitted_at_ms {
                    <li>{ tr(Message::StartedAt { time: &locale.time(submitted_at_ms) }) }</li>
                }
            </ul>
            <StageFacts stage={stage.clone()} />
            if let Some(reason) = &stage.failure_reason {
                <pre class="sparkMonitor-Code" tabindex="0">{ reason }</pre>
            }
        </div>
    }
}

fn state(state: StageState) -> (&'static str, Message<'static>, Tone) {
    match state {
        StageState::Active => ("▸", Message::StageActive, Tone::Good),
        StageState::Pending => ("…", Message::StagePending, Tone::Muted),
        StageState::Complete => ("✓", Message::StageComplete, Tone::Muted),
        StageState::Failed => ("✕", Message::StageFailed, Tone::Bad),
        StageState::Skipped => ("–", Message::StageSkipped, Tone::Muted),
        StageState::Unknown => ("?", Message::StageUnknown, Tone::Muted),
    }
}
