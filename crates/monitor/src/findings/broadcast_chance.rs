//! A join sorts and shuffles both sides although one of them is small enough for every executor.

use wire::Severity;

use super::{
    facts::PlanFacts,
    finding::{Evidence, Hit},
    thresholds::{BROADCAST_LARGE_BYTES, BROADCAST_STEPS},
};

pub(super) fn find(facts: &PlanFacts<'_>) -> Option<Hit> {
    // While it runs, each side is small at first.
    let joins = facts.plan.is_final.then_some(&facts.plan.sorted_joins)?;
    let pays = |small: u64, large: u64| {
        large > BROADCAST_LARGE_BYTES && BROADCAST_STEPS.iter().any(|(below, above)| small < *below && large > *above)
    };
    let join =
        joins.iter().filter(|join| pays(join.small_bytes, join.large_bytes)).max_by_key(|join| join.large_bytes)?;
    let evidence = Evidence::BroadcastChance { small_bytes: join.small_bytes, large_bytes: join.large_bytes };
    let code = Some("large.join(F.broadcast(small), \"key\")".to_owned());
    Some(Hit { severity: Severity::Warning, evidence, code, cost_ms: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{
        cases::{GIB, MIB},
        examined::{Plan, SortedJoin},
    };

    fn pays(small_bytes: u64, large_bytes: u64, is_final: bool) -> bool {
        let sorted_joins = vec![SortedJoin { small_bytes, large_bytes }];
        find(&PlanFacts { plan: &Plan { sorted_joins, is_final, ..Plan::default() }, run_ms: 0 }).is_some()
    }

    #[test]
    fn the_larger_the_large_side_the_larger_may_the_small_one_be() {
        assert!(pays(10 * MIB - 1, GIB, true) && !pays(10 * MIB, GIB, true));
        assert!(pays(100 * MIB - 1, 10 * GIB + 1, true) && !pays(100 * MIB - 1, 10 * GIB, true));
        assert!(!pays(100 * MIB, 11 * GIB, true));
        assert!(pays(GIB - 1, 300 * GIB + 1, true) && !pays(GIB, 301 * GIB, true));
    }

    #[test]
    fn two_small_sides_and_a_running_query_are_no_chance() {
        assert!(!pays(MIB, 64 * MIB, true) && pays(MIB, 64 * MIB + 1, true));
        assert!(!pays(MIB, GIB, false));
    }
}
