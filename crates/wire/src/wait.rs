//! Why a query waits: a rule with the numbers that triggered it. The frontend writes the sentence.

use serde::{Deserialize, Serialize};

/// The first rule that holds, in this order. The tag is external (`{"busy": {…}}`), because an internal one would add
/// 10 KB to the WebAssembly that every browser loads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// There are no workers, and none are expected.
    NoCluster,
    /// The master or some of the workers are not there yet.
    ClusterStarting { ready: u32, wanted: u32 },
    /// The application has no cores, because other applications hold them.
    NoCores { holders: Vec<CoreHolder>, cores_used: u32, cores_total: u32 },
    /// The application has cores, but its executors have not registered yet.
    ExecutorsRegistering { cores: u32 },
    /// No query runs, but tasks of one that was stopped or has failed go on, and hold their cores.
    TasksGoOn { tasks: u32 },
    /// The stream's newest batch is done; the next one has not begun.
    NextBatch { batch: u64 },
    /// None of the query's jobs runs: the driver plans, collects, or waits for its client.
    DriverWorks { for_ms: u64 },
    /// A job of the query runs, but other queries of the application hold all task slots.
    SlotsTaken { running: u32 },
    /// Tasks wait for other tasks' output; `percent` is the share of task time.
    ShuffleFetch { stage_id: i64, percent: u32 },
    /// The last tasks take much longer than the others did.
    LastTasks { stage_id: i64, left: u32, total: u32, slowest_ms: u64, median_ms: u64, more_data: bool },
    /// Tasks wait for Python workers; `jvm_percent` is the share of task time that the JVM spent on a CPU.
    Python { stage_id: i64, jvm_percent: u32 },
    /// Nothing is wrong.
    Busy { running: u32 },
}

/// An application that holds cores.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CoreHolder {
    pub name: String,
    pub cores: u32,
}
