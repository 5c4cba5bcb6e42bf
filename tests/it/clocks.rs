//! Times when the clocks of Spark and of the monitor differ.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp, fmt::rfc2822};
use serde_json::json;

use crate::support::{APP, Double, OPERATIONS, Reply, TestApp, application, spark};

/// How long the stage, its first task and its query have been running.
const RUN: Duration = Duration::from_secs(20);
/// How much longer a slow machine may make that, milliseconds.
const SLACK_MS: i64 = 8_000;

/// Below the driver's `…/applications/{APP}/`.
fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}/{list}")
}

/// Answers with the `Date` of a clock that is this far ahead.
fn dated(ahead: SignedDuration, body: &str) -> Reply {
    let date = rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&(Timestamp::now() + ahead)).unwrap();
    Reply::Http(200, "application/json", format!("date: {date}\r\n"), body.as_bytes().to_vec())
}

/// A master and a driver whose clocks are this far ahead, and a stage with one slow task.
async fn spark_ahead(ahead: SignedDuration) -> Double {
    let spark = spark().await;
    let begin = Timestamp::now() + ahead - RUN;
    let (begin_ms, begin) = (begin.as_millisecond(), begin.strftime("%Y-%m-%dT%H:%M:%S%.3fGMT").to_string());
    let app = json!({"id": APP, "name": "mine", "state": "RUNNING", "cores": 2, "starttime": begin_ms});
    let worker = json!({"state": "ALIVE", "cores": 2, "lastheartbeat": begin_ms});
    let master = json!({"workers": [worker], "activeapps": [app], "status": "ALIVE"});
    spark.set("/json/", dated(ahead, &master.to_string()));
    spark.set(path("").trim_end_matches('/'), dated(ahead, &application()));
    let stage = json!([{"stageId": 4, "status": "ACTIVE", "numTasks": 40, "numCompleteTasks": 39, "numActiveTasks": 1,
        "submissionTime": begin}]);
    spark.json(&path("stages"), &stage.to_string());
    let job = json!([{"jobId": 1, "status": "RUNNING", "stageIds": [4], "numTasks": 40, "numCompletedTasks": 39,
        "numActiveTasks": 1}]);
    spark.json(&path("jobs"), &job.to_string());
    let operation = json!([{"operationId": "op", "sessionId": "s", "state": "STARTED", "jobIds": ["1"],
        "startTimestamp": begin_ms, "statement": "sql { query: \"select 1\" }"}]);
    spark.json(&path(OPERATIONS), &operation.to_string());
    let running = json!([{ "launchTime": begin }]);
    spark.json(&path("stages/4/0/taskList?status=running&offset=0&length=5"), &running.to_string());
    let summary = json!({"executorRunTime": [500.0, 700.0]});
    spark.json(&path("stages/4/0/taskSummary?quantiles=0.5,0.75"), &summary.to_string());
    spark
}

#[tokio::test]
async fn durations_are_right_with_a_cluster_whose_clock_is_five_minutes_off() {
    for minutes in [5, 0, -5] {
        let spark = spark_ahead(SignedDuration::from_mins(minutes)).await;
        let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
        let run_ms = i64::try_from(RUN.as_millis()).unwrap();
        let is_right = |what: &str, ms: i64| {
            assert!((run_ms - 2_000..run_ms + SLACK_MS).contains(&ms), "{what}, {minutes} minutes off: {ms} ms");
        };
        let stages = app.get("/panel/stages").await.json();
        is_right("stage", stages["active"][0]["elapsed_ms"].as_i64().unwrap());
        let queries = app.get("/panel/queries").await.json();
        let query = &queries["running"][0];
        is_right("query", query["elapsed_ms"].as_i64().unwrap());
        let now_ms = Timestamp::now().as_millisecond();
        is_right("begin of the query", now_ms - query["submitted_at_ms"].as_i64().unwrap());
        is_right("latest query of the session", now_ms - queries["sessions"][0]["last_query_at_ms"].as_i64().unwrap());
        is_right("begin of the stage", now_ms - stages["active"][0]["submitted_at_ms"].as_i64().unwrap());
        is_right("slowest task", query["wait"]["last_tasks"]["slowest_ms"].as_i64().unwrap());
        let cluster = app.get("/panel/cluster").await.json();
        is_right("heartbeat", now_ms - cluster["workers"][0]["last_heartbeat_ms"].as_i64().unwrap());
        is_right("application", now_ms - queries["app"]["started_at_ms"].as_i64().unwrap());
    }
}

#[tokio::test]
async fn a_driver_that_cannot_answer_yet_is_starting_whatever_its_clock_says() {
    for minutes in [5, 0, -5] {
        let spark = spark_ahead(SignedDuration::from_mins(minutes)).await;
        spark.set(path("").trim_end_matches('/'), Reply::status(500));
        let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
        let stages = app.get("/panel/stages").await;
        assert_eq!((stages.status, &stages.json()["app"]["driver"]), (200, &"starting".into()), "{minutes}");
    }
}

#[tokio::test]
async fn times_stay_the_same_when_a_driver_whose_clock_is_off_stops_answering() {
    let spark = spark_ahead(SignedDuration::from_mins(5)).await;
    let limits = ["--spark-monitor-stages-lifetime-ms", "0", "--spark-monitor-failure-lifetime-ms", "0"];
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url], &limits[..]].concat());
    let begin = |answer: serde_json::Value| answer["active"][0]["submitted_at_ms"].as_i64().unwrap();
    let before = begin(app.get("/panel/stages").await.json());
    for list in ["", "stages"] {
        spark.set(path(list).trim_end_matches('/'), Reply::status(500));
    }
    for _ in 0..2 {
        let stale = app.get("/panel/stages").await.json();
        assert!(stale["stale"].is_object(), "{stale}");
        assert_eq!(begin(stale), before);
    }
}
