//! Submits a job, and asks the master what becomes of it, again and again, until the end.

use std::{path::PathBuf, time::Duration};

use futures_util::future::BoxFuture;
use monitor::clock;
use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Submissions,
    answers::{DriverState, Status},
    error::SubmissionError,
    follow::Follow,
    report::{self, Report},
    state::{Ask, Saw, State},
};
use crate::export::airflow::state::Act;

/// How often the master is asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// Time between two questions. It doubles with each attempt without an answer.
    pub interval: Duration,
    /// Longest time between two attempts while there is no answer.
    pub longest: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { interval: Duration::from_secs(2), longest: Duration::from_secs(60) }
    }
}

/// Keeps how far a job is; false if that cannot be kept.
pub(crate) type Keep<'a> = &'a (dyn Fn(&Follow) -> BoxFuture<'static, bool> + Sync);

/// Follows one job.
pub(crate) struct Driver {
    submissions: Submissions,
    /// The folder shared with the workers.
    folder: PathBuf,
    pace: Pace,
}

impl Driver {
    pub(crate) fn new(submissions: Submissions, folder: PathBuf, pace: Pace) -> Self {
        Self { submissions, folder, pace }
    }

    /// Follows the job until its end, or until `stop`. What a person did as it ended is left in `acts`. `keep` gets every
    /// change but the end, and says whether it could be kept.
    pub(crate) async fn drive(
        &self,
        mut follow: Follow,
        acts: &mut mpsc::Receiver<Act>,
        stop: CancellationToken,
        keep: Keep<'_>,
    ) -> Follow {
        let mut are_open = true;
        loop {
            let (asked, before) = (follow.next(), follow.clone());
            let wait = match asked {
                Ask::Nothing => {
                    self.clear(&follow).await;
                    return follow;
                }
                Ask::NothingKnown => {
                    follow.lost_answer(clock::now_ms());
                    return follow;
                }
                Ask::Submit if stop.is_cancelled() => return follow,
                Ask::Submit => {
                    let saw = self.submit(&mut follow, keep).await;
                    follow.take(asked, saw, clock::now_ms());
                    self.wait(&follow, asked)
                }
                // These may be asked again, so one that is dropped here does no harm.
                Ask::Status | Ask::Kill | Ask::Reason => tokio::select! {
                    () = stop.cancelled() => return follow,
                    act = acts.recv(), if are_open => { are_open = take(&mut follow, act); Duration::ZERO }
                    saw = self.ask(&follow, asked) => {
                        follow.take(asked, saw, clock::now_ms());
                        self.wait(&follow, asked)
                    }
                },
            };
            if follow != before && !follow.is_over() {
                keep(&follow).await;
            }
            tokio::select! {
                () = stop.cancelled() => return follow,
                act = acts.recv(), if are_open => are_open = take(&mut follow, act),
                () = sleep(wait) => {}
            }
        }
    }

    /// Submits the job. It waits for the answer also when the sidecar is about to end: without it, nobody would know.
    async fn submit(&self, follow: &mut Follow, keep: Keep<'_>) -> Saw {
        follow.begin(clock::now_ms());
        if !keep(follow).await {
            return Saw::Failed(SubmissionError::NotKept);
        }
        let submitted = self.submissions.create(&follow.submission.request).await;
        submitted.map_or_else(|error| failed(follow, error), Saw::Submitted)
    }

    async fn ask(&self, follow: &Follow, asked: Ask) -> Saw {
        let driver = follow.driver.as_deref().unwrap_or_default();
        let saw = match asked {
            Ask::Status => self.status(follow, driver).await,
            Ask::Kill => self.submissions.kill(driver).await.map(|()| Saw::KillSent),
            _ => Ok(Saw::Reason(self.report(follow, driver).await)),
        };
        saw.unwrap_or_else(|error| failed(follow, error))
    }

    async fn status(&self, follow: &Follow, driver: &str) -> Result<Saw, SubmissionError> {
        let status = self.submissions.status(driver).await?;
        let has_begun = !matches!(status, Status::Known { state: DriverState::Submitted, .. });
        let report = if has_begun { self.report(follow, driver).await } else { None };
        Ok(Saw::Status(status, report))
    }

    async fn report(&self, follow: &Follow, driver: &str) -> Option<Report> {
        let file = report::file(&self.folder, &follow.submission.dag_id, driver)?;
        report::read(file, &follow.submission.cells).await
    }

    /// Removes the report of a driver that has ended: what it said is kept with the job.
    async fn clear(&self, follow: &Follow) {
        let has_ended = !matches!(follow.state(), State::NotKnown | State::Canceled | State::Refused { .. });
        let driver = follow.driver.as_deref().filter(|_| has_ended).unwrap_or_default();
        if let Some(file) = report::file(&self.folder, &follow.submission.dag_id, driver) {
            report::remove(file).await;
        }
    }

    /// How long to wait before the next question.
    fn wait(&self, follow: &Follow, asked: Ask) -> Duration {
        if let Some(problem) = &follow.problem {
            let factor = 2_u32.saturating_pow(problem.attempts.saturating_sub(1));
            return self.pace.interval.saturating_mul(factor).min(self.pace.longest);
        }
        match (follow.next(), follow.state()) {
            // Its end is kept at once.
            (Ask::Nothing, _) => Duration::ZERO,
            (Ask::Kill, _) if asked != Ask::Kill => Duration::ZERO,
            (_, State::Failed { .. }) if asked != Ask::Reason => Duration::ZERO,
            _ => self.pace.interval,
        }
    }
}

fn failed(follow: &Follow, error: SubmissionError) -> Saw {
    tracing::debug!(dag.id = %follow.submission.dag_id, upstream = "standalone", %error, "A question to the master failed");
    Saw::Failed(error)
}

/// Takes what a person does; false if nobody can any more.
fn take(follow: &mut Follow, act: Option<Act>) -> bool {
    if let Some(act) = act {
        follow.act(act, clock::now_ms());
    }
    act.is_some()
}
