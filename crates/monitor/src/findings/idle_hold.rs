//! The application has held cores or cached data for a long time without work.

use wire::Severity;

use super::{
    facts::AppFacts,
    finding::{Evidence, Hit},
    thresholds::HOLD_MS,
};

pub(super) fn find(facts: &AppFacts<'_>) -> Option<Hit> {
    let idle_ms = facts.idle_ms.filter(|idle_ms| *idle_ms >= u64::try_from(HOLD_MS).unwrap_or(u64::MAX))?;
    let living = || facts.executors.iter().filter(|executor| executor.removed.is_none());
    let cached = |executor: &wire::Executor| executor.storage_bytes.used.saturating_add(executor.cached_to_disk_bytes);
    let cached_bytes = living().map(cached).fold(0, u64::saturating_add);
    let cores = facts.app.cores.unwrap_or(0);
    if cores == 0 && cached_bytes == 0 {
        return None;
    }
    let waiting = facts.waiting.clone();
    // A server of Spark Connect keeps its cores; a session of its own gives them back.
    let code = match (cached_bytes > 0, facts.is_connect) {
        (_, false) => Some("spark.stop()".to_owned()),
        (true, true) => Some("spark.catalog.clearCache()".to_owned()),
        (false, true) => None,
    };
    Some(Hit {
        severity: if waiting.is_empty() { Severity::Info } else { Severity::Warning },
        cost_ms: if waiting.is_empty() { 0 } else { idle_ms.saturating_mul(cores.into()) },
        evidence: Evidence::IdleHold { idle_ms, cores, cached_bytes, waiting, is_connect: facts.is_connect },
        code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::cases::{AppCase, MIB};

    const HALF_HOUR: u64 = 30 * 60_000;

    #[test]
    fn after_half_an_hour_with_cores_or_cached_data() {
        assert_eq!(AppCase::default().cores(2).idle(HALF_HOUR - 1).app(find), None);
        let hit = AppCase::default().cores(2).idle(HALF_HOUR).app(find).unwrap();
        assert_eq!((hit.severity, hit.cost_ms, hit.code.as_deref()), (Severity::Info, 0, Some("spark.stop()")));
        assert_eq!(AppCase::default().cores(0).idle(HALF_HOUR).app(find), None, "it holds nothing");
        assert!(AppCase::default().cores(0).cached(MIB).idle(HALF_HOUR).app(find).is_some());
        assert_eq!(AppCase::default().cores(2).app(find), None, "it works");
    }

    #[test]
    fn whoever_waits_is_named_and_the_code_releases_what_the_person_can_release() {
        let hit = AppCase::default().cores(2).idle(HALF_HOUR).beside("ETL").app(find).unwrap();
        assert_eq!((hit.severity, hit.cost_ms), (Severity::Warning, 2 * HALF_HOUR));
        let code = |case: AppCase| case.cores(2).connect().idle(HALF_HOUR).app(find).unwrap().code;
        assert_eq!(code(AppCase::default()), None);
        assert_eq!(code(AppCase::default().cached(MIB)).as_deref(), Some("spark.catalog.clearCache()"));
    }
}
