//! Cached data is on disk, or partly not cached at all, because it does not fit into memory. This disk is not spill.

use upstream::{
    driver::{amount, count},
    storage_rows::CachedRddRow,
};
use wire::Severity;

use super::{
    finding::{Evidence, Hit},
    thresholds::{CACHED_ON_DISK_BYTES, STORAGE_FULL_PERCENT},
};
use crate::text;

/// Something cached, and how full the storage memory of the executors is.
#[derive(Clone, Copy, Debug)]
pub(super) struct CacheFacts<'a> {
    pub row: &'a CachedRddRow,
    pub full_percent: u32,
    /// Tasks run, which may be just filling the cache.
    pub works: bool,
}

pub(super) fn find(facts: &CacheFacts<'_>) -> Option<Hit> {
    let row = facts.row;
    let (cached_partitions, partitions) = (count(row.num_cached_partitions), count(row.num_partitions));
    let (memory_bytes, disk_bytes) = (amount(row.memory_used), amount(row.disk_used));
    // With `DISK_ONLY`, disk is what the person asked for.
    let on_disk = disk_bytes > CACHED_ON_DISK_BYTES && row.storage_level.contains("Memory");
    // `show()` fills only the partitions that it needs: without full memory, the rest has just not been used.
    let is_full = facts.full_percent >= STORAGE_FULL_PERCENT;
    let left_out = cached_partitions < partitions && is_full && !facts.works;
    (on_disk || left_out).then(|| Hit {
        severity: Severity::Info,
        evidence: Evidence::CacheMisfit {
            name: text::name(&row.name),
            cached_partitions,
            partitions,
            memory_bytes,
            disk_bytes,
        },
        code: Some("df.unpersist()".to_owned()),
        cost_ms: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::MIB;

    fn row(cached: i64, disk_used: u64, storage_level: &str) -> CachedRddRow {
        let disk_used = i64::try_from(disk_used).unwrap();
        CachedRddRow {
            num_partitions: 8,
            num_cached_partitions: cached,
            disk_used,
            storage_level: storage_level.into(),
            ..CachedRddRow::default()
        }
    }

    fn found(row: &CachedRddRow, full_percent: u32, works: bool) -> bool {
        find(&CacheFacts { row, full_percent, works }).is_some()
    }

    #[test]
    fn blocks_on_disk_unless_that_is_where_they_belong() {
        let level = "Disk Memory Deserialized 1x Replicated";
        assert!(!found(&row(8, MIB, level), 10, false));
        assert!(found(&row(8, MIB + 1, level), 10, true));
        assert!(!found(&row(8, MIB + 1, "Disk Serialized 1x Replicated"), 10, false));
    }

    #[test]
    fn partitions_that_are_missing_while_memory_is_full() {
        let level = "Memory Deserialized 1x Replicated";
        assert!(found(&row(7, 0, level), 80, false));
        assert!(!found(&row(8, 0, level), 99, false));
        assert!(!found(&row(1, 0, level), 79, false), "`show()` has used one of them");
        assert!(!found(&row(7, 0, level), 99, true), "it is being filled");
    }
}
