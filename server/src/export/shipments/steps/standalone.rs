//! The steps of a job on a standalone cluster.

use wire::export::{Shipment, ShippingError, StepName, StepState};

use super::{error, number, timeline::Timeline};
use crate::{
    export::{
        shipments::record::Told,
        standalone::{
            follow::Follow,
            state::{State, Step},
        },
    },
    words::export_standalone as words,
};

/// Adds what is known of a job.
pub(super) fn follow(shipment: &mut Shipment, line: &mut Timeline, follow: &Follow) {
    follow.timeline().iter().for_each(|step| add(line, step, follow));
    if let State::Running { done, of, .. } = follow.state() {
        (shipment.cells_done, shipment.cells_all) = (number(*done), number(*of));
    }
    (shipment.run_id, shipment.log_url) = (follow.driver.clone(), follow.log_url.clone());
    let failed = follow.act_error.as_ref().or(follow.problem.as_ref().map(|problem| &problem.error));
    shipment.problem = failed.map(|failed| error((&words::failure(failed)).into(), None, String::new()));
}

/// Adds a state in which the job was.
fn add(line: &mut Timeline, Step { at_ms, state }: &Step, follow: &Follow) {
    let at_ms = *at_ms;
    let text = words::state(state, &follow.submission.rest_url);
    let said = || Told::new(&text, words::hint(state, follow).as_ref());
    match state {
        State::Delivered => {
            // A person submits it again.
            line.begin_again(StepName::Queued);
            line.set(StepName::Queued, StepState::Now, at_ms);
            line.note(StepName::Queued, &text);
        }
        State::Submitting | State::Submitted => {
            line.begin_again(StepName::Queued);
            line.set(StepName::Queued, StepState::Now, at_ms);
            line.note(StepName::Queued, &text);
        }
        State::NotKnown => {
            line.set(StepName::Queued, StepState::Failed, at_ms);
            line.fail(StepName::Queued, error(said(), None, String::new()));
        }
        State::Running { .. } | State::Relaunching => {
            has_been_queued(line, at_ms);
            line.set(StepName::Running, StepState::Now, at_ms);
            line.note(StepName::Running, &text);
        }
        State::Finished => {
            has_been_queued(line, at_ms);
            for name in [StepName::Running, StepName::Done] {
                line.change(name, |step| {
                    step.state = StepState::Done;
                    step.at_ms.get_or_insert(at_ms);
                });
            }
            line.note(StepName::Done, &text);
        }
        State::Failed { place, cell, message } => {
            has_been_queued(line, at_ms);
            line.set(StepName::Running, StepState::Failed, at_ms);
            let failed = error(said(), *place, message.clone());
            // Of a driver that was killed, only the cell is known in which it was.
            line.fail(StepName::Running, ShippingError { cell: failed.cell.or(cell.map(number)), ..failed });
        }
        State::Error { message } => {
            line.set(StepName::Queued, StepState::Failed, at_ms);
            line.fail(StepName::Queued, error(said(), None, message.clone()));
        }
        State::Killed | State::Canceled => {
            let name = line.open();
            line.set(name, StepState::Failed, at_ms);
            line.note(name, &text);
        }
        State::Gone | State::Refused { .. } => {
            let name = line.open();
            line.set(name, StepState::Failed, at_ms);
            line.fail(name, error(said(), None, String::new()));
        }
    }
}

/// A driver that ends soon may never have been seen before. That it waited for a worker is no longer so.
fn has_been_queued(line: &mut Timeline, at_ms: i64) {
    line.change(StepName::Queued, |step| {
        (step.note, step.note_sentences) = (String::new(), Vec::new());
        step.state = StepState::Done;
        step.at_ms.get_or_insert(at_ms);
    });
}
