//! `panel/chip`: what the status bar shows.

use serde::{Deserialize, Serialize};

use crate::Sentences;

/// State of the cluster in one word. The frontend writes the label, because it is translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ChipState {
    /// The master does not exist, or neither master nor workers do.
    NoCluster,
    /// The cluster manager itself reports an error.
    Error,
    /// Something is still missing; `ready` of `wanted` workers are there.
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
    /// Workers that the cluster should have.
    pub wanted: u32,
    /// What runs now; null when nothing runs or Spark did not answer in time.
    pub activity: Option<Activity>,
    /// What needs a person's attention, the most urgent first. Each begins with the part of the panel that shows more
    /// (`cluster`, `findings`, or `query-` and the query's id); its first sentence in a form that can be translated
    /// follows.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attention: Sentences,
}

/// What runs now, and its progress.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// Name of the application.
    pub app_name: String,
    /// Number of active stages.
    pub stages: u32,
    /// Readable name of the newest active stage; empty when only its number is known.
    pub stage_name: String,
    /// Tasks of all active stages.
    pub tasks: crate::Tasks,
}
