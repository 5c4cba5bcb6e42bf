//! The steps of a job in Airflow.

use wire::export::{Shipment, ShipmentAct, StepName, StepState};

use super::{error, number, timeline::Timeline};
use crate::{
    export::{
        airflow::{
            follow::Follow,
            state::{State, Step},
        },
        shipments::record::Told,
    },
    words::export_airflow as words,
};

/// Adds what is known of a job.
pub(super) fn follow(shipment: &mut Shipment, line: &mut Timeline, follow: &Follow) {
    follow.timeline().iter().for_each(|step| add(line, step, follow));
    if let State::Running { done, of, .. } = follow.state() {
        (shipment.cells_done, shipment.cells_all) = (number(*done), number(*of));
    }
    let has_run = follow.timeline().iter().any(|step| matches!(step.state, State::Queued { .. }));
    shipment.run_id = has_run.then(|| follow.run_id());
    let failed = follow.act_error.as_ref().or(follow.problem.as_ref().map(|problem| &problem.error));
    if let Some(failed) = failed {
        shipment.problem = Some(error((&words::failure(failed)).into(), None, String::new()));
    }
}

/// What a person can do besides with a job.
pub(super) fn acts(follow: &Follow) -> Option<ShipmentAct> {
    (*follow.state() == State::Paused).then_some(ShipmentAct::Unpause)
}

/// Adds a state in which the job was.
fn add(line: &mut Timeline, Step { at_ms, state }: &Step, follow: &Follow) {
    let at_ms = *at_ms;
    let text = words::state(state);
    let told = || Told::new(&text, words::hint(state, &follow.shipped.delivery).as_ref());
    match state {
        State::Delivered => {
            // A person looks again, or runs it again.
            line.begin_again(StepName::Seen);
            line.set(StepName::Seen, StepState::Now, at_ms);
        }
        State::ImportError { place, text } => {
            line.set(StepName::Seen, StepState::Failed, at_ms);
            line.fail(StepName::Seen, error(told(), *place, text.clone()));
        }
        State::NotSeen { .. } => {
            line.set(StepName::Seen, StepState::Failed, at_ms);
            line.fail(StepName::Seen, error(told(), None, String::new()));
        }
        State::Seen { .. } => {
            // It was paused, and no run is wished for.
            line.begin_again(StepName::Queued);
            // Only where a merge is waited for.
            line.set(StepName::Merged, StepState::Done, at_ms);
            line.set(StepName::Seen, StepState::Done, at_ms);
            line.note(StepName::Seen, &text);
        }
        State::Paused => {
            line.set(StepName::Queued, StepState::NeedsPerson, at_ms);
            line.note(StepName::Queued, &text);
        }
        State::Queued { .. } => line.set(StepName::Queued, StepState::Now, at_ms),
        State::Running { .. } => {
            line.set(StepName::Queued, StepState::Done, at_ms);
            line.set(StepName::Running, StepState::Now, at_ms);
            line.note(StepName::Running, &text);
        }
        State::Success => {
            for name in [StepName::Queued, StepName::Running, StepName::Done] {
                line.change(name, |step| {
                    step.state = StepState::Done;
                    step.at_ms.get_or_insert(at_ms);
                });
            }
            line.note(StepName::Done, &text);
        }
        State::Failed { place, message } => {
            // A run that fails soon may never have been seen while it ran.
            line.change(StepName::Queued, |step| {
                step.state = StepState::Done;
                step.at_ms.get_or_insert(at_ms);
            });
            line.set(StepName::Running, StepState::Failed, at_ms);
            line.fail(StepName::Running, error(told(), *place, message.clone()));
        }
        State::Canceled => {
            let name = line.open();
            line.set(name, StepState::Failed, at_ms);
            line.note(name, &text);
        }
        State::Refused { .. } => {
            let name = line.open();
            line.set(name, StepState::Failed, at_ms);
            line.fail(name, error(told(), None, String::new()));
        }
    }
}
