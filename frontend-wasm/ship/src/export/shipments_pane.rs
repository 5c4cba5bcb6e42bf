//! The shipments of this notebook, each with its steps.

use wire::export::{
    MergeRequest, Shipment, ShipmentAct, ShipmentLog, ShipmentPlace, ShipmentStep, Shipments, ShippingError, StepName,
    StepState,
};
use yew::{Callback, Html, MouseEvent, html};

use super::button::Button;
use super::document::Document;
use super::jump::place;
use super::model::{Act, Action, Model};
use super::runs_pane::not_refreshed;
use super::watched::Watched;
use kit::i18n::{ExportMessage, tr};
use kit::language;
use kit::parts::notice::{loading, muted, problem_notice};
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;

pub fn shipments_pane(
    shipments: Option<&Shipments>,
    problem: Option<&Problem>,
    log: &Watched,
    (model, document): (&Model, &Document),
    act: &Act,
) -> Html {
    let title = tr(ExportMessage::ShipmentsTitle);
    let list = |shipments: &Shipments| {
        let own: Vec<_> = shipments.shipments.iter().filter(|one| one.path == document.path).collect();
        html! {
            <>
                if own.is_empty() {
                    { muted(ExportMessage::NoShipments) }
                }
                <ul class="sparkMonitor-Runs-list">
                    { for own.into_iter().map(|one| {
                        let is_open = model.open_shipment.as_ref() == Some(&one.id);
                        let jumps = document.same_numbers_since(one.started_at_ms).then_some(act);
                        shipment_view(one, is_open.then_some(log), jumps, act)
                    }) }
                </ul>
            </>
        }
    };
    html! {
        <section class="sparkMonitor-Export-part" aria-label={title.clone()}>
            <h3>{ title }</h3>
            { problem.map(not_refreshed) }
            { shipments.map_or_else(|| if problem.is_none() { loading() } else { Html::default() }, list) }
        </section>
    }
}

/// One shipment, with its log if that is open. `jumps` is none if its cells are not those of the notebook.
pub fn shipment_view(shipment: &Shipment, log: Option<&Watched>, jumps: Option<&Act>, act: &Act) -> Html {
    let toggle = {
        let (act, id) = (act.clone(), log.is_none().then(|| shipment.id.clone()));
        Callback::from(move |_: MouseEvent| act.emit(Action::OpenShipment(id.clone())))
    };
    // Where no Airflow is configured, nothing comes after the push.
    let to_come = |step: &&ShipmentStep| !shipment.has_ended || step.state != StepState::Waiting;
    let steps = shipment.steps.iter().filter(to_come);
    html! {
        <li key={shipment.id.clone()} class="sparkMonitor-Run">
            <div class="sparkMonitor-Run-head">
                <span>{ &shipment.dag_id }</span>
                <span class="sparkMonitor-Muted">{ language::time(shipment.started_at_ms) }</span>
                { commit(shipment) }
                { shipment.merge_request.as_ref().map(merge_request) }
                if let Some(run_id) = &shipment.run_id {
                    <span class="sparkMonitor-Muted">{ run_name(shipment.place, run_id) }</span>
                }
                if shipment.cells_all > 0 {
                    <span class="sparkMonitor-Muted">
                        { tr(ExportMessage::RunCells { done: shipment.cells_done, all: shipment.cells_all }) }
                    </span>
                }
            </div>
            <ol class="sparkMonitor-Steps">{ for steps.map(|step| step_view(step, shipment.place, jumps)) }</ol>
            { shipment.problem.as_ref().map(|problem| error_view(problem, jumps)) }
            <div class="sparkMonitor-Buttons">
                { for shipment.acts.iter().map(|one| act_button(*one, &shipment.id, act)) }
                if let Some(url) = &shipment.log_url {
                    { link(url, tr(ExportMessage::DriverLog)) }
                } else if shipment.place == ShipmentPlace::Airflow {
                    <button
                        type="button" class="sparkMonitor-Button" aria-expanded={log.is_some().to_string()}
                        onclick={toggle}
                    >
                        { tr(ExportMessage::ShipmentLog) }
                    </button>
                }
            </div>
            { log.map(log_view) }
        </li>
    }
}

fn act_button(one: ShipmentAct, id: &str, act: &Act) -> Html {
    let name = match one {
        ShipmentAct::Unpause => ExportMessage::Unpause,
        ShipmentAct::Cancel => ExportMessage::CancelRun,
        ShipmentAct::Retry => ExportMessage::Retry,
    };
    Button::new(name, Action::Act(id.to_owned(), one)).view(act)
}

fn log_view(log: &Watched) -> Html {
    match (log.answer::<ShipmentLog>(), &log.problem) {
        (Some(log), _) if log.lines.is_empty() => muted(ExportMessage::RunOutputNone),
        (Some(log), _) => html! {
            <>
                if log.left_out > 0 {
                    { muted(ExportMessage::LogLeftOut { lines: log.left_out }) }
                }
                <pre class="sparkMonitor-Code" tabindex="0" role="group" aria-label={tr(ExportMessage::ShipmentLog)}>
                    { log.lines.join("\n") }
                </pre>
            </>
        },
        (None, Some(problem)) => problem_notice(problem),
        (None, None) => loading(),
    }
}

fn commit(shipment: &Shipment) -> Option<Html> {
    let short: String = shipment.commit.as_ref()?.chars().take(8).collect();
    let said = tr(ExportMessage::CommitLink { commit: &short });
    Some(match &shipment.commit_url {
        Some(url) => link(url, said),
        None => html! { <span class="sparkMonitor-Muted">{ said }</span> },
    })
}

fn merge_request(MergeRequest { branch, number, url }: &MergeRequest) -> Html {
    let said = match (number, url) {
        (Some(number), _) => tr(ExportMessage::MergeRequestLink { number: *number }),
        (None, Some(_)) => tr(ExportMessage::NewMergeRequest),
        (None, None) => tr(ExportMessage::MergeRequestBranch { branch }),
    };
    match url {
        Some(url) => link(url, said),
        None => html! { <span class="sparkMonitor-Muted">{ said }</span> },
    }
}

fn link(url: &str, said: String) -> Html {
    let href = url.to_owned();
    html! { <a class="sparkMonitor-Link" {href} target="_blank" rel="noreferrer noopener">{ said }</a> }
}

fn run_name(place: ShipmentPlace, run: &str) -> String {
    match place {
        ShipmentPlace::Airflow => tr(ExportMessage::RunInAirflow { run }),
        ShipmentPlace::Standalone => tr(ExportMessage::DriverOf { run }),
    }
}

fn step_view(step: &ShipmentStep, place: ShipmentPlace, jumps: Option<&Act>) -> Html {
    let ShipmentStep { name, state, at_ms, note, note_sentences, error } = step;
    let (tone, word) = match state {
        StepState::Waiting => (Tone::Muted, ExportMessage::StepWaiting),
        StepState::Now => (Tone::Warn, ExportMessage::StepNow),
        StepState::NeedsPerson => (Tone::Warn, ExportMessage::StepNeedsPerson),
        StepState::Done => (Tone::Good, ExportMessage::StepEnded),
        StepState::Failed => (Tone::Bad, ExportMessage::StepFailed),
    };
    html! {
        <li>
            <span class="sparkMonitor-Step-name">{ tr(step_name(*name, place)) }</span>
            { toned(tone, tr(word)) }
            <span class="sparkMonitor-Muted">{ at_ms.map(language::time) }</span>
            if !note.is_empty() {
                <p class="sparkMonitor-Muted">{ language::said(note, note_sentences) }</p>
            }
            { error.as_ref().map(|error| error_view(error, jumps)) }
        </li>
    }
}

/// What went wrong, where, and what to do.
pub fn error_view(error: &ShippingError, jumps: Option<&Act>) -> Html {
    let ShippingError { cell, line, message, message_sentences, fix, fix_sentences, detail } = error;
    let at = cell.map(|cell| {
        let said = tr(ExportMessage::GoToLine { cell, line: line.unwrap_or(1) });
        place(cell, *line, said, jumps)
    });
    html! {
        <div class="sparkMonitor-Error sparkMonitor-mod-bad">
            { at }
            <p>{ language::said(message, message_sentences) }</p>
            if !fix.is_empty() {
                <p>{ language::said(fix, fix_sentences) }</p>
            }
            if !detail.is_empty() {
                <pre class="sparkMonitor-Run-message">{ detail }</pre>
            }
        </div>
    }
}

fn step_name(name: StepName, place: ShipmentPlace) -> ExportMessage<'static> {
    match name {
        StepName::Checked => ExportMessage::StepChecked,
        StepName::Pushed if place == ShipmentPlace::Standalone => ExportMessage::StepWritten,
        StepName::Pushed => ExportMessage::StepPushed,
        StepName::Merged => ExportMessage::StepMerged,
        StepName::Seen => ExportMessage::StepSeen,
        StepName::Queued => ExportMessage::StepQueued,
        StepName::Running => ExportMessage::StepRunning,
        StepName::Done => ExportMessage::StepDone,
    }
}
