//! The timeline of a job on its way, as it is drawn.

use wire::export::{Shipment, ShipmentAct, ShipmentStep, ShippingError, StepName, StepState};

use super::record::{Delivery, Record, Told};
use crate::{
    export::airflow::{
        follow::Follow,
        places::Place,
        state::{State, Step},
    },
    words::{Said, export_airflow as words, say},
};

const NAMES: [StepName; 6] =
    [StepName::Checked, StepName::Pushed, StepName::Seen, StepName::Queued, StepName::Running, StepName::Done];

/// The answer about one job.
pub(super) fn shipment(record: &Record) -> Shipment {
    let mut line = Timeline::default();
    line.set(StepName::Checked, StepState::Done, record.started_at_ms);
    let (mut commit, mut commit_url) = (None, None);
    match &record.delivery {
        Delivery::Now => line.set(StepName::Pushed, StepState::Now, record.started_at_ms),
        Delivery::Done { at_ms, commit: id, url, is_new } => {
            (commit, commit_url) = (id.clone(), url.clone());
            line.set(StepName::Pushed, StepState::Done, *at_ms);
            if !is_new {
                line.note(StepName::Pushed, &say!("The same files were there already."));
            }
        }
        Delivery::Failed { at_ms, why } => {
            line.set(StepName::Pushed, StepState::Failed, *at_ms);
            line.fail(StepName::Pushed, error(why.clone(), None, String::new()));
        }
    }
    let (mut cells_done, mut cells_all) = (0, 0);
    if let Some(follow) = &record.follow {
        follow.timeline().iter().for_each(|step| line.follow(step, follow));
        if let State::Running { done, of, .. } = follow.state() {
            (cells_done, cells_all) = (number(*done), number(*of));
        }
    }
    let has_ended = record.has_ended();
    Shipment {
        id: record.id.clone(),
        path: record.path.clone(),
        dag_id: record.dag_id.clone(),
        started_at_ms: record.started_at_ms,
        commit,
        commit_url,
        run_id: record.follow.as_ref().filter(|follow| has_run(follow)).map(Follow::run_id),
        steps: line.0,
        has_ended,
        cells_done,
        cells_all,
        problem: record.follow.as_ref().and_then(problem),
        acts: acts(record),
    }
}

fn has_run(follow: &Follow) -> bool {
    follow.timeline().iter().any(|step| matches!(step.state, State::Queued { .. }))
}

fn problem(follow: &Follow) -> Option<ShippingError> {
    let failed = follow.act_error.as_ref().or(follow.problem.as_ref().map(|problem| &problem.error))?;
    Some(error((&words::failure(failed)).into(), None, String::new()))
}

/// What a person can do with a job.
pub(super) fn acts(record: &Record) -> Vec<ShipmentAct> {
    let Some(follow) = &record.follow else { return Vec::new() };
    let mut acts = Vec::new();
    if *follow.state() == State::Paused {
        acts.push(ShipmentAct::Unpause);
    }
    acts.push(if record.has_ended() { ShipmentAct::Retry } else { ShipmentAct::Cancel });
    acts
}

struct Timeline(Vec<ShipmentStep>);

impl Default for Timeline {
    fn default() -> Self {
        let waiting = |name| ShipmentStep {
            name,
            state: StepState::Waiting,
            at_ms: None,
            note: String::new(),
            note_sentences: Vec::new(),
            error: None,
        };
        Self(NAMES.map(waiting).into())
    }
}

impl Timeline {
    fn set(&mut self, name: StepName, state: StepState, at_ms: i64) {
        self.change(name, |step| {
            (step.state, step.at_ms, step.error) = (state, Some(at_ms), None);
            (step.note, step.note_sentences) = (String::new(), Vec::new());
        });
    }

    fn note(&mut self, name: StepName, note: &Said) {
        self.change(name, |step| (step.note, step.note_sentences) = (note.to_string(), note.sentences()));
    }

    fn fail(&mut self, name: StepName, error: ShippingError) {
        self.change(name, |step| (step.state, step.error) = (StepState::Failed, Some(error)));
    }

    fn change(&mut self, name: StepName, change: impl FnOnce(&mut ShipmentStep)) {
        if let Some(step) = self.0.iter_mut().find(|step| step.name == name) {
            change(step);
        }
    }

    /// All steps but the first are still to come.
    fn begin_again(&mut self, first: usize) {
        let later = Self::default().0.into_iter().skip(first);
        self.0.truncate(first);
        self.0.extend(later);
    }

    /// The step at which the job is: the first that is not done.
    fn open(&self) -> StepName {
        self.0.iter().find(|step| step.state != StepState::Done).map_or(StepName::Done, |step| step.name)
    }

    /// Adds a state in which the job was.
    fn follow(&mut self, Step { at_ms, state }: &Step, follow: &Follow) {
        let at_ms = *at_ms;
        let text = words::state(state);
        let told = || Told::new(&text, words::hint(state, &follow.shipped.delivery).as_ref());
        match state {
            State::Delivered => {
                // A person looks again, or runs it again.
                self.begin_again(2);
                self.set(StepName::Seen, StepState::Now, at_ms);
            }
            State::ImportError { place, text } => {
                self.set(StepName::Seen, StepState::Failed, at_ms);
                self.fail(StepName::Seen, error(told(), *place, text.clone()));
            }
            State::NotSeen { .. } => {
                self.set(StepName::Seen, StepState::Failed, at_ms);
                self.fail(StepName::Seen, error(told(), None, String::new()));
            }
            State::Seen { .. } => {
                // It was paused, and no run is wished for.
                self.begin_again(3);
                self.set(StepName::Seen, StepState::Done, at_ms);
                self.note(StepName::Seen, &text);
            }
            State::Paused => {
                self.set(StepName::Queued, StepState::NeedsPerson, at_ms);
                self.note(StepName::Queued, &text);
            }
            State::Queued { .. } => self.set(StepName::Queued, StepState::Now, at_ms),
            State::Running { .. } => {
                self.set(StepName::Queued, StepState::Done, at_ms);
                self.set(StepName::Running, StepState::Now, at_ms);
                self.note(StepName::Running, &text);
            }
            State::Success => {
                for name in [StepName::Queued, StepName::Running, StepName::Done] {
                    self.change(name, |step| {
                        step.state = StepState::Done;
                        step.at_ms.get_or_insert(at_ms);
                    });
                }
                self.note(StepName::Done, &text);
            }
            State::Failed { place, message } => {
                // A run that fails soon may never have been seen while it ran.
                self.change(StepName::Queued, |step| {
                    step.state = StepState::Done;
                    step.at_ms.get_or_insert(at_ms);
                });
                self.set(StepName::Running, StepState::Failed, at_ms);
                self.fail(StepName::Running, error(told(), *place, message.clone()));
            }
            State::Canceled => {
                let name = self.open();
                self.set(name, StepState::Failed, at_ms);
                self.note(name, &text);
            }
            State::Refused { .. } => {
                let name = self.open();
                self.set(name, StepState::Failed, at_ms);
                self.fail(name, error(told(), None, String::new()));
            }
        }
    }
}

pub(super) fn error(told: Told, place: Option<Place>, detail: String) -> ShippingError {
    ShippingError {
        cell: place.map(|place| number(place.cell)),
        line: place.map(|place| number(place.line)),
        message: told.text,
        message_sentences: told.sentences,
        fix: told.hint,
        fix_sentences: told.hint_sentences,
        detail,
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
