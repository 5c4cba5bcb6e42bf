//! The runs of this notebook, newest first, and those of others on request.

use wire::export::{Run, RunKind, RunState, Runs};
use yew::{Callback, Html, MouseEvent, html};

use super::button::Button;
use super::document::Document;
use super::jump::place;
use super::model::{Act, Action, Model};
use super::run_details::run_details;
use super::scene::is_active;
use super::watched::Watched;
use kit::format;
use kit::i18n::{ExportMessage, tr};
use kit::language;
use kit::parts::notice::{loading, muted};
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;

pub fn runs_pane(
    runs: Option<&Runs>,
    problem: Option<&Problem>,
    open: &Watched,
    (model, document): (&Model, &Document),
    act: &Act,
) -> Html {
    let title = tr(ExportMessage::RunsTitle);
    let list = |runs: &Runs| {
        let (own, others): (Vec<_>, Vec<_>) = runs.runs.iter().partition(|run| run.path == document.path);
        html! {
            <>
                if own.is_empty() {
                    { muted(ExportMessage::NoRuns) }
                }
                <ul class="sparkMonitor-Runs-list">
                    { for own.iter().map(|run| line(run, (true, document.same_numbers_since(run.started_at_ms).then_some(act)), open, model, act)) }
                </ul>
                if !others.is_empty() {
                    { others_button(others.len(), model.shows_others, act) }
                }
                if model.shows_others {
                    <ul class="sparkMonitor-Runs-list">
                        { for others.iter().map(|run| line(run, (false, None), open, model, act)) }
                    </ul>
                }
            </>
        }
    };
    html! {
        <section class="sparkMonitor-Export-part sparkMonitor-Export-runs" aria-label={title.clone()}>
            <h3 tabindex="-1">{ title }</h3>
            { problem.map(not_refreshed) }
            { runs.map_or_else(|| if problem.is_none() { loading() } else { Html::default() }, list) }
        </section>
    }
}

/// Says that a list is old, and why.
pub fn not_refreshed(problem: &Problem) -> Html {
    html! {
        <p class="sparkMonitor-Stale" role="alert">
            { [&tr(ExportMessage::NotRefreshed), problem.sentence.as_str()].join(" ") }
        </p>
    }
}

fn others_button(count: usize, is_open: bool, act: &Act) -> Html {
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Action::ShowOthers));
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    html! {
        <button type="button" class="sparkMonitor-Button" aria-expanded={is_open.to_string()} {onclick}>
            { tr(ExportMessage::OtherRuns { count }) }
        </button>
    }
}

fn line(run: &Run, (is_own, jumps): (bool, Option<&Act>), open: &Watched, model: &Model, act: &Act) -> Html {
    let is_open = model.open_run.as_ref() == Some(&run.id);
    html! {
        <li key={run.id.clone()} class="sparkMonitor-Run">
            <div class="sparkMonitor-Run-head">
                { state(run) }
                if !is_own {
                    <span class="sparkMonitor-Run-path">{ &run.path }</span>
                }
                { for facts(run).into_iter().map(|fact| html! { <span class="sparkMonitor-Muted">{ fact }</span> }) }
            </div>
            if is_active(run) {
                { progress(run) }
            }
            { error(run, jumps) }
            { buttons(run, is_open, act) }
            if model.asked_delete.as_ref() == Some(&run.id) {
                { delete_question(&run.id, act) }
            }
            if is_open {
                { run_details(open, jumps) }
            }
        </li>
    }
}

fn facts(run: &Run) -> Vec<String> {
    let kind = match run.kind {
        RunKind::Notebook => ExportMessage::RunAsNotebook,
        RunKind::Script => ExportMessage::RunAsScript,
    };
    let mut facts = vec![tr(ExportMessage::RunOf { time: &language::time(run.started_at_ms) }), tr(kind)];
    if run.cells_all > 0 {
        facts.push(tr(ExportMessage::RunCells { done: run.cells_done, all: run.cells_all }));
    }
    if let Some(ended_at_ms) = run.ended_at_ms {
        let took = u64::try_from(ended_at_ms - run.started_at_ms).unwrap_or_default();
        facts.push(tr(ExportMessage::RunTakes { time: &format::duration(took) }));
    }
    facts
}

fn state(run: &Run) -> Html {
    let (tone, name) = match run.state {
        RunState::Starting => (Tone::Muted, ExportMessage::RunStarting),
        RunState::Running => (Tone::Warn, ExportMessage::RunRunning),
        RunState::Succeeded => (Tone::Good, ExportMessage::RunSucceeded),
        RunState::Failed => (Tone::Bad, ExportMessage::RunFailed),
        RunState::Canceled => (Tone::Muted, ExportMessage::RunCanceled),
        RunState::Lost => (Tone::Bad, ExportMessage::RunLost),
    };
    html! { <span class="sparkMonitor-Run-state" role="status">{ toned(tone, tr(name)) }</span> }
}

fn progress(run: &Run) -> Html {
    let (done, all) = (run.cells_done, run.cells_all);
    let words = tr(ExportMessage::RunCells { done, all });
    let percent = wire::percent(done.into(), all.into());
    html! {
        <div
            class="sparkMonitor-Bar" role="progressbar" aria-label={words.clone()} aria-valuetext={words}
            aria-valuemin="0" aria-valuemax={all.max(1).to_string()} aria-valuenow={done.min(all).to_string()}
        >
            <div class="sparkMonitor-Bar-done" style={format!("width: {percent}%")} />
        </div>
    }
}

fn error(run: &Run, jumps: Option<&Act>) -> Html {
    let Some(error) = &run.error else {
        return Html::default();
    };
    let at = error.cell.map(|cell| match error.line {
        Some(line) => (cell, tr(ExportMessage::RunErrorAt { cell, line })),
        None => (cell, tr(ExportMessage::RunErrorIn { cell })),
    });
    html! {
        <div class="sparkMonitor-Error sparkMonitor-mod-bad">
            <p>
                <code>{ &error.name }</code>{ " " }
                { at.map(|(cell, said)| place(cell, error.line, said, jumps)) }
            </p>
            <pre class="sparkMonitor-Run-message">{ &error.message }</pre>
        </div>
    }
}

fn buttons(run: &Run, is_open: bool, act: &Act) -> Html {
    let id = run.id.clone();
    let of = Some(language::time(run.started_at_ms));
    let named = |name: ExportMessage<'_>, action| {
        let said = tr(name);
        let label = of.as_ref().map(|time| [said.as_str(), &tr(ExportMessage::RunOf { time })].join(": "));
        Button { label, ..Button { name: said, ..Button::new(ExportMessage::ShowDetails, action) } }.view(act)
    };
    let toggle = {
        let (act, id) = (act.clone(), (!is_open).then(|| id.clone()));
        Callback::from(move |_: MouseEvent| act.emit(Action::OpenRun(id.clone())))
    };
    html! {
        <div class="sparkMonitor-Buttons">
            <button
                type="button" class="sparkMonitor-Button" aria-expanded={is_open.to_string()} onclick={toggle}
            >
                { tr(ExportMessage::ShowDetails) }
            </button>
            if is_active(run) {
                { named(ExportMessage::CancelRun, Action::CancelRun(id)) }
            } else {
                if has_output(run) {
                    { named(ExportMessage::OpenOutput, Action::OpenOutput {
                        id: id.clone(),
                        started_at_ms: run.started_at_ms,
                    }) }
                }
                { named(ExportMessage::DeleteRun, if has_output(run) {
                    Action::AskDelete(Some(id))
                } else {
                    Action::DeleteRun(id)
                }) }
            }
        </div>
    }
}

/// Whether it has a notebook with outputs, which a person may want to keep.
fn has_output(run: &Run) -> bool {
    run.kind == RunKind::Notebook && !is_active(run)
}

fn delete_question(id: &str, act: &Act) -> Html {
    html! {
        <div class="sparkMonitor-StopAsk" role="group" aria-label={tr(ExportMessage::DeleteRun)}>
            <p role="alert">{ tr(ExportMessage::DeleteAsk) }</p>
            { Button::new(ExportMessage::DeleteYes, Action::DeleteRun(id.to_owned())).view(act) }
            { Button::new(ExportMessage::DeleteNo, Action::AskDelete(None)).view(act) }
        </div>
    }
}
