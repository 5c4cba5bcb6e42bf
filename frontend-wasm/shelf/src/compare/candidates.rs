//! The queries that can be chosen: those that Spark remembers, and earlier runs of the same query from the history.

use wire::past::PastRun;
use wire::{Queries, Query};

use super::chosen::QueryRef;
use super::facts::{query_state, run_state};
use kit::format;
use kit::i18n::{CompareMessage, tr};
use kit::language;

/// Characters of a query's name in a list.
const NAME: usize = 60;

/// A query that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub query: QueryRef,
    pub label: String,
    pub begun_at_ms: i64,
    /// Whether it asks the same as the first query: its name is the same, or the history calls it so.
    pub is_same: bool,
}

/// The newest first. `runs` are those of the first query's shape.
pub fn candidates(queries: Option<&Queries>, runs: &[PastRun], first: Option<&QueryRef>) -> Vec<Candidate> {
    let app_id = queries.and_then(|queries| queries.app.as_ref()).map_or("", |app| &*app.app_id);
    let listed = || queries.into_iter().flat_map(|queries| queries.running.iter().chain(&queries.recent));
    let is_first = |id: &str| first.is_some_and(|first| first.app_id == app_id && first.query_id == id);
    let name = listed().find(|query| is_first(&query.query_id)).map(|query| &*query.name);
    let is_run = |id: &str| runs.iter().any(|run| run.app_id == app_id && run.query_id == id);
    let mut all: Vec<Candidate> = listed()
        .map(|query| {
            let has_name = !query.name.is_empty() && name == Some(&query.name);
            of_spark(app_id, query, has_name || is_run(&query.query_id))
        })
        .collect();
    for run in runs {
        if !all.iter().any(|known| known.query.app_id == run.app_id && known.query.query_id == run.query_id) {
            all.push(of_history(run));
        }
    }
    all.sort_by_key(|candidate| std::cmp::Reverse(candidate.begun_at_ms));
    all
}

/// What a query is compared with unless a person chooses: the run of the same query before it, else the newest one.
pub fn before(candidates: &[Candidate], first: &QueryRef) -> Option<QueryRef> {
    let begun_at_ms = candidates.iter().find(|known| known.query == *first).map(|known| known.begun_at_ms);
    let others = || candidates.iter().filter(|known| known.is_same && known.query != *first);
    let earlier = others().find(|known| begun_at_ms.is_some_and(|at_ms| known.begun_at_ms < at_ms));
    earlier.or_else(|| others().next()).map(|known| known.query.clone())
}

fn of_spark(app_id: &str, query: &Query, is_same: bool) -> Candidate {
    let name = if query.name.is_empty() { &query.query_id } else { &query.name };
    Candidate {
        query: QueryRef { app_id: app_id.to_owned(), query_id: query.query_id.clone() },
        label: label(query.submitted_at_ms, name, query_state(query.state), query.elapsed_ms),
        begun_at_ms: query.submitted_at_ms,
        is_same,
    }
}

fn of_history(run: &PastRun) -> Candidate {
    let duration_ms = u64::try_from(run.duration_ms).unwrap_or_default();
    Candidate {
        query: QueryRef { app_id: run.app_id.clone(), query_id: run.query_id.clone() },
        label: label(run.submitted_at_ms, &run.label, run_state(run.state), duration_ms),
        begun_at_ms: run.submitted_at_ms,
        is_same: true,
    }
}

fn label(begun_at_ms: i64, name: &str, state: String, duration_ms: u64) -> String {
    let mut short: String = name.chars().take(NAME).collect();
    if short.len() < name.len() {
        short.push('…');
    }
    let state = [state, format::duration(duration_ms)].join(" · ");
    tr(CompareMessage::QueryOption { time: &language::time(begun_at_ms), name: &short, state: &state })
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::run;
    use super::*;
    use kit::samples;

    fn query(query_id: &str, name: &str, submitted_at_ms: i64) -> Query {
        Query { name: name.to_owned(), submitted_at_ms, ..samples::query(query_id) }
    }

    fn known(recent: Vec<Query>) -> Queries {
        Queries { running: Vec::new(), recent, ..samples::queries() }
    }

    fn of_app(query_id: &str) -> QueryRef {
        QueryRef { app_id: samples::app().app_id, query_id: query_id.to_owned() }
    }

    #[test]
    fn a_query_is_compared_with_the_run_before_it() {
        let queries = known(vec![
            query("sql-4", "SELECT 1", 4_000),
            query("sql-3", "SELECT 1", 3_000),
            query("sql-2", "SELECT 2", 2_000),
            query("sql-1", "SELECT 1", 1_000),
        ]);
        let chosen = |first: &str| before(&candidates(Some(&queries), &[], Some(&of_app(first))), &of_app(first));
        assert_eq!(chosen("sql-3"), Some(of_app("sql-1")));
        assert_eq!(chosen("sql-1"), Some(of_app("sql-4")), "the first run has none before it");
        assert_eq!(chosen("sql-2"), None, "nothing is compared with another query unless a person wants it");
    }

    #[test]
    fn the_history_adds_runs_of_other_applications_and_of_other_literals() {
        let queries = known(vec![query("sql-3", "SELECT 3", 3_000), query("sql-2", "SELECT 2", 2_000)]);
        let runs = [
            PastRun { query_id: "sql-2".to_owned(), ..run() },
            PastRun { app_id: "app-0".to_owned(), query_id: "sql-9".to_owned(), submitted_at_ms: 500, ..run() },
        ];
        let found = candidates(Some(&queries), &runs, Some(&of_app("sql-3")));
        let names: Vec<_> = found.iter().map(|one| (&*one.query.app_id, &*one.query.query_id, one.is_same)).collect();
        assert_eq!(names, [("app-1", "sql-3", true), ("app-1", "sql-2", true), ("app-0", "sql-9", true)]);
        assert_eq!(before(&found, &of_app("sql-3")), Some(of_app("sql-2")));
    }

    #[test]
    fn a_long_name_is_cut() {
        let queries = known(vec![query("sql-1", &"x".repeat(100), 0)]);
        let labels: Vec<_> = candidates(Some(&queries), &[], None).into_iter().map(|one| one.label).collect();
        let name = ["x".repeat(NAME), "…".to_owned()].concat();
        assert!(labels.iter().all(|label| label.contains(&[" · ", &name, " · "].concat())), "{labels:?}");
    }
}
