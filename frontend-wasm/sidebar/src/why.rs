//! The panel's first sentence: why a person waits, with its numbers, or that nothing runs.

use wire::{Queries, Query, Wait};

use crate::health::{last_seen_alive_ms, trouble};
use crate::mine::outside;
use crate::model::Model;
use kit::format;
use kit::i18n::{Message, tr};
use kit::wait::sentence;

/// The one sentence above everything: of the queries; otherwise what the cluster lacks; otherwise that nothing runs.
/// What was true before a source failed is not said.
pub fn line(model: &Model) -> Option<String> {
    let is_idle = |queries: &&Queries| queries.running.is_empty() && queries.running_not_shown == 0;
    let idle = || known(model).filter(is_idle).map(|_| tr(Message::NoRunningQueries));
    waits(model).or_else(idle)
}

/// Why a person waits; none if nothing is running or waiting.
pub fn waits(model: &Model) -> Option<String> {
    known(model).and_then(|queries| of_queries(model, queries)).or_else(|| of_cluster(model))
}

fn known(model: &Model) -> Option<&Queries> {
    model.queries.body().filter(|_| model.queries.trouble().is_none())
}

/// What is wrong with the cluster.
pub fn of_cluster(model: &Model) -> Option<String> {
    let cluster = model.cluster.body()?;
    trouble(cluster).filter(|_| last_seen_alive_ms(model, cluster).is_none())
}

/// The application's wait; otherwise that the person's cell is busy elsewhere; otherwise the wait of the person's
/// newest query; otherwise of the newest query of all.
fn of_queries(model: &Model, queries: &Queries) -> Option<String> {
    let mine = model.mine.as_ref();
    let ahead_ms = model.clock_ahead_ms.unwrap_or_default();
    let without_query = || {
        let (cell, for_ms) = outside(queries, &model.notebooks, mine, ahead_ms, model.queries_at_ms)?;
        Some(tr(Message::WaitOutside { cell, time: &format::duration(for_ms) }))
    };
    let of_mine = || newest(queries, |query| mine.is_some_and(|mine| mine.owns(query)));
    let of_any = || of_mine().or_else(|| newest(queries, |_| true)).map(sentence);
    queries.wait.as_ref().map(sentence).or_else(without_query).or_else(of_any)
}

fn newest(queries: &Queries, which: impl Fn(&Query) -> bool) -> Option<&Wait> {
    queries.running.iter().filter(|query| which(query)).find_map(|query| query.wait.as_ref())
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::{Queries, Query, Wait};

    use super::line;
    use crate::mine::{Execution, How, Mine, Notebook};
    use crate::model::Model;
    use kit::loaded::Loaded;
    use kit::samples;

    fn running(session: &str, running: u32) -> Query {
        let session_id = Some(session.to_owned());
        Query { session_id, wait: Some(Wait::Busy { running }), ..samples::query("q") }
    }

    fn said(queries: Queries, mine: Option<&str>, notebook: Notebook) -> Option<String> {
        let how = How::Asked;
        let mine = mine.map(|session| Mine { notebook_id: "n".to_owned(), session_id: Some(session.to_owned()), how });
        let queries = Loaded::default().after(Ok(samples::answer(queries)), 0);
        line(&Model { queries, mine, notebooks: [notebook].into(), queries_at_ms: 30_000, ..Model::default() })
    }

    #[test]
    fn all_wait_alike_else_mine_is_told_else_the_newest() {
        let said = |wait, mine| {
            let running = vec![running("a", 3), running("b", 2)];
            said(Queries { wait, running, ..samples::queries() }, mine, Notebook::default()).unwrap_or_default()
        };
        assert_eq!(said(None, None), "Busy: 3 tasks running");
        assert_eq!(said(None, Some("b")), "Busy: 2 tasks running");
        let starting = Wait::ClusterStarting { ready: 1, wanted: 2 };
        assert_eq!(said(Some(starting), Some("b")), "The cluster is starting: 1 of 2 workers are ready");
    }

    #[test]
    fn a_cell_that_runs_without_a_query_says_so_whatever_others_do() {
        let cell = Execution { count: 4, begin_ms: 18_000, end_ms: None };
        let notebook = Notebook { current: true, executions: vec![cell], ..Notebook::default() };
        let sessions = vec![samples::session("a"), samples::session("b")];
        let said = |running, mine| {
            said(Queries { sessions: sessions.clone(), running, ..samples::queries() }, mine, notebook.clone())
        };
        let outside = "No query runs: cell [4] works outside of Spark (Python, or planning the next query) for 12s";
        assert_eq!(said(vec![running("a", 3)], Some("b")).as_deref(), Some(outside));
        assert_eq!(said(Vec::new(), None).as_deref(), Some(outside));
        assert_eq!(said(vec![running("b", 3)], Some("b")).as_deref(), Some("Busy: 3 tasks running"));
    }
}
