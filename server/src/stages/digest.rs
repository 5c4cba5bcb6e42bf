//! Thousands of stages folded, while they are read, into the few that a panel shows and the sums over all.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize, Deserializer,
    de::{SeqAccess, Visitor},
};
use wire::{App, Level, Spill, Stage, StageState, Stages, Tasks};

use super::name;
use crate::{
    cache::Weight,
    upstream::driver::{SparkTime, StageRow, amount, count},
};

/// Active stages that are shown.
const ACTIVE: usize = 50;
/// Ended stages that are shown.
const RECENT: usize = 20;
/// Longest failure reason that is shown, characters.
const LONGEST_REASON: usize = 500;
/// Spill to disk above this is red, bytes.
const MUCH_SPILL: u64 = 1 << 30;

/// Newest last: by begin, then by number.
type Newest = (i64, i64, i64);

/// What is kept of a list of stages.
#[derive(Debug, Default)]
pub(crate) struct StageDigest {
    active: BTreeMap<Newest, Stage>,
    active_not_shown: u32,
    recent: BTreeMap<Newest, Stage>,
    spilled_stages: u32,
    spilled_to_disk_bytes: u64,
    spilled_from_memory_bytes: u64,
    retained: u32,
    oldest_stage_id: Option<i64>,
}

impl StageDigest {
    fn add(&mut self, row: &StageRow) {
        self.retained = self.retained.saturating_add(1);
        self.oldest_stage_id = Some(self.oldest_stage_id.map_or(row.stage_id, |oldest| oldest.min(row.stage_id)));
        let (to_disk, from_memory) = (amount(row.disk_bytes_spilled), amount(row.memory_bytes_spilled));
        if to_disk > 0 || from_memory > 0 {
            self.spilled_stages = self.spilled_stages.saturating_add(1);
            self.spilled_to_disk_bytes = self.spilled_to_disk_bytes.saturating_add(to_disk);
            self.spilled_from_memory_bytes = self.spilled_from_memory_bytes.saturating_add(from_memory);
        }
        let newest = (row.submission_time.map_or(0, |time| time.0), row.stage_id, row.attempt_id);
        match state_of(row) {
            StageState::Active => {
                if self.active.len() >= ACTIVE {
                    self.active_not_shown = self.active_not_shown.saturating_add(1);
                }
                keep_newest(&mut self.active, ACTIVE, newest, row);
            }
            StageState::Complete | StageState::Failed => keep_newest(&mut self.recent, RECENT, newest, row),
            StageState::Pending | StageState::Skipped | StageState::Unknown => {}
        }
    }

    /// As the panel shows it; active stages have run until `now_ms`.
    pub fn shown(&self, app: Option<App>, now_ms: i64) -> Stages {
        let newest_first = |stages: &BTreeMap<Newest, Stage>| {
            let stages = stages.values().rev().cloned();
            stages.map(|stage| Stage { elapsed_ms: elapsed_until(&stage, now_ms), ..stage }).collect::<Vec<_>>()
        };
        Stages {
            app,
            spill: self.spill(),
            active: newest_first(&self.active),
            active_not_shown: self.active_not_shown,
            recent: newest_first(&self.recent),
            retained: self.retained,
            forgotten: self.oldest_stage_id.is_some_and(|oldest| oldest > 0),
        }
    }

    /// What runs now, for the chip's tooltip.
    pub fn activity(&self, app_name: &str) -> Option<wire::Activity> {
        let newest = self.active.values().next_back()?;
        let mut tasks = Tasks::default();
        for stage in self.active.values() {
            tasks.total = tasks.total.saturating_add(stage.tasks.total);
            tasks.done = tasks.done.saturating_add(stage.tasks.done);
            tasks.running = tasks.running.saturating_add(stage.tasks.running);
            tasks.failed = tasks.failed.saturating_add(stage.tasks.failed);
            tasks.killed = tasks.killed.saturating_add(stage.tasks.killed);
        }
        let shown = u32::try_from(self.active.len()).unwrap_or(u32::MAX);
        Some(wire::Activity {
            app_name: app_name.to_owned(),
            stages: shown.saturating_add(self.active_not_shown),
            stage_name: newest.name.clone(),
            tasks,
        })
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

fn keep_newest(stages: &mut BTreeMap<Newest, Stage>, limit: usize, newest: Newest, row: &StageRow) {
    // The name is parsed from a kilobyte of plan text, so only for those that stay.
    let too_old = stages.len() >= limit && stages.first_key_value().is_some_and(|(oldest, _)| newest < *oldest);
    if too_old {
        return;
    }
    stages.insert(newest, stage(row));
    if stages.len() > limit {
        stages.pop_first();
    }
}

fn stage(row: &StageRow) -> Stage {
    let total = count(row.num_tasks);
    Stage {
        stage_id: row.stage_id,
        stage_attempt_id: row.attempt_id,
        name: name::of_stage(row),
        state: state_of(row),
        tasks: Tasks {
            total,
            done: count(row.num_complete_tasks).min(total),
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
        failure_reason: row.failure_reason.as_deref().map(|text| text.chars().take(LONGEST_REASON).collect()),
    }
}

/// Wall clock, never `executorRunTime`, which is a sum over tasks.
fn wall_clock_ms(begin: Option<SparkTime>, end: Option<SparkTime>) -> Option<u64> {
    Some(amount(end?.0 - begin?.0))
}

fn elapsed_until(stage: &Stage, now_ms: i64) -> Option<u64> {
    match stage.state {
        StageState::Active => stage.submitted_at_ms.map(|begin| amount(now_ms - begin)),
        _ => stage.elapsed_ms,
    }
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

impl<'de> Deserialize<'de> for StageDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Rows;
        impl<'de> Visitor<'de> for Rows {
            type Value = StageDigest;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of stages")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<StageDigest, A::Error> {
                let mut digest = StageDigest::default();
                while let Some(row) = rows.next_element::<StageRow>()? {
                    digest.add(&row);
                }
                Ok(digest)
            }
        }
        deserializer.deserialize_seq(Rows)
    }
}

impl Weight for StageDigest {
    fn weight_bytes(&self) -> usize {
        let stages = self.active.values().chain(self.recent.values());
        stages.map(|stage| 2 * size_of::<Stage>() + stage.name.len()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(rows: &serde_json::Value) -> StageDigest {
        serde_json::from_value(rows.clone()).unwrap()
    }

    fn row(stage_id: i64, status: &str) -> serde_json::Value {
        serde_json::json!({"stageId": stage_id, "status": status, "numTasks": 4, "name": "count", "diskBytesSpilled": 10})
    }

    #[test]
    fn of_two_thousand_stages_the_newest_twenty_are_kept_and_all_are_summed() {
        let rows: Vec<_> = (0..2000).map(|id| row(id, "COMPLETE")).collect();
        let shown = digest(&rows.into()).shown(None, 0);
        let ids: Vec<_> = shown.recent.iter().map(|stage| stage.stage_id).collect();
        assert_eq!(ids, (1980..2000).rev().collect::<Vec<_>>());
        assert_eq!((shown.retained, shown.forgotten), (2000, false));
        assert_eq!(shown.spill.unwrap().to_disk_bytes, 20_000);
    }

    #[test]
    fn active_stages_over_the_limit_are_counted() {
        let rows: Vec<_> = (7..67).map(|id| row(id, "ACTIVE")).collect();
        let shown = digest(&rows.into()).shown(None, 0);
        assert_eq!((shown.active.len(), shown.active_not_shown), (50, 10));
        assert!(shown.forgotten, "stage 0 is no longer remembered");
    }

    #[test]
    fn counts_that_spark_got_wrong_are_clamped() {
        let row = serde_json::json!([{"stageId": 1, "status": "ACTIVE", "numTasks": 4, "numActiveTasks": -3,
            "numCompleteTasks": 9, "inputBytes": -1, "submissionTime": "2026-11-20T23:34:05.000GMT"}]);
        let shown = digest(&row).shown(None, 1_795_217_645_500);
        let stage = shown.active.first().unwrap();
        assert_eq!((stage.tasks.running, stage.tasks.done, stage.tasks.percent()), (0, 4, 100));
        assert_eq!(stage.input_bytes, 0);
        assert_eq!(stage.elapsed_ms, Some(500));
        assert_eq!(digest(&row).shown(None, 0).active.first().unwrap().elapsed_ms, Some(0), "clocks may differ");
    }

    #[test]
    fn skipped_stages_are_no_work() {
        assert!(digest(&serde_json::json!([row(0, "SKIPPED")])).shown(None, 0).recent.is_empty());
    }
}
