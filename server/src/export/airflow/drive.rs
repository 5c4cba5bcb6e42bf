//! Asks Airflow what a followed job needs to know next, again and again, until the end.

use std::time::Duration;

use monitor::clock;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep},
};
use tokio_util::sync::CancellationToken;

use super::{
    Airflow, States,
    answers::{Dag, RunState, TaskInstance},
    error::AirflowError,
    follow::Follow,
    log::Log,
    shipped::{Delivery, Shipped},
    state::{Act, Ask, Saw, State},
};

/// How often Airflow is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Time between two looks while Airflow has not seen the job, and between two states of a run. It doubles with each
    /// attempt without an answer.
    pub interval: Duration,
    /// Longest time between two attempts while Airflow does not answer.
    pub longest: Duration,
    /// Time between two looks while a workflow is paused, or a merge is waited for.
    pub paused: Duration,
    /// Time between two looks into the log.
    pub log: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { interval: seconds(3), longest: seconds(60), paused: seconds(15), log: seconds(5) }
    }
}

/// Follows one job.
pub(crate) struct Driver {
    airflow: Airflow,
    pace: Pace,
    states: Option<States>,
    /// The stream of states broke or is not there, so they are asked for one by one.
    polls: bool,
    log_at: Option<Instant>,
}

impl Driver {
    pub(crate) fn new(airflow: Airflow, pace: Pace) -> Self {
        Self { airflow, pace, states: None, polls: false, log_at: None }
    }

    /// Follows the job until its end, or until `stop`. What a person did as it ended is left in `acts`. `changed` gets every change, to store and to show it.
    pub(crate) async fn drive(
        mut self,
        mut follow: Follow,
        acts: &mut mpsc::Receiver<Act>,
        stop: CancellationToken,
        mut changed: impl FnMut(&Follow) + Send,
    ) -> Follow {
        let mut are_open = true;
        loop {
            let asked = follow.next();
            if asked == Ask::Nothing {
                return follow;
            }
            let before = follow.clone();
            follow.begin(asked);
            if follow != before {
                changed(&follow);
            }
            let before = follow.clone();
            // Every request may be sent again, so one that is dropped here does no harm.
            let wait = tokio::select! {
                () = stop.cancelled() => return follow,
                act = acts.recv(), if are_open => { are_open = take(&mut follow, act); None }
                saw = self.ask(&follow, asked) => { follow.take(asked, saw, clock::now_ms()); Some(self.wait(&follow, asked)) }
            };
            if follow != before {
                changed(&follow);
            }
            let Some(wait) = wait else { continue };
            let before = follow.clone();
            tokio::select! {
                () = stop.cancelled() => return follow,
                act = acts.recv(), if are_open => are_open = take(&mut follow, act),
                () = sleep(wait) => {}
            }
            if follow != before {
                changed(&follow);
            }
        }
    }

    /// How long to wait before the next question.
    fn wait(&self, follow: &Follow, asked: Ask) -> Duration {
        if let Some(problem) = &follow.problem {
            let factor = 2_u32.saturating_pow(problem.attempts.saturating_sub(1));
            return self.pace.interval.saturating_mul(factor).min(self.pace.longest);
        }
        match (follow.next(), follow.state()) {
            (next, _) if next != asked => Duration::ZERO,
            (Ask::Visible, State::Paused) => self.pace.paused,
            (Ask::Visible, State::Delivered) if follow.awaits_merge() => self.pace.paused,
            // The stream has its own pace.
            (Ask::Run, _) if self.states.is_some() => Duration::ZERO,
            _ => self.pace.interval,
        }
    }

    async fn ask(&mut self, follow: &Follow, asked: Ask) -> Saw {
        let (dag_id, run_id) = (&follow.shipped.dag_id, follow.run_id());
        let wish = &follow.wish;
        let saw = match asked {
            Ask::Visible => self.look(&follow.shipped).await,
            Ask::Unpause => self.airflow.unpause(dag_id).await.map(|()| Saw::Unpaused),
            Ask::Trigger => self.airflow.trigger(dag_id, &run_id, &wish.conf, wish.note.as_deref()).await.map(Saw::Run),
            Ask::Run => self.run(follow, &run_id).await,
            Ask::Cancel => self.airflow.cancel(dag_id, &run_id).await.map(Saw::Run),
            Ask::Reason => self
                .airflow
                .last_log(&follow.shipped, &run_id)
                .await
                .map(|log| Saw::Reason(log.and_then(|log| log.failure))),
            Ask::Nothing => Ok(Saw::Reason(None)),
        };
        saw.unwrap_or_else(|error| {
            tracing::debug!(dag.id = %dag_id, upstream = "airflow", %error, "A question to Airflow failed");
            Saw::Failed(error)
        })
    }

    async fn look(&self, shipped: &Shipped) -> Result<Saw, AirflowError> {
        let dag = self.airflow.dag(&shipped.dag_id).await?;
        let is_ours = match &dag {
            Some(dag) if !dag.has_import_errors => self.is_ours(shipped, dag).await?,
            _ => false,
        };
        let error = match is_ours {
            true => Ok(None),
            false => self.airflow.import_error(&shipped.file).await,
        };
        let error = match error {
            // Without this right, only the reason of a failure is missing.
            Err(AirflowError::Forbidden { .. }) => None,
            error => error?,
        };
        Ok(Saw::Look { dag, is_ours, error })
    }

    /// Whether Airflow has read what was delivered.
    async fn is_ours(&self, shipped: &Shipped, dag: &Dag) -> Result<bool, AirflowError> {
        if let (Delivery::Commit { id }, Some(version)) = (&shipped.delivery, &dag.bundle_version)
            && id == version
        {
            return Ok(true);
        }
        // Others push too, and Airflow reads the newest; and a folder has no versions.
        match self.airflow.source(&shipped.dag_id).await {
            Ok(text) => Ok(shipped.has_source(&text)),
            Err(AirflowError::NotFound { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The run's state, and now and then how far it is.
    async fn run(&mut self, follow: &Follow, run_id: &str) -> Result<Saw, AirflowError> {
        let state = self.state(&follow.shipped.dag_id, run_id).await?;
        let now = Instant::now();
        if state != RunState::Running || self.log_at.is_some_and(|at| now < at) {
            return Ok(Saw::State(state));
        }
        self.log_at = Some(now + self.pace.log);
        let cell = match self.airflow.last_log(&follow.shipped, run_id).await {
            Ok(log) => log.and_then(|log| log.cell),
            Err(error) => {
                tracing::debug!(dag.id = %follow.shipped.dag_id, upstream = "airflow", %error, "No log of the run");
                None
            }
        };
        Ok(Saw::Progress(state, cell))
    }

    async fn state(&mut self, dag_id: &str, run_id: &str) -> Result<RunState, AirflowError> {
        if self.states.is_none() && !self.polls {
            match self.airflow.states(dag_id, run_id).await {
                Ok(states) => self.states = Some(states),
                Err(_) => self.polls = true,
            }
        }
        if let Some(states) = &mut self.states {
            match states.next().await {
                Ok(Some(state)) => return Ok(state),
                Ok(None) | Err(_) => (self.states, self.polls) = (None, true),
            }
        }
        Ok(self.airflow.run(dag_id, run_id).await?.state)
    }
}

impl Airflow {
    /// The log of the task that matters: the one that failed, else the one that runs, else the last.
    ///
    /// # Errors
    /// When Airflow does not give it.
    pub(crate) async fn last_log(&self, shipped: &Shipped, run_id: &str) -> Result<Option<Log>, AirflowError> {
        let tasks = self.tasks(&shipped.dag_id, run_id).await?;
        let in_state = |state: &str| tasks.iter().find(|task| task.state.as_deref() == Some(state));
        let has_begun = |task: &&TaskInstance| task.try_number > 0;
        let task = in_state("failed").or(in_state("running")).or(tasks.iter().rfind(has_begun));
        let Some(task) = task.filter(has_begun) else { return Ok(None) };
        self.log(&shipped.dag_id, run_id, task, &shipped.cells).await.map(Some)
    }
}

/// Takes what a person does; false if nobody can any more.
fn take(follow: &mut Follow, act: Option<Act>) -> bool {
    if let Some(act) = act {
        follow.act(act, clock::now_ms());
    }
    act.is_some()
}
