//! Names, states and progress from recorded lists.

use std::sync::Arc;

use serde_json::json;
use wire::{NamedBy, Query, QueryKind, QueryState, StageState, Tasks};

use super::{drafts::drafts, seen::QueriesSeen, snapshot::Snapshot, stage_look::StageLook, works};
use crate::{
    clock::DriverTime,
    stages::{KeptStage, StageDigest},
};

/// An active stage, number 4.
pub(super) fn stage(tasks: Tasks) -> KeptStage {
    let row = json!([{"stageId": 4, "status": "ACTIVE", "numTasks": tasks.total, "numCompleteTasks": tasks.done,
        "numActiveTasks": tasks.running}]);
    let digest: StageDigest = upstream::rows::from_value(&row).unwrap();
    digest.active().next().unwrap().clone()
}

fn fixture(file: &str) -> serde_json::Value {
    let path = format!("{}/../../tests/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn moment(seen: QueriesSeen, stages: serde_json::Value) -> Snapshot {
    let stages: StageDigest = upstream::rows::from_value(&stages).unwrap();
    Snapshot { queries: Arc::new(seen), stages: Arc::new(stages), time: DriverTime::at(2_000_000_000_000, 0) }
}

fn rows<T: serde::de::DeserializeOwned>(value: serde_json::Value) -> Vec<T> {
    serde_json::from_value(value).unwrap()
}

fn shown(moment: &Snapshot) -> Vec<Query> {
    drafts(&moment.queries, &moment.stages).iter().map(|draft| moment.shown(draft)).collect()
}

#[test]
fn operations_of_a_notebook_are_named_and_what_its_client_does_by_itself_is_hidden() {
    let operations = Some(rows(fixture("spark-4.3.0/connect_operations_notebook.json")));
    let queries = shown(&moment(QueriesSeen { operations, ..QueriesSeen::default() }, json!([])));
    let seen: Vec<_> = queries.iter().map(|query| (query.named_by, query.name.as_str(), query.elapsed_ms)).collect();
    assert_eq!(seen, [(NamedBy::Tag, "nb:demo", 348), (NamedBy::Tag, "nb:demo", 225), (NamedBy::Tag, "nb:demo", 5521)]);
    let cell = Some(wire::CallSite::Cell { number: 3, line: 3 });
    assert_eq!(queries.iter().map(|query| query.call_site.clone()).collect::<Vec<_>>(), [None, None, cell]);
}

#[test]
fn a_failed_operation_has_its_reason_and_an_interrupted_one_its_failed_job() {
    let mut operations: Vec<_> = rows(fixture("spark-4.3.0/failed_connect_operations.json"));
    let jobs = rows(fixture("spark-4.3.0/failed_jobs.json"));
    let seen = QueriesSeen { jobs, operations: Some(operations.clone()), ..QueriesSeen::default() };
    let failed = shown(&moment(seen, json!([]))).remove(0);
    assert_eq!(failed.state, QueryState::Failed);
    assert_eq!(failed.failure_reason.unwrap(), "INTERNAL: [USER_RAISED_EXCEPTION] boom 7 SQLSTATE: P0001");
    assert_eq!((failed.tasks.total, failed.tasks.done, failed.tasks.failed), (2, 1, 4), "one task was skipped");

    operations.iter_mut().for_each(|row: &mut upstream::query_rows::OperationRow| row.detail.clear());
    let jobs = rows(fixture("spark-4.3.0/failed_jobs.json"));
    let seen = QueriesSeen { jobs, operations: Some(operations), ..QueriesSeen::default() };
    let states: Vec<_> = shown(&moment(seen, json!([]))).iter().map(|query| query.state).collect();
    assert_eq!(states, [QueryState::Canceled, QueryState::Succeeded]);
}

#[test]
fn a_reason_that_its_query_states_is_not_repeated_by_the_stage() {
    let lists =
        || (rows(fixture("spark-4.3.0/failed_connect_operations.json")), rows(fixture("spark-4.3.0/failed_jobs.json")));
    let stage_reason = |change: fn(&mut serde_json::Value)| {
        let (operations, jobs) = lists();
        let seen = QueriesSeen { jobs, operations: Some(operations), ..QueriesSeen::default() };
        let mut stages = fixture("spark-4.3.0/failed_stages.json");
        stages.as_array_mut().unwrap().iter_mut().for_each(change);
        let moment = moment(seen, stages);
        let query_id = shown(&moment).remove(0).query_id;
        let failed = moment.query(None, &query_id).stages.into_iter().find(|stage| stage.state == StageState::Failed);
        failed.unwrap().failure_reason
    };
    assert_eq!(stage_reason(|_| {}), None, "the query says INTERNAL: and the same");
    let other = stage_reason(|stage| stage["failureReason"] = json!("ExecutorLostFailure: exit code 137"));
    assert_eq!(other.as_deref(), Some("ExecutorLostFailure: exit code 137"));
}

#[test]
fn without_the_list_of_operations_tags_and_stages_tell_session_and_name() {
    for version in ["4.0.5", "4.1.4"] {
        let seen = QueriesSeen {
            jobs: rows(fixture(&format!("spark-{version}/failed_jobs.json"))),
            sql: rows(fixture(&format!("spark-{version}/failed_sql.json"))),
            ..QueriesSeen::default()
        };
        let queries = shown(&moment(seen, fixture(&format!("spark-{version}/failed_stages.json"))));
        let [query] = queries.as_slice() else { panic!("{version}: {queries:?}") };
        assert_eq!((query.kind, query.state, query.named_by), (QueryKind::Operation, QueryState::Failed, NamedBy::Sql));
        assert!(query.name.starts_with("select sum(if(id = 7, raise_error("), "{version} {query:?}");
        assert!(query.failure_reason.as_deref().unwrap().contains("boom 7"), "{version}");
        assert_eq!(query.session_id.as_deref().map(str::len), Some(36), "{version}");
    }
}

#[test]
fn sql_executions_and_jobs_of_one_operation_are_one_query() {
    let session = "f8316747-eb0b-4b1a-8de8-36e71d45a6c7";
    let operation = format!("SparkConnect_OperationTag_User__Session_{session}_Operation_op");
    let job = |id: i64, status: &str, tags: &[&str]| {
        json!({"jobId": id, "status": status, "stageIds": [], "numTasks": 2, "numCompletedTasks": 1, "jobTags": tags,
            "submissionTime": "2026-11-20T23:34:05.000GMT"})
    };
    let sql = |id: i64, status: &str, jobs: &[i64]| {
        json!({"id": id, "status": status, "description": "", "submissionTime": "2026-11-20T23:34:05.000GMT",
            "duration": id * 1000, "successJobIds": jobs, "runningJobIds": [], "failedJobIds": []})
    };
    let seen = |last: &str| QueriesSeen {
        jobs: rows(json!([
            job(1, "SUCCEEDED", &[&operation, "x-execution-root-id-4"]),
            job(2, "RUNNING", &[&operation]),
            job(3, "RUNNING", &[&operation, "x-execution-root-id-5"]),
            job(7, "SUCCEEDED", &["x-execution-root-id-8"]),
        ])),
        // 9 is nested in 8.
        sql: rows(json!([
            sql(4, "COMPLETED", &[1]),
            sql(5, last, &[]),
            sql(8, "COMPLETED", &[]),
            sql(9, "COMPLETED", &[7])
        ])),
        ..QueriesSeen::default()
    };
    let queries = shown(&moment(seen("RUNNING"), json!([])));
    let brief = |query: &Query| (query.query_id.clone(), query.kind, query.state, query.tasks.total);
    let mut seen_queries: Vec<_> = queries.iter().map(brief).collect();
    seen_queries.sort_by(|a, b| a.0.cmp(&b.0));
    let expected =
        [("sql-4", QueryKind::Operation, QueryState::Running, 6), ("sql-8", QueryKind::Sql, QueryState::Succeeded, 2)];
    assert_eq!(seen_queries, expected.map(|(id, kind, state, tasks)| (id.to_owned(), kind, state, tasks)));
    assert_eq!(queries.iter().filter_map(|query| query.session_id.as_deref()).collect::<Vec<_>>(), [session]);
    let operations: Vec<_> = queries.iter().filter_map(|query| query.operation_id.as_deref()).collect();
    assert_eq!(operations, ["op"], "Spark stops it by this id");
    let failed = shown(&moment(seen("FAILED"), json!([])));
    assert!(
        failed.iter().any(|query| query.query_id == "sql-4" && query.state == QueryState::Failed),
        "as the last one"
    );
}

#[test]
fn a_stage_that_was_canceled_because_another_failed_is_not_the_reason() {
    let jobs = json!([{"jobId": 0, "status": "FAILED", "stageIds": [1, 2], "numTasks": 4,
        "submissionTime": "2026-11-20T23:34:05.000GMT", "completionTime": "2026-11-20T23:34:06.000GMT"}]);
    let stage =
        |id: i64, reason: &str| json!({"stageId": id, "status": "FAILED", "numTasks": 2, "failureReason": reason});
    let stages = json!([stage(2, "Job 0 cancelled because its other side failed"), stage(1, "Job aborted: boom")]);
    let seen = QueriesSeen { jobs: rows(jobs), ..QueriesSeen::default() };
    let query = shown(&moment(seen, stages)).remove(0);
    assert_eq!((query.state, query.failure_reason.as_deref()), (QueryState::Failed, Some("Job aborted: boom")));
}

#[test]
fn a_classic_driver_tells_the_line_of_the_script() {
    let seen = QueriesSeen {
        jobs: rows(fixture("spark-3.5.9/failed_jobs.json")),
        sql: rows(fixture("spark-3.5.9/failed_sql.json")),
        ..QueriesSeen::default()
    };
    let query = shown(&moment(seen, fixture("spark-3.5.9/failed_stages.json"))).remove(0);
    assert_eq!((query.query_id.as_str(), query.name.as_str(), query.named_by), ("sql-4", "collect", NamedBy::Spark));
    assert_eq!(query.call_site, Some(wire::CallSite::File { file: "wlrun.py".into(), line: 76 }));
    assert_eq!((query.state, query.session_id), (QueryState::Failed, None));
}

#[test]
fn a_job_description_is_the_users_own_name() {
    let jobs = json!([{"jobId": 3, "name": "collect at /tmp/ipykernel_9/77.py:2", "description": "load taxonomy",
        "status": "SUCCEEDED", "stageIds": [], "submissionTime": "2026-11-20T23:34:05.000GMT"}]);
    let query = shown(&moment(QueriesSeen { jobs: rows(jobs), ..QueriesSeen::default() }, json!([]))).remove(0);
    assert_eq!((query.name.as_str(), query.named_by), ("load taxonomy", NamedBy::Tag));
    assert_eq!(query.call_site, Some(wire::CallSite::CellText { hash: "77".into(), line: 2 }));
}

/// A running operation whose second job repeats a stage of the first.
fn running(state: &str) -> QueriesSeen {
    let job = |id: i64, status: &str, stages: &[i64], tasks: i64, done: i64| {
        json!({"jobId": id, "status": status, "stageIds": stages, "numTasks": tasks, "numCompletedTasks": done,
            "submissionTime": "2026-11-20T23:34:05.000GMT"})
    };
    let operation = json!({"operationId": "op", "sessionId": "s", "state": state, "startTimestamp": 1_999_999_000_000i64,
        "jobIds": ["1", "2"], "statement": ""});
    QueriesSeen {
        jobs: rows(json!([job(1, "SUCCEEDED", &[0], 40, 40), job(2, "RUNNING", &[1, 2], 41, 0)])),
        operations: Some(rows(json!([operation]))),
        ..QueriesSeen::default()
    }
}

#[test]
fn a_stage_that_will_be_skipped_is_no_work_that_is_left() {
    let stage = |id: i64, status: &str, tasks: i64, rdds: &[i64]| json!({"stageId": id, "status": status, "numTasks": tasks, "rddIds": rdds});
    let stages =
        json!([stage(0, "COMPLETE", 40, &[3, 4]), stage(1, "PENDING", 40, &[3, 4]), stage(2, "ACTIVE", 1, &[5])]);
    let query = shown(&moment(running("STARTED"), stages)).remove(0);
    assert_eq!((query.tasks.done, query.tasks.total), (40, 41));
    assert_eq!(query.stages_total, 2);
}

#[test]
fn an_operation_that_nothing_has_been_heard_of_for_long_is_silent() {
    let mut seen = running("STARTED");
    assert_eq!(shown(&moment(seen, json!([]))).remove(0).state, QueryState::Running, "a job of it runs");
    seen = running("STARTED");
    seen.jobs.clear();
    let moment = moment(seen, json!([]));
    assert_eq!(shown(&moment).remove(0).state, QueryState::Silent);
    let app = serde_json::from_value(json!({"app_id": "app-1", "name": "", "state": "running", "cores": null,
        "started_at_ms": 0, "driver": "ready"}));
    let queries = moment.queries(app.unwrap());
    assert_eq!((queries.running.len(), queries.recent.len()), (1, 0), "Spark still calls it running");
    assert!(queries.running[0].wait.is_some() && !works(&queries));
}

#[test]
fn a_close_look_at_one_stage_says_nothing_about_a_query_with_several_running_stages() {
    let stage = |id: i64| json!({"stageId": id, "status": "ACTIVE", "numTasks": 40, "numActiveTasks": 1});
    let facts_of = |stages: serde_json::Value| {
        let jobs = rows(json!([{"jobId": 1, "status": "RUNNING", "stageIds": [1, 2], "numTasks": 80}]));
        let attempt = |stage_id| upstream::driver_path::StageAttempt { stage_id, stage_attempt_id: 0 };
        let looks = [1, 2].map(|id| (attempt(id), StageLook::default())).into();
        let moment = moment(QueriesSeen { jobs, looks, ..QueriesSeen::default() }, stages);
        let drafts = drafts(&moment.queries, &moment.stages);
        let facts = moment.facts(&drafts[0]);
        (facts.is_alone, facts.look.is_some())
    };
    assert_eq!(facts_of(json!([stage(2)])), (true, true));
    assert_eq!(facts_of(json!([stage(1), stage(2)])), (false, false));
}

#[test]
fn stages_that_spark_has_forgotten_are_counted() {
    let jobs = rows(json!([{"jobId": 1, "status": "RUNNING", "stageIds": [1, 2, 3], "numTasks": 9}]));
    let stages = json!([{"stageId": 3, "status": "ACTIVE", "numTasks": 3}]);
    let shown = moment(QueriesSeen { jobs, ..QueriesSeen::default() }, stages).query(None, "job-1");
    assert_eq!((shown.stages.len(), shown.stages_not_shown, shown.stages_forgotten), (1, 2, 2));
    assert_eq!(shown.query.unwrap().stages_total, 3);
}

#[test]
fn an_operation_is_canceled_by_its_error_class_and_not_by_a_word_in_its_error() {
    let state = |detail: &str| {
        let row = json!([{"operationId": "op", "state": "CLOSED", "startTimestamp": 1, "detail": detail}]);
        let operations = Some(rows(row));
        shown(&moment(QueriesSeen { operations, ..QueriesSeen::default() }, json!([]))).remove(0).state
    };
    assert_eq!(state("INTERNAL: [OPERATION_CANCELED] Operation has been canceled."), QueryState::Canceled);
    assert_eq!(state("INTERNAL: [USER_RAISED_EXCEPTION] upstream: OPERATION_CANCELED"), QueryState::Failed);
}
