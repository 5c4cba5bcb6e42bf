//! `panel/history`: usage over the last minutes, kept in the sidecar so that it survives a page reload.

use serde::{Deserialize, Serialize};

/// Usage at one moment; null for what was not polled then.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Point {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cores_used: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_used_mib: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_tasks: Option<u32>,
}

/// Usage over the last ten minutes. A poll adds a point, so consecutive points may be far apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// Oldest first.
    pub points: Vec<Point>,
    /// How far back `points` may go; milliseconds.
    pub window_ms: u32,
    /// The chart shows a gap between two points of a series that are further apart than this: nobody polled in between;
    /// milliseconds.
    pub gap_ms: u32,
    /// Top of each series' scale; null when unknown.
    pub cores_total: Option<u32>,
    pub memory_total_mib: Option<u64>,
    pub task_slots: Option<u32>,
}
