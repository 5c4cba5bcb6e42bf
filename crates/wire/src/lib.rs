//! The answers of the sidecar's `panel/*` routes. The sidecar writes them and the frontend reads them.
//!
//! Rules: no IO, no upstream field names, units in every name. All sums are done here, so that components only draw.

mod apps;
mod areas;
pub mod assist;
mod batches;
mod cell_query;
mod chip;
mod cluster;
mod doctor;
mod environment;
mod error;
mod executors;
pub mod export;
mod findings;
mod history;
mod meter;
pub mod past;
mod percent;
mod plans;
mod queries;
mod report;
mod snapshot;
pub mod sql;
mod stages;
mod storage;
mod tasks;
mod wait;

pub use apps::{App, ApplicationState, Apps, DriverState};
pub use areas::{Areas, AssistantMode, ExportMode, HistoryMode};
pub use batches::{BatchState, StreamBatch, StreamBatches};
pub use cell_query::{CellNews, CellQuery};
pub use chip::{Activity, Chip, ChipState};
pub use cluster::{Cluster, ClusterKind, Master, MasterStatus, Worker, WorkerState};
pub use doctor::{Doctor, Health, Hop, HopName, HopVerdict};
pub use environment::{Environment, Setting};
pub use error::{ErrorBody, ErrorCode, Sentences};
pub use executors::{Executor, Executors};
pub use findings::{Finding, FindingRule, Findings, Severity};
pub use history::{History, Point};
pub use meter::{Level, Meter, Thresholds};
pub use percent::percent;
pub use plans::{Codegen, ExecutedPlan, Operator, OperatorMetric, QueryPlans};
pub use queries::{
    CallSite, ConnectSession, NamedBy, Queries, Query, QueryKind, QueryStages, QueryState, StreamProgress, TimeLeft,
};
pub use report::{QueryReport, ReportFile, ReportFormat};
pub use snapshot::{Snapshot, View};
pub use stages::{Spill, Stage, StageState, Stages, Tasks};
pub use storage::{CachedData, CachedKind, Storage};
pub use tasks::{Quantiles, QueryTasks, SlowTask, StageTasks, TaskTrait};
pub use wait::{CoreHolder, Wait};

use serde::{Deserialize, Serialize};

/// Fields that every panel answer has beside its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// When the sidecar first had all of this answer's data; milliseconds since 1970. The `Age` header tells when the
    /// sidecar last confirmed it.
    pub observed_at_ms: i64,
    /// Set when the upstream is failing and this is the last good answer.
    pub stale: Option<Stale>,
    /// Time until the next poll while no kernel of this JupyterLab is busy; milliseconds.
    pub next_poll_ms: u32,
    /// Time until the next poll while a kernel of this JupyterLab is busy, and the shortest interval that a user may
    /// choose; milliseconds.
    pub busy_poll_ms: u32,
    /// True when this is recorded data and no cluster was asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

/// Why an answer is old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stale {
    /// What has gone wrong since that answer.
    pub code: ErrorCode,
    /// What has gone wrong, as a sentence for the user.
    pub reason: String,
    /// `reason`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason_sentences: Sentences,
    /// When the upstream was first found to fail; milliseconds since 1970.
    pub since_ms: i64,
}

/// One panel answer: [`Meta`] and the fields of `T`, side by side in one object.
///
/// There is no `Deserialize`: a reader decodes [`Meta`] and `T` separately from the same object.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer<T> {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub body: T,
}
