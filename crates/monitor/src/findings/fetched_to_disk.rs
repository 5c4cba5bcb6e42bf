//! Blocks of a shuffle came from other hosts and went to disk, because they are too large for memory.

use wire::Severity;

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{DISK_BYTES_PER_MS, FETCHED_TO_DISK_BYTES},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let disk_bytes = facts.kept.fetched_to_disk_bytes;
    let much = disk_bytes > FETCHED_TO_DISK_BYTES;
    much.then(|| Hit {
        severity: Severity::Info,
        evidence: Evidence::FetchedToDisk { disk_bytes },
        code: None,
        cost_ms: 2 * (disk_bytes / DISK_BYTES_PER_MS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::{Case, MIB};

    #[test]
    fn more_than_64_mib_of_remote_blocks_on_disk() {
        let found = |bytes: u64| Case::of(&serde_json::json!({"shuffleRemoteBytesReadToDisk": bytes})).stage(find);
        assert_eq!(found(64 * MIB), None);
        assert_eq!(found(64 * MIB + 1).unwrap().severity, Severity::Info);
        let spilled = Case::of(&serde_json::json!({"diskBytesSpilled": 1000 * MIB}));
        assert_eq!(spilled.stage(find), None, "spill is another disk");
    }
}
