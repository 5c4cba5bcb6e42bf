//! Stopping a query of one's own: it asks first, and says what happened and what still holds cores.

use wire::{Queries, Query, QueryState};
use yew::{Html, html};

use super::panel_context::Panel;
use crate::mine::{notebook_of, run_by};
use crate::model::{Action, Stop, StopState};
use kit::i18n::{Message, tr};
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// The button, the question, and the result of a query that this page may stop; or why it stops no classic one.
pub fn stop(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let known = panel.model.stop.as_ref().filter(|stop| stop.query_id == query.query_id);
    match known.map(|stop| &stop.state) {
        Some(StopState::Asking) => question(panel, queries, query),
        Some(StopState::Sent) => html! { <p role="status">{ tr(Message::Stopping) }</p> },
        Some(StopState::Done(found)) => said(panel, *found),
        Some(StopState::Failed(problem)) => {
            html! { <p role="alert">{ toned(Tone::Bad, problem.sentence.clone()) }</p> }
        }
        None if may_stop(panel, query) => html! {
            <button
                type="button" class="sparkMonitor-Button sparkMonitor-Stop"
                onclick={panel.on_click(Action::AskStop(query.query_id.clone()))}
            >
                { tr(Message::StopQuery) }
            </button>
        },
        None => Html::default(),
    }
}

/// Why a query that has no session of Spark Connect has no button.
pub fn why_not(panel: &Panel<'_>, query: &Query) -> Html {
    let is_classic = query.session_id.is_none() && query.state == QueryState::Running;
    let is_mine = panel.model.mine.as_ref().is_some_and(|mine| mine.session_id.is_none());
    if is_classic && is_mine { muted(Message::StopClassic) } else { Html::default() }
}

/// Only a query whose session a kernel of this JupyterLab has named as its own.
fn may_stop(panel: &Panel<'_>, query: &Query) -> bool {
    let is_proved = |session_id: &String| {
        panel.model.notebooks.iter().any(|notebook| notebook.asked && notebook.session_id.as_ref() == Some(session_id))
    };
    query.can_stop && query.operation_id.is_some() && query.session_id.as_ref().is_some_and(is_proved)
}

fn question(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let notebook = notebook_of(query, queries, &panel.model.notebooks, panel.model.mine.as_ref());
    let ahead_ms = panel.model.clock_ahead_ms.unwrap_or_default();
    let cell = notebook.and_then(|notebook| run_by(notebook, query, ahead_ms));
    let asked = cell.map_or(Message::StopAsk, |cell| Message::StopAskCell { cell: cell.into() });
    let stop = Stop {
        query_id: query.query_id.clone(),
        session_id: query.session_id.clone().unwrap_or_default(),
        operation_id: query.operation_id.clone().unwrap_or_default(),
        state: StopState::Sent,
    };
    html! {
        <div class="sparkMonitor-StopAsk" role="group" aria-label={tr(Message::StopQuery)}>
            <p>{ tr(asked) }</p>
            <button type="button" class="sparkMonitor-Button" onclick={panel.on_click(Action::Stop(stop))}>
                { tr(Message::StopYes) }
            </button>
            <button type="button" class="sparkMonitor-Button" onclick={panel.on_click(Action::KeepRunning)}>
                { tr(Message::StopNo) }
            </button>
        </div>
    }
}

fn said(panel: &Panel<'_>, found: bool) -> Html {
    let held = if found { held(panel) } else { 0 };
    html! {
        <p role="status">
            { tr(if found { Message::Stopped } else { Message::StoppedBefore }) }
            if held > 0 {
                { " " }{ toned(Tone::Warn, tr(Message::StopHeld { tasks: held })) }
            }
        </p>
    }
}

/// Tasks that run although no stage does. While a stage is active, nobody knows whose tasks they are.
fn held(panel: &Panel<'_>) -> u32 {
    let is_idle = panel.model.stages.body().is_some_and(|stages| stages.active.is_empty());
    let executors = panel.model.executors.body().filter(|_| is_idle);
    executors.map_or(0, |executors| executors.active_tasks)
}
