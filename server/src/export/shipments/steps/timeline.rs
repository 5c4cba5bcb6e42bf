//! The steps of a timeline, and how they change.

use wire::export::{ShipmentStep, ShippingError, StepName, StepState};

use crate::words::Said;

/// The steps, in order.
pub(super) struct Timeline(pub Vec<ShipmentStep>);

impl Timeline {
    /// These steps, all still to come.
    pub fn new(names: &[StepName]) -> Self {
        Self(names.iter().map(|name| waiting(*name)).collect())
    }

    pub fn set(&mut self, name: StepName, state: StepState, at_ms: i64) {
        self.change(name, |step| {
            (step.state, step.at_ms, step.error) = (state, Some(at_ms), None);
            (step.note, step.note_sentences) = (String::new(), Vec::new());
        });
    }

    pub fn note(&mut self, name: StepName, note: &Said) {
        self.change(name, |step| (step.note, step.note_sentences) = (note.to_string(), note.sentences()));
    }

    pub fn fail(&mut self, name: StepName, error: ShippingError) {
        self.change(name, |step| (step.state, step.error) = (StepState::Failed, Some(error)));
    }

    pub fn change(&mut self, name: StepName, change: impl FnOnce(&mut ShipmentStep)) {
        if let Some(step) = self.0.iter_mut().find(|step| step.name == name) {
            change(step);
        }
    }

    /// This step and all after it are still to come.
    pub fn begin_again(&mut self, from: StepName) {
        for step in self.0.iter_mut().skip_while(|step| step.name != from) {
            *step = waiting(step.name);
        }
    }

    /// The step at which the job is: the first that is not done.
    pub fn open(&self) -> StepName {
        self.0.iter().find(|step| step.state != StepState::Done).map_or(StepName::Done, |step| step.name)
    }
}

fn waiting(name: StepName) -> ShipmentStep {
    ShipmentStep {
        name,
        state: StepState::Waiting,
        at_ms: None,
        note: String::new(),
        note_sentences: Vec::new(),
        error: None,
    }
}
