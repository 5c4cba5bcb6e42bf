//! What the users of the selected application have asked for, which of it runs, and why it waits.

mod ask;
mod draft;
mod job_tags;
mod seen;
mod stage_look;
mod time_left;
mod wait;

use std::{cmp::Reverse, sync::Arc, time::Duration};

use upstream::{driver::count, query_rows::JobRow};
use wire::{ConnectSession, Queries, Query, QueryStages, QueryState, StageState, Tasks as TaskCounts, Wait};

use crate::{
    AppExecutors, AppStages, DriverCall, DriverKey, Error, Failure, Limits, Observed, Tasks,
    applications::{Chosen, OfApp, Selection},
    cached::Cached,
    clock::DriverTime,
    stages::{KeptStage, StageDigest},
};
use ask::ListsOperations;
use draft::{Draft, Stated};
use seen::QueriesSeen;

/// Running queries that are shown.
const RUNNING: usize = 20;
/// Ended queries that are shown.
const RECENT: usize = 20;
/// Sessions that are shown.
const SESSIONS: usize = 20;
/// Stages of one query that are shown.
const STAGES: usize = 50;
/// Longest failure reason that is shown, characters.
const LONGEST_REASON: usize = 500;
/// A query that Spark calls running and of which nothing has moved this long may have no client any more, milliseconds.
const SILENCE_MS: u64 = 600_000;
/// How long an answer waits for what only explains it.
const EXTRA: Duration = Duration::from_secs(1);
/// How long it is remembered which lists a driver has: it may not have had all of them while it started.
const LISTS_LIFETIME: Duration = Duration::from_secs(60);

/// See the module's sentence.
#[derive(Debug)]
pub struct AppQueries {
    seen: Cached<DriverKey, QueriesSeen>,
    lists_operations: Arc<Cached<DriverKey, ListsOperations>>,
    stages: Arc<AppStages>,
    executors: Arc<AppExecutors>,
}

/// One driver's queries and stages, and when they were seen.
struct Snapshot {
    queries: Arc<QueriesSeen>,
    stages: Arc<StageDigest>,
    time: DriverTime,
}

impl AppQueries {
    #[must_use]
    pub fn new(stages: Arc<AppStages>, executors: Arc<AppExecutors>, limits: &Limits, tasks: &Tasks) -> Self {
        // Not logged: the cache of the queries tells the same failure.
        let of_lists = limits.cache(upstream::Upstream::Driver, None, LISTS_LIFETIME);
        Self {
            seen: Cached::new(limits.driver_cache("queries", limits.stages_lifetime), tasks.clone()),
            lists_operations: Arc::new(Cached::new(of_lists, tasks.clone())),
            stages,
            executors,
        }
    }

    /// Running queries, those that are silent last, and recent ones; newest first.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn list(&self, selection: &Observed<Selection>) -> Result<Observed<Queries>, Error> {
        let seen = selection.ask(|call| self.ask(call)).await?;
        let (OfApp { app, known }, age) = (seen.value, seen.age);
        let mut queries = known.as_ref().map_or_else(|| nothing(app.clone()), |known| known.queries(app.clone()));
        let of_app = |app: &wire::App| wait::of_app(app, &selection.value.apps, works(&queries));
        queries.wait = app.as_ref().and_then(of_app);
        let queries = Observed { value: queries, age };
        let may_lack = |known: &Snapshot| queries.value.wait.is_none() && known.may_lack_executors(&queries.value);
        match &selection.value.chosen {
            Some(Chosen { app: wire::App { cores: Some(cores @ 1..), .. }, call })
                if known.is_some_and(|it| may_lack(&it)) =>
            {
                // A reason is not worth a late answer.
                let slots = tokio::time::timeout(EXTRA, self.executors.task_slots(call.clone())).await.ok().flatten();
                let wait = (slots == Some(0)).then_some(Wait::ExecutorsRegistering { cores: *cores });
                // It depends on more than queries and stages now.
                Ok(queries.map(|queries| Queries { wait, ..queries }).passing())
            }
            _ => Ok(queries),
        }
    }

    /// One query with the stages of its jobs; none when Spark has forgotten it.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn one(&self, selection: &Observed<Selection>, query_id: &str) -> Result<Observed<QueryStages>, Error> {
        let seen = selection.ask(|call| self.ask(call)).await?;
        Ok(seen.map(|OfApp { app, known }| match known {
            Some(known) => known.query(app, query_id),
            None => QueryStages { app, query: None, stages: Vec::new(), stages_not_shown: 0 },
        }))
    }

    async fn ask(&self, call: DriverCall) -> Result<Observed<Snapshot>, Failure> {
        let stages = self.stages.ask(&call).await?;
        let (asked, digest, lists) = (call.clone(), Arc::clone(&stages.value), Arc::clone(&self.lists_operations));
        let fetch = |_| async move { ask::ask(&asked, &digest, &lists).await };
        let queries = self.seen.last_good(&call.key, call.max_age, fetch).await?;
        let both = stages.zip(queries);
        // The moment that the answer is said to be of: that of its oldest part.
        let time = call.driver_time(both.observed_at_ms());
        Ok(both.map(|(stages, queries)| Snapshot { queries, stages, time }))
    }
}

/// What is shown of a driver's lists, for fuzzing.
#[cfg(fuzzing)]
#[must_use]
pub fn of_rows(
    jobs: Vec<JobRow>,
    operations: Option<Vec<upstream::query_rows::OperationRow>>,
    sql: Vec<upstream::query_rows::SqlRow>,
    stages: StageDigest,
) -> Queries {
    let queries = QueriesSeen { jobs, operations, sql, ..QueriesSeen::default() };
    Snapshot { queries: Arc::new(queries), stages: Arc::new(stages), time: DriverTime::at(0, 0) }.queries(None)
}

/// Whether a query moves: what is silent may be so for ever.
#[must_use]
pub fn works(queries: &Queries) -> bool {
    queries.running.iter().any(|query| query.state == QueryState::Running)
}

fn nothing(app: Option<wire::App>) -> Queries {
    let (sessions, running, recent) = (Vec::new(), Vec::new(), Vec::new());
    Queries { app, wait: None, sessions, running, running_not_shown: 0, recent }
}

impl Snapshot {
    /// A job runs, and none of its tasks does.
    fn may_lack_executors(&self, queries: &Queries) -> bool {
        let has_tasks = self.stages.active().any(|kept| kept.stage.tasks.running > 0);
        !has_tasks && queries.running.iter().any(|query| query.stages_total > 0)
    }

    fn queries(&self, app: Option<wire::App>) -> Queries {
        let drafts = draft::drafts(&self.queries, &self.stages);
        let (mut running, mut recent): (Vec<_>, Vec<_>) =
            drafts.iter().map(|draft| self.shown(draft)).partition(|query| query.state.is_open());
        running.sort_by_key(|query| query.state == QueryState::Silent);
        let sessions = sessions(&drafts, &running, self.time);
        let running_not_shown = u32::try_from(running.len().saturating_sub(RUNNING)).unwrap_or(u32::MAX);
        let running_not_shown = running_not_shown.saturating_add(self.queries.left_out);
        running.truncate(RUNNING);
        // A long one that has just ended is news too.
        recent.sort_by_key(|query| Reverse(query.submitted_at_ms.saturating_add_unsigned(query.elapsed_ms)));
        recent.truncate(RECENT);
        Queries { app, wait: None, sessions, running, running_not_shown, recent }
    }

    fn query(&self, app: Option<wire::App>, query_id: &str) -> QueryStages {
        let drafts = draft::drafts(&self.queries, &self.stages);
        let draft = drafts.iter().find(|draft| draft.query_id == query_id);
        let ids = draft.map(Draft::stage_ids).unwrap_or_default();
        // What was skipped did no work.
        let stages = ids.iter().rev().flat_map(|id| self.stages.attempts(*id).rev());
        let stages = stages.filter(|kept| kept.stage.state != StageState::Skipped).map(|kept| kept.shown(self.time));
        let query = draft.map(|draft| self.shown(draft));
        let stages: Vec<_> = stages.take(STAGES).collect();
        let total = query.as_ref().map_or(0, |query| query.stages_total);
        let shown = u32::try_from(stages.len()).unwrap_or(u32::MAX);
        QueryStages { app, query, stages, stages_not_shown: total.saturating_sub(shown) }
    }

    fn shown(&self, draft: &Draft<'_>) -> Query {
        let (state, end_ms, reason) = self.ending(draft);
        let facts = self.facts(draft);
        let runs = state.is_open();
        let time_left = facts.stage.zip(facts.look).and_then(|(kept, look)| time_left::of_stage(kept, look));
        Query {
            query_id: draft.query_id.clone(),
            kind: draft.kind,
            name: draft.name.clone(),
            named_by: draft.named_by,
            call_site: draft.call_site.clone(),
            session_id: draft.session_id.clone(),
            state,
            tasks: self.tasks(draft),
            stages_done: draft.jobs.iter().map(|job| count(job.num_completed_stages)).fold(0, u32::saturating_add),
            stages_total: self.stages_total(draft),
            submitted_at_ms: self.time.to_ours(draft.begin_ms),
            elapsed_ms: draft.elapsed_ms(end_ms),
            failure_reason: reason.map(|text| text.chars().take(LONGEST_REASON).collect()),
            wait: runs.then(|| wait::of_query(&facts)),
            time_left: time_left.filter(|_| runs),
        }
    }

    fn facts<'a>(&'a self, draft: &'a Draft<'a>) -> wait::Facts<'a> {
        let ids = draft.stage_ids();
        let mine = || self.stages.active().filter(|kept| ids.contains(&kept.stage.stage_id));
        // The newest that works; of stages that wait for slots the newest.
        let stage =
            mine().max_by_key(|kept| (kept.stage.tasks.running > 0, kept.stage.submitted_at_ms, kept.stage.stage_id));
        let all = self.stages.active().map(|kept| kept.stage.tasks.running).fold(0, u32::saturating_add);
        let own = mine().map(|kept| kept.stage.tasks.running).fold(0, u32::saturating_add);
        // With several stages at work the slots of one say nothing about the others.
        let is_alone = mine().filter(|kept| kept.stage.tasks.running > 0).count() == 1;
        wait::Facts {
            draft,
            stage,
            look: stage.and_then(|kept| self.queries.looks.get(&kept.attempt())).copied().filter(|_| is_alone),
            python: draft.sql_execution_ids.iter().any(|id| self.queries.python.contains(id)),
            foreign_tasks: all.saturating_sub(own),
            now_ms: self.time.now_ms,
        }
    }

    /// How it stands, until when it ran, and why it failed.
    fn ending(&self, draft: &Draft<'_>) -> (QueryState, i64, Option<String>) {
        match draft.stated {
            Stated::Runs if draft.has_running_job() => (QueryState::Running, self.time.now_ms, None),
            Stated::Runs => {
                let silence_ms = u64::try_from(self.time.now_ms.saturating_sub(draft.last_sign_ms())).unwrap_or(0);
                let state = if silence_ms >= SILENCE_MS { QueryState::Silent } else { QueryState::Running };
                (state, self.time.now_ms, None)
            }
            Stated::Ended { at_ms, failed, canceled, reason } => {
                let reason =
                    Some(reason.to_owned()).filter(|text| !text.is_empty()).or_else(|| self.stage_reason(draft));
                let was_canceled = canceled || (failed && reason.as_deref().is_some_and(draft::was_canceled));
                let end_ms = at_ms.unwrap_or_else(|| draft.last_sign_ms());
                match (failed, was_canceled) {
                    (_, true) => (QueryState::Canceled, end_ms, None),
                    (true, false) => (QueryState::Failed, end_ms, reason),
                    (false, false) => (QueryState::Succeeded, end_ms, None),
                }
            }
            Stated::ByJobs if draft.has_running_job() => (QueryState::Running, self.time.now_ms, None),
            Stated::ByJobs => {
                let end_ms = draft.last_sign_ms();
                let any = |status: &str| draft.jobs.iter().any(|job| job.status == status);
                match self.stage_reason(draft) {
                    _ if any("SUCCEEDED") && !any("FAILED") => (QueryState::Succeeded, end_ms, None),
                    Some(reason) if draft::was_canceled(&reason) => (QueryState::Canceled, end_ms, None),
                    reason if any("FAILED") => (QueryState::Failed, end_ms, reason),
                    _ => (QueryState::Unknown, end_ms, None),
                }
            }
        }
    }

    /// Over the jobs; skipped tasks are no work, and counts that Spark got wrong are clamped.
    fn tasks(&self, draft: &Draft<'_>) -> TaskCounts {
        let of_job = |job: &&JobRow| {
            let to_skip = self.to_skip(job).map(i64::from).sum::<i64>();
            let total = count(job.num_tasks - job.num_skipped_tasks - to_skip);
            TaskCounts {
                total,
                done: count(job.num_completed_tasks).min(total),
                running: count(job.num_active_tasks),
                failed: count(job.num_failed_tasks),
                killed: count(job.num_killed_tasks),
            }
        };
        draft.jobs.iter().map(of_job).fold(TaskCounts::default(), |sum, tasks| sum.plus(&tasks))
    }

    fn stages_total(&self, draft: &Draft<'_>) -> u32 {
        let of_job = |job: &&JobRow| {
            let all = u32::try_from(job.stage_ids.len()).unwrap_or(u32::MAX);
            let to_skip = u32::try_from(self.to_skip(job).count()).unwrap_or(u32::MAX);
            all.saturating_sub(count(job.num_skipped_stages)).saturating_sub(to_skip)
        };
        draft.jobs.iter().map(of_job).fold(0, u32::saturating_add)
    }

    /// Tasks of each stage of a running job that will be skipped.
    fn to_skip(&self, job: &JobRow) -> impl Iterator<Item = u32> {
        let running = job.runs().then_some(&job.stage_ids).into_iter().flatten();
        running.filter_map(|id| self.stages.tasks_to_skip(*id))
    }

    /// Why the newest stage of it failed.
    fn stage_reason(&self, draft: &Draft<'_>) -> Option<String> {
        let ids = draft.stage_ids();
        ids.iter()
            .rev()
            .flat_map(|id| self.stages.attempts(*id).rev())
            .find_map(|kept: &KeptStage| kept.stage.failure_reason.clone())
    }
}

/// Who asked, the latest first.
fn sessions(drafts: &[Draft<'_>], running: &[Query], time: DriverTime) -> Vec<ConnectSession> {
    let mut sessions: Vec<ConnectSession> = Vec::new();
    for draft in drafts {
        let Some(session_id) = draft.session_id.as_ref() else { continue };
        // Drafts are newest first, so the first of a session is its latest.
        if sessions.len() < SESSIONS && !sessions.iter().any(|known| known.session_id == *session_id) {
            let of_session = |query: &&Query| query.session_id.as_ref() == Some(session_id);
            sessions.push(ConnectSession {
                session_id: session_id.clone(),
                user: draft.user.clone(),
                running: u32::try_from(running.iter().filter(of_session).count()).unwrap_or(u32::MAX),
                last_query_at_ms: time.to_ours(draft.begin_ms),
            });
        }
    }
    sessions
}

#[cfg(test)]
mod tests;
