//! Which session is likely the current notebook's, while its kernel is busy or may not be asked.

use wire::{CallSite, Queries, Query};

use super::{How, Notebook, TOLERANCE_MS, app_id, begun_in};

/// The session, and how it is known; the session is none if the application's driver has no sessions.
pub fn likely(
    queries: &Queries,
    notebook: &Notebook,
    all: &[Notebook],
    ahead_ms: i64,
) -> Option<(Option<String>, How)> {
    let by_cell = by_cell(queries, notebook, all, ahead_ms);
    by_cell.map(|(session_id, cell)| (Some(session_id), How::Likely { cell })).or_else(|| {
        let session_id = by_time(queries, notebook, all, ahead_ms)?;
        Some((session_id, How::OnlyOne))
    })
}

/// The only session with a query that names a cell of this notebook and started while that cell was running.
fn by_cell(queries: &Queries, notebook: &Notebook, all: &[Notebook], ahead_ms: i64) -> Option<(String, u32)> {
    let mut found: Option<(String, u32)> = None;
    for query in listed(queries) {
        let (Some(session_id), Some(CallSite::Cell { number, .. })) = (&query.session_id, &query.call_site) else {
            continue;
        };
        let cell = number.checked_sub(notebook.shift?);
        let Some(execution) = begun_in(notebook, query, ahead_ms).find(|execution| Some(execution.count) == cell)
        else {
            continue;
        };
        match &found {
            _ if is_anothers(Some(session_id), queries, notebook, all) => {}
            Some((known, _)) if known != session_id => return None,
            Some(_) => {}
            None => found = Some((session_id.clone(), execution.count)),
        }
    }
    found
}

/// The only session whose queries began while this notebook's cells ran, if no other kernel can have asked for them.
fn by_time(queries: &Queries, notebook: &Notebook, all: &[Notebook], ahead_ms: i64) -> Option<Option<String>> {
    if notebook.others_busy {
        return None;
    }
    let mut found: Option<Option<&String>> = None;
    for query in listed(queries) {
        let session_id = query.session_id.as_ref();
        // A driver with sessions also runs queries that belong to none of them.
        if (session_id.is_none() && !queries.sessions.is_empty()) || found == Some(session_id) {
            continue;
        }
        let fits = |notebook: &Notebook| fits(queries, session_id, notebook, ahead_ms);
        if is_anothers(session_id, queries, notebook, all) || !fits(notebook) {
            continue;
        }
        let is_rival = |other: &Notebook| other.id != notebook.id && !other.asked && fits(other);
        if found.is_some() || all.iter().any(is_rival) {
            return None;
        }
        found = Some(session_id);
    }
    found.map(|session_id| session_id.cloned())
}

/// Whether a session has queries, and all that began since this notebook's first known cell can be its cells'.
fn fits(queries: &Queries, session_id: Option<&String>, notebook: &Notebook, ahead_ms: i64) -> bool {
    let (Some(first), Some(last)) = (notebook.executions.first(), notebook.executions.last()) else {
        return false;
    };
    let mut since = listed(queries)
        .filter(|query| query.session_id.as_ref() == session_id)
        .filter(|query| query.submitted_at_ms + ahead_ms >= first.begin_ms - TOLERANCE_MS)
        .peekable();
    since.peek().is_some()
        && since.all(|query| {
            let begin_ms = query.submitted_at_ms + ahead_ms;
            let names_a_later_cell = match (&query.call_site, notebook.shift) {
                (Some(CallSite::Cell { number, .. }), Some(shift)) => *number > last.count + shift,
                _ => false,
            };
            let began_in_one = notebook.executions.iter().any(|execution| {
                let ended = execution.end_ms.is_some_and(|end_ms| end_ms + TOLERANCE_MS < begin_ms);
                execution.begin_ms - TOLERANCE_MS <= begin_ms && !ended
            });
            began_in_one && !names_a_later_cell
        })
}

/// Whether another notebook's kernel has reported this session, or this driver if there is no session.
fn is_anothers(session_id: Option<&String>, queries: &Queries, notebook: &Notebook, all: &[Notebook]) -> bool {
    let app_id = app_id(queries);
    all.iter().filter(|other| other.id != notebook.id).any(|other| match session_id {
        Some(_) => other.session_id.as_ref() == session_id,
        None => other.app_id.is_some() && other.app_id == app_id,
    })
}

fn listed(queries: &Queries) -> impl Iterator<Item = &Query> {
    queries.running.iter().chain(&queries.recent)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{CallSite, Queries, Query};

    use super::likely;
    use crate::mine::{Execution, How, Notebook};
    use kit::samples;

    /// From 10 s to 12 s.
    fn query(session: &str) -> Query {
        let session_id = Some(session.to_owned());
        Query { session_id, call_site: None, submitted_at_ms: 10_000, elapsed_ms: 2_000, ..samples::query(session) }
    }

    fn later(begin_ms: i64, query: Query) -> Query {
        Query { submitted_at_ms: begin_ms, ..query }
    }

    fn queries(running: Vec<Query>) -> Queries {
        let sessions = running.iter().filter_map(|query| query.session_id.as_deref()).map(samples::session).collect();
        Queries { sessions, running, ..samples::queries() }
    }

    /// Cell 2 ran from 5 s to 9 s, and cell 3 has been running since 9 s.
    fn notebook() -> Notebook {
        let executions = vec![
            Execution { count: 2, begin_ms: 5_000, end_ms: Some(9_000) },
            Execution { count: 3, begin_ms: 9_000, end_ms: None },
        ];
        Notebook { id: "n".to_owned(), current: true, shift: Some(1), executions, ..Notebook::default() }
    }

    fn among(queries: &Queries, notebooks: &[Notebook]) -> Option<(Option<String>, How)> {
        likely(queries, notebooks.first()?, notebooks, 0)
    }

    fn session(name: &str) -> Option<(Option<String>, How)> {
        Some((Some(name.to_owned()), How::OnlyOne))
    }

    #[test]
    fn the_only_session_is_likely_when_its_queries_began_while_cells_ran() {
        let of = |running| among(&queries(running), &[notebook()]);
        assert_eq!(of(vec![query("a")]), session("a"));
        assert_eq!(of(vec![query("a"), later(6_000, query("a"))]), session("a"));
        assert_eq!(of(vec![later(20_000, query("a"))]), session("a"));
        assert_eq!(of(Vec::new()), None);
        assert_eq!(of(vec![query("a"), query("b")]), None, "either may be the notebook's");
        let ended = Queries { running: Vec::new(), recent: vec![query("a")], ..queries(vec![query("a")]) };
        assert_eq!(among(&ended, &[notebook()]), session("a"));
    }

    #[test]
    fn a_session_left_from_before_the_kernels_start_does_not_matter() {
        let queries = queries(vec![query("a"), later(1_000, query("old"))]);
        assert_eq!(among(&queries, &[notebook()]), session("a"));
    }

    #[test]
    fn a_session_that_worked_while_no_cell_ran_is_not_likely() {
        let mut notebook = notebook();
        notebook.executions[1].begin_ms = 30_000;
        let between = later(15_000, query("a"));
        assert_eq!(among(&queries(vec![between, later(31_000, query("a"))]), &[notebook.clone()]), None);
        notebook.executions.clear();
        assert_eq!(among(&queries(vec![query("a")]), &[notebook]), None, "nothing is known of its cells");
    }

    #[test]
    fn a_session_that_names_a_cell_which_has_not_run_yet_is_not_likely() {
        let naming = |number| Query { call_site: Some(CallSite::Cell { number, line: 1 }), ..query("a") };
        assert_eq!(among(&queries(vec![naming(5)]), &[notebook()]), None);
        assert_eq!(among(&queries(vec![naming(3)]), &[notebook()]), session("a"), "built by an earlier cell");
    }

    #[test]
    fn nothing_is_likely_while_another_kernel_may_have_asked() {
        let queries = queries(vec![query("a")]);
        let with = |other: Notebook| among(&queries, &[notebook(), Notebook { id: "o".to_owned(), ..other }]);
        let asked = Notebook { asked: true, ..notebook() };
        assert_eq!(with(notebook()), None, "another notebook was busy, too");
        assert_eq!(with(Notebook { executions: Vec::new(), ..notebook() }), session("a"));
        assert_eq!(with(Notebook { session_id: Some("b".to_owned()), ..asked.clone() }), session("a"));
        assert_eq!(with(Notebook { session_id: Some("a".to_owned()), ..asked }), None);
        assert_eq!(among(&queries, &[Notebook { others_busy: true, ..notebook() }]), None, "a console is busy");
    }

    #[test]
    fn a_driver_without_sessions_is_likely_as_a_whole() {
        let query = Query { session_id: None, ..query("q") };
        let queries = queries(vec![query]);
        assert_eq!(among(&queries, &[notebook()]), Some((None, How::OnlyOne)));
        let app_id = queries.app.as_ref().map(|app| app.app_id.clone());
        let other = Notebook { id: "o".to_owned(), asked: true, app_id, ..Notebook::default() };
        assert_eq!(among(&queries, &[notebook(), other]), None);
    }

    #[test]
    fn the_cell_that_a_query_names_decides_before_the_times_do() {
        let named = Query { call_site: Some(CallSite::Cell { number: 4, line: 1 }), ..query("a") };
        let expected = Some((Some("a".to_owned()), How::Likely { cell: 3 }));
        assert_eq!(among(&queries(vec![named, query("b")]), &[notebook()]), expected);
    }
}
