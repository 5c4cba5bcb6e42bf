//! Why a query waits: one rule with the numbers that triggered it. The sentence is made by the frontend.

use serde::{Deserialize, Serialize};

/// The first rule that holds, in this order. Tagged from outside (`{"busy": {…}}`): reading a tag that stands among the
/// fields costs every browser 10 KB of WebAssembly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Wait {
    /// No worker is there or expected.
    NoCluster,
    /// Master or workers are not all there yet.
    ClusterStarting { ready: u32, wanted: u32 },
    /// The application has no cores, because others hold them.
    NoCores { holders: Vec<CoreHolder>, cores_used: u32, cores_total: u32 },
    /// The application has cores, its executors have not said that they are there.
    ExecutorsRegistering { cores: u32 },
    /// The stream's newest batch is done; the next one has not begun.
    NextBatch { batch: u64 },
    /// No job of it runs: the driver plans, collects, or waits for its client.
    DriverWorks { for_ms: u64 },
    /// A job of it runs, but tasks of other queries of the application have all slots.
    SlotsTaken { running: u32 },
    /// Tasks wait for other tasks' output; share of the task time.
    ShuffleFetch { stage_id: i64, percent: u32 },
    /// The last tasks are slower than all the others.
    LastTasks { stage_id: i64, left: u32, total: u32, slowest_ms: u64, median_ms: u64, more_data: bool },
    /// Tasks wait for Python workers; share of the task time that the JVM was on a CPU.
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
