//! The details of an expanded query: how it went, and its stages.

use wire::{Queries, Query, QueryStages, Stage, StageState};
use yew::{Html, classes, html};

use super::panel_context::Panel;
use super::query_origin::places;
use super::stage_facts::{stage_facts, stage_key, stage_name, stage_number};
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::parts::tone::Tone;

/// The details of an expanded query. The origin of a running one is already shown above.
pub fn details(panel: &Panel<'_>, queries: &Queries, query: &Query, running: bool) -> Html {
    let stages = &panel.model.query_stages;
    let (done, total) = (query.stages_done, query.stages_total);
    html! {
        <div class="sparkMonitor-Recent-details">
            if !running {
                { places(panel, queries, query) }
            }
            <ul class="sparkMonitor-Facts">
                <li>{ tr(Message::StartedAt { time: &language::time(query.submitted_at_ms) }) }</li>
                if total > 0 {
                    <li>{ tr(Message::StagesOf { done, total }) }</li>
                }
            </ul>
            if let Some(reason) = &query.failure_reason {
                <pre class="sparkMonitor-Code" tabindex="0">{ reason }</pre>
            }
            { filled(stages, true, stages.body().map(stage_list)) }
        </div>
    }
}

/// Newest first.
fn stage_list(known: &QueryStages) -> Html {
    if known.query.is_none() {
        return muted(Message::QueryForgotten);
    }
    if known.stages.is_empty() && known.stages_not_shown == 0 {
        return muted(Message::NoStages);
    }
    html! {
        <>
            <ul class="sparkMonitor-Stages">{ for known.stages.iter().map(stage) }</ul>
            if known.stages_not_shown > 0 {
                { muted(Message::MoreStages { count: known.stages_not_shown }) }
            }
            if known.stages_forgotten > 0 {
                { muted(Message::StagesForgotten { count: known.stages_forgotten }) }
            }
        </>
    }
}

fn stage(stage: &Stage) -> Html {
    let (sign, state, tone) = state(stage.state);
    html! {
        <li key={stage_key(stage)}>
            <div class="sparkMonitor-Stage-head">
                <span class={classes!("sparkMonitor-Sign", tone.class())} aria-hidden="true">{ sign }</span>
                <span class="sparkMonitor-Stage-name" title={stage_number(stage)}>{ stage_name(stage) }</span>
                <span class={classes!("sparkMonitor-Recent-state", tone.class())}>{ tr(state) }</span>
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </div>
            { stage_facts(stage) }
            if let Some(reason) = &stage.failure_reason {
                <pre class="sparkMonitor-Code" tabindex="0">{ reason }</pre>
            }
        </li>
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
