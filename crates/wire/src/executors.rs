//! `panel/executors`: the executors of one application.

use serde::{Deserialize, Serialize};

use crate::{App, Level, Meter};

/// One executor. Zero and irrelevant values are left out, so that an answer with 500 executors stays small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Executor {
    /// Spark's id: a number, or `driver`.
    pub executor_id: String,
    /// `host:port` of the executor's block manager.
    pub host: String,
    pub active_tasks: u32,
    /// Tasks that the executor can run at once.
    pub task_slots: u32,
    /// Storage memory in use, of the memory that storage and execution share; bytes.
    pub storage_bytes: Meter,
    /// Cached blocks on disk; bytes. Not spill.
    #[serde(skip_serializing_if = "is_zero")]
    pub cached_to_disk_bytes: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub shuffle_read_bytes: u64,
    #[serde(skip_serializing_if = "is_zero")]
    pub shuffle_write_bytes: u64,
    /// Share of task time spent in garbage collection over the last polls, tenths of a percent; null while unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gc_permille: Option<u32>,
    /// Amber above 10 %.
    #[serde(skip_serializing_if = "Level::is_green")]
    pub gc_level: Level,
    /// Why the executor was removed; null while it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed: Option<String>,
}

/// All executors of one application; the driver has a field of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Executors {
    /// Null when no application runs.
    pub app: Option<App>,
    pub driver: Option<Executor>,
    /// Living executors first, then dead ones.
    pub executors: Vec<Executor>,
    /// Number of executors left out of `executors`.
    pub executors_not_shown: u32,
    pub active_tasks: u32,
    pub task_slots: u32,
}

fn is_zero(bytes: &u64) -> bool {
    *bytes == 0
}
