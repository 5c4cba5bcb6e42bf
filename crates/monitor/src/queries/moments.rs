//! Moments recorded from a real Spark, and the resulting answers.

use std::sync::Arc;

use serde::Deserialize;
use upstream::{
    driver::ExecutorRow,
    query_rows::{JobRow, SqlRow},
    rows::FirstRows,
};
use wire::{BatchState, NamedBy, Queries, Query, QueryState, StageState, Tasks, Wait};

use super::{seen::QueriesSeen, snapshot::Snapshot, waiting};
use crate::{clock::DriverTime, executors::ExecutorsSeen, selection::OfApp, stages::StageDigest};

/// A driver's lists at one moment.
#[derive(Deserialize)]
struct Moment {
    at_ms: i64,
    jobs: Vec<JobRow>,
    sql: Vec<SqlRow>,
    stages: serde_json::Value,
    executors: Vec<ExecutorRow>,
}

fn moment(version: &str, name: &str) -> Snapshot {
    let file = format!("{}/../../tests/fixtures/spark-{version}/moments/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let Moment { at_ms, jobs, sql, stages, executors } =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let stages: StageDigest = upstream::rows::from_value(&stages).unwrap();
    let stages = stages.with_slots(ExecutorsSeen::new(FirstRows::of(executors), None).slots_at_work());
    let queries = QueriesSeen { jobs, sql, ..QueriesSeen::default() };
    Snapshot { queries: Arc::new(queries), stages: Arc::new(stages), time: DriverTime::at(at_ms, 0) }
}

fn queries(version: &str, name: &str) -> Queries {
    moment(version, name).queries(None)
}

fn recent<'a>(queries: &'a Queries, query_id: &str) -> &'a Query {
    queries.recent.iter().find(|query| query.query_id == query_id).unwrap_or_else(|| panic!("{query_id}: {queries:#?}"))
}

#[test]
fn a_failed_query_tells_its_reason_and_only_a_canceled_one_is_canceled() {
    let queries = queries("3.5.9", "failures");
    let told = |query_id| {
        let query = recent(&queries, query_id);
        (query.state, query.failure_reason.clone().unwrap_or_default())
    };
    let (state, reason) = told("sql-0");
    assert_eq!(state, QueryState::Failed, "one side of a join");
    assert!(reason.ends_with("java.lang.RuntimeException: boom: bad row"), "{reason}");
    let (state, reason) = told("sql-1");
    assert_eq!(state, QueryState::Failed, "its text holds `Job 12 was cancelled`");
    assert!(reason.ends_with("upstream said: Job 12 was cancelled by the scheduler"), "{reason}");
    assert_eq!(told("sql-2").0, QueryState::Canceled);
    for (query_id, error) in [
        ("sql-3", "ZeroDivisionError: integer division or modulo by zero"),
        ("job-4", "ZeroDivisionError: division by zero"),
    ] {
        let (state, reason) = told(query_id);
        assert_eq!(state, QueryState::Failed);
        assert!(reason.starts_with("Job aborted due to stage failure") && reason.ends_with(error), "{reason}");
    }
}

#[test]
fn create_table_as_select_is_one_query_that_runs_tasks() {
    let queries = queries("3.5.9", "create_table_as_select");
    let [query] = &queries.running[..] else { panic!("{queries:#?}") };
    // The executors report one; at the same moment the stage reports two.
    assert_eq!((query.tasks.total, query.tasks.running), (2, 1));
    assert_eq!(query.wait, Some(Wait::Busy { running: 1 }));
    assert_eq!(queries.recent.iter().filter(|query| query.tasks.total > 0).count(), 0);
}

#[test]
fn one_action_is_one_query_and_a_users_description_is_the_users() {
    let queries = queries("3.5.9", "names");
    let names: Vec<_> = queries.recent.iter().rev().map(|query| (query.named_by, query.name.as_str())).collect();
    let sql = (NamedBy::Spark, "sql");
    assert_eq!(
        names,
        [
            (NamedBy::Spark, "createOrReplaceTempView"),
            sql,
            (NamedBy::Spark, "saveAsTable"),
            sql,
            (NamedBy::Tag, "load at 10:30: users"),
            (NamedBy::Tag, "SELECT 名前, 住所 FROM ユーザー WHERE 年齢 > 30 -- ausländische Namen"),
            (NamedBy::Spark, "collect"),
        ]
    );
}

#[test]
fn a_stream_is_one_query_with_the_tasks_of_its_newest_batch() {
    let going = queries("3.5.9", "streams");
    let stream = |queries: &Queries, name: &str| {
        let query = queries.running.iter().chain(&queries.recent).find(|query| query.name == name).cloned();
        query.unwrap_or_else(|| panic!("{queries:#?}"))
    };
    let unnamed = stream(&going, "stream 80c63630");
    assert_eq!((unnamed.state, unnamed.stream.unwrap().batch), (QueryState::Running, 1));
    assert!(unnamed.stream.unwrap().period_ms > Some(5_000), "{unnamed:?}");
    assert_eq!(stream(&going, "orders").state, QueryState::Running);
    let batches = |query: &&Query| query.name.contains("batch");
    assert_eq!(going.running.iter().chain(&going.recent).filter(batches).count(), 0, "a batch is no query");

    let stopped = queries("3.5.9", "streams_stopped");
    let orders = stream(&stopped, "orders");
    assert_eq!(orders.state, QueryState::Canceled, "{orders:?}");
    assert_eq!(stream(&stopped, "stream 80c63630").wait, Some(Wait::NextBatch { batch: 2 }));
}

#[test]
fn the_batches_of_a_stream_tell_how_often_one_begins_and_how_long_one_takes() {
    let batches = |version, name, query_id| {
        let told = moment(version, name).batches(None, query_id);
        let one = |batch: &wire::StreamBatch| (batch.batch, batch.elapsed_ms, batch.state);
        (told.batches.iter().map(one).collect::<Vec<_>>(), told.period_ms, told.median_ms)
    };
    let (completed, not) = (BatchState::Completed, BatchState::NotCompleted);
    let unnamed = batches("3.5.9", "streams_stopped", "stream-a6a44c99-6b1d-46a5-8b5a-af09f2174f2b");
    let expected = vec![(2, 1_192, completed), (1, 3_392, completed), (0, 10_256, completed)];
    assert_eq!(unnamed, (expected, Some(7_391), Some(3_392)));
    let orders = batches("3.5.9", "streams_stopped", "stream-8ec21968-5106-4b8c-884c-25b9d15b457a");
    assert_eq!(orders, (vec![(0, 15_124, not)], None, None), "it was stopped in its first batch");
    let connect = batches("4.1.4", "names", "stream-80627272-2914-4cd0-84b3-1b3b208e0bc0");
    assert_eq!(connect.0, [(2, 1_101, not), (1, 8_611, completed), (0, 2_878, completed)], "with Spark Connect");
    assert!(batches("3.5.9", "streams_stopped", "sql-0").0.is_empty(), "no stream");
}

#[test]
fn a_stage_that_is_done_again_is_not_counted_twice() {
    let queries = queries("3.5.9", "retried_stage");
    let [query] = &queries.running[..] else { panic!("{queries:#?}") };
    assert_eq!(query.tasks.total, 61);
    assert!(query.tasks.done <= 45, "{:?}", query.tasks);
    let stages = moment("3.5.9", "retried_stage").query(None, &query.query_id);
    let shown = u32::try_from(stages.stages.len()).unwrap();
    assert_eq!(shown + stages.stages_not_shown, query.stages_total, "{stages:#?}");
}

const ALL: [(&str, &[&str]); 2] = [
    (
        "3.5.9",
        &[
            "create_table_as_select",
            "failures",
            "lost_executor",
            "names",
            "recomputed_stage",
            "retried_stage",
            "streams",
            "streams_stopped",
        ],
    ),
    ("4.1.4", &["failures", "names"]),
];

#[test]
fn no_two_parts_of_one_answer_disagree() {
    let old = |job: &JobRow| JobRow { num_completed_tasks: 0, num_completed_indices: Some(0), ..job.clone() };
    for (version, name) in ALL.iter().flat_map(|(version, names)| names.iter().map(move |name| (version, name))) {
        let recorded = moment(version, name);
        let jobs = recorded.queries.jobs.iter().map(old).collect();
        let lagging = QueriesSeen { jobs, sql: recorded.queries.sql.clone(), ..QueriesSeen::default() };
        for moment in [recorded.clone(), Snapshot { queries: Arc::new(lagging), ..recorded }] {
            let queries = moment.queries(None);
            let stages = OfApp { app: None, known: Some(moment.clone()) }.stages();
            let sum = |of: fn(&Tasks) -> u32, tasks: Vec<Tasks>| tasks.iter().map(of).sum::<u32>();
            let of_queries = || queries.running.iter().map(|query| query.tasks).collect();
            let of_stages = || stages.active.iter().map(|stage| stage.tasks).collect();
            assert!(
                sum(|tasks| tasks.running, of_queries()) <= sum(|tasks| tasks.running, of_stages()),
                "{version} {name}"
            );
            for query in queries.running.iter().chain(&queries.recent) {
                let told = format!("{version} {name} {query:#?}");
                let detail = moment.query(None, &query.query_id);
                let listed = Query { active_stages: Vec::new(), ..query.clone() };
                assert_eq!(detail.query.as_ref(), Some(&listed), "the list and the query's own answer");
                assert!(
                    query.tasks.done + query.tasks.running <= query.tasks.total || query.stream.is_some(),
                    "{told}"
                );
                let own: Vec<_> = detail.stages.iter().filter(|stage| stage.state == StageState::Active).collect();
                let own = own.iter().map(|stage| stage.tasks).collect::<Vec<_>>();
                assert!(query.tasks.done >= sum(|tasks| tasks.done, own.clone()), "less than its stages: {told}");
                assert_eq!(query.tasks.running, sum(|tasks| tasks.running, own), "{told}");
                let shown = u32::try_from(detail.stages.len()).unwrap();
                assert_eq!(shown + detail.stages_not_shown, query.stages_total, "{told}");
            }
        }
    }
}

#[test]
fn a_stage_that_is_computed_again_for_a_lost_executor_is_work_and_not_skipped() {
    let queries = queries("3.5.9", "recomputed_stage");
    let [query] = &queries.running[..] else { panic!("{queries:#?}") };
    // Ten of the last stage's tasks are left; Spark itself does not count again what was done twice.
    assert_eq!((query.tasks.done, query.tasks.total), (28, 40));
}

#[test]
fn while_a_lost_executor_is_replaced_the_query_waits_for_what_its_application_waits_for() {
    let moment = moment("3.5.9", "lost_executor");
    let queries = moment.queries(None);
    assert!(moment.may_lack_executors(&queries), "a job runs, but no task");
    assert_eq!(queries.running[0].wait, Some(Wait::Busy { running: 0 }));
    let wait = Some(Wait::ExecutorsRegistering { cores: 2 });
    let told = waiting(queries, wait.clone());
    assert_eq!((&told.wait, &told.running[0].wait), (&wait, &wait));
}

#[test]
fn under_spark_connect_the_reason_is_the_errors_and_only_an_interrupt_is_canceled() {
    let queries = queries("4.1.4", "failures");
    let told = |query_id| {
        let query = recent(&queries, query_id);
        (query.state, query.failure_reason.clone().unwrap_or_default())
    };
    assert_eq!(told("sql-1"), (QueryState::Failed, "[USER_RAISED_EXCEPTION] boom: bad row SQLSTATE: P0001".to_owned()));
    let (state, reason) = told("sql-2");
    assert_eq!(state, QueryState::Failed, "{reason}");
    assert!(reason.contains("Job 12 was cancelled by the scheduler"), "{reason}");
    assert_eq!(told("sql-3"), (QueryState::Canceled, String::new()));
    let (state, reason) = told("sql-4");
    assert_eq!(state, QueryState::Failed);
    assert!(reason.contains("ZeroDivisionError"), "{reason}");
}

#[test]
fn under_spark_connect_sql_keeps_its_letters_and_a_stream_its_name() {
    let queries = queries("4.1.4", "names");
    let names: Vec<_> = queries.recent.iter().rev().map(|query| query.name.as_str()).collect();
    let expected = [
        "create view",
        "SELECT id AS `名前`, id AS `住所` FROM t WHERE id > 3 -- ausländische Namen: größer, 年齢順に並べる, ещё немного \
         текста чтобы было…",
        "SELECT '名前の検索と住所の検索をするための長い日本語のテキストがここにあります' AS a, count(*) FROM t GROUP BY 1",
        "create view",
        "CREATE TABLE IF NOT EXISTS ct1 USING parquet AS SELECT * FROM src",
        "CACHE TABLE cc1 AS SELECT * FROM src",
        "write stream operation start",
        "orders",
    ];
    assert_eq!(names, expected);
    let stream = queries.recent.iter().find(|query| query.name == "orders").unwrap();
    assert_eq!((stream.state, stream.stream.unwrap().batch), (QueryState::Canceled, 2), "{stream:?}");
    assert!(stream.session_id.is_some() && stream.tasks.total <= 2, "its newest batch's: {stream:?}");
}
