//! The way of a job through a standalone cluster: what is known, and what to ask next. Nothing here calls anything.
//!
//! It is stored and read again, so that a timeline survives a restart.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    answers::{DriverState, Status},
    error::SubmissionError,
    report::{Failure, Report},
    state::{Ask, Problem, Saw, State, Step},
};
use crate::export::{airflow::state::Act, places::CellMap};

/// Steps that are kept of one timeline; the first and the last.
const MOST_STEPS: usize = 40;
/// How long the master may be silent before nobody asks any more.
const LONGEST_SILENCE_MS: i64 = 60 * 60 * 1000;
/// How often the reason of a failure is looked for: a folder on the network may show it a moment later.
const MOST_REASONS: u32 = 3;

/// A job that is submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Submission {
    pub dag_id: String,
    /// The REST submission server, as the person was shown it.
    pub rest_url: String,
    /// What is sent there, as the person was shown it.
    pub request: Value,
    pub cells: CellMap,
}

/// Follows one job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Follow {
    pub submission: Submission,
    /// The states so far; never empty.
    timeline: Vec<Step>,
    pub problem: Option<Problem>,
    /// Why the master did not do what the person asked for last; the job is followed all the same.
    pub act_error: Option<SubmissionError>,
    /// The driver's name; none before it is submitted.
    pub driver: Option<String>,
    /// The host of the driver's worker, as the master has it.
    pub worker: Option<String>,
    /// What the driver has printed, on a page of its worker.
    pub log_url: Option<String>,
    canceling: bool,
    /// The cell that began last.
    cell: Option<usize>,
    reasons: u32,
}

impl Follow {
    /// Begins when a job's files have been delivered.
    pub(crate) fn new(submission: Submission, now_ms: i64) -> Self {
        Self {
            submission,
            timeline: vec![Step { at_ms: now_ms, state: State::Delivered }],
            problem: None,
            act_error: None,
            driver: None,
            worker: None,
            log_url: None,
            canceling: false,
            cell: None,
            reasons: 0,
        }
    }

    /// The states so far, oldest first.
    pub(crate) fn timeline(&self) -> &[Step] {
        &self.timeline
    }

    /// Where the job is.
    pub(crate) fn state(&self) -> &State {
        self.timeline.last().map_or(&State::Delivered, |step| &step.state)
    }

    /// What to do next.
    pub(crate) fn next(&self) -> Ask {
        match self.state() {
            State::Delivered => Ask::Submit,
            State::Submitting => Ask::NothingKnown,
            State::Submitted | State::Running { .. } | State::Relaunching if self.canceling => Ask::Kill,
            State::Submitted | State::Running { .. } | State::Relaunching => Ask::Status,
            State::Failed { message, .. } if message.is_empty() && self.reasons < MOST_REASONS => Ask::Reason,
            State::NotKnown | State::Finished | State::Failed { .. } | State::Error { .. } => Ask::Nothing,
            State::Killed | State::Canceled | State::Gone | State::Refused { .. } => Ask::Nothing,
        }
    }

    /// Notes that the job will be submitted. It must be kept before that is done.
    pub(crate) fn begin(&mut self, now_ms: i64) {
        self.push(State::Submitting, now_ms);
    }

    /// The sidecar ended while the job was being submitted.
    pub(crate) fn lost_answer(&mut self, now_ms: i64) {
        self.push(State::NotKnown, now_ms);
    }

    /// Takes an answer.
    pub(crate) fn take(&mut self, asked: Ask, saw: Saw, now_ms: i64) {
        if !matches!(saw, Saw::Failed(_)) {
            self.problem = None;
        }
        match saw {
            Saw::Submitted(driver) => {
                self.driver = Some(driver);
                self.push(State::Submitted, now_ms);
            }
            Saw::Status(status, report) => {
                self.report(report.as_ref());
                self.status(status, report.and_then(|report| report.failure), now_ms);
            }
            // What became of it, its state says. A person may ask for it again.
            Saw::KillSent => self.canceling = false,
            Saw::Reason(report) => {
                self.reasons += 1;
                self.report(report.as_ref());
                if let Some(failure) = report.and_then(|report| report.failure) {
                    self.fail(failure);
                }
            }
            Saw::Failed(error) => self.failed(asked, error, now_ms),
        }
    }

    /// Takes what a person does.
    pub(crate) fn act(&mut self, act: Act, now_ms: i64) {
        self.act_error = None;
        match act {
            Act::Cancel if *self.state() == State::Delivered => self.push(State::Canceled, now_ms),
            Act::Cancel => self.canceling = !self.is_over(),
            Act::Retry => self.retry(now_ms),
            // There is nothing to unpause.
            Act::Unpause => {}
        }
    }

    /// Ends it, because nobody can follow it.
    pub(crate) fn refuse(&mut self, error: SubmissionError, now_ms: i64) {
        if !self.is_over() {
            self.push(State::Refused { error }, now_ms);
        }
    }

    /// Whether nothing more happens, unless a person acts.
    pub(crate) fn is_over(&self) -> bool {
        self.next() == Ask::Nothing
    }

    fn status(&mut self, status: Status, failure: Option<Failure>, now_ms: i64) {
        let Status::Known { state, worker, detail } = status else {
            self.push(State::Gone, now_ms);
            return;
        };
        self.worker = worker.or(self.worker.take());
        match state {
            DriverState::Submitted => self.change(State::Submitted, now_ms),
            DriverState::Relaunching => self.change(State::Relaunching, now_ms),
            DriverState::Running if matches!(self.state(), State::Running { .. }) => {}
            DriverState::Running => {
                let of = self.submission.cells.cells();
                self.push(State::Running { cell: None, done: 0, of }, now_ms);
            }
            DriverState::Finished => self.push(State::Finished, now_ms),
            DriverState::Killed => self.push(State::Killed, now_ms),
            DriverState::Error => self.push(State::Error { message: detail }, now_ms),
            DriverState::Failed => {
                self.push(State::Failed { place: None, cell: self.cell, message: detail }, now_ms);
                if let Some(failure) = failure {
                    self.fail(failure);
                }
            }
        }
        self.progress();
    }

    fn report(&mut self, report: Option<&Report>) {
        let Some(report) = report else { return };
        self.cell = report.cell.or(self.cell);
        self.log_url = report.log_url.clone().or(self.log_url.take());
    }

    fn progress(&mut self) {
        let ordinal = self.cell.and_then(|began| self.submission.cells.ordinal(began));
        if let Some(Step { state: State::Running { cell, done, .. }, .. }) = self.timeline.last_mut() {
            *cell = self.cell;
            *done = ordinal.unwrap_or(*done);
        }
    }

    fn fail(&mut self, failure: Failure) {
        let began = self.cell;
        if let Some(Step { state: State::Failed { place, cell, message }, .. }) = self.timeline.last_mut() {
            (*place, *cell, *message) = (failure.place, began, failure.message);
        }
    }

    fn failed(&mut self, asked: Ask, error: SubmissionError, now_ms: i64) {
        match asked {
            // Nobody knows whether it was submitted, so it is not submitted again.
            Ask::Submit if !error.submitted_nothing() => {
                self.problem = Some(Problem { error, since_ms: now_ms, attempts: 1 });
                self.push(State::NotKnown, now_ms);
                return;
            }
            // What the person asked for is not to be had, but the job goes on.
            Ask::Kill if !error.is_passing() => {
                self.canceling = false;
                self.act_error = Some(error);
                return;
            }
            _ if !error.is_passing() => {
                self.push(State::Refused { error }, now_ms);
                return;
            }
            // It was surely not submitted, and is tried again.
            Ask::Submit => _ = self.timeline.pop(),
            _ => {}
        }
        let before = self.problem.take();
        let since_ms = before.as_ref().map_or(now_ms, |problem| problem.since_ms);
        let attempts = before.map_or(0, |problem| problem.attempts).saturating_add(1);
        if now_ms - since_ms > LONGEST_SILENCE_MS {
            self.push(State::Refused { error: error.clone() }, now_ms);
        }
        self.problem = Some(Problem { error, since_ms, attempts });
    }

    fn retry(&mut self, now_ms: i64) {
        if !self.is_over() {
            return;
        }
        (self.problem, self.canceling, self.reasons) = (None, false, 0);
        // It may still run.
        if matches!(self.state(), State::Refused { .. }) && self.driver.is_some() {
            self.push(State::Submitted, now_ms);
            return;
        }
        (self.driver, self.worker, self.log_url, self.cell) = (None, None, None, None);
        self.push(State::Delivered, now_ms);
    }

    /// Adds a state, unless it is there already.
    fn change(&mut self, state: State, now_ms: i64) {
        if *self.state() != state {
            self.push(state, now_ms);
        }
    }

    fn push(&mut self, state: State, now_ms: i64) {
        if self.timeline.len() >= MOST_STEPS {
            self.timeline.remove(1);
        }
        self.timeline.push(Step { at_ms: now_ms, state });
    }
}
