//! One driver's queries and stages at one moment, as the panel shows them.

use std::{cmp::Reverse, collections::HashMap, sync::Arc};

use upstream::{driver::count, query_rows::JobRow};
use wire::{
    ConnectSession, Queries, Query, QueryStages, QueryState, Stage, StageState, StreamBatches, StreamProgress, Tasks,
};

use super::{
    batches, draft::Draft, drafts::drafts, ending::Ending, seen::QueriesSeen, spill, stream::Progress, time_left, wait,
};
use crate::{
    clock::DriverTime,
    stages::{self, KeptStage, StageDigest},
    text,
};

/// Running queries that are shown.
const RUNNING: usize = 20;
/// Ended queries that are shown.
const RECENT: usize = 20;
/// Sessions that are shown.
const SESSIONS: usize = 20;
/// Stages of one query that are shown.
const STAGES: usize = 50;
/// How long after a query's end its tasks are looked for, milliseconds: not while they are just being ended.
const OUTLIVED_MS: std::ops::Range<i64> = 3_000..1_800_000;

/// One driver's queries and stages at one moment.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) queries: Arc<QueriesSeen>,
    pub(super) stages: Arc<StageDigest>,
    pub(super) time: DriverTime,
}

/// The last use of cached data; the later one is the greater one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LastUse {
    pub is_now: bool,
    /// By the sidecar's clock; milliseconds since 1970.
    pub at_ms: i64,
}

impl LastUse {
    fn by(kept: &KeptStage, time: DriverTime) -> Option<Self> {
        let stage = kept.shown(time);
        let at_ms = stage.submitted_at_ms?.saturating_add_unsigned(stage.elapsed_ms.unwrap_or_default());
        Some(Self { is_now: kept.is_active(), at_ms })
    }
}

impl Snapshot {
    /// Whether a job is running, but none of its tasks.
    pub(super) fn may_lack_executors(&self, queries: &Queries) -> bool {
        self.stages.running_tasks() == 0 && queries.running.iter().any(|query| query.stages_total > 0)
    }

    /// Whether tasks may go on after their query has ended: one that was stopped or has failed leaves no stage behind,
    /// but a task that does not look whether it is stopped still works. Nobody looks for long.
    pub(super) fn may_be_outlived(&self, queries: &Queries) -> bool {
        let now_ms = self.time.to_ours(self.time.now_ms);
        let is_stopped = |query: &Query| {
            matches!(query.state, QueryState::Canceled | QueryState::Failed)
                && OUTLIVED_MS.contains(&now_ms.saturating_sub(super::ended_ms(query)))
        };
        self.stages.active().next().is_none() && queries.running.is_empty() && queries.recent.iter().any(is_stopped)
    }

    pub(super) fn queries(&self, app: Option<wire::App>) -> Queries {
        let drafts = drafts(&self.queries, &self.stages);
        let ending = |draft| (draft, Ending::of(draft, &self.stages, self.time));
        let (mut running, mut recent): (Vec<_>, Vec<_>) =
            drafts.iter().map(ending).partition(|(_, ending)| ending.state.is_open());
        running.sort_by_key(|(_, ending)| ending.state == QueryState::Silent);
        let sessions = sessions(&drafts, &running, self.time);
        let running_not_shown = u32::try_from(running.len().saturating_sub(RUNNING)).unwrap_or(u32::MAX);
        let running_not_shown = running_not_shown.saturating_add(self.queries.left_out);
        // By end, so that a long query that has just ended comes first.
        recent.sort_by_key(|(draft, ending)| {
            Reverse(draft.begin_ms.saturating_add_unsigned(draft.elapsed_ms(ending.end_ms)))
        });
        let first = |endings: Vec<(&Draft<'_>, Ending)>, most| {
            endings.into_iter().take(most).map(|(draft, ending)| self.with_stages(draft, ending)).collect()
        };
        let (running, recent) = (first(running, RUNNING), first(recent, RECENT));
        Queries { app, wait: None, sessions, running, running_not_shown, recent }
    }

    /// One query with the newest attempt of each of its jobs' stages. A stage has no reason of its own if its query's
    /// reason ends with it.
    pub(super) fn query(&self, app: Option<wire::App>, query_id: &str) -> QueryStages {
        let drafts = drafts(&self.queries, &self.stages);
        let draft = drafts.iter().find(|draft| draft.query_id == query_id);
        let query = draft.map(|draft| self.shown(draft));
        let total = query.as_ref().map_or(0, |query| query.stages_total);
        let ids = draft.map(Draft::stage_ids).unwrap_or_default();
        let newest = ids.iter().rev().filter_map(|id| self.stages.attempts(*id).next_back());
        // A skipped stage did no work, and one that will be skipped will not do any.
        let works = |kept: &&KeptStage| {
            kept.stage.state != StageState::Skipped && self.stages.tasks_to_skip(kept.stage.stage_id).is_none()
        };
        let reason = query.as_ref().and_then(|query| query.failure_reason.as_deref()).unwrap_or_default();
        let stages = newest.filter(works).map(|kept| {
            let stage = kept.shown(self.time);
            let own_reason = stage.failure_reason.filter(|own| !text::repeats(reason, own));
            Stage { failure_reason: own_reason, ..stage }
        });
        let stages: Vec<_> = stages.take(STAGES.min(total as usize)).collect();
        let stages_not_shown = total.saturating_sub(u32::try_from(stages.len()).unwrap_or(u32::MAX));
        let forgotten = ids.iter().filter(|id| self.stages.attempts(**id).next().is_none()).count();
        let stages_forgotten = u32::try_from(forgotten).unwrap_or(u32::MAX).min(stages_not_shown);
        let user = draft.map(|draft| text::name(&draft.user)).unwrap_or_default();
        QueryStages { app, query, user, stages, stages_not_shown, stages_forgotten }
    }

    /// The newest batches of a stream; none of another query.
    pub(super) fn batches(&self, app: Option<wire::App>, query_id: &str) -> StreamBatches {
        let drafts = drafts(&self.queries, &self.stages);
        match drafts.iter().find(|draft| draft.query_id == query_id) {
            Some(draft) => batches::shown(app, &draft.batches, draft.stream, self.time),
            None => StreamBatches { app, ..StreamBatches::default() },
        }
    }

    /// The query's state and SQL executions, the oldest first; none if Spark has forgotten it.
    pub(crate) fn executions(&self, query_id: &str) -> Option<(QueryState, Vec<i64>)> {
        let drafts = drafts(&self.queries, &self.stages);
        let draft = drafts.iter().find(|draft| draft.query_id == query_id)?;
        let mut ids = draft.sql_execution_ids.clone();
        ids.sort_unstable();
        Some((Ending::of(draft, &self.stages, self.time).state, ids))
    }

    /// When stages last used each RDD.
    pub(crate) fn last_uses(&self) -> HashMap<i64, LastUse> {
        let mut uses: HashMap<i64, LastUse> = HashMap::new();
        for kept in self.stages.all().filter(|kept| kept.stage.state != StageState::Skipped) {
            // A stage that waits has used nothing yet.
            let Some(by) = LastUse::by(kept, self.time) else { continue };
            for rdd_id in &kept.rdd_ids {
                uses.entry(*rdd_id).and_modify(|last| *last = by.max(*last)).or_insert(by);
            }
        }
        uses
    }

    pub(super) fn shown(&self, draft: &Draft<'_>) -> Query {
        self.with_ending(draft, Ending::of(draft, &self.stages, self.time))
    }

    /// As the list shows it, with its active stages.
    fn with_stages(&self, draft: &Draft<'_>, ending: Ending) -> Query {
        let runs = ending.state.is_open();
        let ids = draft.stage_ids();
        let mine = self.stages.active().filter(|kept| runs && ids.contains(&kept.stage.stage_id));
        let (active_stages, _) = stages::newest(mine, STAGES, self.time);
        Query { active_stages, ..self.with_ending(draft, ending) }
    }

    fn with_ending(&self, draft: &Draft<'_>, Ending { state, end_ms, reason }: Ending) -> Query {
        let facts = self.facts(draft);
        let runs = state.is_open();
        let spilled = spill::most(draft, &self.stages);
        let rates = |kept: &KeptStage| self.stages.rates(kept).filter(|_| facts.is_alone);
        let time_left = facts.stage.and_then(|kept| time_left::of_stage(kept, rates(kept)?, facts.look?));
        Query {
            query_id: draft.query_id.clone(),
            kind: draft.kind,
            name: draft.name.clone(),
            named_by: draft.named_by,
            sql: draft.request.sql_text(),
            call_site: draft.call_site.clone(),
            session_id: draft.session_id.clone(),
            operation_id: draft.operation_id.clone(),
            can_stop: false,
            state,
            tasks: self.tasks(draft),
            stages_done: draft.jobs.iter().map(|job| count(job.num_completed_stages)).fold(0, u32::saturating_add),
            stages_total: self.stages_total(draft),
            submitted_at_ms: self.time.to_ours(draft.begin_ms),
            elapsed_ms: draft.elapsed_ms(end_ms),
            failure_reason: reason.map(|text| text::reason(&text)),
            spilled: spilled.map(|kept| kept.shown(self.time)),
            stream: draft.stream.map(|Progress { batch, period_ms }| StreamProgress { batch, period_ms }),
            wait: runs.then(|| wait::of_query(&facts)),
            time_left: time_left.filter(|_| runs),
            link: None,
            active_stages: Vec::new(),
        }
    }

    pub(super) fn facts<'a>(&'a self, draft: &'a Draft<'a>) -> wait::Facts<'a> {
        let ids = draft.stage_ids();
        let mine = || self.stages.active().filter(|kept| ids.contains(&kept.stage.stage_id));
        // The newest stage with running tasks; if all wait for slots, the newest.
        let stage =
            mine().max_by_key(|kept| (kept.stage.tasks.running > 0, kept.stage.submitted_at_ms, kept.stage.stage_id));
        let all = self.stages.running_tasks();
        let own = mine().map(|kept| kept.stage.tasks.running).fold(0, u32::saturating_add);
        // If several stages are running, the slots of one say nothing about the others.
        let is_alone = mine().filter(|kept| kept.stage.tasks.running > 0).count() == 1;
        wait::Facts {
            draft,
            stage,
            look: stage.and_then(|kept| self.queries.looks.get(&kept.attempt())).copied().filter(|_| is_alone),
            is_alone,
            python: draft.sql_execution_ids.iter().any(|id| self.queries.python.contains(id)),
            foreign_tasks: all.saturating_sub(own),
            now_ms: self.time.now_ms,
        }
    }

    /// Tasks of all jobs, without skipped ones; counts that Spark got wrong are clamped.
    fn tasks(&self, draft: &Draft<'_>) -> Tasks {
        let of_job = |job: &&JobRow| {
            let to_skip = self.to_skip(job).map(i64::from).sum::<i64>();
            let total = count(job.num_tasks.saturating_sub(job.num_skipped_tasks).saturating_sub(to_skip));
            let of_stages = self.stages.active().filter(|kept| job.stage_ids.contains(&kept.stage.stage_id));
            let of_stages = of_stages.map(|kept| kept.stage.tasks.done).fold(0, u32::saturating_add);
            Tasks {
                total,
                // Spark may write a stage's count before its job's.
                done: job.completed().max(of_stages).min(total),
                running: 0,
                failed: count(job.num_failed_tasks),
                killed: count(job.num_killed_tasks),
            }
        };
        let tasks = draft.jobs.iter().map(of_job).fold(Tasks::default(), |sum, tasks| sum.plus(&tasks));
        let ids = draft.stage_ids();
        let mine = self.stages.active().filter(|kept| ids.contains(&kept.stage.stage_id));
        // From the stages, because the jobs' own counts lag.
        Tasks { running: mine.map(|kept| kept.stage.tasks.running).fold(0, u32::saturating_add), ..tasks }
    }

    fn stages_total(&self, draft: &Draft<'_>) -> u32 {
        let of_job = |job: &&JobRow| {
            let all = u32::try_from(job.stage_ids.len()).unwrap_or(u32::MAX);
            let to_skip = u32::try_from(self.to_skip(job).count()).unwrap_or(u32::MAX);
            all.saturating_sub(count(job.num_skipped_stages)).saturating_sub(to_skip)
        };
        draft.jobs.iter().map(of_job).fold(0, u32::saturating_add)
    }

    /// Tasks of each stage that a running job will skip.
    fn to_skip(&self, job: &JobRow) -> impl Iterator<Item = u32> {
        let running = job.runs().then_some(&job.stage_ids).into_iter().flatten();
        running.filter_map(|id| self.stages.tasks_to_skip(*id))
    }
}

/// Sessions with queries, the latest first.
fn sessions(drafts: &[Draft<'_>], running: &[(&Draft<'_>, Ending)], time: DriverTime) -> Vec<ConnectSession> {
    let mut sessions: Vec<ConnectSession> = Vec::new();
    for draft in drafts {
        let Some(session_id) = draft.session_id.as_ref() else { continue };
        // Drafts are newest first, so the first of a session is its latest.
        if sessions.len() < SESSIONS && !sessions.iter().any(|known| known.session_id == *session_id) {
            let of_session = |(running, _): &&(&Draft<'_>, Ending)| running.session_id.as_ref() == Some(session_id);
            sessions.push(ConnectSession {
                session_id: session_id.clone(),
                user: text::name(&draft.user),
                running: u32::try_from(running.iter().filter(of_session).count()).unwrap_or(u32::MAX),
                last_query_at_ms: time.to_ours(draft.begin_ms),
            });
        }
    }
    sessions
}
