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
    /// Failed attempts of tasks since the executor's start.
    #[serde(skip_serializing_if = "is_none_of_them")]
    pub failed_tasks: u32,
    /// Largest Java heap in use since the executor's start, bytes; 0 while unknown.
    #[serde(skip_serializing_if = "is_zero")]
    pub peak_heap_bytes: u64,
    /// Size to which the Java heap may grow, bytes. Spark does not report it: it is computed from the storage memory
    /// with Spark's default `spark.memory.fraction`, and null if the result is no usual size of a heap.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heap_limit_bytes: Option<u64>,
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
    /// When the executor came; milliseconds since 1970, by the sidecar's clock. 0 if unknown.
    #[serde(skip_serializing_if = "is_unknown")]
    pub added_at_ms: i64,
    /// When the executor went; null while it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub removed_at_ms: Option<i64>,
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

fn is_none_of_them(tasks: &u32) -> bool {
    *tasks == 0
}

fn is_unknown(at_ms: &i64) -> bool {
    *at_ms == 0
}

fn is_zero(bytes: &u64) -> bool {
    *bytes == 0
}
