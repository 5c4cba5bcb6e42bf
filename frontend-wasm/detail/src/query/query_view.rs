//! The parts of a query's page, in order.

use wire::{CallSite, Query, QueryStages, QueryState};
use yew::{Callback, Html, MouseEvent, html};

use super::findings_pane::findings_pane;
use super::page::{Page, code};
use super::plan_pane::plan_pane;
use super::stop::stop;
use super::timeline::timeline;
use kit::format;
use kit::i18n::{CompareMessage, Message, PageMessage, tr};
use kit::language;
use kit::parts::bar::progress;
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::wait::{sentence, time_left};

pub fn query_view(page: &Page<'_>) -> Html {
    let content = page.query.body().map(|answer| match &answer.query {
        Some(query) => known(page, answer, query),
        None => muted(PageMessage::QueryForgotten),
    });
    html! {
        <div class="sparkMonitor-QueryPage">
            { filled(page.query, true, content) }
            <p role="status">{ page.copied.map(|worked| tr(said(worked))) }</p>
        </div>
    }
}

fn known(page: &Page<'_>, answer: &QueryStages, query: &Query) -> Html {
    let plans = page.plans.shared().map(|plans| plan_pane(page, &plans));
    let findings = page.findings.body().map(|findings| findings_pane(page, findings, &query.query_id));
    html! {
        <>
            { head(page, query) }
            { compare(&page.on_compare) }
            { stop(page.may_stop, page.stopping, &page.on_stop) }
            if let Some(reason) = &query.failure_reason {
                <pre class="sparkMonitor-QueryPage-reason">{ reason }</pre>
            }
            if let Some(sql) = &query.sql {
                { code(page, sql) }
            }
            <section>
                <h3>{ tr(PageMessage::Findings) }</h3>
                { filled(page.findings, false, findings) }
            </section>
            { page.batches.clone() }
            <section>
                <h3>{ tr(PageMessage::Stages) }</h3>
                { timeline(answer, query, page.tasks.body()) }
            </section>
            <section>
                <h3>{ tr(PageMessage::Plan) }</h3>
                { filled(page.plans, false, plans) }
            </section>
            { page.settings.clone() }
            { page.save.clone() }
        </>
    }
}

fn compare(on_compare: &Callback<()>) -> Html {
    html! {
        <button type="button" class="sparkMonitor-Button" onclick={on_compare.reform(|_: MouseEvent| ())}>
            { tr(CompareMessage::CompareOffer) }
        </button>
    }
}

fn head(page: &Page<'_>, query: &Query) -> Html {
    let name = if query.name.is_empty() { query.query_id.clone() } else { query.name.clone() };
    let facts = [
        state_words(query.state),
        format::duration(query.elapsed_ms),
        tr(PageMessage::Begun { time: &language::time(query.submitted_at_ms) }),
        tr(Message::TasksDone { done: query.tasks.done, total: query.tasks.total }),
        tr(PageMessage::StagesDone { done: query.stages_done.into(), total: query.stages_total.into() }),
    ];
    html! {
        <div class="sparkMonitor-QueryPage-head">
            <h2 class="sparkMonitor-Report-title">{ name }</h2>
            <p>{ facts.join(" · ") }</p>
            { origin(page, query) }
            if query.state.is_open() {
                <p>{ now(query).join(" · ") }</p>
                { progress(&tr(PageMessage::Progress), query.tasks) }
            }
            if let Some(link) = &query.link {
                <p><a href={link.clone()} target="_blank" rel="noopener noreferrer">{ tr(PageMessage::SparkPage) }</a></p>
            }
        </div>
    }
}

/// What it does now, how far it is, and how long it still takes.
fn now(query: &Query) -> Vec<String> {
    let percent = query.tasks.percent();
    let share = (query.tasks.total > 0).then(|| tr(Message::Percent { percent }));
    [query.wait.as_ref().map(sentence), share, query.time_left.map(time_left)].into_iter().flatten().collect()
}

/// The cell that built it and its notebook, as a button that leads to the cell that ran it.
fn origin(page: &Page<'_>, query: &Query) -> Html {
    let shift = page.notebook.as_ref().and_then(|notebook| notebook.shift);
    let place = query.call_site.as_ref().map(|call_site| {
        tr(match call_site {
            CallSite::Cell { number, line } => {
                match shift.and_then(|shift| number.checked_sub(shift)).filter(|cell| *cell > 0) {
                    Some(cell) => Message::CellLine { cell: cell.into(), line: i64::from(*line) },
                    None => Message::ACellsLine { line: i64::from(*line) },
                }
            }
            CallSite::CellText { line, .. } => Message::ACellsLine { line: i64::from(*line) },
            CallSite::File { file, line } => Message::FileLine { file, line: i64::from(*line) },
        })
    });
    let Some(notebook) = &page.notebook else {
        return place.map(|place| html! { <p>{ place }</p> }).unwrap_or_default();
    };
    let onclick = page.on_cell.reform(|_: MouseEvent| ());
    html! {
        <p>
            <button type="button" class="sparkMonitor-Jump" title={tr(Message::JumpToACell)} {onclick}>
                { place.unwrap_or_else(|| tr(PageMessage::ItsCell)) }
            </button>
            { " " }
            { tr(Message::SessionOf { name: &notebook.title }) }
        </p>
    }
}

fn state_words(state: QueryState) -> String {
    tr(match state {
        QueryState::Running => PageMessage::StateRunning,
        QueryState::Succeeded => PageMessage::StateSucceeded,
        QueryState::Failed => PageMessage::StateFailed,
        QueryState::Canceled => PageMessage::StateCanceled,
        QueryState::Silent => PageMessage::StateSilent,
        QueryState::Unknown => PageMessage::StateUnknown,
    })
}

fn said(worked: bool) -> PageMessage<'static> {
    if worked { PageMessage::Copied } else { PageMessage::NotCopied }
}
