//! `panel/queries`: what the users of an application have asked for, which of it runs, and why it waits.

mod draft;
mod job_tags;
mod seen;
mod time_left;
mod wait;

use std::{cmp::Reverse, sync::Arc, time::Duration};

use axum::{
    extract::{Path, State},
    response::Response,
};
use wire::{Answer, ConnectSession, ErrorBody, Queries, Query, QueryStages, QueryState, StageState, Tasks, Wait};

pub(crate) use seen::{ListsOperations, QueriesSeen};

use crate::{
    app_id::AskedApp,
    apps::{self, Chosen, Driver},
    clock::DriverTime,
    error::ApiError,
    executors,
    panel::{self, Freshness, Poll},
    stages::{self, KeptStage, StageDigest},
    state::{AppState, Monitor},
};
use draft::{Draft, Stated};
use upstream::{driver::count, query_rows::JobRow};

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

/// Running queries, those that are silent last, and recent ones; newest first.
#[utoipa::path(get, path = "/panel/queries",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The queries; `app` is null when no application runs", body = Answer<Queries>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_queries(
    State(state): State<AppState>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    let (monitor, apps, chosen) = apps::for_panel(&state, &asked, &poll).await?;
    let mut freshness = apps.freshness.clone();
    let Some(chosen) = chosen else {
        return Ok(panel::answer(&monitor, &poll, freshness, panel::Rate::slow(&monitor), nothing(None, None)));
    };
    let look = look(&monitor, &chosen, &mut freshness).await?;
    let body = match look {
        Look::Starting(app) => {
            let wait = wait::of_app(&app, &apps, false);
            nothing(Some(app), wait)
        }
        Look::Seen(app, seen) => {
            let mut queries = seen.queries(app.clone());
            let works = works(&queries);
            queries.wait = match wait::of_app(&app, &apps, works) {
                Some(wait) => Some(wait),
                None => executors_registering(&monitor, &chosen, &seen, &queries, &mut freshness).await,
            };
            queries
        }
    };
    let works = works(&body) || body.wait.is_some() || panel::is_starting(&body.app);
    let rate = panel::Rate::of_work(&monitor, works, monitor.limits.poll_stages_ms);
    Ok(panel::answer(&monitor, &poll, freshness, rate, body))
}

/// One query with the stages of its jobs.
#[utoipa::path(get, path = "/panel/queries/{query_id}",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The query; `query` is null when Spark has forgotten it", body = Answer<QueryStages>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_query(
    State(state): State<AppState>,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    let (monitor, apps, chosen) = apps::for_panel(&state, &asked, &poll).await?;
    let mut freshness = apps.freshness;
    let none = |app| QueryStages { app, query: None, stages: Vec::new(), stages_not_shown: 0 };
    let look = match &chosen {
        None => None,
        Some(chosen) => Some(look(&monitor, chosen, &mut freshness).await?),
    };
    let body = match look {
        None => none(None),
        Some(Look::Starting(app)) => none(Some(app)),
        Some(Look::Seen(app, seen)) => seen.query(app, &query_id),
    };
    let works = body.query.as_ref().is_some_and(|query| query.state == QueryState::Running);
    let rate = panel::Rate::of_work(&monitor, works, monitor.limits.poll_stages_ms);
    Ok(panel::answer(&monitor, &poll, freshness, rate, body))
}

/// What is shown of a driver's lists, for fuzzing.
#[cfg(fuzzing)]
pub(crate) fn of_rows(
    jobs: Vec<JobRow>,
    operations: Option<Vec<upstream::query_rows::OperationRow>>,
    sql: Vec<upstream::query_rows::SqlRow>,
    stages: StageDigest,
) -> Queries {
    let queries = QueriesSeen { jobs, operations, sql, ..QueriesSeen::default() };
    Moment { queries: Arc::new(queries), stages: Arc::new(stages), time: DriverTime::at(0, 0) }.queries(fuzzed_app())
}

#[cfg(fuzzing)]
pub(crate) fn fuzzed_app() -> wire::App {
    let (app_id, name) = ("app-1".to_owned(), "app".to_owned());
    let (state, driver) = (wire::ApplicationState::Running, wire::DriverState::Ready);
    wire::App { app_id, name, state, cores: None, started_at_ms: 0, driver }
}

/// What asking the driver brought.
enum Look {
    Starting(wire::App),
    Seen(wire::App, Moment),
}

/// One driver's queries and stages, and when they were seen.
struct Moment {
    queries: Arc<QueriesSeen>,
    stages: Arc<StageDigest>,
    time: DriverTime,
}

async fn look(monitor: &Arc<Monitor>, chosen: &Chosen, freshness: &mut Freshness) -> Result<Look, ApiError> {
    let (app, stages) = match Driver::of(&chosen.app, stages::seen(monitor, &chosen.call).await, freshness)? {
        Driver::Starting(app) => return Ok(Look::Starting(app)),
        Driver::Answers(app, seen) => (app, seen),
    };
    let digest = Arc::clone(&stages.good.value);
    let (asks, call) = (Arc::clone(monitor), chosen.call.clone());
    let fetch = |_| seen::ask(asks, call, digest);
    let queries = monitor.queries.last_good(&chosen.call.key, chosen.call.max_age, fetch).await?;
    freshness.add(&queries);
    // The moment that the answer is said to be of: that of its oldest part.
    let observed_at_ms = queries.good.observed_at_ms.min(stages.good.observed_at_ms);
    let time = chosen.call.driver_time(monitor, observed_at_ms);
    Ok(Look::Seen(app, Moment { queries: queries.good.value, stages: stages.good.value, time }))
}

/// What is silent may be so for ever.
fn works(queries: &Queries) -> bool {
    queries.running.iter().any(|query| query.state == QueryState::Running)
}

fn nothing(app: Option<wire::App>, wait: Option<Wait>) -> Queries {
    let (sessions, running, recent) = (Vec::new(), Vec::new(), Vec::new());
    Queries { app, wait, sessions, running, running_not_shown: 0, recent }
}

/// A job runs, none of its tasks does, and no executor is there yet.
async fn executors_registering(
    monitor: &Arc<Monitor>,
    chosen: &Chosen,
    seen: &Moment,
    queries: &Queries,
    freshness: &mut Freshness,
) -> Option<Wait> {
    let has_tasks = seen.stages.active().any(|kept| kept.stage.tasks.running > 0);
    let cores = chosen.app.cores.filter(|cores| *cores > 0)?;
    if has_tasks || !queries.running.iter().any(|query| query.stages_total > 0) {
        return None;
    }
    // What the answer says depends on more than queries and stages now.
    freshness.add_passing();
    // A reason is not worth a late answer.
    let slots = tokio::time::timeout(EXTRA, executors::task_slots(monitor, chosen)).await.ok()??;
    (slots == 0).then_some(Wait::ExecutorsRegistering { cores })
}

impl Moment {
    fn queries(&self, app: wire::App) -> Queries {
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
        Queries { app: Some(app), wait: None, sessions, running, running_not_shown, recent }
    }

    fn query(&self, app: wire::App, query_id: &str) -> QueryStages {
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
        QueryStages { app: Some(app), query, stages, stages_not_shown: total.saturating_sub(shown) }
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
    fn tasks(&self, draft: &Draft<'_>) -> Tasks {
        let of_job = |job: &&JobRow| {
            let to_skip = self.to_skip(job).map(i64::from).sum::<i64>();
            let total = count(job.num_tasks - job.num_skipped_tasks - to_skip);
            Tasks {
                total,
                done: count(job.num_completed_tasks).min(total),
                running: count(job.num_active_tasks),
                failed: count(job.num_failed_tasks),
                killed: count(job.num_killed_tasks),
            }
        };
        draft.jobs.iter().map(of_job).fold(Tasks::default(), |sum, tasks| sum.plus(&tasks))
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
