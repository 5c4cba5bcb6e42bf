//! The details of an expanded query: how it went, and its stages.

use wire::{Queries, Query, QueryStages, Stage, StageState};
use yew::{Html, classes, html};

use super::panel_context::Panel;
use super::query_origin::places;
use super::spark_link::{linked, spark_link};
use super::stage_facts::{stage_facts, stage_key, stage_number};
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::bar::progress;
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
                if let Some(link) = &query.link {
                    <li>{ spark_link(link, &tr(Message::SparkPage)) }</li>
                }
            </ul>
            if let Some(reason) = &query.failure_reason {
                <pre class="sparkMonitor-Code" tabindex="0">{ reason }</pre>
            }
            { filled(stages, true, stages.body().map(|known| stage_list(known, &query.name))) }
        </div>
    }
}

/// The active stages of a running query that is not expanded. The only one is told by the query's own bar.
pub fn active_stages(query: &Query) -> Html {
    if query.active_stages.is_empty() || query.stages_total <= 1 {
        return Html::default();
    }
    stages(&query.active_stages, &query.name)
}

fn stages(stages: &[Stage], query_name: &str) -> Html {
    html! {
        <ul class="sparkMonitor-Stages sparkMonitor-mod-inside">
            { for stages.iter().map(|known| stage(known, query_name)) }
        </ul>
    }
}

/// Newest first.
fn stage_list(known: &QueryStages, query_name: &str) -> Html {
    if known.query.is_none() {
        return muted(Message::QueryForgotten);
    }
    if known.stages.is_empty() && known.stages_not_shown == 0 {
        return muted(Message::NoStages);
    }
    html! {
        <>
            { stages(&known.stages, query_name) }
            if known.stages_not_shown > 0 {
                { muted(Message::MoreStages { count: known.stages_not_shown }) }
            }
            if known.stages_forgotten > 0 {
                { muted(Message::StagesForgotten { count: known.stages_forgotten }) }
            }
        </>
    }
}

/// One stage: a bar while it is active, otherwise how it ended. It has no name of its own if that is its query's.
pub fn stage(stage: &Stage, query_name: &str) -> Html {
    let (sign, state, tone) = state(stage.state);
    let number = stage_number(stage);
    let name = if stage.name.is_empty() || stage.name == query_name { &number } else { &stage.name };
    html! {
        <li key={stage_key(stage)}>
            <div class="sparkMonitor-Stage-head">
                <span class="sparkMonitor-Stage-name" title={[name.as_str(), &number].join("\n")}>{ linked(stage.link.as_ref(), name) }</span>
                if stage.state != StageState::Active {
                    { ended(sign, state, tone) }
                }
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </div>
            if stage.state == StageState::Active {
                { progress(name, stage.tasks) }
            }
            { stage_facts(stage) }
            if let Some(reason) = &stage.failure_reason {
                <pre class="sparkMonitor-Code" tabindex="0">{ reason }</pre>
            }
        </li>
    }
}

/// How something ended, as a sign and a word. The usual end has only a sign, and the word for screen readers.
pub fn ended(sign: &str, state: Message<'_>, tone: Tone) -> Html {
    let word = tr(state);
    let seen = if tone == Tone::Muted { sign.to_owned() } else { [sign, &word].join(" ") };
    html! { <span class={classes!("sparkMonitor-Ended", tone.class())} role="img" aria-label={word}>{ seen }</span> }
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
