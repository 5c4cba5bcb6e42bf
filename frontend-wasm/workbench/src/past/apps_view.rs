//! The HTML of the tab "Spark applications".

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use wire::past::{LostExecutor, PastApp, PastAppDetail, PastApps};
use yew::{Callback, Html, html};

use super::master_detail::{Entry, list};
use super::model::Act;
use super::runs_table::{Of, cells, head, runs_table};
use kit::format;
use kit::i18n::{Message, PastMessage, tr};
use kit::language;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// Samples are five minutes apart at most: an application that was not seen for longer may have ended unseen.
const SEEN_MS: i64 = 750_000;

/// The applications, the last seen first. `opens`: how many times the tab was opened with one.
pub fn apps_list(apps: &PastApps, now_ms: i64, chosen: Option<&str>, opens: u32, act: &Act) -> Html {
    if apps.apps.is_empty() {
        return muted(PastMessage::NoAppYet);
    }
    let entries = apps.apps.iter().map(|app| entry(app, now_ms)).collect();
    list(PastMessage::PastApplications, entries, chosen, opens, act)
}

fn entry(app: &PastApp, now_ms: i64) -> Entry {
    let state = match app.gone_at_ms {
        Some(_) => toned(Tone::Muted, tr(PastMessage::AppNotListed)),
        None if now_ms - app.last_seen_at_ms < SEEN_MS => toned(Tone::Good, tr(PastMessage::AppRuns)),
        None => toned(Tone::Muted, tr(Message::AppUnknown)),
    };
    let facts = html! { <>{ state }<span>{ [&*seen(app), &*app.app_id].join(" · ") }</span></> };
    let name = if app.name.is_empty() { &app.app_id } else { &app.name };
    Entry { key: app.app_id.clone(), name: name.clone(), is_code: false, facts }
}

fn seen(app: &PastApp) -> String {
    let seen = &language::time(app.last_seen_at_ms);
    match app.gone_at_ms {
        Some(gone_at_ms) => tr(PastMessage::AppGone { seen, gone: &language::time(gone_at_ms) }),
        None => tr(PastMessage::AppSeen { time: seen }),
    }
}

/// What is remembered of one application.
pub fn app_view(detail: &PastAppDetail) -> Html {
    let Some(app) = &detail.app else {
        return muted(PastMessage::AppForgotten);
    };
    let end = language::said(&detail.end, &detail.end_sentences);
    let started =
        (app.started_at_ms > 0).then(|| tr(PastMessage::AppStarted { time: &language::time(app.started_at_ms) }));
    let heap = (detail.peak_heap_bytes > 0)
        .then(|| tr(PastMessage::PeakHeap { bytes: &format::bytes(detail.peak_heap_bytes) }));
    let facts: Vec<String> = started.into_iter().chain([seen(app)]).chain(heap).collect();
    html! {
        <section aria-label={app.app_id.clone()}>
            <h3 dir="auto">{ if app.name.is_empty() { &app.app_id } else { &app.name } }</h3>
            if !end.is_empty() {
                <p class="sparkMonitor-Notice sparkMonitor-mod-warn">{ end }</p>
            }
            <p>{ facts.join(" ") }</p>
            if !detail.lost_executors.is_empty() {
                { lost(&detail.lost_executors) }
            }
            <h4>{ tr(PastMessage::LastQueries) }</h4>
            if detail.runs.is_empty() {
                { muted(PastMessage::NoQueryOfApp) }
            } else {
                { runs_table(&detail.runs, Of::Application, None, &Callback::noop()) }
            }
        </section>
    }
}

fn lost(executors: &[LostExecutor]) -> Html {
    let names = [PastMessage::LostExecutor, PastMessage::LostAt, PastMessage::LostWhy].map(tr);
    let row = |lost: &LostExecutor| {
        let why = language::said(&lost.why, &lost.why_sentences);
        let why = if why.is_empty() { tr(Message::Unknown) } else { why };
        html! {
            <tr key={lost.executor_id.clone()}>
                <th scope="row">{ &lost.executor_id }</th>
                { cells(vec![language::time(lost.at_ms), why]) }
            </tr>
        }
    };
    html! {
        <>
            <h4>{ tr(PastMessage::LostExecutors) }</h4>
            <table class="sparkMonitor-Table sparkMonitor-Runs sparkMonitor-mod-words">
                { head(names.into()) }
                <tbody>{ for executors.iter().map(row) }</tbody>
            </table>
        </>
    }
}
