//! A join compares every row of one side with every row of the other.

use wire::Severity;

use super::{
    facts::PlanFacts,
    finding::{Evidence, Hit},
    thresholds::CROSS_JOIN_ROWS,
};

pub(super) fn find(facts: &PlanFacts<'_>) -> Option<Hit> {
    let rows = Some(facts.plan.cross_rows).filter(|rows| *rows > CROSS_JOIN_ROWS)?;
    Some(Hit { severity: Severity::Error, evidence: Evidence::CrossJoin { rows }, code: None, cost_ms: facts.run_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::examined::Plan;

    #[test]
    fn more_than_ten_billion_pairs() {
        let found = |cross_rows| find(&PlanFacts { plan: &Plan { cross_rows, ..Plan::default() }, run_ms: 7 });
        assert_eq!(found(10_000_000_000), None);
        assert_eq!(found(10_000_000_001).unwrap().cost_ms, 7);
    }
}
