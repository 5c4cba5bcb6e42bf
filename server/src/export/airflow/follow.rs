//! The way of a shipped job through Airflow: what is known, and what to ask next. Nothing here calls anything.
//!
//! It is stored and read again, so that a timeline survives a restart.

use serde::{Deserialize, Serialize};

use super::{
    answers::{Dag, ImportError, RunState},
    error::AirflowError,
    log::Failure,
    refusal,
    shipped::Shipped,
    state::{Act, Ask, Problem, Saw, State, Step, Wish},
};

/// Steps that are kept of one timeline; the first and the last.
const MOST_STEPS: usize = 40;
/// Longest traceback of an import error, characters: its end.
const LONGEST_TRACEBACK: usize = 4000;
/// How long Airflow may be silent before nobody asks any more.
const LONGEST_SILENCE_MS: i64 = 60 * 60 * 1000;
/// How long a paused workflow is watched.
const LONGEST_PAUSE_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a merge is waited for, if Airflow may not take longer to read a job.
const LONGEST_REVIEW_MS: i64 = 24 * 60 * 60 * 1000;
/// How often the reason of a failure is looked for: the log may come a moment after the state.
const MOST_REASONS: u32 = 3;

/// Follows one job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Follow {
    pub shipped: Shipped,
    pub wish: Wish,
    /// The states so far; never empty.
    timeline: Vec<Step>,
    pub problem: Option<Problem>,
    /// Why Airflow did not do what the person asked for last; the job is followed all the same.
    pub act_error: Option<AirflowError>,
    visibility_ms: i64,
    /// Runs have the same name and a number, so that a lost answer starts none twice.
    run_name: String,
    run_number: u32,
    /// A run of this number may be in Airflow.
    triggered: bool,
    canceling: bool,
    paused: bool,
    gave_up: bool,
    reasons: u32,
    /// When the job was delivered, or the person asked to look again.
    since_ms: i64,
    /// What was there at the first look; none before it.
    before: Option<Before>,
}

/// What was there before Airflow could have seen the job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Before {
    /// When the file was read that could not be imported; Airflow's clock.
    error_at: Option<String>,
}

impl Follow {
    /// Begins when a job has been delivered. `run_name` is a name that no other job's runs have: letters, digits, `-`
    /// and `_`.
    pub(crate) fn new(
        shipped: Shipped,
        wish: Wish,
        run_name: &str,
        visibility: std::time::Duration,
        now_ms: i64,
    ) -> Self {
        let visibility_ms = i64::try_from(visibility.as_millis()).unwrap_or(i64::MAX);
        let review_ms = if shipped.is_merged_first() { LONGEST_REVIEW_MS } else { 0 };
        Self {
            shipped,
            wish,
            timeline: vec![Step { at_ms: now_ms, state: State::Delivered }],
            problem: None,
            act_error: None,
            visibility_ms: visibility_ms.max(review_ms),
            run_name: run_name.to_owned(),
            run_number: 1,
            triggered: false,
            canceling: false,
            paused: false,
            gave_up: false,
            reasons: 0,
            since_ms: now_ms,
            before: None,
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

    /// Whether it waits for somebody to merge it.
    pub(crate) fn awaits_merge(&self) -> bool {
        self.shipped.is_merged_first() && *self.state() == State::Delivered && !self.is_over()
    }

    /// The name of the run in Airflow.
    pub(crate) fn run_id(&self) -> String {
        format!("{}.{}", self.run_name, self.run_number)
    }

    /// What to ask next.
    pub(crate) fn next(&self) -> Ask {
        if self.gave_up {
            return Ask::Nothing;
        }
        match self.state() {
            State::Delivered | State::ImportError { .. } => Ask::Visible,
            State::Seen { .. } | State::Paused if self.paused && self.wish.unpause => Ask::Unpause,
            State::Paused if self.paused => Ask::Visible,
            State::Seen { .. } | State::Paused if !self.wish.run => Ask::Nothing,
            State::Seen { .. } | State::Paused => Ask::Trigger,
            State::Queued { .. } | State::Running { .. } if self.canceling => Ask::Cancel,
            State::Queued { .. } | State::Running { .. } => Ask::Run,
            State::Failed { message, .. } if message.is_empty() && self.reasons < MOST_REASONS => Ask::Reason,
            State::NotSeen { .. } | State::Success | State::Failed { .. } => Ask::Nothing,
            State::Canceled | State::Refused { .. } => Ask::Nothing,
        }
    }

    /// Notes that this will be asked: Airflow may do it without an answer.
    pub(crate) fn begin(&mut self, asked: Ask) {
        self.triggered |= asked == Ask::Trigger;
    }

    /// Takes an answer.
    pub(crate) fn take(&mut self, asked: Ask, saw: Saw, now_ms: i64) {
        if !matches!(saw, Saw::Failed(_)) {
            self.problem = None;
        }
        match saw {
            Saw::Look { dag, is_ours, error } => self.look(dag, is_ours, error, now_ms),
            Saw::Unpaused => self.unpaused(now_ms),
            Saw::Run(run) => {
                if asked == Ask::Trigger {
                    self.push(State::Queued { run_id: run.dag_run_id.clone() }, now_ms);
                }
                if asked == Ask::Cancel && run.state == RunState::Failed {
                    self.push(State::Canceled, now_ms);
                } else {
                    self.run(run.state, now_ms);
                }
            }
            Saw::State(state) => self.run(state, now_ms),
            Saw::Progress(state, cell) => {
                self.run(state, now_ms);
                self.progress(cell);
            }
            Saw::Reason(failure) => self.reason(failure),
            Saw::Failed(error) => self.failed(asked, error, now_ms),
        }
    }

    /// Takes what a person does.
    pub(crate) fn act(&mut self, act: Act, now_ms: i64) {
        self.act_error = None;
        match act {
            Act::Unpause => self.wish.unpause = true,
            Act::Cancel => self.cancel(now_ms),
            Act::Retry => self.retry(now_ms),
        }
    }

    /// Ends it, because nobody can follow it.
    pub(crate) fn refuse(&mut self, error: AirflowError, now_ms: i64) {
        if !self.is_over() {
            self.push(State::Refused { error }, now_ms);
        }
    }

    /// Whether nothing more happens, unless a person acts.
    pub(crate) fn is_over(&self) -> bool {
        self.next() == Ask::Nothing
    }

    fn look(&mut self, dag: Option<Dag>, is_ours: bool, error: Option<ImportError>, now_ms: i64) {
        let is_first = self.before.is_none();
        let before =
            self.before.get_or_insert_with(|| Before { error_at: error.as_ref().map(|error| error.timestamp.clone()) });
        // An error from before the delivery is no error of ours, until Airflow reads the file again.
        let error = error.filter(|error| !is_first && before.error_at.as_ref() != Some(&error.timestamp));
        if let Some(dag) = dag.filter(|_| is_ours) {
            self.seen(dag, now_ms);
            return;
        }
        match (error, self.state()) {
            (Some(error), _) => {
                let place = self.shipped.cells.in_traceback(&error.stack_trace);
                let state = State::ImportError { place, text: end_of(&error.stack_trace) };
                if *self.state() != state {
                    self.push(state, now_ms);
                }
            }
            (None, State::ImportError { .. }) => self.push(State::Delivered, now_ms),
            (None, _) => {}
        }
        self.too_late(now_ms);
    }

    fn seen(&mut self, dag: Dag, now_ms: i64) {
        self.paused = dag.is_paused;
        if !matches!(self.state(), State::Seen { .. } | State::Paused) {
            let short = |text: String| refusal::short(&text, 100);
            let (version, next_run) = (dag.bundle_version.map(short), dag.next_dagrun_run_after.map(short));
            self.push(State::Seen { version, next_run }, now_ms);
        }
        if !self.paused {
            self.unpaused(now_ms);
        } else if self.wish.run && !self.wish.unpause && *self.state() != State::Paused {
            self.push(State::Paused, now_ms);
        }
        let paused_at = self.timeline.last().map_or(now_ms, |step| step.at_ms);
        self.gave_up = *self.state() == State::Paused && self.paused && now_ms - paused_at > LONGEST_PAUSE_MS;
    }

    /// The workflow may run. Without a wish to run it, that it is seen is the end again.
    fn unpaused(&mut self, now_ms: i64) {
        self.paused = false;
        if self.wish.run || *self.state() != State::Paused {
            return;
        }
        let seen = self.timeline.iter().rev().find(|step| matches!(step.state, State::Seen { .. }));
        if let Some(seen) = seen.map(|step| step.state.clone()) {
            self.push(seen, now_ms);
        }
    }

    fn run(&mut self, state: RunState, now_ms: i64) {
        let is_running = matches!(self.state(), State::Running { .. });
        match state {
            RunState::Running if !is_running => {
                let of = self.shipped.cells.cells();
                self.push(State::Running { cell: None, done: 0, of }, now_ms);
            }
            RunState::Success => self.push(State::Success, now_ms),
            RunState::Failed if self.canceling => self.push(State::Canceled, now_ms),
            RunState::Failed => self.push(State::Failed { place: None, message: String::new() }, now_ms),
            RunState::Queued | RunState::Running | RunState::Unknown => {}
        }
    }

    fn progress(&mut self, began: Option<usize>) {
        let Some(began) = began else { return };
        let ordinal = self.shipped.cells.ordinal(began);
        if let Some(Step { state: State::Running { cell, done, .. }, .. }) = self.timeline.last_mut() {
            *cell = Some(began);
            *done = ordinal.unwrap_or(*done);
        }
    }

    fn reason(&mut self, failure: Option<Failure>) {
        self.reasons += 1;
        let Some(failure) = failure else { return };
        if let Some(Step { state: State::Failed { place, message }, .. }) = self.timeline.last_mut() {
            *place = failure.place;
            *message = failure.message;
        }
    }

    fn failed(&mut self, asked: Ask, error: AirflowError, now_ms: i64) {
        match asked {
            // The log is an extra: without it the run has failed all the same.
            Ask::Reason => {
                self.reasons += 1;
                return;
            }
            Ask::Cancel if matches!(error, AirflowError::NotFound { .. }) => {
                self.push(State::Canceled, now_ms);
                return;
            }
            // What the person asked for is not to be had, but the job goes on.
            Ask::Unpause | Ask::Cancel if !error.is_passing() => {
                (self.wish.unpause, self.canceling) = (false, false);
                if asked == Ask::Unpause && *self.state() != State::Paused {
                    self.push(State::Paused, now_ms);
                }
                self.act_error = Some(error);
                return;
            }
            _ if !error.is_passing() => {
                if asked == Ask::Trigger {
                    self.triggered = false;
                    // Somebody else's run has this name.
                    self.run_number += u32::from(matches!(error, AirflowError::Conflict { .. }));
                }
                self.push(State::Refused { error }, now_ms);
                return;
            }
            _ => {}
        }
        let before = self.problem.take();
        let since_ms = before.as_ref().map_or(now_ms, |problem| problem.since_ms);
        let attempts = before.map_or(0, |problem| problem.attempts).saturating_add(1);
        if now_ms - since_ms > LONGEST_SILENCE_MS {
            self.push(State::Refused { error: error.clone() }, now_ms);
        }
        self.problem = Some(Problem { error, since_ms, attempts });
        self.too_late(now_ms);
    }

    fn cancel(&mut self, now_ms: i64) {
        match self.state() {
            _ if self.is_over() => {}
            State::Queued { .. } | State::Running { .. } => self.canceling = true,
            _ if !self.triggered => self.push(State::Canceled, now_ms),
            // It was triggered, and the answer was lost.
            _ => {
                self.canceling = true;
                self.push(State::Queued { run_id: self.run_id() }, now_ms);
            }
        }
    }

    /// Gives up if Airflow should have seen the job by now.
    fn too_late(&mut self, now_ms: i64) {
        if now_ms - self.since_ms <= self.visibility_ms {
            return;
        }
        match self.state() {
            State::Delivered => {
                let after_s = u64::try_from(self.visibility_ms / 1000).unwrap_or_default();
                self.push(State::NotSeen { after_s }, now_ms);
            }
            State::ImportError { .. } => self.gave_up = true,
            _ => {}
        }
    }

    fn retry(&mut self, now_ms: i64) {
        if !self.is_over() {
            return;
        }
        (self.gave_up, self.problem, self.reasons) = (false, None, 0);
        let is_lost = matches!(self.state(), State::Refused { .. });
        if is_lost && self.triggered {
            self.push(State::Queued { run_id: self.run_id() }, now_ms);
            return;
        }
        if self.triggered {
            self.run_number = self.run_number.saturating_add(1);
        }
        (self.triggered, self.canceling) = (false, false);
        self.since_ms = now_ms;
        self.push(State::Delivered, now_ms);
    }

    fn push(&mut self, state: State, now_ms: i64) {
        if self.timeline.len() >= MOST_STEPS {
            self.timeline.remove(1);
        }
        self.timeline.push(Step { at_ms: now_ms, state });
    }
}

/// The end of a traceback, where the error is.
fn end_of(text: &str) -> String {
    let text = text.trim_end();
    match text.char_indices().rev().nth(LONGEST_TRACEBACK - 1) {
        Some((start, _)) if start > 0 => format!("…{}", text.get(start..).unwrap_or_default()),
        _ => text.to_owned(),
    }
}
