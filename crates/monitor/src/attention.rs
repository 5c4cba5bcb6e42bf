//! Failures and findings that a person should see in the status bar, without opening the panel.

use std::{collections::BTreeSet, time::Duration};

use wire::{Queries, Query, QueryState};

use crate::{
    AppExecutors, AppQueries, Applications, Observed, Selection, Whose,
    cluster::{self, ClusterCondition},
};

/// Failed queries that are named.
const NAMED: usize = 5;

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

/// What needs attention. Parts that are not known are left out; `max_age` says how old the others may be.
pub async fn of_spark(
    applications: &Applications,
    (queries, executors): (&AppQueries, &AppExecutors),
    whose: &Whose,
    max_age: Duration,
) -> Attention {
    let mut attention = Attention::default();
    if let Ok(masters) = applications.masters()
        && let Ok(seen) = masters.last_good(whose, max_age).await
        && let Ok(state) = seen.value.state()
        && seen.age.failure.is_none()
    {
        let condition = cluster::condition(state);
        let is_useless = matches!(condition, ClusterCondition::Standby | ClusterCondition::AllDead);
        attention.cluster = is_useless.then_some(condition);
        attention.apps_waiting = cluster::summary(state, 0).apps_waiting;
    }
    let Ok(selection) = Selection::of(applications, whose, max_age, None).await else {
        return attention;
    };
    let list = async { Ok::<_, crate::Error>(queries.list(&selection, &queries.moment(&selection).await?).await) };
    let (queries, executors) = tokio::join!(list, executors.list(&selection));
    if let Some(queries) = current(queries) {
        attention.has_spilled = queries.running.iter().chain(&queries.recent).any(|query| query.spilled.is_some());
        attention.failed_queries = failed(queries);
    }
    attention.executors_lost = current(executors).map_or(0, |executors| crate::executors::lost(&executors));
    attention
}

/// The queries that failed, as long as their session has not asked for anything else since.
fn failed(queries: Queries) -> Vec<Query> {
    let mut moved_on: BTreeSet<Option<String>> = queries.running.iter().map(|query| query.session_id.clone()).collect();
    let newest = queries.recent.into_iter().filter(|query| moved_on.insert(query.session_id.clone()));
    newest.filter(|query| query.state == QueryState::Failed).take(NAMED).collect()
}

/// What a source says now; what it said before it failed needs no attention any more.
fn current<T, E>(seen: Result<Observed<T>, E>) -> Option<T> {
    Some(seen.ok().filter(|seen| seen.age.failure.is_none())?.value)
}

#[cfg(test)]
mod tests {
    use wire::{NamedBy, QueryKind, Tasks};

    use super::*;

    fn query(session_id: &str, state: QueryState) -> Query {
        Query {
            query_id: session_id.to_owned(),
            kind: QueryKind::Operation,
            name: String::new(),
            named_by: NamedBy::Nothing,
            call_site: None,
            session_id: Some(session_id.to_owned()),
            state,
            tasks: Tasks::default(),
            stages_done: 0,
            stages_total: 0,
            submitted_at_ms: 0,
            elapsed_ms: 0,
            failure_reason: None,
            wait: None,
            stream: None,
            time_left: None,
            active_stages: Vec::new(),
            spilled: None,
            spill_code: None,
        }
    }

    #[test]
    fn a_failure_counts_until_its_session_asks_for_something_else() {
        let of = |running, recent| {
            let (app, wait, sessions, running_not_shown) = (None, None, Vec::new(), 0);
            let queries = Queries { app, wait, sessions, running, running_not_shown, recent };
            failed(queries).into_iter().map(|query| query.query_id).collect::<Vec<_>>()
        };
        let (failed, well) = (query("a", QueryState::Failed), query("a", QueryState::Succeeded));
        assert_eq!(of(Vec::new(), vec![query("b", QueryState::Succeeded), failed.clone(), well.clone()]), ["a"]);
        assert!(of(Vec::new(), vec![well, failed.clone()]).is_empty());
        assert!(of(vec![query("a", QueryState::Running)], vec![failed]).is_empty());
    }
}
