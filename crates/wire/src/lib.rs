//! The answers of the sidecar's `panel/*` routes, shared by the sidecar that writes them and the frontend that reads them.
//!
//! Rules: no IO, no upstream spelling, units in every name, and every number already summed: components only draw.

mod apps;
mod chip;
mod cluster;
mod doctor;
mod error;
mod executors;
mod history;
mod meter;
mod percent;
mod queries;
mod stages;
mod wait;

pub use apps::{App, ApplicationState, Apps, DriverState};
pub use chip::{Activity, Chip, ChipState};
pub use cluster::{Cluster, ClusterKind, Master, MasterStatus, Worker, WorkerState};
pub use doctor::{Doctor, Health, Hop, HopName, HopVerdict};
pub use error::{ErrorBody, ErrorCode, Sentences};
pub use executors::{Executor, Executors};
pub use history::{History, Point};
pub use meter::{Level, Meter, Thresholds};
pub use percent::percent;
pub use queries::{
    CallSite, ConnectSession, NamedBy, Queries, Query, QueryKind, QueryStages, QueryState, StreamProgress, TimeLeft,
};
pub use stages::{Spill, Stage, StageState, Stages, Tasks};
pub use wait::{CoreHolder, Wait};

use serde::{Deserialize, Serialize};

/// What every panel answer says about itself, beside its own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Meta {
    /// When the sidecar first heard all that is in here; milliseconds since 1970. The header `Age` says when it last did.
    pub observed_at_ms: i64,
    /// Set when the upstream fails now and this is the last good answer.
    pub stale: Option<Stale>,
    /// How long to wait until the next poll while nothing runs in this JupyterLab; milliseconds.
    pub next_poll_ms: u32,
    /// The same while a kernel of this JupyterLab is busy, and the least that a person may choose; milliseconds.
    pub busy_poll_ms: u32,
    /// True when this is recorded data and no cluster was asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

/// Why an answer is old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Stale {
    /// What went wrong since.
    pub code: ErrorCode,
    /// The same, as a sentence for a person.
    pub reason: String,
    /// The same for a translator.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason_sentences: Sentences,
    /// When the upstream was first seen to fail; milliseconds since 1970.
    pub since_ms: i64,
}

/// One panel answer: [`Meta`] and the fields of `T`, side by side in one object.
///
/// The sidecar writes it; a reader decodes [`Meta`] and `T` from the same object, which is why there is no `Deserialize`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Answer<T> {
    #[serde(flatten)]
    pub meta: Meta,
    #[serde(flatten)]
    pub body: T,
}
