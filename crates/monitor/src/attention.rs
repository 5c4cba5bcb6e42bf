//! Failures and findings that a person should see in the status bar, without opening the panel.

use std::{cmp::Reverse, collections::BTreeSet, time::Duration};

use wire::{FindingRule, Queries, Query, QueryState, Severity};

use crate::{
    AppFindings, AppQueries, Applications, Observed, Selection, Whose, clock,
    cluster::{self, ClusterCondition},
    findings::Finding,
    queries::ended_ms,
};

/// Failed queries that are named, and findings.
const NAMED: usize = 5;
/// How long a finding needs attention after its query has ended, though its session has asked for more since. Whoever
/// runs all cells at once would hardly see it otherwise; milliseconds.
const ENDED_MS: i64 = 120_000;

/// Failures and findings; nothing of what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Set when no session can use the cluster: its workers are dead, or its master is a standby.
    pub cluster: Option<ClusterCondition>,
    /// Applications that wait for cores.
    pub apps_waiting: u32,
    /// The newest query of each session, if that failed; newest first.
    pub failed_queries: Vec<Query>,
    /// Warnings and errors about recent queries, and about the application.
    pub findings: Vec<Finding>,
}

impl Attention {
    /// Without findings that only repeat what is told anyway.
    fn told_once(mut self) -> Self {
        let Self { failed_queries, apps_waiting, findings, .. } = &mut self;
        let has_failed = |query_id: &String| failed_queries.iter().any(|query| query.query_id == *query_id);
        findings.retain(|finding| match finding.evidence.rule() {
            FindingRule::FailedTasks => !finding.query_id.as_ref().is_some_and(has_failed),
            FindingRule::Starved => *apps_waiting == 0,
            _ => true,
        });
        self
    }
}

/// Where the driver's part comes from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub queries: &'a AppQueries,
    pub findings: &'a AppFindings,
    /// Rules that the person has muted.
    pub muted: &'a BTreeSet<FindingRule>,
}

/// What needs attention. Adds no request that only findings need. Parts that are not known are left out. The cluster's
/// part may be `max_age` old, like the state beside it; the driver's part may be `driver_max_age` old. Each takes at most
/// `patience`.
pub async fn of_spark(
    applications: &Applications,
    facts: Facts<'_>,
    whose: &Whose,
    max_age: Duration,
    (driver_max_age, patience): (Duration, Duration),
) -> Attention {
    let mut attention = Attention::default();
    // A slow upstream is no reason to be silent about the rest.
    let driver = tokio::time::timeout(patience, of_driver(applications, facts, whose, driver_max_age));
    let cluster =
        tokio::time::timeout(patience, async { applications.masters().ok()?.last_good(whose, max_age).await.ok() });
    let (cluster, driver) = tokio::join!(cluster, driver);
    if let Ok(Some(seen)) = cluster
        && let Ok(state) = seen.value.state()
        && seen.age.failure.is_none()
    {
        let condition = cluster::condition(state);
        let is_useless = matches!(condition, ClusterCondition::Standby | ClusterCondition::AllDead);
        attention.cluster = is_useless.then_some(condition);
        attention.apps_waiting = cluster::apps_waiting(state);
    }
    if let Ok((failed_queries, findings)) = driver {
        attention = Attention { failed_queries, findings, ..attention };
    }
    attention.told_once()
}

async fn of_driver(
    applications: &Applications,
    facts: Facts<'_>,
    whose: &Whose,
    max_age: Duration,
) -> (Vec<Query>, Vec<Finding>) {
    let seen = async {
        let selection = Selection::of(applications, whose, max_age, None).await?;
        let moment = facts.queries.moment(&selection).await?;
        let queries = facts.queries.list(&selection, &moment).await;
        let findings = facts.findings.known(&selection, &moment, &queries).await;
        Ok::<_, crate::Error>((queries, findings))
    };
    let Ok((queries, findings)) = seen.await else { return Default::default() };
    let Some(queries) = current(queries) else { return Default::default() };
    let found = current(findings).and_then(|of_app| of_app.known).unwrap_or_default();
    (failed(&queries), urgent(found.findings, &queries, facts.muted, clock::now_ms()))
}

/// Warnings and errors that are not muted, the most serious first, except about queries that ended a while ago.
fn urgent(found: Vec<Finding>, queries: &Queries, muted: &BTreeSet<FindingRule>, now_ms: i64) -> Vec<Finding> {
    let has_just_ended = |query: &&Query| now_ms.saturating_sub(ended_ms(query)) < ENDED_MS;
    let just_ended = queries.recent.iter().filter(has_just_ended);
    let recent: BTreeSet<&str> = newest(queries).chain(just_ended).map(|query| &*query.query_id).collect();
    let is_urgent = |finding: &Finding| {
        let is_recent = finding.query_id.as_deref().is_none_or(|query_id| recent.contains(query_id));
        is_recent && finding.severity >= Severity::Warning && !muted.contains(&finding.evidence.rule())
    };
    let mut urgent: Vec<Finding> = found.into_iter().filter(is_urgent).collect();
    // Those that cost the most come first, but the cost of the most serious is often not known.
    urgent.sort_by_key(|finding| Reverse(finding.severity));
    urgent.truncate(NAMED);
    urgent
}

/// Running queries, and ended ones after which their session has asked for nothing.
fn newest(queries: &Queries) -> impl Iterator<Item = &Query> {
    let all = || queries.running.iter().chain(&queries.recent);
    let is_newest = move |query: &&Query| {
        query.state == QueryState::Running
            || !all().any(|other| other.session_id == query.session_id && other.submitted_at_ms > query.submitted_at_ms)
    };
    all().filter(is_newest)
}

/// The queries that failed, as long as their session has not asked for anything since.
fn failed(queries: &Queries) -> Vec<Query> {
    newest(queries).filter(|query| query.state == QueryState::Failed).take(NAMED).cloned().collect()
}

/// What a source says now; what it said before it failed needs no attention any more.
fn current<T>(seen: Observed<T>) -> Option<T> {
    seen.age.failure.is_none().then_some(seen.value)
}

#[cfg(test)]
mod tests {
    use wire::{NamedBy, QueryKind, Tasks};

    use super::*;
    use crate::findings::Evidence;

    fn query(session_id: &str, state: QueryState, submitted_at_ms: i64) -> Query {
        Query {
            query_id: session_id.to_owned(),
            kind: QueryKind::Operation,
            name: String::new(),
            named_by: NamedBy::Nothing,
            sql: None,
            call_site: None,
            session_id: Some(session_id.to_owned()),
            operation_id: None,
            can_stop: false,
            state,
            tasks: Tasks::default(),
            stages_done: 0,
            stages_total: 0,
            submitted_at_ms,
            elapsed_ms: 0,
            failure_reason: None,
            wait: None,
            stream: None,
            time_left: None,
            link: None,
            active_stages: Vec::new(),
            spilled: None,
        }
    }

    fn finding() -> Finding {
        Finding::new(Severity::Warning, Evidence::Spill { disk_bytes: 1, memory_bytes: 1 })
    }

    #[test]
    fn a_failure_counts_until_its_session_asks_for_something_else() {
        let of = |running: Vec<Query>, recent: Vec<Query>| {
            let (app, wait, sessions, running_not_shown) = (None, None, Vec::new(), 0);
            let queries = Queries { app, wait, sessions, running, running_not_shown, recent };
            failed(&queries).into_iter().map(|query| query.query_id).collect::<Vec<_>>()
        };
        let (failed, well) = (query("a", QueryState::Failed, 2), query("a", QueryState::Succeeded, 1));
        assert_eq!(of(Vec::new(), vec![query("b", QueryState::Succeeded, 3), failed.clone(), well]), ["a"]);
        assert!(of(Vec::new(), vec![query("a", QueryState::Succeeded, 3), failed.clone()]).is_empty());
        assert!(of(vec![query("a", QueryState::Running, 3)], vec![failed.clone()]).is_empty());
        // A stream has been running all the time.
        assert_eq!(of(vec![query("a", QueryState::Running, 1)], vec![failed]), ["a"]);
    }

    #[test]
    fn a_finding_counts_while_its_query_is_the_newest_and_for_two_minutes_after_its_end() {
        let spill =
            |query_id: Option<&str>, severity| Finding { severity, query_id: query_id.map(Into::into), ..finding() };
        // The session has asked for something else since.
        let (app, wait, sessions, running_not_shown) = (None, None, Vec::new(), 0);
        let ended = Query { query_id: "ended".into(), elapsed_ms: 1_000, ..query("a", QueryState::Succeeded, 1_000) };
        let newest = Query { query_id: "newest".into(), ..query("b", QueryState::Succeeded, 1_000) };
        let running = vec![Query { query_id: "running".into(), ..query("a", QueryState::Running, 5_000) }];
        let queries = Queries { app, wait, sessions, running, running_not_shown, recent: vec![ended, newest] };
        let count = |query_id, severity, muted: &[FindingRule], now_ms| {
            urgent(vec![spill(query_id, severity)], &queries, &muted.iter().copied().collect(), now_ms).len()
        };
        let warns = |query_id, now_ms| count(query_id, Severity::Warning, &[], now_ms);
        assert_eq!(warns(Some("ended"), 121_999), 1);
        assert_eq!(warns(Some("ended"), 122_000), 0);
        assert_eq!(warns(Some("running"), 900_000), 1);
        assert_eq!(warns(Some("newest"), 900_000), 1, "its session has asked for nothing else");
        assert_eq!(warns(None, 900_000), 1, "about the application");
        let many = (0..9).map(|_| spill(Some("running"), Severity::Warning)).chain([spill(None, Severity::Error)]);
        let told = urgent(many.collect(), &queries, &BTreeSet::new(), 6_000);
        assert_eq!((told.len(), told.first().unwrap().severity), (NAMED, Severity::Error), "the most serious first");
        assert_eq!(count(Some("running"), Severity::Info, &[], 6_000), 0, "a hint can wait");
        assert_eq!(count(Some("running"), Severity::Error, &[FindingRule::Spill], 6_000), 0, "muted");
    }

    #[test]
    fn a_finding_that_repeats_what_is_told_anyway_is_left_out() {
        let about = |query_id: &str, evidence| Finding { query_id: Some(query_id.into()), evidence, ..finding() };
        let failed = || Evidence::FailedTasks { failed: 1, tasks: 1, stage_failed: true, reason: String::new() };
        let told = |failed_queries, apps_waiting| {
            let findings = vec![about("a", failed()), about("b", failed())];
            Attention { failed_queries, apps_waiting, findings, ..Attention::default() }.told_once().findings.len()
        };
        assert_eq!(told(Vec::new(), 0), 2);
        assert_eq!(told(vec![query("a", QueryState::Failed, 1)], 0), 1);
    }
}
