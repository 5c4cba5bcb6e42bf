//! One task reads or writes very much data.

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit},
    thresholds::HUGE_PARTITION_BYTES,
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let (quantiles, tasks) = (facts.quantiles?, facts.kept.stage.tasks.total);
    let running = facts.slowest.iter().map(|task| task.read_bytes).max().unwrap_or(0);
    let max_bytes = quantiles.read_bytes.max.max(quantiles.written_bytes.max).max(running);
    let severity = HUGE_PARTITION_BYTES.severity(max_bytes)?;
    Some(Hit { severity, evidence: Evidence::HugePartitions { max_bytes, tasks }, code: None, cost_ms: 0 })
}

#[cfg(test)]
mod tests {
    use wire::{Quantiles, Severity};

    use super::*;
    use crate::findings::cases::{Case, GIB};

    fn severity(max: u64) -> Option<Severity> {
        let even = Quantiles { min: max, p25: max, median: max, p75: max, max };
        Case::shuffled().ran(9_000, 9_000).read(even).stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn above_a_gibibyte_warns_and_above_five_is_an_error() {
        assert_eq!(severity(GIB), None);
        assert_eq!(severity(GIB + 1), Some(Severity::Warning));
        assert_eq!(severity(5 * GIB), Some(Severity::Warning));
        assert_eq!(severity(5 * GIB + 1), Some(Severity::Error));
        assert_eq!(Case::shuffled().stage(find), None);
    }
}
