//! `panel/stages`: the stages that run now, and how much data was spilled.

use serde::{Deserialize, Serialize};

use crate::{App, Level};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StageState {
    Active,
    Pending,
    Complete,
    Failed,
    Skipped,
    Unknown,
}

/// Tasks by state. Counts are never negative, and `done` never exceeds `total`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Tasks {
    pub total: u32,
    pub done: u32,
    pub running: u32,
    /// Failed attempts, retried ones included.
    #[serde(skip_serializing_if = "is_none_of_them")]
    pub failed: u32,
    #[serde(skip_serializing_if = "is_none_of_them")]
    pub killed: u32,
}

impl Tasks {
    /// Share of tasks that are done, in whole percents; 100 only when all are.
    #[must_use]
    pub fn percent(&self) -> u32 {
        crate::percent(self.done.into(), self.total.into())
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: &Self) -> Self {
        Self {
            total: self.total.saturating_add(other.total),
            done: self.done.saturating_add(other.done),
            running: self.running.saturating_add(other.running),
            failed: self.failed.saturating_add(other.failed),
            killed: self.killed.saturating_add(other.killed),
        }
    }
}

/// One attempt of one stage. Byte counts that are zero are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stage {
    pub stage_id: i64,
    pub stage_attempt_id: i64,
    /// Readable name; empty when only the stage's number is known.
    pub name: String,
    pub state: StageState,
    pub tasks: Tasks,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub input_bytes: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub output_bytes: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shuffle_read_bytes: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub shuffle_write_bytes: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub spilled_to_disk_bytes: u64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub spilled_from_memory_bytes: u64,
    /// Milliseconds since 1970, by the sidecar's clock; null until the stage begins.
    pub submitted_at_ms: Option<i64>,
    /// Wall-clock time, up to now if the stage is active; never the sum over tasks.
    pub elapsed_ms: Option<u64>,
    /// The first lines of the reason that Spark gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// Spark's own page of it, as the person's browser reaches it; only where `SPARK_MONITOR_LINKS` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// Data that did not fit into execution memory, summed over the stages that Spark still remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Spill {
    /// Number of stages that spilled.
    pub stages: u32,
    /// Bytes written to disk.
    pub to_disk_bytes: u64,
    /// The same data as it was in memory, bytes.
    pub from_memory_bytes: u64,
    pub level: Level,
}

/// Stages of one application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stages {
    /// Null when no application runs.
    pub app: Option<App>,
    /// Null when nothing spilled.
    pub spill: Option<Spill>,
    /// Newest first.
    pub active: Vec<Stage>,
    /// Number of active stages left out of `active`.
    pub active_not_shown: u32,
    /// Number of stages that Spark remembers; it forgets the oldest (`spark.ui.retainedStages`).
    pub retained: u32,
    /// True when Spark has forgotten some stages, so that sums cover only the others.
    pub forgotten: bool,
}

fn is_zero(bytes: &u64) -> bool {
    *bytes == 0
}

fn is_none_of_them(tasks: &u32) -> bool {
    *tasks == 0
}

#[cfg(test)]
mod tests {
    use super::Tasks;

    #[test]
    fn a_hundred_percent_only_when_all_tasks_are_done() {
        let tasks = |done, total| Tasks { done, total, ..Tasks::default() };
        assert_eq!(tasks(199, 200).percent(), 99);
        assert_eq!(tasks(200, 200).percent(), 100);
        assert_eq!(tasks(0, 0).percent(), 0);
    }
}
