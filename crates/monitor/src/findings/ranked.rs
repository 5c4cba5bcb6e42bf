//! Puts findings in order: those that cost the most first, each only once, none that has outlived its query.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, HashMap},
};

use upstream::driver::amount;
use wire::{FindingRule, NamedBy, Severity};

use super::{
    finding::Finding,
    thresholds::{OUTLIVES_MS, SHOWN},
};
use crate::{clock::DriverTime, queries::QueryParts};

/// The findings that are shown, and the number of others.
pub(super) fn ranked(found: Vec<Finding>, parts: &[QueryParts], time: DriverTime) -> (Vec<Finding>, u32) {
    let queries: HashMap<&str, &QueryParts> = parts.iter().map(|part| (part.query_id.as_str(), part)).collect();
    let outlives_ms = u64::try_from(OUTLIVES_MS).unwrap_or(u64::MAX);
    let lives = |finding: &Finding| match finding.query_id.as_deref() {
        None => true,
        Some(id) => {
            queries.get(id).is_some_and(|part| part.state.is_open() || amount(time.now_ms - part.end_ms) < outlives_ms)
        }
    };
    let mut found: Vec<Finding> = once(found.into_iter().filter(lives));
    newest_run_only(&mut found, &queries);
    let order = |finding: &Finding| (Reverse(finding.cost_ms), Reverse(finding.severity), finding.evidence.rule());
    // The cost of some errors cannot be told: they are not left out because of that.
    found.sort_by_key(|finding| (finding.severity != Severity::Error, order(finding)));
    let not_shown = u32::try_from(found.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    found.truncate(SHOWN);
    found.sort_by_key(order);
    (found, not_shown)
}

/// One finding for each rule of a query, about the stage that costs the most; of the application, for each rule.
fn once(found: impl Iterator<Item = Finding>) -> Vec<Finding> {
    let mut groups: BTreeMap<(Option<String>, FindingRule), Finding> = BTreeMap::new();
    for finding in found {
        let key = (finding.query_id.clone(), finding.evidence.rule());
        let worse = |a: &Finding, b: &Finding| (a.severity, a.cost_ms) > (b.severity, b.cost_ms);
        match groups.get_mut(&key) {
            None => _ = groups.insert(key, finding),
            Some(known) => {
                let more = known.more.saturating_add(1);
                if worse(&finding, known) {
                    *known = finding;
                }
                known.more = more;
            }
        }
    }
    groups.into_values().collect()
}

/// A query that is run again and again has the same findings again and again: only those of its newest run count, and
/// none once a newer run is without them.
fn newest_run_only(found: &mut Vec<Finding>, queries: &HashMap<&str, &QueryParts>) {
    // The names of operators alone are those of many queries.
    let shape = |part: &QueryParts| {
        let is_told = part.call_site.is_some() || matches!(part.named_by, NamedBy::Tag | NamedBy::Sql);
        is_told.then(|| (part.session_id.clone(), part.name.clone(), part.call_site.clone()))
    };
    let mut newest: HashMap<_, i64> = HashMap::new();
    for part in queries.values().filter(|part| !part.state.is_open()) {
        if let Some(shape) = shape(part) {
            let begin_ms = newest.entry(shape).or_insert(part.begin_ms);
            *begin_ms = part.begin_ms.max(*begin_ms);
        }
    }
    found.retain(|finding| {
        let part = finding.query_id.as_deref().and_then(|id| queries.get(id));
        let newest_ms = part.and_then(|part| shape(part)).and_then(|shape| newest.get(&shape));
        part.is_none_or(|part| newest_ms.is_none_or(|begin_ms| part.begin_ms >= *begin_ms))
    });
}

#[cfg(test)]
mod tests {
    use upstream::driver_path::StageAttempt;
    use wire::{QueryState, Severity};

    use super::*;
    use crate::findings::finding::Evidence;

    const NOW_MS: i64 = 10_000_000_000;

    fn part(query_id: &str, name: &str, state: QueryState, begin_ms: i64, ended_ms_ago: i64) -> QueryParts {
        QueryParts {
            query_id: query_id.into(),
            name: name.into(),
            named_by: if name.is_empty() { NamedBy::Operators } else { NamedBy::Sql },
            call_site: None,
            session_id: None,
            state,
            begin_ms,
            end_ms: NOW_MS - ended_ms_ago,
            is_stream: false,
            sql_execution_ids: Vec::new(),
            attempts: Vec::new(),
            python: false,
            spilled: None,
        }
    }

    fn spill(query_id: &str, stage_id: i64, cost_ms: u64) -> Finding {
        let evidence = Evidence::Spill { disk_bytes: cost_ms, memory_bytes: 0 };
        let (query_id, stage) = (Some(query_id.into()), Some(StageAttempt { stage_id, stage_attempt_id: 0 }));
        Finding { query_id, stage, cost_ms, ..Finding::new(Severity::Warning, evidence) }
    }

    fn shown(found: Vec<Finding>, parts: &[QueryParts]) -> Vec<(String, i64, u32)> {
        let (found, _) = ranked(found, parts, DriverTime::at(NOW_MS, 0));
        let told = |finding: Finding| {
            let stage_id = finding.stage.map_or(0, |attempt| attempt.stage_id);
            (finding.query_id.unwrap_or_default(), stage_id, finding.more)
        };
        found.into_iter().map(told).collect()
    }

    #[test]
    fn the_costliest_comes_first_and_a_query_has_each_rule_once() {
        let parts = [part("a", "", QueryState::Running, 1, 0), part("b", "", QueryState::Succeeded, 1, 1_000)];
        let found = vec![spill("a", 1, 10), spill("b", 2, 30), spill("a", 3, 20)];
        assert_eq!(shown(found, &parts), [("b".into(), 2, 0), ("a".into(), 3, 1)]);
    }

    #[test]
    fn a_finding_outlives_its_query_for_half_an_hour() {
        let ended = |ago_ms| shown(vec![spill("a", 1, 1)], &[part("a", "", QueryState::Succeeded, 1, ago_ms)]).len();
        assert_eq!([ended(OUTLIVES_MS - 1), ended(OUTLIVES_MS)], [1, 0]);
        assert!(shown(vec![spill("a", 1, 1)], &[]).is_empty(), "Spark has forgotten the query");
    }

    #[test]
    fn of_the_runs_of_one_query_the_newest_counts() {
        let parts = [
            part("old", "save", QueryState::Succeeded, 1, 9_000),
            part("new", "save", QueryState::Succeeded, 2, 1_000),
            part("other", "count", QueryState::Succeeded, 1, 9_000),
            part("runs", "save", QueryState::Running, 3, 0),
        ];
        let found = || ["old", "new", "other", "runs"].map(|id| spill(id, 1, 1)).to_vec();
        let ids: Vec<_> = shown(found(), &parts).into_iter().map(|(id, ..)| id).collect();
        assert_eq!(ids, ["new", "other", "runs"]);
        assert!(shown(vec![spill("old", 1, 1)], &parts).is_empty(), "it has been mended");
    }

    #[test]
    fn not_more_than_a_panel_can_use() {
        let parts: Vec<_> = (0..80).map(|n| part(&n.to_string(), "", QueryState::Running, n, 0)).collect();
        let found = (0..80).map(|n| spill(&n.to_string(), n, 1)).collect();
        let (found, not_shown) = ranked(found, &parts, DriverTime::at(NOW_MS, 0));
        assert_eq!((found.len(), not_shown), (SHOWN, 30));
    }
}
