//! How far the last statement is, in one line.

use wire::Tasks;
use wire::sql::{SqlQuery, SqlState};
use yew::{Html, html};

use super::button::Button;
use super::model::{Act, Action, Job, Model, Run};
use kit::format;
use kit::i18n::{Message, SqlMessage, tr};
use kit::parts::bar::progress;
use kit::parts::tone::{Tone, toned};

/// Nothing before the first statement. Numbers that change all the time are not announced.
pub fn state_line(model: &Model, now_ms: i64, act: &Act) -> Html {
    let run = model.run.as_ref();
    html! {
        <div class="sparkMonitor-Sql-state" data-run={run.map(|run| run.number.to_string())}>
            <span role="status">{ run.map(word) }</span>
            { run.map(|run| facts(run, now_ms, act)) }
        </div>
    }
}

/// Its state in a word or two; after a cancel also what still holds cores.
fn word(run: &Run) -> Html {
    let Some(query) = &run.query else {
        return match &run.problem {
            None => toned(Tone::Muted, tr(SqlMessage::Sending)),
            Some(_) => toned(Tone::Bad, tr(SqlMessage::Refused)),
        };
    };
    let (tone, word) = match query.state {
        _ if run.is_canceling && !query.state.is_over() => (Tone::Warn, tr(SqlMessage::Canceling)),
        SqlState::Queued => (Tone::Muted, tr(SqlMessage::Queued)),
        SqlState::Checking => (Tone::Muted, tr(SqlMessage::Checking)),
        SqlState::WaitsForApproval => (Tone::Warn, tr(SqlMessage::Waits)),
        SqlState::Running => (Tone::Good, tr(Message::QueryRunning)),
        SqlState::Finished => (Tone::Good, tr(Message::QuerySucceeded)),
        SqlState::Failed => (Tone::Bad, tr(Message::QueryFailed)),
        SqlState::Canceled => match query.cores_still_held {
            Some(tasks) if tasks > 0 => (Tone::Warn, tr(SqlMessage::CanceledHeld { tasks })),
            _ => (Tone::Warn, tr(Message::QueryCanceled)),
        },
        SqlState::LimitExceeded => (Tone::Bad, tr(SqlMessage::LimitExceeded)),
        SqlState::Lost => (Tone::Bad, tr(SqlMessage::Lost)),
    };
    toned(tone, word)
}

fn facts(run: &Run, now_ms: i64, act: &Act) -> Html {
    let what = match &run.job {
        Job::Statement(_) => None,
        Job::Sample { table } => Some(tr(SqlMessage::SampleOf { table })),
        Job::Profile { place, column } => {
            let table = place.last().map_or("", String::as_str);
            Some(tr(SqlMessage::ProfileOfIn { column, table }))
        }
    };
    let elapsed = elapsed_ms(run, now_ms);
    html! {
        <>
            if let Some(what) = what {
                <span class="sparkMonitor-Sql-what">{ what }</span>
            }
            if let Some(elapsed_ms) = elapsed {
                <span class="sparkMonitor-Muted">{ format::duration(elapsed_ms) }</span>
            }
            { run.query.as_ref().map(|query| tasks(query, act)) }
        </>
    }
}

fn tasks(query: &SqlQuery, act: &Act) -> Html {
    let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    let (done, total, running) = (count(query.tasks_done), count(query.tasks), count(query.tasks_running));
    let is_running = query.state == SqlState::Running;
    html! {
        <>
            if is_running && total > 0 {
                <span class="sparkMonitor-Muted">{ tr(Message::TasksDone { done, total }) }</span>
                if running > 0 {
                    <span class="sparkMonitor-Muted">{ tr(Message::TasksRunning { count: running }) }</span>
                }
                <div class="sparkMonitor-Sql-progress">
                    { progress(&tr(SqlMessage::Statement), Tasks { total, done, running, ..Tasks::default() }) }
                </div>
            }
            if let Some(operation_id) = &query.operation_id {
                { show(operation_id).view(act) }
            }
        </>
    }
}

fn show(operation_id: &str) -> Button<'static> {
    let button = Button::new(SqlMessage::ShowInPanel, Action::ShowQuery(operation_id.to_owned()));
    Button { class: "sparkMonitor-Jump", ..button }
}

/// From the click while it runs, because the sidecar's clock may differ; as the sidecar measured it afterwards.
fn elapsed_ms(run: &Run, now_ms: i64) -> Option<u64> {
    match run.query.as_ref().map(|query| (query.started_at_ms, query.ended_at_ms)) {
        Some((started_at_ms, Some(ended_at_ms))) => u64::try_from(ended_at_ms - started_at_ms).ok(),
        _ if run.is_busy() && !run.waits() => u64::try_from((now_ms - run.begun_ms).max(0)).ok(),
        _ => None,
    }
}
