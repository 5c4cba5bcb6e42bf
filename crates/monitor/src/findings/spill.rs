//! Data did not fit into execution memory. Cached blocks on disk are something else, and so are fetched blocks.

use wire::{Severity, percent};

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::{DISK_BYTES_PER_MS, SPILL_BYTES, SPILL_MEMORY_BYTES, SPILL_OF_READ_PERCENT},
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let stage = &facts.kept.stage;
    let (disk_bytes, memory_bytes) = (stage.spilled_to_disk_bytes, stage.spilled_from_memory_bytes);
    let read_bytes = stage.input_bytes.saturating_add(stage.shuffle_read_bytes);
    let much_memory = memory_bytes > SPILL_MEMORY_BYTES && percent(memory_bytes, read_bytes) > SPILL_OF_READ_PERCENT;
    let severity = SPILL_BYTES.severity(disk_bytes).max(much_memory.then_some(Severity::Error))?;
    Some(Hit {
        severity,
        evidence: Evidence::Spill { disk_bytes, memory_bytes },
        code: facts.spill_code.map(str::to_owned),
        // Written once, and read once.
        cost_ms: 2 * (disk_bytes / DISK_BYTES_PER_MS),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::{Case, GIB, MIB};

    fn severity(disk: u64, memory: u64, read: u64) -> Option<Severity> {
        let case = Case::of(&serde_json::json!({"diskBytesSpilled": disk, "memoryBytesSpilled": memory,
            "shuffleReadBytes": read}));
        case.stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn more_than_a_mebibyte_on_disk_warns_and_more_than_a_gibibyte_is_an_error() {
        assert_eq!(severity(0, 0, 0), None);
        assert_eq!(severity(MIB, 2 * MIB, GIB), None, "hardly any");
        assert_eq!(severity(MIB + 1, 2 * MIB, GIB), Some(Severity::Warning));
        assert_eq!(severity(GIB, GIB, GIB), Some(Severity::Warning));
        assert_eq!(severity(GIB + 1, GIB, GIB), Some(Severity::Error));
    }

    #[test]
    fn much_memory_is_an_error_if_it_is_much_of_what_was_read() {
        assert_eq!(severity(2 * MIB, GIB + 1, 9 * GIB), Some(Severity::Error));
        assert_eq!(severity(2 * MIB, GIB + 1, 11 * GIB), Some(Severity::Warning));
        assert_eq!(severity(2 * MIB, GIB, GIB), Some(Severity::Warning), "exactly a gibibyte");
    }

    #[test]
    fn it_names_the_code_of_the_stage_and_costs_what_a_disk_needs() {
        let case = Case::of(&serde_json::json!({"diskBytesSpilled": 1000 * MIB})).spill_code("df = df.repartition(4)");
        let hit = case.stage(find).unwrap();
        assert_eq!((hit.code.as_deref(), hit.cost_ms), (Some("df = df.repartition(4)"), 20_480));
    }
}
