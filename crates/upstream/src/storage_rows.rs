//! Rows of `storage/rdd` (`RDDStorageInfo` in Spark): only the fields that we use.

use serde::Deserialize;

use super::{driver::NAME, shape::text};
use crate::Weight;

/// Longest name that is kept, bytes: that of a cached DataFrame is its whole plan.
const PLAN: usize = 2 << 10;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CachedRddRow {
    pub id: i64,
    #[serde(deserialize_with = "text::<_, PLAN>")]
    pub name: String,
    pub num_partitions: i64,
    pub num_cached_partitions: i64,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub storage_level: String,
    /// Bytes.
    pub memory_used: i64,
    /// Bytes.
    pub disk_used: i64,
}

impl Weight for CachedRddRow {
    fn weight_bytes(&self) -> usize {
        self.name.weight_bytes() + self.storage_level.weight_bytes()
    }
}
