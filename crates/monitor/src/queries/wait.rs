//! Why a query waits: the first matching rule, with the numbers that triggered it.
//!
//! A lack of cores for the whole application is checked first ([`of_app`]).

use wire::{ApplicationState, CoreHolder, Wait, percent};

use super::{
    draft::{Draft, Stated},
    stage_look::{ENOUGH_TASK_TIME_MS, ENOUGH_TASKS, StageLook, is_off_the_cpu},
};
use crate::{applications::Apps, cluster::ClusterCores, stages::KeptStage};

/// The driver always works for a moment between two jobs; a longer pause is reported, milliseconds.
const DRIVER_PAUSE_MS: u64 = 1_000;
/// Waiting for other tasks' output is reported above this share of task time, percent.
const FETCH_WAIT_PERCENT: u32 = 20;
/// A task that reads more than this many medians, and more than [`MUCH_DATA`], has more to do than the others.
const MUCH_DATA_MEDIANS: u64 = 3;
/// Bytes.
const MUCH_DATA: u64 = 64 << 20;
/// Applications that are named as holding cores.
const HOLDERS: usize = 3;

/// The input of the rules.
pub(super) struct Facts<'a> {
    pub draft: &'a Draft<'a>,
    /// Its stage with running tasks; the newest if there are several.
    pub stage: Option<&'a KeptStage>,
    pub look: Option<StageLook>,
    /// No other stage of it has running tasks.
    pub is_alone: bool,
    /// Its plan runs Python.
    pub python: bool,
    /// Running tasks of the application's other queries.
    pub foreign_tasks: u32,
    pub now_ms: i64,
}

type Rule = fn(&Facts<'_>) -> Option<Wait>;

const RULES: [Rule; 6] = [between_batches, driver_works, slots_taken, shuffle_fetch, last_tasks, outside_jvm];

/// Why this query waits.
pub(super) fn of_query(facts: &Facts<'_>) -> Wait {
    let busy = || Wait::Busy { running: facts.stage.map_or(0, |kept| kept.stage.tasks.running) };
    RULES.iter().find_map(|rule| rule(facts)).unwrap_or_else(busy)
}

/// Why the whole application waits. One that has given its cores back waits only if it wants some, as `works` says.
pub(super) fn of_app(app: &wire::App, apps: &Apps, works: bool) -> Option<Wait> {
    let ClusterCores { used, total, workers_alive, workers_wanted } = apps.cores?;
    let starves = app.cores == Some(0) && works && used >= total;
    if app.state != ApplicationState::Waiting && !starves {
        return None;
    }
    if workers_wanted == 0 {
        return Some(Wait::NoCluster);
    }
    if workers_alive == 0 {
        return Some(Wait::ClusterStarting { ready: workers_alive, wanted: workers_wanted });
    }
    let mut holders: Vec<_> = apps.active.iter().filter(|other| other.app_id != app.app_id).collect();
    holders.sort_by_key(|other| std::cmp::Reverse(other.cores));
    let holders = holders.into_iter().filter_map(|other| {
        let cores = other.cores.filter(|cores| *cores > 0)?;
        Some(CoreHolder { name: other.name.clone(), cores })
    });
    Some(Wait::NoCores { holders: holders.take(HOLDERS).collect(), cores_used: used, cores_total: total })
}

fn between_batches(facts: &Facts<'_>) -> Option<Wait> {
    let progress = facts.draft.stream.filter(|_| matches!(facts.draft.stated, Stated::BetweenBatches { .. }))?;
    Some(Wait::NextBatch { batch: progress.batch })
}

fn driver_works(facts: &Facts<'_>) -> Option<Wait> {
    let for_ms = u64::try_from(facts.now_ms.saturating_sub(facts.draft.last_sign_ms())).unwrap_or(0);
    (!facts.draft.has_running_job() && for_ms >= DRIVER_PAUSE_MS).then_some(Wait::DriverWorks { for_ms })
}

fn slots_taken(facts: &Facts<'_>) -> Option<Wait> {
    let runs = facts.stage.is_some_and(|kept| kept.stage.tasks.running > 0);
    let wants = facts.draft.has_running_job() && !runs;
    (wants && facts.foreign_tasks > 0).then_some(Wait::SlotsTaken { running: facts.foreign_tasks })
}

fn shuffle_fetch(facts: &Facts<'_>) -> Option<Wait> {
    let KeptStage { stage, task_time, .. } = facts.stage?;
    let share = percent(task_time.fetch_wait_ms, task_time.run_ms);
    let enough = task_time.run_ms >= ENOUGH_TASK_TIME_MS && share > FETCH_WAIT_PERCENT;
    enough.then_some(Wait::ShuffleFetch { stage_id: stage.stage_id, percent: share })
}

fn last_tasks(facts: &Facts<'_>) -> Option<Wait> {
    let (stage, look) = (&facts.stage?.stage, facts.look?);
    let left = stage.tasks.total.saturating_sub(stage.tasks.done);
    let all_launched = left > 0 && left <= stage.tasks.running;
    let more_data = look.slowest_bytes_read > MUCH_DATA
        && look.slowest_bytes_read > look.median_bytes_read.saturating_mul(MUCH_DATA_MEDIANS);
    (all_launched && stage.tasks.done >= ENOUGH_TASKS && look.has_slow_task()).then_some(Wait::LastTasks {
        stage_id: stage.stage_id,
        left,
        total: stage.tasks.total,
        slowest_ms: look.slowest_ms,
        median_ms: look.median_ms,
        more_data,
    })
}

fn outside_jvm(facts: &Facts<'_>) -> Option<Wait> {
    let KeptStage { stage, task_time, .. } = facts.stage?;
    let jvm_percent = percent(task_time.cpu_ms, task_time.run_ms);
    // A low share alone proves nothing: the host may be busy.
    (facts.python && is_off_the_cpu(*task_time)).then_some(Wait::Python { stage_id: stage.stage_id, jvm_percent })
}

#[cfg(test)]
mod tests;
