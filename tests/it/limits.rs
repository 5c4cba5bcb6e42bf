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
