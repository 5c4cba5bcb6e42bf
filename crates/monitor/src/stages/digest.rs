//! Thousands of stages, folded while they are read into the few that matter and the sums over all.

use std::{collections::BTreeMap, sync::Arc};

use wire::{App, Level, Meter, Spill, Stage, StageState, Stages, Tasks};

use super::{
    pace::{Pace, Rates},
    running::{self, Share},
};
use crate::{clock::DriverTime, connect_request::ConnectRequest, text};
use upstream::{
    Weight,
    bounds::Bounds,
    driver::{SparkTime, StageRow, amount, count},
    driver_path::StageAttempt,
    rows::FromRows,
};

/// Stages that are kept: enough for the queries that are shown. Active ones are kept in addition.
const KEPT: usize = 300;
/// Stages that are kept at most, including active ones.
const MOST: usize = 1000;
/// Active stages that are shown.
const ACTIVE: usize = 50;
/// Spill to disk above this is shown in red, bytes.
const MUCH_SPILL: u64 = 1 << 30;
/// Under Spark Connect, `name` is the same unreadable dump for every stage; `details` holds the whole request.
const CONNECT_PREFIX: &str = "Spark Connect - session_id";

/// What is kept of a list of stages.
#[derive(Debug, Default)]
pub struct StageDigest {
    kept: BTreeMap<StageAttempt, KeptStage>,
    /// Memory of the kept stages; a shared request counts once for each stage.
    kept_bytes: usize,
    /// Active stages that are not kept, and rows that were not decoded.
    left_out: u32,
    spilled_stages: u32,
    spilled_to_disk_bytes: u64,
    spilled_from_memory_bytes: u64,
    retained: u32,
    oldest_stage_id: Option<i64>,
    /// The previous stage's request and its text: neighbouring stages of one query repeat it.
    last_request: Option<(String, Arc<ConnectRequest>)>,
    /// How fast the active stages work.
    paces: BTreeMap<StageAttempt, Pace>,
}

/// One of the newest stages.
#[derive(Clone, Debug)]
pub struct KeptStage {
    pub stage: Stage,
    /// The Spark Connect request that the stage belongs to.
    pub request: Option<Arc<ConnectRequest>>,
    pub task_time: TaskTime,
    /// When its first task began, by the driver's clock.
    pub first_task_at_ms: Option<i64>,
    /// When it ended, by the driver's clock.
    pub completed_at_ms: Option<i64>,
    /// What its tasks fetched from others and put on disk, because the blocks were too large for memory; bytes.
    pub fetched_to_disk_bytes: u64,
    /// The RDDs that the stage computes: a stage that is planned again for another job has the same ones.
    pub rdd_ids: Vec<i64>,
}

/// Sums over the tasks of a stage, milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskTime {
    pub run_ms: u64,
    pub cpu_ms: u64,
    pub gc_ms: u64,
    pub fetch_wait_ms: u64,
}

impl KeptStage {
    #[must_use]
    pub fn is_active(&self) -> bool {
        self.stage.state == StageState::Active
    }

    #[must_use]
    pub fn attempt(&self) -> StageAttempt {
        StageAttempt { stage_id: self.stage.stage_id, stage_attempt_id: self.stage.stage_attempt_id }
    }

    /// The stage now, with the time that an active one has run so far.
    #[must_use]
    pub fn shown(&self, time: DriverTime) -> Stage {
        let until_now = |begin| amount(time.now_ms - begin);
        let submitted_at_ms = self.stage.submitted_at_ms.map(|at_ms| time.to_ours(at_ms));
        let elapsed_ms =
            if self.is_active() { self.stage.submitted_at_ms.map(until_now) } else { self.stage.elapsed_ms };
        Stage { submitted_at_ms, elapsed_ms, ..self.stage.clone() }
    }
}

impl FromRows for StageDigest {
    type Row = StageRow;

    fn push(&mut self, row: StageRow, bounds: &Bounds) {
        self.retained = self.retained.saturating_add(1);
        self.oldest_stage_id = Some(self.oldest_stage_id.map_or(row.stage_id, |oldest| oldest.min(row.stage_id)));
        let (to_disk, from_memory) = (amount(row.disk_bytes_spilled), amount(row.memory_bytes_spilled));
        if to_disk > 0 || from_memory > 0 {
            self.spilled_stages = self.spilled_stages.saturating_add(1);
            self.spilled_to_disk_bytes = self.spilled_to_disk_bytes.saturating_add(to_disk);
            self.spilled_from_memory_bytes = self.spilled_from_memory_bytes.saturating_add(from_memory);
        }
        let attempt = StageAttempt { stage_id: row.stage_id, stage_attempt_id: row.attempt_id };
        let is_active = state_of(&row) == StageState::Active;
        let evicted = match self.kept.len() {
            MOST.. => self.kept.keys().next().copied(),
            KEPT.. => self.oldest_idle(),
            _ => None,
        };
        match evicted {
            // Parsing the request costs a kilobyte of text, so it is done only for stages that are kept.
            Some(oldest) if !is_active && attempt < oldest => return,
            Some(oldest) => self.evict(&oldest),
            None => {}
        }
        let request = row.name.starts_with(CONNECT_PREFIX).then(|| match &self.last_request {
            Some((details, request)) if *details == row.details => Arc::clone(request),
            _ => {
                let request = Arc::new(ConnectRequest::of_details(&row.details));
                self.last_request = Some((row.details.clone(), Arc::clone(&request)));
                request
            }
        });
        let kept = kept(&row, request);
        self.kept_bytes += kept.weight_bytes();
        if let Some(same) = self.kept.insert(attempt, kept) {
            self.kept_bytes -= same.weight_bytes();
        }
        while self.kept_bytes > bounds.list_bytes {
            let oldest = || self.kept.keys().next().copied();
            let Some(oldest) = self.oldest_idle().or_else(oldest) else { break };
            self.evict(&oldest);
        }
    }

    fn leave_out(&mut self) {
        self.retained = self.retained.saturating_add(1);
        self.left_out = self.left_out.saturating_add(1);
    }
}

impl StageDigest {
    fn oldest_idle(&self) -> Option<StageAttempt> {
        self.kept.iter().find(|(_, kept)| !kept.is_active()).map(|(attempt, _)| *attempt)
    }

    fn evict(&mut self, attempt: &StageAttempt) {
        let Some(kept) = self.kept.remove(attempt) else { return };
        self.kept_bytes -= kept.weight_bytes();
        self.left_out = self.left_out.saturating_add(u32::from(kept.is_active()));
    }

    /// Corrects the running tasks of the active stages with the executors' numbers.
    #[must_use]
    pub fn with_slots(mut self, slots: Meter) -> Self {
        let mut active: Vec<&mut KeptStage> = self.kept.values_mut().filter(|kept| kept.is_active()).collect();
        active.sort_by_key(|kept| (kept.stage.submitted_at_ms, kept.stage.stage_id));
        let left = |tasks: Tasks| tasks.total.saturating_sub(tasks.done);
        let share = |kept: &&mut KeptStage| Share { running: kept.stage.tasks.running, left: left(kept.stage.tasks) };
        let mut shares: Vec<Share> = active.iter().map(share).collect();
        running::share(slots, &mut shares.iter_mut().collect::<Vec<_>>());
        for (kept, share) in active.into_iter().zip(shares) {
            kept.stage.tasks.running = share.running;
        }
        self
    }

    /// Adds the pace of the active stages since the samples `before`.
    #[must_use]
    pub fn after(mut self, before: Option<&Self>, at_ms: i64) -> Self {
        let known = |attempt| before.and_then(|before| before.paces.get(&attempt)).cloned().unwrap_or_default();
        let pace = |kept: &KeptStage| (kept.attempt(), known(kept.attempt()).and(at_ms, kept.stage.tasks.done));
        self.paces = self.active().map(pace).collect();
        self
    }

    /// How fast the tasks of an active stage end; none if unknown.
    #[must_use]
    pub fn rates(&self, kept: &KeptStage) -> Option<Rates> {
        self.paces.get(&kept.attempt())?.rates(kept.stage.tasks.running)
    }

    /// What the panel shows of the stages now.
    #[must_use]
    pub fn shown(&self, app: Option<App>, time: DriverTime) -> Stages {
        let (active, not_shown) = newest(self.active(), ACTIVE, time);
        Stages {
            app,
            spill: self.spill(),
            active,
            active_not_shown: not_shown.saturating_add(self.left_out),
            retained: self.retained,
            forgotten: self.oldest_stage_id.is_some_and(|oldest| oldest > 0),
        }
    }

    /// What is running now, for the chip's tooltip.
    #[must_use]
    pub fn activity(&self, app_name: &str) -> Option<wire::Activity> {
        let newest = self.active().max_by_key(|kept| (kept.stage.submitted_at_ms, kept.stage.stage_id))?;
        Some(wire::Activity {
            app_name: app_name.to_owned(),
            stages: u32::try_from(self.active().count()).unwrap_or(u32::MAX),
            stage_name: newest.stage.name.clone(),
            tasks: self.active().fold(Tasks::default(), |sum, kept| sum.plus(&kept.stage.tasks)),
        })
    }

    pub fn active(&self) -> impl Iterator<Item = &KeptStage> {
        self.kept.values().filter(|kept| kept.is_active())
    }

    /// Tasks that the active stages run.
    #[must_use]
    pub fn running_tasks(&self) -> u32 {
        self.active().map(|kept| kept.stage.tasks.running).fold(0, u32::saturating_add)
    }

    /// All kept stages.
    pub fn all(&self) -> impl Iterator<Item = &KeptStage> {
        self.kept.values()
    }

    /// All kept attempts of one stage, the first attempt first.
    pub fn attempts(&self, stage_id: i64) -> impl DoubleEndedIterator<Item = &KeptStage> {
        let attempt = |stage_attempt_id| StageAttempt { stage_id, stage_attempt_id };
        self.kept.range(attempt(i64::MIN)..=attempt(i64::MAX)).map(|(_, kept)| kept)
    }

    /// The tasks of a stage that will be skipped because another job has already computed it. Spark reports that only
    /// when the job ends.
    #[must_use]
    pub fn tasks_to_skip(&self, stage_id: i64) -> Option<u32> {
        // After a lost executor, Spark computes the stage again as its next attempt, and the first one stays pending.
        let pending = self.attempts(stage_id).next_back().filter(|kept| kept.stage.state == StageState::Pending)?;
        let same = |kept: &KeptStage| kept.stage.state == StageState::Complete && kept.rdd_ids == pending.rdd_ids;
        (!pending.rdd_ids.is_empty() && self.kept.values().any(same)).then_some(pending.stage.tasks.total)
    }

    fn spill(&self) -> Option<Spill> {
        (self.spilled_stages > 0).then_some(Spill {
            stages: self.spilled_stages,
            to_disk_bytes: self.spilled_to_disk_bytes,
            from_memory_bytes: self.spilled_from_memory_bytes,
            level: if self.spilled_to_disk_bytes > MUCH_SPILL { Level::Red } else { Level::Amber },
        })
    }
}

/// The newest `limit` stages, newest first, and the number of others.
pub fn newest<'a>(stages: impl Iterator<Item = &'a KeptStage>, limit: usize, time: DriverTime) -> (Vec<Stage>, u32) {
    let mut stages: Vec<_> = stages.map(|kept| kept.shown(time)).collect();
    stages.sort_by_key(|stage| std::cmp::Reverse((stage.submitted_at_ms, stage.stage_id)));
    let not_shown = u32::try_from(stages.len().saturating_sub(limit)).unwrap_or(u32::MAX);
    stages.truncate(limit);
    (stages, not_shown)
}

fn kept(row: &StageRow, request: Option<Arc<ConnectRequest>>) -> KeptStage {
    let total = count(row.num_tasks);
    let stage = Stage {
        stage_id: row.stage_id,
        stage_attempt_id: row.attempt_id,
        name: name(row, request.as_deref()),
        state: state_of(row),
        tasks: Tasks {
            total,
            done: row.completed().min(total),
            running: count(row.num_active_tasks),
            failed: count(row.num_failed_tasks),
            killed: count(row.num_killed_tasks),
        },
        input_bytes: amount(row.input_bytes),
        output_bytes: amount(row.output_bytes),
        shuffle_read_bytes: amount(row.shuffle_read_bytes),
        shuffle_write_bytes: amount(row.shuffle_write_bytes),
        spilled_to_disk_bytes: amount(row.disk_bytes_spilled),
        spilled_from_memory_bytes: amount(row.memory_bytes_spilled),
        submitted_at_ms: row.submission_time.map(|time| time.0),
        elapsed_ms: wall_clock_ms(row.submission_time.or(row.first_task_launched_time), row.completion_time),
        failure_reason: row.failure_reason.as_deref().map(text::reason),
        link: None,
    };
    let task_time = TaskTime {
        run_ms: amount(row.executor_run_time),
        cpu_ms: amount(row.executor_cpu_time) / 1_000_000,
        gc_ms: amount(row.jvm_gc_time),
        fetch_wait_ms: amount(row.shuffle_fetch_wait_time),
    };
    let first_task_at_ms = row.first_task_launched_time.map(|time| time.0);
    KeptStage {
        stage,
        request,
        task_time,
        first_task_at_ms,
        completed_at_ms: row.completion_time.map(|time| time.0),
        fetched_to_disk_bytes: amount(row.shuffle_remote_bytes_read_to_disk),
        rdd_ids: row.rdd_ids.clone(),
    }
}

/// A readable name: from the request under Spark Connect, Spark's own for a classic driver.
fn name(row: &StageRow, request: Option<&ConnectRequest>) -> String {
    request.map_or_else(|| text::name(&row.name), |request| request.name().1)
}

/// Wall-clock time; `executorRunTime` is a sum over tasks.
fn wall_clock_ms(begin: Option<SparkTime>, end: Option<SparkTime>) -> Option<u64> {
    Some(amount(end?.0 - begin?.0))
}

fn state_of(row: &StageRow) -> StageState {
    match row.status.as_str() {
        "ACTIVE" => StageState::Active,
        "PENDING" => StageState::Pending,
        "COMPLETE" => StageState::Complete,
        "FAILED" => StageState::Failed,
        "SKIPPED" => StageState::Skipped,
        _ => StageState::Unknown,
    }
}

impl Weight for KeptStage {
    /// Includes the digest itself. The map's nodes are at least half full.
    fn weight_bytes(&self) -> usize {
        let Stage { name, failure_reason, .. } = &self.stage;
        let request = self.request.as_ref().map_or(0, |request| size_of::<ConnectRequest>() + request.weight_bytes());
        let texts = name.weight_bytes() + failure_reason.weight_bytes();
        2 * size_of::<(StageAttempt, Self)>() + texts + self.rdd_ids.weight_bytes() + request
    }
}

impl Weight for StageDigest {
    fn weight_bytes(&self) -> usize {
        let last = self.last_request.as_ref();
        let paces = self.paces.values().map(|pace| size_of::<(StageAttempt, Pace)>() + pace.weight_bytes());
        self.kept_bytes
            + paces.sum::<usize>()
            + last.map_or(0, |(text, request)| text.weight_bytes() + request.weight_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::rows;

    fn digest(rows: &serde_json::Value) -> StageDigest {
        rows::from_value(rows).unwrap()
    }

    fn row(stage_id: i64, status: &str) -> serde_json::Value {
        serde_json::json!({"stageId": stage_id, "status": status, "numTasks": 4, "name": "count", "diskBytesSpilled": 10})
    }

    #[test]
    fn of_two_thousand_stages_the_newest_are_kept_and_all_are_summed() {
        for newest_first in [false, true] {
            let mut rows: Vec<_> = (1..2000).map(|id| row(id, "COMPLETE")).collect();
            rows.insert(0, row(0, "ACTIVE"));
            if newest_first {
                rows.reverse();
            }
            let digest = digest(&rows.into());
            let ids: Vec<_> = digest.kept.keys().map(|attempt| attempt.stage_id).collect();
            let newest = 2001 - i64::try_from(KEPT).unwrap()..2000;
            assert_eq!(ids, [0].into_iter().chain(newest).collect::<Vec<_>>(), "the active one stays");
            let shown = digest.shown(None, DriverTime::at(0, 0));
            assert_eq!((shown.retained, shown.forgotten), (2000, false));
            assert_eq!(shown.spill.unwrap().to_disk_bytes, 20_000);
        }
    }

    #[test]
    fn active_stages_over_the_limit_are_counted() {
        let rows: Vec<_> = (7..67).map(|id| row(id, "ACTIVE")).collect();
        let shown = digest(&rows.into()).shown(None, DriverTime::at(0, 0));
        assert_eq!((shown.active.len(), shown.active_not_shown), (50, 10));
        assert!(shown.forgotten, "stage 0 is no longer remembered");
    }

    #[test]
    fn counts_that_spark_got_wrong_are_clamped() {
        let row = serde_json::json!([{"stageId": 1, "status": "ACTIVE", "numTasks": 4, "numActiveTasks": -3,
            "numCompleteTasks": 9, "inputBytes": -1, "submissionTime": "2026-11-20T23:34:05.000GMT"}]);
        let shown = digest(&row).shown(None, DriverTime::at(1_795_217_645_500, 0));
        let stage = shown.active.first().unwrap();
        assert_eq!((stage.tasks.running, stage.tasks.done, stage.tasks.percent()), (0, 4, 100));
        assert_eq!(stage.input_bytes, 0);
        assert_eq!(stage.elapsed_ms, Some(500));
        let before = digest(&row).shown(None, DriverTime::at(0, 0));
        assert_eq!(before.active.first().unwrap().elapsed_ms, Some(0), "clocks may differ");
    }

    #[test]
    fn an_active_stage_runs_as_many_tasks_as_the_executors_do() {
        for told in [0, 5] {
            let rows = serde_json::json!([{"stageId": 1, "status": "ACTIVE", "numTasks": 10, "numActiveTasks": told}]);
            let seen = digest(&rows).with_slots(Meter { used: 2, total: 2, ..Meter::default() });
            assert_eq!(seen.active().next().unwrap().stage.tasks.running, 2, "its row tells {told}");
        }
    }

    #[test]
    fn a_stage_is_called_by_its_request_or_by_sparks_words_or_by_its_number() {
        let name = |name: &str, details: &str| {
            let rows = serde_json::json!([{"stageId": 7, "status": "ACTIVE", "name": name, "details": details}]);
            digest(&rows).active().next().unwrap().stage.name.clone()
        };
        assert_eq!(name(CONNECT_PREFIX, "plan { root { sql { query: \"select 1\" } } }"), "select 1");
        assert_eq!(name(CONNECT_PREFIX, ""), "", "the frontend says its number");
        assert_eq!(name("count at <console>:1", "org.apache.spark"), "count at <console>:1");
    }
}
