//! The stages that ended last, each with details that fold out.

use wire::{Stage, StageState, Stages};
use yew::{Html, classes, html};

use super::panel_view::Panel;
use super::stage_facts::{stage_facts, stage_key, stage_number};
use super::tone::Tone;
use crate::format;
use crate::i18n::{Message, tr};
use crate::locale::Locale;
use crate::model::Action;

/// Newest first.
pub fn recent_stages(panel: &Panel<'_>, stages: &Stages) -> Html {
    if stages.recent.is_empty() {
        return html! { <p class="sparkMonitor-Muted">{ tr(Message::NoRecentStages) }</p> };
    }
    html! {
        <>
            <ul class="sparkMonitor-Recent">
                { for stages.recent.iter().map(|stage| recent_stage(panel, stage)) }
            </ul>
            if stages.forgotten {
                <p class="sparkMonitor-Muted">
                    { tr(Message::SomeForgotten { retained: stages.retained }) }
                </p>
            }
        </>
    }
}

fn recent_stage(panel: &Panel<'_>, stage: &Stage) -> Html {
    let key = stage_key(stage);
    let open = panel.model.is_toggled(&key);
    let (sign, state, tone) = state(stage.state);
    html! {
        <li key={key.clone()}>
            <button
                type="button" class="sparkMonitor-Recent-button" onclick={panel.on_click(Action::Toggle(key))}
                aria-expanded={open.to_string()} title={stage.name.clone()}
            >
                <span class={classes!("sparkMonitor-Sign", tone.class())} aria-hidden="true">
                    { sign }
                </span>
                <span class="sparkMonitor-Stage-name">{ &stage.name }</span>
                <span class={classes!("sparkMonitor-Recent-state", tone.class())}>{ tr(state) }</span>
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </button>
            if open {
                { details(stage, panel.locale) }
            }
        </li>
    }
}

/// What a stage says when it is folded out.
pub fn details(stage: &Stage, locale: &Locale) -> Html {
    html! {
        <div class="sparkMonitor-Recent-details">
            <p>{ &stage.name }</p>
            <ul class="sparkMonitor-Facts">
                <li>{ stage_number(stage) }</li>
                if let Some(submitted_at_ms) = stage.submitted_at_ms {
                    <li>{ tr(Message::StartedAt { time: &locale.time(submitted_at_ms) }) }</li>
                }
            </ul>
            { stage_facts(stage) }
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
