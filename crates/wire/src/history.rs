//! `panel/history`: the last minutes of what is in use, kept in the sidecar so that a reload keeps them.

use serde::{Deserialize, Serialize};

/// What was seen at one moment; null where it was not asked for then.
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

/// The last ten minutes. Points come when somebody polls, so two that follow each other may lie far apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct History {
    /// Oldest first.
    pub points: Vec<Point>,
    /// How far back `points` may reach; milliseconds.
    pub window_ms: u32,
    /// Two points of one series further apart than this are a gap: nobody looked; milliseconds.
    pub gap_ms: u32,
    /// Top of the scale of each series; null when not known.
    pub cores_total: Option<u32>,
    pub memory_total_mib: Option<u64>,
    pub task_slots: Option<u32>,
}
