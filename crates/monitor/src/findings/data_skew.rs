//! One task has far more data than the others: a hot key, or an uneven input.

use wire::Severity;

use super::{
    facts::StageFacts,
    finding::{Evidence, Hit, Unsplit},
    slow::slow,
    thresholds::{
        ADAPTIVE_SPLIT_BYTES, CAUSE_BYTES, CAUSE_RECORDS, ENOUGH_TASKS, LARGE_TASK_BYTES, LARGE_TASK_MEDIANS,
        LARGE_TASK_MS,
    },
};

pub(super) fn find(facts: &StageFacts<'_>) -> Option<Hit> {
    let quantiles = facts.quantiles?;
    if facts.kept.stage.tasks.done < ENOUGH_TASKS || facts.slowest_ms() <= LARGE_TASK_MS {
        return None;
    }
    let (bytes, records) = (largest_bytes(facts)?, largest_records(facts)?);
    // A slow task with more data is slow because of them, even if they are not many.
    let severity = by_bytes(bytes, quantiles.read_bytes.median).max(slow(facts).filter(|_| is_cause(facts)))?;
    let (max_ms, median_ms) = (facts.slowest_ms(), quantiles.run_ms.median);
    let columns = facts.plan.and_then(|plan| plan.columns_of(facts.kept.stage.stage_id));
    Some(Hit {
        severity,
        evidence: Evidence::DataSkew {
            max_bytes: bytes,
            median_bytes: quantiles.read_bytes.median,
            max_records: records,
            median_records: quantiles.read_records.median,
            max_ms,
            median_ms,
            unsplit: unsplit(facts, bytes),
        },
        code: columns.filter(|_| facts.kept.stage.shuffle_read_bytes > 0).map(code),
        cost_ms: max_ms.saturating_sub(median_ms).saturating_mul(facts.idle_beside()),
    })
}

/// Whether the data of the slowest tasks explains their time: they have more bytes or rows than the others.
pub(super) fn is_cause(facts: &StageFacts<'_>) -> bool {
    let Some(quantiles) = facts.quantiles else { return false };
    let many = |largest: u64, median: u64| largest > median.saturating_mul(LARGE_TASK_MEDIANS.warning);
    let bytes = largest_bytes(facts).unwrap_or(0);
    let records = largest_records(facts).unwrap_or(0);
    (bytes > CAUSE_BYTES && many(bytes, quantiles.read_bytes.median))
        || (records > CAUSE_RECORDS && many(records, quantiles.read_records.median))
}

fn by_bytes(max: u64, median: u64) -> Option<Severity> {
    let ratio = |medians: u64| max > median.saturating_mul(medians);
    if ratio(LARGE_TASK_MEDIANS.error) && max > LARGE_TASK_BYTES.error {
        Some(Severity::Error)
    } else if ratio(LARGE_TASK_MEDIANS.warning) && max > LARGE_TASK_BYTES.warning {
        Some(Severity::Warning)
    } else {
        None
    }
}

/// With those of running tasks, which may be larger than any finished one.
fn largest_bytes(facts: &StageFacts<'_>) -> Option<u64> {
    let running = facts.slowest.iter().map(|task| task.read_bytes).max().unwrap_or(0);
    let seen = facts.look.map_or(0, |look| look.slowest_bytes_read);
    Some(facts.quantiles?.read_bytes.max.max(running).max(seen))
}

fn largest_records(facts: &StageFacts<'_>) -> Option<u64> {
    let running = facts.slowest.iter().map(|task| task.read_records).max().unwrap_or(0);
    Some(facts.quantiles?.read_records.max.max(running))
}

/// Only a plan tells what adaptive execution did, and only what comes from a shuffle can be split.
fn unsplit(facts: &StageFacts<'_>, max_bytes: u64) -> Option<Unsplit> {
    let plan = facts.plan.filter(|_| facts.kept.stage.shuffle_read_bytes > 0)?;
    if !plan.adaptive {
        Some(Unsplit::Off)
    } else if !plan.splittable_join {
        Some(Unsplit::NoJoin)
    } else {
        (max_bytes < ADAPTIVE_SPLIT_BYTES).then_some(Unsplit::Small)
    }
}

/// Shows the keys with the most rows; the key itself is in no answer of Spark.
fn code(columns: &[String]) -> String {
    let columns: Vec<String> = columns.iter().map(|column| format!("\"{column}\"")).collect();
    format!("df.groupBy({}).count().orderBy(\"count\", ascending=False).show(5)", columns.join(", "))
}

#[cfg(test)]
mod tests {
    use wire::Quantiles;

    use super::*;
    use crate::findings::{
        cases::{Case, GIB, MIB},
        examined::{Plan, ShuffleKey},
    };

    fn even(max: u64, median: u64) -> Quantiles {
        Quantiles { min: median / 2, p25: median, median, p75: median, max }
    }

    fn case(max_mib: u64, median_mib: u64) -> Case {
        Case::shuffled().ran(4_000, 1_000).read(even(max_mib * MIB, median_mib * MIB))
    }

    fn severity(case: &Case) -> Option<Severity> {
        case.stage(find).map(|hit| hit.severity)
    }

    #[test]
    fn large_and_larger_than_three_medians_or_ten() {
        assert_eq!(severity(&case(64, 1)), None, "exactly 64 MiB");
        assert_eq!(severity(&case(65, 1)), Some(Severity::Warning));
        assert_eq!(severity(&case(90, 30)), None, "exactly three medians");
        assert_eq!(severity(&case(91, 30)), Some(Severity::Warning));
        assert_eq!(severity(&case(256, 1)), Some(Severity::Warning), "exactly 256 MiB");
        assert_eq!(severity(&case(257, 1)), Some(Severity::Error));
        assert_eq!(severity(&case(300, 30)), Some(Severity::Warning), "exactly ten medians");
        assert_eq!(severity(&case(301, 30)), Some(Severity::Error));
    }

    #[test]
    fn noise_is_no_skew() {
        assert_eq!(severity(&case(100, 1).done(7)), None, "too few tasks");
        assert_eq!(severity(&case(100, 1).ran(2_000, 100)), None, "it costs nothing");
        assert_eq!(severity(&Case::shuffled().ran(60_000, 1_000)), None, "a slow task without more data");
    }

    #[test]
    fn a_slow_task_with_few_but_more_data_or_rows_has_its_cause() {
        let slow = |max, records| {
            let case = Case::shuffled().ran(20_000, 1_000).read(even(max, 100));
            severity(&case.records(even(records, 100)))
        };
        assert_eq!(slow(MIB, 100), None, "not more than a MiB");
        assert_eq!(slow(MIB + 1, 100), Some(Severity::Error), "as slow as it is");
        assert_eq!(slow(100, 10_000), None);
        assert_eq!(slow(100, 10_001), Some(Severity::Error), "the same key over and over compresses well");
    }

    #[test]
    fn a_running_task_counts_with_what_it_has_read_so_far() {
        let case = case(10, 1).active().slow_task("1", 9_000, 300 * MIB);
        let hit = case.stage(find).unwrap();
        assert_eq!(hit.severity, Severity::Error);
        let Evidence::DataSkew { max_bytes, max_ms, .. } = hit.evidence else { panic!() };
        assert_eq!((max_bytes, max_ms), (300 * MIB, 9_000));
    }

    #[test]
    fn it_says_why_adaptive_execution_did_not_split_it_and_how_to_find_the_key() {
        let why = |plan: Plan, max_mib| {
            let hit = case(max_mib, 1).plan(plan).stage(find).unwrap();
            let Evidence::DataSkew { unsplit, .. } = hit.evidence else { panic!() };
            (unsplit, hit.code)
        };
        let keys = vec![ShuffleKey { stage_id: None, columns: vec!["k".into(), "day".into()] }];
        let join = Plan { adaptive: true, splittable_join: true, ..Plan::default() };
        assert_eq!(why(Plan::default(), 300), (Some(Unsplit::Off), None));
        assert_eq!(why(Plan { adaptive: true, ..Plan::default() }, 300), (Some(Unsplit::NoJoin), None));
        assert_eq!(why(join.clone(), 200), (Some(Unsplit::Small), None));
        assert_eq!(why(join.clone(), 300), (None, None), "that cannot be known");
        let code = "df.groupBy(\"k\", \"day\").count().orderBy(\"count\", ascending=False).show(5)";
        assert_eq!(why(Plan { keys, ..join }, 300).1.unwrap(), code);
        let input = Case::input().ran(4_000, 1_000).read(even(300 * MIB, MIB)).plan(Plan::default());
        let Evidence::DataSkew { unsplit, .. } = input.stage(find).unwrap().evidence else { panic!() };
        assert_eq!(unsplit, None, "files are not split by adaptive execution");
    }

    #[test]
    fn it_costs_the_slots_that_wait_for_the_largest() {
        assert_eq!(case(65, 1).slots(8).stage(find).unwrap().cost_ms, 7 * 3_000);
        assert_eq!(severity(&Case::shuffled().ran(4_000, 1_000).read(even(2 * GIB, GIB))), None);
    }
}
