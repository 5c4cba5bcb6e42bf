//! The panel's first sentence: why a person waits, with its numbers, or that nothing runs.

use wire::{CoreHolder, Queries, Query, Wait};

use crate::health::{last_seen_alive_ms, trouble};
use crate::mine::outside;
use crate::model::Model;
use kit::format;
use kit::i18n::{Message, tr};

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

/// Why a query waits.
fn sentence(wait: &Wait) -> String {
    match *wait {
        Wait::NoCluster => tr(Message::WaitNoCluster),
        Wait::ClusterStarting { ready, wanted } => tr(Message::WaitClusterStarting { ready, wanted }),
        Wait::NoCores { ref holders, cores_used, cores_total } => no_cores(holders, cores_used, cores_total),
        Wait::ExecutorsRegistering { cores } => tr(Message::WaitExecutors { cores }),
        Wait::TasksGoOn { tasks } => tr(Message::WaitTasksGoOn { tasks }),
        Wait::NextBatch { batch } => tr(Message::WaitNextBatch { batch }),
        Wait::DriverWorks { for_ms } => tr(Message::WaitDriver { time: &format::duration(for_ms) }),
        Wait::SlotsTaken { running } => tr(Message::WaitSlots { running }),
        Wait::ShuffleFetch { stage_id, percent } => tr(Message::WaitShuffle { stage_id, percent }),
        Wait::LastTasks { stage_id, left, total, slowest_ms, median_ms, more_data } => {
            let (slowest, median) = (&format::duration(slowest_ms), &format::duration(median_ms));
            let times = slowest_ms / median_ms.max(1);
            tr(if more_data {
                Message::WaitLastTasksSkew { left, total, slowest, median, times, stage_id }
            } else {
                Message::WaitLastTasksSlow { left, total, slowest, median, times, stage_id }
            })
        }
        Wait::Python { stage_id, jvm_percent } => tr(Message::WaitPython { stage_id, jvm_percent }),
        Wait::Busy { running: 0 } => tr(Message::WaitPreparing),
        Wait::Busy { running } => tr(Message::WaitBusy { running }),
    }
}

fn no_cores(holders: &[CoreHolder], used: u32, total: u32) -> String {
    match holders {
        [] => tr(Message::WaitNoCores { used, total }),
        [CoreHolder { name, cores }] => tr(Message::WaitCoresHeld { name, cores: *cores, total }),
        [first, others @ ..] => {
            tr(Message::WaitCoresHeldByMany { name: &first.name, others: others.len() as u32, cores: used, total })
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use insta::assert_snapshot;
    use wire::{CoreHolder, Queries, Query, Wait};

    use super::{line, sentence};
    use crate::mine::{Execution, How, Mine, Notebook};
    use crate::model::Model;
    use kit::loaded::Loaded;
    use kit::samples;

    #[test]
    fn each_reason_is_a_sentence_with_its_numbers() {
        let holder = |name: &str| CoreHolder { name: name.to_owned(), cores: 2 };
        let no_cores = |holders| Wait::NoCores { holders, cores_used: 4, cores_total: 4 };
        let last = |more_data| {
            let (slowest_ms, median_ms) = (45_000, 5_000);
            Wait::LastTasks { stage_id: 4, left: 2, total: 200, slowest_ms, median_ms, more_data }
        };
        let waits = [
            Wait::NoCluster,
            Wait::ClusterStarting { ready: 0, wanted: 1 },
            Wait::ClusterStarting { ready: 1, wanted: 2 },
            no_cores(Vec::new()),
            Wait::NoCores { holders: vec![holder("ETL")], cores_used: 2, cores_total: 2 },
            no_cores(vec![holder("ETL"), holder("B")]),
            no_cores(vec![holder("ETL"), holder("B"), holder("C")]),
            Wait::ExecutorsRegistering { cores: 2 },
            Wait::DriverWorks { for_ms: 12_345 },
            Wait::SlotsTaken { running: 1 },
            Wait::SlotsTaken { running: 2 },
            Wait::TasksGoOn { tasks: 2 },
            Wait::NextBatch { batch: 12 },
            Wait::ShuffleFetch { stage_id: 4, percent: 35 },
            last(true),
            last(false),
            Wait::LastTasks { stage_id: 4, left: 1, total: 8, slowest_ms: 90_000, median_ms: 7_000, more_data: true },
            Wait::Python { stage_id: 4, jvm_percent: 4 },
            Wait::Busy { running: 0 },
            Wait::Busy { running: 1 },
            Wait::Busy { running: 2 },
        ];
        assert_snapshot!(waits.iter().map(sentence).collect::<Vec<_>>().join("\n"), @r#"
        The cluster has no worker.
        The cluster is starting: 0 of 1 worker is ready
        The cluster is starting: 1 of 2 workers are ready
        Waiting for cores: 4 of 4 are in use
        Waiting for cores: 'ETL' holds 2 of 2
        Waiting for cores: 'ETL' and 1 more hold 4 of 4
        Waiting for cores: 'ETL' and 2 more hold 4 of 4
        Waiting for executors: 2 cores are granted, none has registered yet
        The driver works, no job runs (planning, collecting, Python) for 12s
        Waiting for task slots: 1 task of another query runs first
        Waiting for task slots: 2 tasks of other queries run first
        No query runs, but 2 tasks of one that was stopped go on and hold their cores
        Batch 12 is done, the stream waits for the next one
        Shuffling: tasks wait 35% of their time for other tasks' output (stage 4)
        The last 2 of 200 tasks: the slowest has run 45s, most took 5s (9× slower): it reads more data, key skew (stage 4)
        The last 2 of 200 tasks: the slowest has run 45s, most took 5s (9× slower): slow host or skewed work (stage 4)
        The last of 8 tasks: the slowest has run 1m 30s, most took 7s (12× slower): it reads more data, key skew (stage 4)
        Tasks wait for Python workers: the JVM computes 4% of their time (stage 4)
        Busy: the next tasks are being prepared
        Busy: 1 task running
        Busy: 2 tasks running
        "#);
    }

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
