//! An executor's heap was nearly full. A peak includes garbage, so it counts only while much is collected.

use wire::{Executor, percent};

use super::{
    finding::{Evidence, Hit},
    thresholds::{GC_PERCENT, HEAP_PERCENT},
};

pub(super) fn find(executor: &Executor) -> Option<Hit> {
    let (peak_bytes, limit_bytes) = (executor.peak_heap_bytes, executor.heap_limit_bytes?);
    let collects = u64::from(executor.gc_permille?) > GC_PERCENT.warning * 10;
    let percent = percent(peak_bytes, limit_bytes);
    let severity = HEAP_PERCENT.severity(percent.into()).filter(|_| collects && executor.removed.is_none())?;
    let evidence = Evidence::HeapNearLimit { peak_bytes, limit_bytes, percent };
    Some(Hit { severity, evidence, code: None, cost_ms: 0 })
}

#[cfg(test)]
mod tests {
    use wire::Severity;

    use super::*;

    fn severity(peak_heap_bytes: u64, gc_permille: u32) -> Option<Severity> {
        let (heap_limit_bytes, gc_permille) = (Some(1_000), Some(gc_permille));
        let executor = Executor { peak_heap_bytes, heap_limit_bytes, gc_permille, ..Executor::default() };
        find(&executor).map(|hit| hit.severity)
    }

    #[test]
    fn above_ninety_percent_warns_and_above_ninety_five_is_an_error() {
        assert_eq!(severity(900, 200), None);
        assert_eq!(severity(910, 200), Some(Severity::Warning));
        assert_eq!(severity(950, 200), Some(Severity::Warning));
        assert_eq!(severity(960, 200), Some(Severity::Error));
    }

    #[test]
    fn without_much_garbage_collection_a_full_heap_is_only_full_of_garbage() {
        assert_eq!(severity(990, 100), None);
        assert_eq!(severity(990, 101), Some(Severity::Error));
        assert_eq!(find(&Executor { peak_heap_bytes: 9, gc_permille: Some(500), ..Executor::default() }), None);
    }
}
