//! `panel/storage`: what an application keeps cached.

use serde::{Deserialize, Serialize};

use crate::{App, Meter};

/// Cached tables, DataFrames and RDDs, the largest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Storage {
    /// Null when no application runs.
    pub app: Option<App>,
    /// Storage memory of all live executors, bytes.
    pub memory_bytes: Meter,
    pub cached: Vec<CachedData>,
    /// Number of entries left out of `cached`.
    pub cached_not_shown: u32,
    /// Code that releases everything; null when nothing is cached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_code: Option<String>,
}

/// One cached table, DataFrame or RDD.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CachedData {
    pub rdd_id: i64,
    pub kind: CachedKind,
    /// A table's name, the plan of a DataFrame on one line, or an RDD's name.
    pub name: String,
    /// Spark's words, for example `Disk Memory Deserialized 1x Replicated`.
    pub level: String,
    pub partitions: u32,
    /// Partitions that are kept; the others are computed again when they are needed.
    pub partitions_cached: u32,
    pub memory_bytes: u64,
    pub disk_bytes: u64,
    /// When a stage last used it; milliseconds since 1970, by the sidecar's clock. Null if Spark no longer remembers
    /// such a stage.
    pub last_used_at_ms: Option<i64>,
    /// Whether a stage uses it now.
    pub is_in_use: bool,
    /// Code that releases it alone, if it can be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub release_code: Option<String>,
}

impl CachedData {
    /// Data that no stage used for longer is idle, milliseconds.
    pub const IDLE_MS: u64 = 30 * 60 * 1_000;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CachedKind {
    Table,
    DataFrame,
    Rdd,
}
