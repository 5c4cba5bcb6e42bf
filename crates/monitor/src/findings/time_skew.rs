//! A few tasks take far longer than the others, and neither their data nor one host explains it.

use super::{
    data_skew,
    facts::StageFacts,
    finding::{Evidence, Hit, SlowBecause},
    slow::slow,
    slow_host,
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let (severity, quantiles) = (slow(facts)?, facts.quantiles?);
    if data_skew::is_cause(facts) || slow_host::host(facts).is_some() || may_have_more_data(facts) {
        return None;
    }
    let (max_ms, median_ms, p75_ms) = (facts.slowest_ms(), quantiles.run_ms.median, quantiles.run_ms.p75);
    let because = if facts.python { SlowBecause::Python } else { SlowBecause::Unknown };
    Some(Hit {
        severity,
        evidence: Evidence::TimeSkew { max_ms, median_ms, p75_ms, because },
        code: None,
        cost_ms: max_ms.saturating_sub(median_ms).saturating_mul(facts.idle_beside()),
    })
}

/// A running task reports only now and then what it has read, so nobody can say yet that it has no more than the others.
fn may_have_more_data(facts: &StageFacts<'_>) -> bool {
    let finished_ms = facts.quantiles.map_or(0, |quantiles| quantiles.run_ms.max);
    let reads = facts.kept.stage.input_bytes > 0 || facts.kept.stage.shuffle_read_bytes > 0;
    facts.kept.is_active() && reads && facts.slowest_ms() > finished_ms
}

#[cfg(test)]
mod tests {
    use wire::{Quantiles, Severity};

    use super::*;
    use crate::findings::cases::Case;

    fn severity(case: &Case) -> Option<Severity> {
        case.stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn slower_than_five_seconds_three_medians_and_one_and_a_half_quartiles() {
        assert_eq!(severity(&Case::shuffled().ran(5_000, 1_000)), None, "exactly five seconds");
        assert_eq!(severity(&Case::shuffled().ran(5_001, 1_000)), Some(Severity::Warning));
        assert_eq!(severity(&Case::shuffled().ran(6_000, 2_000)), None, "exactly three medians");
        assert_eq!(severity(&Case::shuffled().ran(6_001, 2_000)), Some(Severity::Warning));
        assert_eq!(severity(&Case::shuffled().ran(10_000, 1_000)), Some(Severity::Warning), "exactly ten");
        assert_eq!(severity(&Case::shuffled().ran(10_001, 1_000)), Some(Severity::Error));
        let quartile = |p75| {
            let times = Quantiles { min: 100, p25: 500, median: 1_000, p75, max: 6_000 };
            severity(&Case::shuffled().times(times))
        };
        assert_eq!(quartile(4_000), None, "a quarter of the tasks is as slow");
        assert_eq!(quartile(3_999), Some(Severity::Warning));
    }

    #[test]
    fn noise_is_no_skew() {
        assert_eq!(severity(&Case::shuffled().ran(20_000, 1_000).done(7)), None);
        assert_eq!(severity(&Case::shuffled()), None, "nobody asked for the quantiles");
        assert_eq!(severity(&Case::shuffled().ran(4_900, 10)), None, "short");
    }

    #[test]
    fn a_task_that_still_runs_counts_with_its_time_so_far() {
        let case = Case::of(&serde_json::json!({})).ran(1_000, 900).active();
        assert_eq!(severity(&case), None);
        assert_eq!(severity(&case.clone().looked(2_701)), None, "five seconds");
        assert_eq!(severity(&case.looked(9_500)), Some(Severity::Error));
        let reads = Case::shuffled().ran(1_000, 900).active().looked(9_500);
        assert_eq!(severity(&reads), None, "it may have more data, which is not known yet");
        assert_eq!(severity(&Case::shuffled().ran(1_000, 900).looked(9_500)), None, "an old look at an ended stage");
    }

    #[test]
    fn python_is_named_as_the_cause_only_where_the_plan_runs_it() {
        let because = |case: Case| match case.stage(find).unwrap().evidence {
            Evidence::TimeSkew { because, .. } => because,
            other => panic!("{other:?}"),
        };
        assert_eq!(because(Case::shuffled().ran(20_000, 1_000)), SlowBecause::Unknown);
        assert_eq!(because(Case::shuffled().ran(20_000, 1_000).python()), SlowBecause::Python);
    }
}
