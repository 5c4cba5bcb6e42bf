//! Failures and findings that a person should see in the status bar, without opening the panel.

use std::time::Duration;

use wire::{Queries, Query, QueryState};

use crate::{
    AppExecutors, AppQueries, Applications, Observed, Selection, Whose, clock,
    cluster::{self, ClusterCondition},
};

/// Failed queries that are named.
const NAMED: usize = 5;
/// How long a lost executor needs attention, milliseconds.
const LOST_MS: i64 = 600_000;

/// Failures and findings; nothing of what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attention {
    /// Set when no session can use the cluster: its workers are dead, or its master is a standby.
    pub cluster: Option<ClusterCondition>,
    /// Applications that wait for cores.
    pub apps_waiting: u32,
    /// The newest query of each session, if that failed; newest first.
    pub failed_queries: Vec<Query>,
    pub executors_lost: u32,
    pub has_spilled: bool,
}

/// What needs attention. Parts that are not known are left out. The cluster's part may be `max_age` old, like the state
/// beside it; the driver's part may be `driver_max_age` old. Each takes at most `patience`.
pub async fn of_spark(
    applications: &Applications,
    facts: (&AppQueries, &AppExecutors),
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
    if let Ok((failed_queries, has_spilled, executors_lost)) = driver {
        attention = Attention { failed_queries, has_spilled, executors_lost, ..attention };
    }
    attention
}

async fn of_driver(
    applications: &Applications,
    (queries, executors): (&AppQueries, &AppExecutors),
    whose: &Whose,
    max_age: Duration,
) -> (Vec<Query>, bool, u32) {
    let Ok(selection) = Selection::of(applications, whose, max_age, None).await else {
        return Default::default();
    };
    let list = async { Ok::<_, crate::Error>(queries.list(&selection, &queries.moment(&selection).await?).await) };
    let (queries, executors) = tokio::join!(list, executors.list(&selection));
    let queries = current(queries);
    let lost_since_ms = clock::now_ms() - LOST_MS;
    let executors_lost = current(executors).map_or(0, |executors| crate::executors::lost(&executors, lost_since_ms));
    let has_spilled = queries.as_ref().is_some_and(|queries| newest(queries).any(|query| query.spilled.is_some()));
    (queries.as_ref().map(failed).unwrap_or_default(), has_spilled, executors_lost)
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
fn current<T, E>(seen: Result<Observed<T>, E>) -> Option<T> {
    Some(seen.ok().filter(|seen| seen.age.failure.is_none())?.value)
}

#[cfg(test)]
mod tests {
    use wire::{NamedBy, QueryKind, Tasks};

    use super::*;

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
}
