//! Asks each rule about each stage, plan and executor.

use upstream::driver_path::StageAttempt;
use wire::{Executor, Executors};

use super::{
    broadcast_chance,
    cache_misfit::{self, CacheFacts},
    cross_join, data_skew,
    examined::{Examined, Plan},
    executor_lost,
    facts::{AppFacts, PlanFacts, StageFacts},
    failed_tasks, fetched_to_disk,
    finding::{Finding, Hit},
    garbage_collection, heap_near_limit, huge_partitions, idle_cores, idle_hold, large_broadcast, memory_forecast,
    off_cpu, shuffle_wait, slow_host, small_files, spill, starved, time_skew, tiny_tasks, too_few_tasks,
};
use crate::{
    queries::{QueryParts, Snapshot},
    stages::KeptStage,
};

type StageRule = fn(&StageFacts<'_>) -> Option<Hit>;
type PlanRule = fn(&PlanFacts<'_>) -> Option<Hit>;
type ExecutorRule = fn(&Executor) -> Option<Hit>;
type AppRule = fn(&AppFacts<'_>) -> Option<Hit>;

const OF_STAGES: [StageRule; 13] = [
    data_skew::find,
    time_skew::find,
    slow_host::find,
    spill::find,
    memory_forecast::find,
    fetched_to_disk::find,
    garbage_collection::find,
    shuffle_wait::find,
    off_cpu::find,
    too_few_tasks::find,
    tiny_tasks::find,
    huge_partitions::find,
    failed_tasks::find,
];
const OF_PLANS: [PlanRule; 5] =
    [small_files::read, small_files::written, broadcast_chance::find, large_broadcast::find, cross_join::find];
const OF_EXECUTORS: [ExecutorRule; 2] = [garbage_collection::of_executor, heap_near_limit::find];
const OF_APPS: [AppRule; 4] = [executor_lost::find, starved::find, idle_cores::find, idle_hold::find];

/// Everything that the rules are asked about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged<'a> {
    pub snapshot: &'a Snapshot,
    pub parts: &'a [QueryParts],
    pub examined: &'a Examined,
    pub executors: &'a Executors,
}

impl Judged<'_> {
    pub fn stages_and_plans(&self) -> Vec<Finding> {
        let living = self.living();
        self.parts.iter().flat_map(|part| self.query(part, &living)).collect()
    }

    pub fn executors(&self) -> Vec<Finding> {
        let found = |executor: &Executor| {
            let at = |hit| Finding { executor_id: Some(executor.executor_id.clone()), so_far: true, ..of(hit) };
            OF_EXECUTORS.iter().filter_map(|rule| rule(executor)).map(at).collect::<Vec<_>>()
        };
        self.living().iter().flat_map(found).collect()
    }

    /// About what is cached; `works` if tasks run that may just fill the cache.
    pub fn cached(&self, works: bool) -> Vec<Finding> {
        let (used, total) = self.living().iter().fold((0_u64, 0_u64), |(used, total), executor| {
            let storage = executor.storage_bytes;
            (used.saturating_add(storage.used), total.saturating_add(storage.total))
        });
        let full_percent = wire::percent(used, total);
        let facts = self.examined.cached.iter().map(|row| CacheFacts { row, full_percent, works });
        facts.filter_map(|facts| cache_misfit::find(&facts)).map(of).collect()
    }

    pub fn app(&self, facts: &AppFacts<'_>) -> Vec<Finding> {
        OF_APPS.iter().filter_map(|rule| rule(facts)).map(of).collect()
    }

    fn living(&self) -> Vec<Executor> {
        let living = self.executors.executors.iter().filter(|executor| executor.removed.is_none());
        let living: Vec<_> = living.cloned().collect();
        // A local driver runs its tasks itself.
        let driver = self.executors.driver.iter().filter(|driver| living.is_empty() && driver.task_slots > 0);
        driver.cloned().chain(living.iter().cloned()).collect()
    }

    fn query(&self, part: &QueryParts, living: &[Executor]) -> Vec<Finding> {
        let in_query = |finding: Finding| Finding { query_id: Some(part.query_id.clone()), ..finding };
        let kept: Vec<&KeptStage> = part.attempts.iter().filter_map(|attempt| self.kept(*attempt)).collect();
        let plan = part.sql_execution_ids.iter().rev().find_map(|id| self.examined.plan(*id));
        let mut found: Vec<Finding> =
            kept.iter().flat_map(|kept| self.stage(part, kept, plan, living)).map(in_query).collect();
        let run_ms = kept.iter().map(|kept| kept.task_time.run_ms).fold(0, u64::saturating_add);
        let so_far = part.state.is_open();
        for plan in part.sql_execution_ids.iter().filter_map(|id| self.examined.plan(*id)) {
            let facts = PlanFacts { plan, run_ms };
            let hits = OF_PLANS.iter().filter_map(|rule| rule(&facts));
            found.extend(hits.map(|hit| in_query(Finding { so_far, ..of(hit) })));
        }
        found
    }

    fn kept(&self, attempt: StageAttempt) -> Option<&KeptStage> {
        self.snapshot.digest().attempts(attempt.stage_id).find(|kept| kept.attempt() == attempt)
    }

    fn stage(&self, part: &QueryParts, kept: &KeptStage, plan: Option<&Plan>, living: &[Executor]) -> Vec<Finding> {
        let attempt = kept.attempt();
        let spilled = part.spilled.as_ref().filter(|(of, _)| *of == attempt);
        let elapsed_ms = kept.shown(self.snapshot.time()).elapsed_ms.unwrap_or(0);
        let facts = StageFacts {
            kept,
            elapsed_ms,
            quantiles: self.examined.quantiles(attempt),
            slowest: self.examined.slowest(attempt),
            look: self.snapshot.look(attempt),
            plan,
            python: part.python || plan.is_some_and(|plan| plan.python),
            spill_code: spilled.and_then(|(_, code)| code.as_deref()),
            slots: self.executors.task_slots.into(),
            executors: living,
            is_alone: !self.overlaps(kept),
        };
        let at = |hit| Finding { stage: Some(attempt), so_far: kept.is_active(), ..of(hit) };
        OF_STAGES.iter().filter_map(|rule| rule(&facts)).map(at).collect()
    }

    /// Whether another stage used the slots beside this one.
    fn overlaps(&self, kept: &KeptStage) -> bool {
        let span = |kept: &KeptStage| Some((kept.stage.submitted_at_ms?, kept.completed_at_ms.unwrap_or(i64::MAX)));
        let Some((begin, end)) = span(kept) else { return true };
        let others = self.snapshot.digest().all().filter(|other| other.attempt() != kept.attempt());
        let beside = |other: &KeptStage| {
            other.task_time.run_ms > 0
                && span(other).is_some_and(|(other_begin, other_end)| other_begin < end && begin < other_end)
        };
        others.into_iter().any(beside)
    }
}

/// A hit that is about the application as a whole.
fn of(hit: Hit) -> Finding {
    let Hit { severity, evidence, code, cost_ms } = hit;
    Finding { code, cost_ms, ..Finding::new(severity, evidence) }
}
