//! The panel's answers about queries, from recorded Spark answers.

use serde_json::{Value, json};

use crate::support::{APP, Double, OPERATIONS, Reply, TestApp, fixture, spark};

/// Below the driver's `…/applications/{APP}/`.
fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}/{list}")
}

fn without_times(mut value: Value) -> String {
    value["observed_at_ms"] = 0.into();
    serde_json::to_string_pretty(&value).unwrap()
}

fn app(spark: &Double) -> TestApp {
    TestApp::new(&["--spark-master-ui-url", &spark.url])
}

const SQL: &str = "sql?details=false&planDescription=false&offset=0&length=1000";

#[tokio::test]
async fn operations_with_their_jobs_sessions_and_cells() {
    let spark = spark().await;
    insta::assert_snapshot!(without_times(app(&spark).get("/panel/queries").await.json()));
}

#[tokio::test]
async fn one_query_with_its_stages() {
    let spark = spark().await;
    spark.json(&path("jobs"), &fixture("spark-4.3.0/failed_jobs.json"));
    spark.json(&path("stages"), &fixture("spark-4.3.0/failed_stages.json"));
    spark.json(&path(OPERATIONS), &fixture("spark-4.3.0/failed_connect_operations.json"));
    let app = app(&spark);
    let queries = app.get("/panel/queries").await.json();
    let query_id = queries["recent"][0]["query_id"].as_str().unwrap();
    let answer = app.get(&format!("/panel/queries/{query_id}")).await.json();
    assert_eq!(answer["query"], queries["recent"][0]);
    let stages: Vec<_> = answer["stages"].as_array().unwrap().iter().map(|stage| &stage["state"]).collect();
    assert_eq!(stages, ["failed"]);
    let unknown = app.get("/panel/queries/..%2F..").await;
    assert_eq!((unknown.status, unknown.json()["query"].is_null()), (200, true));
}

#[tokio::test]
async fn operations_are_read_once_a_poll() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-stages-lifetime-ms", "0"]);
    for polls in 1..=3 {
        assert_eq!(app.get("/panel/queries").await.status, 200);
        assert_eq!(spark.count(&path(OPERATIONS)), polls);
    }
}

#[tokio::test]
async fn a_driver_without_the_list_is_asked_for_sql_executions_and_the_list_only_once() {
    for missing in [Reply::status(404), Reply::html(200), Reply::html(404)] {
        let spark = spark().await;
        spark.set(&path(OPERATIONS), missing);
        spark.json(&path(SQL), &fixture("spark-4.0.5/failed_sql.json"));
        spark.json(&path("jobs"), &fixture("spark-4.0.5/failed_jobs.json"));
        spark.json(&path("stages"), &fixture("spark-4.0.5/failed_stages.json"));
        let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-stages-lifetime-ms", "0"]);
        for _ in 0..3 {
            let queries = app.get("/panel/queries").await.json();
            let query = &queries["recent"][0];
            assert!(query["query_id"].as_str().unwrap().starts_with("sql-"), "{query}");
            assert_eq!(query["kind"], "operation", "the tags of its jobs say so");
        }
        assert_eq!(spark.count(&path(OPERATIONS)), 1);
    }
}

#[tokio::test]
async fn a_running_stage_is_measured_and_tells_why_its_query_waits() {
    let spark = spark().await;
    let stage = json!([{"stageId": 4, "status": "ACTIVE", "numTasks": 40, "numCompleteTasks": 39, "numActiveTasks": 1,
        "submissionTime": "2026-11-20T23:34:05.000GMT"}]);
    spark.json(&path("stages"), &stage.to_string());
    let job = json!([{"jobId": 1, "status": "RUNNING", "stageIds": [4], "numTasks": 40, "numCompletedTasks": 39,
        "numActiveTasks": 1}]);
    spark.json(&path("jobs"), &job.to_string());
    let operation = json!([{"operationId": "op", "sessionId": "s", "state": "STARTED", "jobIds": ["1"],
        "startTimestamp": 1_795_217_645_000_i64, "statement": "sql { query: \"select 1\" }"}]);
    spark.json(&path(OPERATIONS), &operation.to_string());
    let running = json!([{"launchTime": "2026-11-20T23:34:06.000GMT"}]);
    spark.json(&path("stages/4/0/taskList?status=running&offset=0&length=5"), &running.to_string());
    let summary = json!({"executorRunTime": [500.0, 700.0]});
    spark.json(&path("stages/4/0/taskSummary?quantiles=0.5,0.75"), &summary.to_string());
    let queries = app(&spark).get("/panel/queries").await.json();
    let query = &queries["running"][0];
    assert_eq!(query["wait"]["last_tasks"]["median_ms"], 500);
    assert_eq!((&query["name"], query["time_left"].is_object()), (&"select 1".into(), false), "one look tells no pace");
    assert_eq!(queries["next_poll_ms"], 5_000, "sooner while something runs");

    // The stage details are optional: without them the query is still listed.
    spark.set(&path("stages/4/0/taskSummary?quantiles=0.5,0.75"), Reply::status(404));
    let queries = app(&spark).get("/panel/queries").await.json();
    assert_eq!(queries["running"][0]["wait"]["busy"]["running"], 1);
}

#[tokio::test]
async fn an_application_without_cores_waits_for_those_who_hold_them() {
    let spark = spark().await;
    let worker = json!({"state": "ALIVE", "cores": 2, "coresused": 2});
    let app =
        |id: &str, name: &str, state: &str, cores: u32| json!({"id": id, "name": name, "state": state, "cores": cores});
    let apps = json!([app("app-etl", "ETL", "RUNNING", 2), app(APP, "mine", "WAITING", 0)]);
    spark.json("/json/", &json!({"workers": [worker], "activeapps": apps, "status": "ALIVE"}).to_string());
    let wait = |queries: Value| queries["wait"].clone();
    let mine = format!("/panel/queries?app={APP}");
    let expected = json!({"no_cores": {"holders": [{"name": "ETL", "cores": 2}], "cores_used": 2, "cores_total": 2}});
    assert_eq!(wait(self::app(&spark).get(&mine).await.json()), expected);
    spark.json("/json/", &json!({"workers": [], "activeapps": apps, "status": "ALIVE"}).to_string());
    let expected = json!("no_cluster");
    assert_eq!(wait(self::app(&spark).get(&mine).await.json()), expected);
}

#[tokio::test]
async fn of_a_waiting_application_only_queries_without_a_running_task_wait_for_its_cores() {
    let spark = spark().await;
    let stage = |running: u32| {
        json!([{"stageId": 4, "status": "ACTIVE", "numTasks": 40, "numActiveTasks": running,
            "submissionTime": "2026-11-20T23:34:05.000GMT"}])
    };
    let job = json!([{"jobId": 1, "status": "RUNNING", "stageIds": [4], "numTasks": 40}]);
    spark.json(&path("jobs"), &job.to_string());
    spark.set(&path(OPERATIONS), Reply::status(404));
    spark.json(&path(SQL), "[]");
    let executors = |used: u32| json!([{"id": "1", "isActive": true, "activeTasks": used, "maxTasks": 2}]);
    let app = |id: &str, state: &str| json!({"id": id, "name": id, "state": state, "cores": 1});
    let worker = json!({"state": "ALIVE", "cores": 2, "coresused": 2});
    let apps = json!([app("app-etl", "RUNNING"), app(APP, "WAITING")]);
    spark.json("/json/", &json!({"workers": [worker], "activeapps": apps, "status": "ALIVE"}).to_string());
    for (running, expected) in [(0, "no_cores"), (1, "busy")] {
        spark.json(&path("stages"), &stage(running).to_string());
        spark.json(&path("allexecutors"), &executors(running).to_string());
        let answer = self::app(&spark).get(&format!("/panel/queries?app={APP}")).await.json();
        assert!(answer["running"][0]["wait"][expected].is_object(), "{running} running: {answer}");
    }
}

#[tokio::test]
async fn the_batches_of_a_stream_are_told_and_another_query_has_none() {
    let spark = spark().await;
    let recorded: Value = serde_json::from_str(&fixture("spark-3.5.9/moments/streams_stopped.json")).unwrap();
    spark.json(&path("jobs"), &recorded["jobs"].to_string());
    spark.json(&path("stages"), &recorded["stages"].to_string());
    spark.json(&path(SQL), &recorded["sql"].to_string());
    spark.set(&path(OPERATIONS), Reply::status(404));
    let app = app(&spark);
    let stream = app.get("/panel/queries/stream-a6a44c99-6b1d-46a5-8b5a-af09f2174f2b/batches").await.json();
    let first = json!({"batch": 2, "begun_at_ms": 1_795_872_269_147_u64, "elapsed_ms": 1_192, "state": "completed"});
    assert_eq!(
        (&stream["batches"][0], &stream["period_ms"], &stream["median_ms"]),
        (&first, &7_391.into(), &3_392.into())
    );
    let other = app.get("/panel/queries/sql-0/batches").await.json();
    assert_eq!((&other["batches"], other["app"].is_null()), (&json!([]), false));
}
