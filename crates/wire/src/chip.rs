//! `panel/chip`: what the status bar shows.

use serde::{Deserialize, Serialize};

/// State of the cluster in one word; the label's words are made by the frontend, because they are translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChipState {
    /// Neither master nor workers exist, or the master does not.
    NoCluster,
    /// The cluster manager reports an error of its own.
    Error,
    /// Something is missing still: `ready` of `wanted` workers.
    Starting,
    /// Master and all wanted workers are there.
    Ready,
    /// A driver without a cluster (`local[*]`) answers.
    ReadyDriver,
}

/// What the status bar shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Chip {
    pub state: ChipState,
    /// Workers that are ready.
    pub ready: u32,
    /// Workers that are wanted.
    pub wanted: u32,
    /// What runs at this moment; null when nothing runs or nobody could be asked in time.
    pub activity: Option<Activity>,
}

/// What runs, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// Name of the application.
    pub app_name: String,
    /// Stages that are active.
    pub stages: u32,
    /// Name of the newest of them, for a person; empty when nothing but its number is known.
    pub stage_name: String,
    /// Tasks of all active stages.
    pub tasks: crate::Tasks,
}
