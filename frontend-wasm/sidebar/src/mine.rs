//! Which queries belong to this notebook, how that is known, and which cell ran each.

mod likely;

use serde::Deserialize;
use wire::{DriverState, Queries, Query, QueryState};

use likely::likely;

/// How far times of the two clocks may be apart: `Age` counts whole seconds, and transport takes time.
const TOLERANCE_MS: i64 = 1_500;

/// A cell that has run this long without a query is busy with something other than Spark.
const OUTSIDE_MS: i64 = 2_000;

/// An open notebook, as the shell sees it. Times are milliseconds since 1970 by the browser's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Notebook {
    pub id: String,
    pub title: String,
    /// The notebook that a person is working in.
    pub current: bool,
    /// By how much Spark's number of a cell exceeds its execution count.
    pub shift: Option<u32>,
    /// Its kernel has reported which Spark it uses, if any: a session of Spark Connect, or its own driver.
    pub asked: bool,
    pub session_id: Option<String>,
    pub app_id: Option<String>,
    /// A kernel without an open notebook is busy, such as a console's.
    pub others_busy: bool,
    /// Since the kernel's last restart.
    pub executions: Vec<Execution>,
}

/// A cell that ran.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Execution {
    pub count: u32,
    pub begin_ms: i64,
    /// None while it is running.
    pub end_ms: Option<i64>,
}

/// How the current notebook's queries are recognized.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mine {
    pub notebook_id: String,
    /// None if all queries of the application are the notebook's, because the driver is its own.
    pub session_id: Option<String>,
    pub how: How,
}

/// How that is known, the most certain first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The kernel has reported it.
    Asked,
    Chosen,
    /// Only one session has a query that names this cell and started while it was running.
    Likely {
        cell: u32,
    },
    /// Only one session's queries started while cells of this notebook were running, and no other kernel was.
    OnlyOne,
}

/// A session that a person has chosen for a notebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    pub notebook_id: String,
    pub session_id: String,
}

impl Mine {
    /// Whether the query belongs to the current notebook.
    pub fn owns(&self, query: &Query) -> bool {
        self.session_id.is_none() || self.session_id == query.session_id
    }
}

/// What is known about the current notebook. The browser's clock is `ahead_ms` ahead of Spark's.
pub fn mine(queries: &Queries, notebooks: &[Notebook], choices: &[Choice], ahead_ms: i64) -> Option<Mine> {
    let notebook = notebooks.iter().find(|notebook| notebook.current)?;
    let mine = |session_id, how| Some(Mine { notebook_id: notebook.id.clone(), session_id, how });
    if notebook.asked {
        if notebook.session_id.is_some() {
            return mine(notebook.session_id.clone(), How::Asked);
        }
        let its_own = notebook.app_id.is_some() && notebook.app_id == app_id(queries);
        return if its_own { mine(None, How::Asked) } else { None };
    }
    let chosen = choices.iter().find(|choice| choice.notebook_id == notebook.id);
    // A choice no longer counts when the session has ended or belongs to another application.
    let chosen = chosen.filter(|choice| queries.sessions.iter().any(|session| session.session_id == choice.session_id));
    if let Some(choice) = chosen {
        return mine(Some(choice.session_id.clone()), How::Chosen);
    }
    let (session_id, how) = likely(queries, notebook, notebooks, ahead_ms)?;
    mine(session_id, how)
}

fn app_id(queries: &Queries) -> Option<String> {
    queries.app.as_ref().map(|app| app.app_id.clone())
}

/// The notebook that a query belongs to, if that is known.
pub fn notebook_of<'a>(
    query: &Query,
    queries: &Queries,
    notebooks: &'a [Notebook],
    mine: Option<&Mine>,
) -> Option<&'a Notebook> {
    if let Some(mine) = mine.filter(|mine| mine.owns(query)) {
        return notebooks.iter().find(|notebook| notebook.id == mine.notebook_id);
    }
    let app_id = app_id(queries);
    notebooks.iter().find(|notebook| match &query.session_id {
        Some(_) => notebook.session_id == query.session_id,
        None => notebook.app_id.is_some() && notebook.app_id == app_id,
    })
}

/// Execution count of the cell that ran a query, if only one is possible.
pub fn run_by(notebook: &Notebook, query: &Query, ahead_ms: i64) -> Option<u32> {
    let mut cells = begun_in(notebook, query, ahead_ms);
    let cell = cells.next()?;
    if cells.next().is_some() { None } else { Some(cell.count) }
}

/// The cells that were running for the whole duration of a query.
fn begun_in(notebook: &Notebook, query: &Query, ahead_ms: i64) -> impl Iterator<Item = Execution> {
    let begin_ms = query.submitted_at_ms + ahead_ms;
    let end_ms = end_ms(query, ahead_ms);
    notebook.executions.iter().copied().filter(move |execution| {
        let ended = execution.end_ms.is_some_and(|cell_end_ms| cell_end_ms + TOLERANCE_MS < end_ms);
        execution.begin_ms - TOLERANCE_MS <= begin_ms && !ended
    })
}

/// When a query ended, or was last seen running, by the browser's clock.
fn end_ms(query: &Query, ahead_ms: i64) -> i64 {
    let elapsed_ms = i64::try_from(query.elapsed_ms).unwrap_or(i64::MAX);
    query.submitted_at_ms.saturating_add(elapsed_ms).saturating_add(ahead_ms)
}

/// The current notebook's cell that is running without a query, and how long it had been running when Spark was asked
/// at `seen_at_ms`, by the browser's clock.
pub fn outside(
    queries: &Queries,
    notebooks: &[Notebook],
    mine: Option<&Mine>,
    ahead_ms: i64,
    seen_at_ms: i64,
) -> Option<(u32, u64)> {
    let notebook = notebooks.iter().find(|notebook| notebook.current)?;
    let cell = notebook.executions.iter().find(|execution| execution.end_ms.is_none())?;
    // Nothing is known about a notebook that uses another Spark, and a cell may be starting one; queries that are not
    // shown may belong to it.
    let is_up = queries.app.as_ref().is_some_and(|app| app.driver == DriverState::Ready);
    if !is_up || (mine.is_none() && notebook.asked) || queries.running_not_shown > 0 {
        return None;
    }
    let elsewhere = |session: &String| queries.sessions.iter().all(|known| known.session_id != *session);
    if mine.and_then(|mine| mine.session_id.as_ref()).is_some_and(elsewhere) {
        return None;
    }
    let owns = |query: &&Query| mine.is_none_or(|mine| mine.owns(query));
    // Queries that an earlier cell has left behind may be listed for ever.
    let left_behind =
        |query: &Query| query.state == QueryState::Silent && query.submitted_at_ms + ahead_ms < cell.begin_ms;
    if queries.running.iter().any(|query| owns(&query) && !left_behind(query)) {
        return None;
    }
    let last_end_ms = queries.recent.iter().filter(owns).map(|query| end_ms(query, ahead_ms)).max();
    let for_ms = seen_at_ms - cell.begin_ms.max(last_end_ms.unwrap_or_default());
    (for_ms > OUTSIDE_MS).then(|| (cell.count, for_ms.unsigned_abs()))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{App, CallSite, DriverState, Queries, Query, QueryState};

    use super::{Choice, Execution, How, Mine, Notebook, mine, notebook_of, outside, run_by};
    use kit::samples;

    /// From 10 s to 12 s.
    fn query(session: &str, number: u32) -> Query {
        let call_site = Some(CallSite::Cell { number, line: 1 });
        let (session_id, submitted_at_ms, elapsed_ms) = (Some(session.to_owned()), 10_000, 2_000);
        Query { session_id, call_site, submitted_at_ms, elapsed_ms, ..samples::query(session) }
    }

    fn queries(running: Vec<Query>) -> Queries {
        let sessions = running.iter().filter_map(|query| query.session_id.as_deref()).map(samples::session).collect();
        Queries { sessions, running, ..samples::queries() }
    }

    fn execution(count: u32, begin_ms: i64, end_ms: i64) -> Execution {
        Execution { count, begin_ms, end_ms: Some(end_ms) }
    }

    /// Cell 3 ran from 9 s to 20 s.
    fn notebook() -> Notebook {
        let executions = vec![execution(2, 1_000, 2_000), execution(3, 9_000, 20_000)];
        Notebook { id: "n".to_owned(), current: true, shift: Some(1), executions, ..Notebook::default() }
    }

    fn found(mine: Option<Mine>) -> Option<(Option<String>, How)> {
        mine.map(|mine| (mine.session_id, mine.how))
    }

    #[test]
    fn what_the_kernel_says_wins() {
        let asked = Notebook { asked: true, session_id: Some("b".to_owned()), ..notebook() };
        let choice = Choice { notebook_id: "n".to_owned(), session_id: "a".to_owned() };
        let mine = mine(&queries(vec![query("a", 4)]), &[asked], &[choice], 0);
        assert_eq!(found(mine), Some((Some("b".to_owned()), How::Asked)));
    }

    #[test]
    fn a_driver_of_its_own_owns_all_queries_and_another_driver_none() {
        let own = Notebook { asked: true, app_id: Some("app-1".to_owned()), ..notebook() };
        let queries = queries(Vec::new());
        let mine_of = |notebook| found(mine(&queries, &[notebook], &[], 0));
        assert_eq!(mine_of(own.clone()), Some((None, How::Asked)));
        assert_eq!(mine_of(Notebook { app_id: Some("app-2".to_owned()), ..own.clone() }), None);
        assert_eq!(mine_of(Notebook { app_id: None, ..own }), None);
    }

    #[test]
    fn the_running_cells_number_and_time_make_a_session_likely() {
        let likely = |queries: Vec<Query>, ahead_ms| found(mine(&self::queries(queries), &[notebook()], &[], ahead_ms));
        let expected = Some((Some("a".to_owned()), How::Likely { cell: 3 }));
        assert_eq!(likely(vec![query("a", 4), query("b", 5)], 0), expected);
        assert_eq!(likely(vec![query("a", 4), query("a", 4)], 0), expected);
        // Two sessions match, another number, another time.
        assert_eq!(likely(vec![query("a", 4), query("b", 4)], 0), None);
        assert_eq!(likely(vec![query("a", 5)], 0), None);
        assert_eq!(likely(vec![query("a", 4)], 3_600_000), None);
    }

    #[test]
    fn a_session_is_not_likely_if_it_is_anothers() {
        let queries = queries(vec![query("a", 4)]);
        let other = Notebook { id: "o".to_owned(), session_id: Some("a".to_owned()), ..Notebook::default() };
        assert_eq!(mine(&queries, &[notebook(), other], &[], 0), None);
    }

    #[test]
    fn a_choice_wins_over_what_is_likely_until_its_session_is_over() {
        let choice = |session: &str| Choice { notebook_id: "n".to_owned(), session_id: session.to_owned() };
        let queries = queries(vec![query("a", 4), query("b", 9)]);
        let mine_of = |choice| mine(&queries, &[notebook()], &[choice], 0).map(|mine| mine.how);
        assert_eq!(mine_of(choice("b")), Some(How::Chosen));
        assert_eq!(mine_of(choice("over")), Some(How::Likely { cell: 3 }));
    }

    #[test]
    fn run_by_is_said_only_when_one_cell_can_have_done_it() {
        let query = query("a", 9);
        assert_eq!(run_by(&notebook(), &query, 0), Some(3));
        assert_eq!(run_by(&notebook(), &query, -60_000), None);
        let mut two = notebook();
        two.executions.push(execution(4, 8_000, 11_000));
        assert_eq!(run_by(&two, &query, 0), None);
        // The query ran longer than that cell.
        two.executions[2] = execution(4, 8_000, 10_400);
        assert_eq!(run_by(&two, &query, 0), Some(3));
        two.executions = vec![Execution { count: 5, begin_ms: 9_000, end_ms: None }];
        assert_eq!(run_by(&two, &query, 3_600_000), Some(5));
    }

    #[test]
    fn a_cell_is_outside_of_spark_two_seconds_after_its_begin_or_its_last_query() {
        let mut notebook = notebook();
        notebook.executions.push(Execution { count: 4, begin_ms: 20_000, end_ms: None });
        let mine = Mine { notebook_id: "n".to_owned(), session_id: Some("a".to_owned()), how: How::Asked };
        let in_app =
            |queries, seen_at_ms| outside(&queries, std::slice::from_ref(&notebook), Some(&mine), 0, seen_at_ms);
        assert_eq!(in_app(queries(Vec::new()), 30_000), None, "its session may be another application's");
        let at = |queries: &Queries, seen_at_ms| {
            in_app(Queries { sessions: vec![samples::session("a")], ..queries.clone() }, seen_at_ms)
        };
        assert_eq!(at(&queries(Vec::new()), 22_000), None);
        assert_eq!(at(&queries(Vec::new()), 22_001), Some((4, 2_001)));
        // Another session's query does not count as this cell's; its own does.
        assert_eq!(at(&queries(vec![query("b", 4)]), 25_000), Some((4, 5_000)));
        assert_eq!(at(&queries(vec![query("a", 4)]), 25_000), None);
        // A query left behind by an earlier cell does not count either.
        let silent = |submitted_at_ms| Query { state: QueryState::Silent, submitted_at_ms, ..query("a", 4) };
        assert_eq!(at(&queries(vec![silent(10_000)]), 25_000), Some((4, 5_000)));
        assert_eq!(at(&queries(vec![silent(20_500)]), 25_000), None);
        let ended = Query { submitted_at_ms: 21_000, ..query("a", 4) };
        let recent = Queries { recent: vec![ended], ..queries(Vec::new()) };
        assert_eq!(at(&recent, 25_000), None);
        assert_eq!(at(&recent, 26_000), Some((4, 3_000)));
    }

    #[test]
    fn nothing_is_outside_of_spark_while_no_cell_runs_or_another_spark_is_used() {
        let mut notebook = notebook();
        let at =
            |notebook: &Notebook, queries: &Queries| outside(queries, std::slice::from_ref(notebook), None, 0, 30_000);
        assert_eq!(at(&notebook, &queries(Vec::new())), None);
        notebook.executions.push(Execution { count: 4, begin_ms: 20_000, end_ms: None });
        assert_eq!(at(&notebook, &queries(Vec::new())), Some((4, 10_000)));
        // The query's owner is unknown.
        assert_eq!(at(&notebook, &queries(vec![query("b", 4)])), None);
        assert_eq!(at(&Notebook { asked: true, ..notebook.clone() }, &queries(Vec::new())), None);
        assert_eq!(at(&notebook, &Queries { app: None, ..queries(Vec::new()) }), None);
        let starting = App { driver: DriverState::Starting, ..samples::app() };
        assert_eq!(at(&notebook, &Queries { app: Some(starting), ..queries(Vec::new()) }), None);
    }

    #[test]
    fn another_open_notebooks_query_is_known_too() {
        let other =
            Notebook { id: "o".to_owned(), asked: true, session_id: Some("b".to_owned()), ..Notebook::default() };
        let queries = queries(vec![query("a", 4), query("b", 4), query("c", 4)]);
        let mine = Mine { notebook_id: "n".to_owned(), session_id: Some("a".to_owned()), how: How::Asked };
        let notebooks = [notebook(), other];
        let of = |query| notebook_of(query, &queries, &notebooks, Some(&mine)).map(|notebook| notebook.id.as_str());
        assert_eq!(queries.running.iter().map(of).collect::<Vec<_>>(), [Some("n"), Some("o"), None]);
    }
}
