//! `panel/queries/{query_id}/tasks`: how evenly the tasks of a query work.

use serde::{Deserialize, Serialize};

use crate::App;

/// Five quantiles over tasks; in the unit of the field that has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quantiles {
    pub min: u64,
    pub p25: u64,
    pub median: u64,
    pub p75: u64,
    pub max: u64,
}

impl Quantiles {
    /// Quantiles of a sum are not the sum of quantiles, but of two numbers of a task one is mostly zero.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            p25: self.p25.saturating_add(other.p25),
            median: self.median.saturating_add(other.median),
            p75: self.p75.saturating_add(other.p75),
            max: self.max.saturating_add(other.max),
        }
    }
}

/// What a slow task has that most others of its stage have not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskTrait {
    /// It reads more than three times the median.
    MoreData,
    /// It reads more than three times the median of rows.
    MoreRows,
    /// It writes to disk what does not fit into execution memory.
    Spill,
    /// More than 10 % of its time is garbage collection.
    GarbageCollection,
    /// More than 20 % of its time it waits for other tasks' output.
    ShuffleWait,
    /// Something that this reader does not know yet.
    #[serde(other)]
    Unknown,
}

/// One of a stage's slowest tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SlowTask {
    /// Its number within the stage.
    pub index: i64,
    pub executor_id: String,
    pub host: String,
    pub is_running: bool,
    /// Up to now if it runs.
    pub run_ms: u64,
    /// Input and shuffle together.
    pub read_bytes: u64,
    /// Empty if nothing that Spark measures tells it apart.
    pub traits: Vec<TaskTrait>,
}

/// The ended tasks of one stage attempt, and its slowest ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StageTasks {
    pub stage_id: i64,
    pub stage_attempt_id: i64,
    /// Tasks that had ended when they were measured.
    pub tasks: u32,
    pub run_ms: Quantiles,
    pub gc_ms: Quantiles,
    /// Input and shuffle together.
    pub read_bytes: Quantiles,
    pub read_records: Quantiles,
    /// Output and shuffle together.
    pub written_bytes: Quantiles,
    pub spilled_bytes: Quantiles,
    pub peak_execution_bytes: Quantiles,
    /// At most five, the slowest first; empty if none took longer than a second.
    pub slowest: Vec<SlowTask>,
}

/// The tasks of one query.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryTasks {
    /// Null when no application runs.
    pub app: Option<App>,
    /// Those that were examined, in the order of their numbers.
    pub stages: Vec<StageTasks>,
    /// Of the newest 50 stages with ended tasks, those that wait for requests of this minute. Without those that Spark
    /// refuses or that would not be kept, and 0 if the site allows no requests.
    pub not_examined: u32,
}
