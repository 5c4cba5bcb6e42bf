//! The running queries and the recent ones, each with details that can be expanded.

use wire::{Queries, Query, QueryState};
use yew::{Html, html};

use super::panel_context::Panel;
use super::query_origin::{jump, place, places, title};
use super::query_stages::{active_stages, details, ended};
use super::row_menu::{of_query, offers};
use super::row_names::query_row;
use super::sessions::{grouped, session_picker};
use super::spark_link::spark_link;
use super::stop::{stop, why_not};
use crate::model::Action;
use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::bar::progress;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};
use kit::wait::time_left;

/// The panel's first sentence.
pub fn sentence(line: String) -> Html {
    // Not a live region, because its numbers change all the time.
    html! { <p class="sparkMonitor-Why">{ line }</p> }
}

/// Newest first.
pub fn running_queries(panel: &Panel<'_>, queries: &Queries) -> Html {
    let item = |query: &Query| running_query(panel, queries, query);
    html! {
        <>
            { session_picker(panel, queries) }
            if queries.running.is_empty() {
                { muted(Message::NoRunningQueries) }
            } else {
                { grouped(panel, "sparkMonitor-Stages", &queries.running, &item) }
            }
            if queries.running_not_shown > 0 {
                { muted(Message::MoreQueries { count: queries.running_not_shown }) }
            }
        </>
    }
}

/// Newest first. The choice of a session stands above the first queries that are shown.
pub fn recent_queries(panel: &Panel<'_>, queries: &Queries) -> Html {
    if queries.recent.is_empty() {
        return muted(Message::NoRecentQueries);
    }
    html! {
        <>
            if is_idle(queries) {
                { session_picker(panel, queries) }
            }
            { grouped(panel, "sparkMonitor-Recent", &queries.recent, &|query| recent_query(panel, queries, query)) }
        </>
    }
}

/// Whether no query is running.
pub fn is_idle(queries: &Queries) -> bool {
    queries.running.is_empty() && queries.running_not_shown == 0
}

fn running_query(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let (title, more) = title(panel, queries, query);
    let (percent, done, total) = (query.tasks.percent(), query.tasks.done, query.tasks.total);
    let button = button(panel, queries, query, "sparkMonitor-Query-button", (&title, more), Html::default());
    let menu = offers(&of_query(panel, queries, query));
    html! {
        <li key={query.query_id.clone()} id={query_element(query)} data-row={query_row(query)} data-menu={menu}>
            { button }
            { progress(&title, query.tasks) }
            <ul class="sparkMonitor-Facts">
                if query.state == QueryState::Silent {
                    <li title={tr(Message::QuerySilentLong)}>{ toned(Tone::Warn, tr(Message::QuerySilent)) }</li>
                }
                if let Some(stream) = query.stream {
                    <li>{ tr(Message::StreamBatch { batch: stream.batch }) }</li>
                    if let Some(period_ms) = stream.period_ms {
                        <li>{ tr(Message::StreamPeriod { time: &format::duration(period_ms) }) }</li>
                    }
                }
                if total > 0 {
                    <li>{ tr(Message::Percent { percent }) }</li>
                    <li>{ tr(Message::TasksDone { done, total }) }</li>
                }
                if query.tasks.failed > 0 {
                    <li>{ toned(Tone::Bad, tr(Message::TasksFailed { count: query.tasks.failed })) }</li>
                }
                if let Some(left) = query.time_left {
                    <li>{ time_left(left) }</li>
                }
            </ul>
            { places(panel, queries, query) }
            { stop(panel, queries, query) }
            if panel.model.is_expanded(query) {
                { why_not(panel, query) }
                { details(panel, queries, query, true) }
            } else {
                { active_stages(query) }
            }
        </li>
    }
}

fn recent_query(panel: &Panel<'_>, queries: &Queries, query: &Query) -> Html {
    let (title, more) = title(panel, queries, query);
    let (sign, state, tone) = state(query.state);
    let state = ended(sign, state, tone);
    let button = button(panel, queries, query, "sparkMonitor-Recent-button", (&title, more), state);
    let menu = offers(&of_query(panel, queries, query));
    html! {
        <li key={query.query_id.clone()} id={query_element(query)} data-row={query_row(query)} data-menu={menu}>
            { button }
            { stop(panel, queries, query) }
            if panel.model.is_expanded(query) {
                { details(panel, queries, query, false) }
            }
        </li>
    }
}

/// A query's title, which leads to its cell or else to Spark's own page, and the button that expands it: a second label, its state, and its
/// duration.
fn button(
    panel: &Panel<'_>,
    queries: &Queries,
    query: &Query,
    class: &'static str,
    (title, more): (&str, Option<&str>),
    state: Html,
) -> Html {
    let cell = place(panel, queries, query).map(|place| jump(panel, place, title));
    let link = cell.or_else(|| Some(spark_link(query.link.as_ref()?, title)));
    // Beside the link, only screen readers need it again.
    let label = match link {
        Some(_) => html! { <span class="sparkMonitor-Hidden">{ title }</span> },
        None => Html::from(title),
    };
    html! {
        <div class="sparkMonitor-Query-head">
            { link }
            <button
                type="button" {class} aria-expanded={panel.model.is_expanded(query).to_string()} title={query.name.clone()}
                onclick={panel.on_click(Action::ToggleQuery(query.query_id.clone()))}
            >
                <span class="sparkMonitor-Stage-name">
                    { label }
                    if let Some(more) = more {
                        <span class="sparkMonitor-Query-more">{ more }</span>
                    }
                </span>
                { state }
                <span class="sparkMonitor-Stage-elapsed">{ format::duration(query.elapsed_ms) }</span>
                <span class="sparkMonitor-Caret" aria-hidden="true" />
            </button>
        </div>
    }
}

/// The id of a query's element, to which the shell scrolls.
fn query_element(query: &Query) -> String {
    ["sparkMonitor-query-", &query.query_id].concat()
}

fn state(state: QueryState) -> (&'static str, Message<'static>, Tone) {
    match state {
        QueryState::Running => ("▸", Message::QueryRunning, Tone::Good),
        QueryState::Succeeded => ("✓", Message::QuerySucceeded, Tone::Muted),
        QueryState::Failed => ("✕", Message::QueryFailed, Tone::Bad),
        QueryState::Canceled => ("⊘", Message::QueryCanceled, Tone::Warn),
        QueryState::Silent => ("…", Message::QuerySilent, Tone::Warn),
        QueryState::Unknown => ("?", Message::QueryUnknown, Tone::Muted),
    }
}
