//! Bodies and requests beyond the limits.

use std::time::Duration;

use crate::support::{APP, Reply, TestApp, spark};

fn stages(number: usize) -> String {
    let details = "plan { root { range { } } } ".repeat(100);
    let rows: Vec<_> = (0..number)
        .map(|id| {
            serde_json::json!({"stageId": id, "attemptId": 0, "status": "COMPLETE", "numTasks": 4, "details": details,
                "name": "Spark Connect - session_id: x", "submissionTime": "2026-11-20T23:34:05.808GMT"})
        })
        .collect();
    serde_json::to_string(&rows).unwrap()
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_a_panel_reads_eight_times_as_much() {
    let spark = spark().await;
    let body = stages(100);
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/stages"), &body);
    let with_limit = |bytes: usize| {
        TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-max-body-bytes", &bytes.to_string()])
    };
    assert_eq!(with_limit(body.len()).get("/app/stages").await.status, 200);
    assert_eq!(with_limit(body.len() - 1).get("/app/stages").await.outcome(), "502 upstream_invalid");
    assert_eq!(with_limit(body.len() / 8 + 1).get("/panel/stages").await.status, 200);
    assert_eq!(with_limit(body.len() / 8 - 1).get("/panel/stages").await.outcome(), "502 upstream_invalid");
}

#[tokio::test]
async fn two_thousand_stages_are_a_small_answer() {
    let spark = spark().await;
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/stages"), &stages(2_000));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/panel/stages").await;
    assert_eq!((answer.status, answer.json()["retained"].as_u64()), (200, Some(2_000)));
    assert!(answer.text.len() < 20_000, "{} bytes", answer.text.len());
}

#[tokio::test]
async fn five_hundred_executors_take_less_than_300_bytes_each() {
    let spark = spark().await;
    let rows: Vec<_> = (0..500)
        .map(|id| {
            serde_json::json!({"id": id.to_string(), "hostPort": format!("10.42.117.{}:45{:03}", id % 256, id), "isActive": true,
                "memoryUsed": 455_501_414, "maxMemory": 455_501_414, "diskUsed": 681_574_400, "maxTasks": 16,
                "activeTasks": 16, "totalShuffleRead": 123_456_789_012_u64, "totalShuffleWrite": 123_456_789_012_u64})
        })
        .collect();
    let body = serde_json::to_string(&rows).unwrap();
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/allexecutors"), &body);
    let answer = TestApp::new(&["--spark-master-ui-url", &spark.url]).get("/panel/executors").await;
    assert_eq!(answer.json()["executors"].as_array().unwrap().len(), 500);
    assert!(answer.text.len() < 500 * 300, "{} bytes", answer.text.len());
}

#[tokio::test]
async fn gzip_is_read_and_limited_by_what_it_unfolds_to() {
    let spark = spark().await;
    let path = format!("/proxy/{APP}/api/v1/applications/{APP}/stages");
    spark.set(&path, Reply::gzip(10 << 20));
    let args = ["--spark-master-ui-url", &spark.url];
    let small = [&args[..], &["--spark-monitor-max-body-bytes", "1000000"]].concat();
    assert_eq!(TestApp::new(&small).get("/app/stages").await.outcome(), "502 upstream_invalid");
    assert_eq!(TestApp::new(&args).get("/app/stages").await.status, 200);
}

#[tokio::test]
async fn more_requests_than_may_be_in_flight_are_told_to_come_back() {
    let spark = spark().await;
    spark.delay(Duration::from_millis(200));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-max-requests", "2"]);
    let answers = futures_util::future::join_all((0..5).map(|_| app.get("/cluster"))).await;
    let mut outcomes: Vec<_> = answers.iter().map(|answer| answer.outcome()).collect();
    outcomes.sort();
    assert_eq!(outcomes, ["200", "200", "503 overloaded", "503 overloaded", "503 overloaded"]);
    assert!(answers.iter().filter(|answer| answer.status == 503).all(|answer| answer.header("retry-after") == "1"));
    assert_eq!(app.get("/cluster").await.status, 200, "places are given back");
}

/// A list of the driver, and a sidecar with one limit set.
async fn with_limit(list: &str, body: &str, flag: &str, limit: usize) -> (crate::support::Double, TestApp) {
    let spark = spark().await;
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/{list}"), body);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, flag, &limit.to_string()]);
    (spark, app)
}

/// Executors with some hundred bytes each.
fn executors(number: usize) -> String {
    let row = |id| format!(r#"{{"id": "{id}", "isActive": true, "hostPort": "{}"}}"#, "h".repeat(500));
    format!("[{}]", (0..number).map(row).collect::<Vec<_>>().join(","))
}

#[tokio::test]
async fn rows_beyond_the_limits_are_counted() {
    for (flag, limit, kept) in [("--spark-monitor-max-rows", 3, 3), ("--spark-monitor-max-list-bytes", 4_000, 5)] {
        let (_spark, app) = with_limit("allexecutors", &executors(10), flag, limit).await;
        let answer = app.get("/panel/executors").await.json();
        let not_shown = answer["executors_not_shown"].as_u64().unwrap();
        assert_eq!((answer["executors"].as_array().unwrap().len(), not_shown), (kept, 10 - kept as u64), "{flag}");
    }
}

#[tokio::test]
async fn workers_and_applications_of_the_master_beyond_the_limit_are_counted() {
    let spark = spark().await;
    let workers = r#"{"state": "ALIVE", "cores": 1}"#;
    let apps = |state| format!(r#"{{"id": "app-1", "state": "{state}"}}"#);
    let list = |row: &str| format!("[{row},{row},{row},{row},{row}]");
    let (active, completed) = (list(&apps("RUNNING")), list(&apps("FINISHED")));
    let workers = list(workers);
    let body =
        format!(r#"{{"status": "ALIVE", "workers": {workers}, "activeapps": {active}, "completedapps": {completed}}}"#);
    spark.json("/json/", &body);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-max-rows", "2"]);
    let cluster = app.get("/panel/cluster").await.json();
    assert_eq!((cluster["workers"].as_array().unwrap().len(), &cluster["workers_not_shown"]), (2, &3.into()));
    let apps = app.get("/panel/apps").await.json();
    assert_eq!((apps["apps"].as_array().unwrap().len(), &apps["apps_not_shown"]), (2, &3.into()));
    assert_eq!(apps["finished"], 5);
    assert_eq!(app.get("/cluster").await.text, body, "what is passed through stays as it is");
}

#[tokio::test]
async fn a_row_that_is_too_large_hides_no_other() {
    let padding = format!("{:?}", [0; 1000]);
    let body = format!(
        r#"[{{"stageId": 1, "status": "ACTIVE", "name": "one"}},
            {{"stageId": 2, "status": "ACTIVE", "name": "two", "padding": {padding}}}]"#
    );
    let (_spark, app) = with_limit("stages", &body, "--spark-monitor-max-row-bytes", 2_000).await;
    let stages = app.get("/panel/stages").await.json();
    let names: Vec<_> = stages["active"].as_array().unwrap().iter().map(|stage| stage["name"].clone()).collect();
    assert_eq!((names, &stages["active_not_shown"]), (vec!["one".into()], &1.into()));
    assert_eq!(app.get("/app/stages").await.outcome(), "502 upstream_invalid", "it cannot be checked");
}

#[tokio::test]
async fn a_long_string_is_cut_and_says_so() {
    let reason = "because ".repeat(1_000);
    let body = format!(r#"[{{"id": "1", "isActive": false, "removeReason": "{reason}"}}]"#);
    let flag = "--spark-monitor-max-string-bytes";
    let (spark, app) = with_limit("executors", &body, flag, 1_024).await;
    assert_eq!(app.get("/app/executors").await.text, body, "what is passed through stays as it is");
    let id = "i".repeat(2_000);
    spark.json(
        &format!("/proxy/{APP}/api/v1/applications/{APP}/allexecutors"),
        &body.replace("\"1\"", &format!("\"{id}\"")),
    );
    let executor = app.get("/panel/executors").await.json()["executors"][0].clone();
    assert!(executor["executor_id"].as_str().unwrap().ends_with('…'), "{executor}");
    assert!(executor["removed"].as_str().unwrap().starts_with("because "), "{executor}");
}

#[tokio::test]
async fn running_operations_that_are_not_kept_are_counted() {
    let row = |id: usize| {
        format!(r#"{{"operationId": "{id}", "startTimestamp": {}, "state": "STARTED"}}"#, 1_795_220_000_000 + id)
    };
    let body = format!("[{}]", (0..1_500).map(row).collect::<Vec<_>>().join(","));
    let spark = spark().await;
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/{}", crate::support::OPERATIONS), &body);
    let queries = TestApp::new(&["--spark-master-ui-url", &spark.url]).get("/panel/queries").await.json();
    let shown = queries["running"].as_array().unwrap().len() as u64;
    // Recorded jobs may be separate queries.
    assert!(shown + queries["running_not_shown"].as_u64().unwrap() >= 1_500, "{}", queries["running_not_shown"]);
}
