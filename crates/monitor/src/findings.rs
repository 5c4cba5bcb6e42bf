//! What makes queries slow: each rule is a pure function in a file of its own, all thresholds are in one table. Here
//! the rules get their facts, and their findings are put in order.

mod broadcast_chance;
mod cache_misfit;
#[cfg(test)]
mod cases;
mod cross_join;
mod data_skew;
mod examined;
mod executor_lost;
mod facts;
mod failed_tasks;
mod fetched_to_disk;
mod finding;
mod garbage_collection;
mod heap_near_limit;
mod huge_partitions;
mod idle_cores;
mod idle_hold;
mod judged;
mod large_broadcast;
mod looked_at;
mod memory_forecast;
mod off_cpu;
mod query_tasks;
mod ranked;
mod shuffle_wait;
mod slow;
mod slow_host;
mod small_files;
mod spill;
mod starved;
mod thresholds;
mod time_skew;
mod tiny_tasks;
mod too_few_tasks;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use tokio::time::Instant;
use upstream::driver::amount;
use wire::{ApplicationState, Executors, FindingRule, Queries, Query, QueryTasks, Stage};

pub use finding::{Evidence, Finding, OffCpuBecause, SlowBecause, Unsplit};

use crate::{
    AppExecutors, AppQueries, DriverCall, DriverKey, Error, Limits, Observed, Tasks,
    cached::{CacheLimits, Cached},
    queries::{QueryParts, Snapshot},
    selection::{Chosen, OfApp, Selection},
};
use examined::{Examined, PlanSeen, StageSeen, Wanted};
use facts::AppFacts;
use judged::Judged;
use looked_at::LookedAt;

/// How often something new is fetched for findings.
const LIFETIME: Duration = Duration::from_secs(5);
/// How long that counts where nothing new is fetched.
const EXAMINED: Duration = Duration::from_secs(120);
/// How long an answer waits for it.
const EXTRA: Duration = Duration::from_secs(2);
/// Plans that are examined of one query, the newest first.
const PLANS_OF_QUERY: usize = 3;
/// Applications that are named as waiting.
const WAITING: usize = 3;

/// See the module's sentence.
#[derive(Debug)]
pub struct AppFindings {
    examined: Cached<DriverKey, Examined>,
    looked_at: LookedAt,
    queries: Arc<AppQueries>,
    executors: Arc<AppExecutors>,
    /// Rules that the site has muted.
    muted: BTreeSet<FindingRule>,
    calls_per_minute: u32,
}

/// Whether something is fetched that only findings need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Examine {
    Now,
    Nothing,
}

/// The findings about one application.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Those that cost the most first.
    pub findings: Vec<Finding>,
    pub not_shown: u32,
    /// Requests that findings caused during the last minute.
    pub calls: u32,
    /// Stages and plans that rules need and that were not examined, because the requests of this minute are used up.
    pub not_examined: u32,
    /// Something runs, so that there may be others soon.
    pub works: bool,
}

impl AppFindings {
    #[must_use]
    pub fn new(
        (queries, executors): (Arc<AppQueries>, Arc<AppExecutors>),
        muted: BTreeSet<FindingRule>,
        limits: &Limits,
        tasks: &Tasks,
    ) -> Self {
        // Not logged, because nothing of it can fail.
        let of_examined = CacheLimits { patience: EXTRA, ..limits.cache(upstream::Upstream::Driver, None, LIFETIME) };
        let examined = Cached::new(of_examined, tasks.clone());
        let (looked_at, calls_per_minute) = (LookedAt::default(), limits.findings_calls_per_minute);
        Self { examined, looked_at, queries, executors, muted, calls_per_minute }
    }

    /// Rules that the site has muted.
    pub fn muted(&self) -> impl Iterator<Item = FindingRule> {
        self.muted.iter().copied()
    }

    #[must_use]
    pub fn calls_per_minute(&self) -> u32 {
        self.calls_per_minute
    }

    /// The findings about the queries at this moment and about their application. What rules need is fetched.
    pub async fn list(
        &self,
        selection: &Observed<Selection>,
        moment: &Observed<OfApp<Snapshot>>,
    ) -> Observed<OfApp<Found>> {
        let queries = self.queries.list(selection, moment).await;
        self.found(selection, moment, &queries, Examine::Now).await
    }

    /// The same about `queries` that are known, without any request that only findings need: those that follow from
    /// what is known anyway, or was examined lately.
    pub async fn known(
        &self,
        selection: &Observed<Selection>,
        moment: &Observed<OfApp<Snapshot>>,
        queries: &Observed<Queries>,
    ) -> Observed<OfApp<Found>> {
        self.found(selection, moment, queries, Examine::Nothing).await
    }

    async fn found(
        &self,
        selection: &Observed<Selection>,
        moment: &Observed<OfApp<Snapshot>>,
        queries: &Observed<Queries>,
        examine: Examine,
    ) -> Observed<OfApp<Found>> {
        // Findings about queries do not depend on executors.
        let executors = self.executors.list(selection).await.ok();
        let call = selection.value.chosen.as_ref().map(|chosen| chosen.call.clone());
        let snapshot = moment.value.known.clone();
        let (Some(chosen), Some(call), Some(snapshot)) = (&selection.value.chosen, call, snapshot) else {
            return moment.clone().map(|OfApp { app, .. }| OfApp { app, known: None });
        };
        let no_executors = nothing_of(chosen);
        let seen_executors = executors.as_ref().map_or(&no_executors, |seen| &seen.value);
        let (parts, examined) = self.examined(call, &queries.value, &snapshot, seen_executors, examine).await;
        let is_shown = |part: &QueryParts| shown(&queries.value).any(|query| query.query_id == part.query_id);
        let parts: Vec<QueryParts> = parts.into_iter().filter(is_shown).collect();
        let judged = Judged { snapshot: &snapshot, parts: &parts, examined: &examined, executors: seen_executors };
        let mut findings = judged.stages_and_plans();
        findings.extend(judged.executors());
        findings.extend(judged.cached(queries.value.running.iter().any(|query| query.tasks.running > 0)));
        findings.extend(judged.app(&app_facts(
            selection,
            chosen,
            &queries.value,
            &snapshot,
            seen_executors,
            &examined,
        )));
        findings.retain(|finding| !self.muted.contains(&finding.evidence.rule()));
        let (findings, not_shown) = ranked::ranked(findings, &parts, snapshot.time());
        let works = crate::queries::works(&queries.value) || queries.value.wait.is_some();
        let (calls, not_examined) = (examined.calls(), examined.left_out);
        let found = Found { findings, not_shown, calls, not_examined, works };
        let app = queries.value.app.clone();
        let seen = queries.as_ref().map(|_| OfApp { app, known: Some(found) });
        match executors {
            Some(executors) => seen.expiring_with(&executors.age),
            None => seen.passing(),
        }
    }

    /// How evenly the tasks of one query work. Its stages are examined while somebody asks for it; whether there is
    /// more to come.
    ///
    /// # Errors
    /// The driver's failure.
    pub async fn tasks(
        &self,
        selection: &Observed<Selection>,
        moment: Observed<OfApp<Snapshot>>,
        query_id: &str,
    ) -> Result<(Observed<QueryTasks>, bool), Error> {
        let queries = self.queries.list(selection, &moment).await;
        let executors = self.executors.list(selection).await.ok();
        let snapshot = moment.value.known.clone();
        let nothing = moment.map(|OfApp { app, .. }| QueryTasks { app, ..QueryTasks::default() });
        let (Some(chosen), Some(snapshot)) = (&selection.value.chosen, snapshot) else { return Ok((nothing, false)) };
        // A name that no query has is not noted.
        if snapshot.executions(query_id).is_none() {
            return Ok((nothing, false));
        }
        self.looked_at.note(&chosen.call.key, query_id, Instant::now());
        let no_executors = nothing_of(chosen);
        let seen_executors = executors.as_ref().map_or(&no_executors, |seen| &seen.value);
        let call = chosen.call.clone();
        let (parts, examined) = self.examined(call, &queries.value, &snapshot, seen_executors, Examine::Now).await;
        let Some(part) = parts.iter().find(|part| part.query_id == query_id) else { return Ok((nothing, false)) };
        let stages = query_tasks::stages(part, &examined);
        let listed = query_tasks::looked_at(stages_of(part, &snapshot, true));
        let left = query_tasks::left(&listed, &examined, self.calls_per_minute);
        let goes_on = self.calls_per_minute > 0 && (part.state.is_open() || left > 0);
        Ok((nothing.map(|QueryTasks { app, .. }| QueryTasks { app, stages, not_examined: left }), goes_on))
    }

    /// The shown queries and those whose pages are open, and what was examined of them.
    async fn examined(
        &self,
        call: DriverCall,
        queries: &Queries,
        snapshot: &Snapshot,
        executors: &Executors,
        examine: Examine,
    ) -> (Vec<QueryParts>, Arc<Examined>) {
        let listed: BTreeSet<&str> = shown(queries).map(|query| query.query_id.as_str()).collect();
        if examine == Examine::Nothing {
            let examined = self.examined.last(&call.key).filter(|good| good.arrived.elapsed() < EXAMINED);
            return (snapshot.parts(&listed), examined.map(|good| good.value).unwrap_or_default());
        }
        let looked_at = self.looked_at.of(&call.key, Instant::now());
        let parts = snapshot.parts(&listed.iter().copied().chain(looked_at.iter().map(String::as_str)).collect());
        let stages = parts.iter().flat_map(|part| {
            let stages = stages_of(part, snapshot, listed.contains(part.query_id.as_str()));
            if looked_at.contains(&part.query_id) { query_tasks::looked_at(stages) } else { stages }
        });
        let wanted = Wanted {
            stages: stages.collect(),
            plans: plans(&parts, &listed, snapshot.time().now_ms),
            has_cached: executors.executors.iter().any(holds_cached),
            task_ms: self.executors.task_time_ms(call.clone()).await,
            per_minute: self.calls_per_minute,
        };
        let examined = self.examine(call, wanted).await;
        (parts, examined)
    }

    async fn examine(&self, call: DriverCall, wanted: Wanted) -> Arc<Examined> {
        let (key, max_age) = (call.key.clone(), call.max_age);
        let fetch = |before: Option<crate::Good<Examined>>| async move {
            let before = before.map(|good| (*good.value).clone()).unwrap_or_default();
            Ok(before.next(call, wanted).await)
        };
        // The cache waits as long for a newer value; only the first one is worth no longer wait.
        let examined = tokio::time::timeout(EXTRA * 2, self.examined.last_good(&key, max_age, fetch)).await;
        examined.ok().and_then(Result::ok).map(|seen| seen.value).unwrap_or_default()
    }
}

/// The queries that findings are about.
fn shown(queries: &Queries) -> impl Iterator<Item = &Query> {
    queries.running.iter().chain(&queries.recent)
}

fn nothing_of(chosen: &Chosen) -> Executors {
    let app = Some(chosen.app.clone());
    Executors { app, driver: None, executors: Vec::new(), executors_not_shown: 0, active_tasks: 0, task_slots: 0 }
}

fn holds_cached(executor: &wire::Executor) -> bool {
    executor.removed.is_none() && (executor.storage_bytes.used > 0 || executor.cached_to_disk_bytes > 0)
}

fn stages_of(part: &QueryParts, snapshot: &Snapshot, is_listed: bool) -> Vec<StageSeen> {
    let now_ms = snapshot.time().now_ms;
    let kept = part
        .attempts
        .iter()
        .filter_map(|attempt| snapshot.digest().attempts(attempt.stage_id).find(|kept| kept.attempt() == *attempt));
    let seen = |kept: &crate::stages::KeptStage| {
        let Stage { tasks, input_bytes, shuffle_read_bytes, .. } = &kept.stage;
        StageSeen {
            attempt: kept.attempt(),
            is_active: kept.is_active(),
            ended_ms_ago: kept.completed_at_ms.map_or(u64::MAX, |at_ms| amount(now_ms - at_ms)),
            done: tasks.done,
            total: tasks.total,
            run_ms: kept.task_time.run_ms,
            read_bytes: input_bytes.saturating_add(*shuffle_read_bytes),
            slowest_ms: snapshot.look(kept.attempt()).map_or(0, |look| look.slowest_ms),
            is_listed,
            is_looked_at: false,
        }
    };
    kept.map(seen).collect()
}

/// The plans of listed queries: no page shows what is examined of a plan.
fn plans(parts: &[QueryParts], listed: &BTreeSet<&str>, now_ms: i64) -> Vec<PlanSeen> {
    let parts = parts.iter().filter(|part| listed.contains(part.query_id.as_str()));
    parts.flat_map(|part| plans_of(part, now_ms)).collect()
}

fn plans_of(part: &QueryParts, now_ms: i64) -> Vec<PlanSeen> {
    let newest = part.sql_execution_ids.iter().rev().filter(|_| !part.is_stream).take(PLANS_OF_QUERY);
    let runs = part.state.is_open();
    let seen = |id: &i64| PlanSeen {
        execution_id: *id,
        runs,
        ended_ms_ago: if runs { 0 } else { amount(now_ms - part.end_ms) },
        elapsed_ms: amount(part.end_ms - part.begin_ms),
    };
    newest.map(seen).collect()
}

fn app_facts<'a>(
    selection: &Observed<Selection>,
    chosen: &'a Chosen,
    queries: &'a Queries,
    snapshot: &Snapshot,
    executors: &'a Executors,
    examined: &Examined,
) -> AppFacts<'a> {
    let others = selection.value.apps.active.iter().filter(|app| app.app_id != chosen.app.app_id);
    let waits = |app: &&wire::App| app.state == ApplicationState::Waiting;
    let now_ms = snapshot.time().to_ours(snapshot.time().now_ms);
    // An application that has not worked yet has been idle since its start.
    let idle_since_ms = snapshot.idle_since_ms().map(|at_ms| snapshot.time().to_ours(at_ms));
    let started_ms = (queries.recent.is_empty() && queries.running.is_empty()).then_some(chosen.app.started_at_ms);
    let oldest = queries.running.iter().map(|query| query.elapsed_ms).max();
    AppFacts {
        app: &chosen.app,
        waiting: others.filter(waits).map(|app| app.name.clone()).take(WAITING).collect(),
        executors: &executors.executors,
        slots: executors.task_slots.into(),
        running_tasks: executors.active_tasks.into(),
        wait: queries.wait.as_ref(),
        waited_ms: oldest.unwrap_or(0),
        idle_ms: idle_since_ms.or(started_ms).map(|since_ms| amount(now_ms - since_ms)),
        used: examined.used(),
        is_connect: !queries.sessions.is_empty(),
        now_ms,
    }
}

#[cfg(test)]
mod tests {
    use wire::{NamedBy, QueryState};

    use super::*;

    fn part(query_id: &str, execution_id: i64) -> QueryParts {
        QueryParts {
            query_id: query_id.into(),
            name: String::new(),
            named_by: NamedBy::Operators,
            call_site: None,
            session_id: None,
            state: QueryState::Succeeded,
            begin_ms: 0,
            end_ms: 5_000,
            is_stream: false,
            sql_execution_ids: vec![execution_id],
            attempts: Vec::new(),
            python: false,
            spilled: None,
        }
    }

    #[test]
    fn a_page_of_a_query_that_is_not_listed_asks_for_no_plan() {
        let plans = plans(&[part("listed", 1), part("only-looked-at", 2)], &BTreeSet::from(["listed"]), 6_000);
        assert_eq!(plans.iter().map(|plan| plan.execution_id).collect::<Vec<_>>(), [1]);
    }
}
