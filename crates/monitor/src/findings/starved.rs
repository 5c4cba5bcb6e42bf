//! The application has no cores, because others hold them.

use wire::{Severity, Wait};

use super::{
    facts::AppFacts,
    finding::{Evidence, Hit},
};

pub(super) fn find(facts: &AppFacts<'_>) -> Option<Hit> {
    let Some(Wait::NoCores { holders, cores_used, cores_total }) = facts.wait else { return None };
    let (holders, cores_used, cores_total) = (holders.clone(), *cores_used, *cores_total);
    Some(Hit {
        severity: Severity::Error,
        evidence: Evidence::Starved { holders, cores_used, cores_total },
        code: None,
        cost_ms: facts.waited_ms,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::AppCase;

    #[test]
    fn only_while_it_waits_for_cores() {
        let holders = vec![wire::CoreHolder { name: "ETL".into(), cores: 2 }];
        let wait = Wait::NoCores { holders: holders.clone(), cores_used: 2, cores_total: 2 };
        let hit = AppCase::default().waits(wait, 9_000).app(find).unwrap();
        assert_eq!(hit.evidence, Evidence::Starved { holders, cores_used: 2, cores_total: 2 });
        assert_eq!((hit.severity, hit.cost_ms), (Severity::Error, 9_000));
        assert_eq!(AppCase::default().waits(Wait::ExecutorsRegistering { cores: 2 }, 9_000).app(find), None);
        assert_eq!(AppCase::default().app(find), None);
    }
}
