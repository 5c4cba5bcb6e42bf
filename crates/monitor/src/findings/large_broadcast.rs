//! Very much data is sent to every executor.

use wire::Severity;

use super::{
    facts::PlanFacts,
    finding::{Evidence, Hit},
    thresholds::LARGE_BROADCAST_BYTES,
};

pub(super) fn find(facts: &PlanFacts<'_>) -> Option<Hit> {
    let bytes = facts.plan.broadcasts.iter().max().copied().filter(|bytes| *bytes > LARGE_BROADCAST_BYTES)?;
    Some(Hit {
        severity: Severity::Warning,
        evidence: Evidence::LargeBroadcast { bytes },
        code: Some("spark.conf.set(\"spark.sql.autoBroadcastJoinThreshold\", \"10m\")".to_owned()),
        cost_ms: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::{cases::GIB, examined::Plan};

    #[test]
    fn more_than_a_gibibyte() {
        let found = |broadcasts| find(&PlanFacts { plan: &Plan { broadcasts, ..Plan::default() }, run_ms: 0 });
        assert_eq!(found(vec![GIB, 1]), None);
        assert_eq!(found(vec![1, GIB + 1]).unwrap().evidence, Evidence::LargeBroadcast { bytes: GIB + 1 });
        assert_eq!(found(vec![]), None);
    }
}
