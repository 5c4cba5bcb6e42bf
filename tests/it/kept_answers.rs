//! An answer is reused only as long as no request could bring a newer one.

use std::time::Duration;

use axum::http::Request;
use serde_json::Value;

use crate::support::{APP, Cookie, Double, Reply, TestApp, application, fixture, spark};

const NO_FAILURES: [&str; 2] = ["--spark-monitor-failure-lifetime-ms", "0"];

fn driver() -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}")
}

#[tokio::test]
async fn it_is_the_same_answer_and_its_age_goes_on() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let first = app.get("/panel/stages").await;
    let asked = spark.requests().len();
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    let again = app.get("/panel/stages").await;
    assert_eq!((&again.text, again.header("etag"), again.status), (&first.text, first.header("etag"), 200));
    assert_eq!((first.header("age"), again.header("age"), spark.requests().len()), ("0", "1", asked));
    let same = app.send(Request::get("/panel/stages").header("if-none-match", first.header("etag"))).await;
    assert_eq!((same.status, same.header("age"), same.header("content-type"), same.text.as_str()), (304, "1", "", ""));
}

#[tokio::test]
async fn it_lives_as_long_as_the_first_of_its_parts_that_is_old() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-stages-lifetime-ms", "0"]);
    assert_eq!(app.get("/panel/stages").await.json()["active"], serde_json::json!([]));
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&format!("{}/stages", driver()), &format!("[{active}]"));
    assert_eq!(app.get("/panel/stages").await.json()["active"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn that_a_driver_starts_is_never_said_again_unasked() {
    for route in ["/panel/stages", "/panel/executors", "/panel/queries", "/panel/queries/sql-1"] {
        let spark = spark().await;
        let app = TestApp::new(&[&["--spark-master-ui-url", spark.url.as_str()], &NO_FAILURES[..]].concat());
        let state = async || app.get(route).await.json()["app"]["driver"].clone();
        spark.set(&driver(), Reply::starting());
        assert_eq!(state().await, "starting", "{route}");
        spark.json(&driver(), &application());
        assert_eq!(state().await, "ready", "{route}");
    }
}

#[tokio::test]
async fn a_chip_that_knew_of_nothing_that_runs_is_asked_anew() {
    let (spark, manager) = (spark().await, Double::start().await);
    let all = r#"{"exists": true, "is_ready": true, "replicas": 1, "ready_replicas": 1}"#;
    manager.json("/clusters", &format!(r#"{{"master": {all}, "workers": {all}, "error": false}}"#));
    let sites = ["--spark-master-ui-url", &spark.url, "--spark-cluster-manager-api-url", &manager.url];
    let app = TestApp::new(&[&sites[..], &["--spark-monitor-master-lifetime-ms", "0"], &NO_FAILURES[..]].concat());
    let name = async || app.get_as(Cookie("T"), "/panel/chip").await.json()["activity"]["app_name"].clone();
    assert_eq!(name().await, Value::Null);
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&format!("{}/stages?status=active", driver()), &format!("[{active}]"));
    assert_eq!(name().await, "Spark Connect server", "though the manager's word is still good");
    spark.json("/json/", r#"{"workers": [], "activeapps": [], "status": "ALIVE"}"#);
    assert_eq!(name().await, Value::Null, "though the active stages are still good");
}

#[tokio::test]
async fn a_driver_without_a_master_says_that_either_of_its_lists_is_old() {
    let driver = Double::start().await;
    let one = format!("/api/v1/applications/{APP}");
    driver.json("/api/v1/applications", &format!("[{}]", application()));
    driver.json(&one, &application());
    driver.json(&format!("{one}/allexecutors"), &fixture("spark-4.3.0/executors.json"));
    let no_memory = ["--spark-monitor-master-lifetime-ms", "0", "--spark-monitor-executors-lifetime-ms", "0"];
    let app = TestApp::new(&[&["--spark-app-ui-url", driver.url.as_str()], &no_memory[..], &NO_FAILURES[..]].concat());
    let code = async || app.get("/panel/cluster").await.json()["stale"]["code"].clone();
    assert_eq!(code().await, Value::Null);
    driver.set("/api/v1/applications", Reply::status(500));
    assert_eq!(code().await, "upstream_invalid", "though the executors are told");
    driver.json("/api/v1/applications", &format!("[{}]", application()));
    assert_eq!(code().await, Value::Null);
    driver.set(&format!("{one}/allexecutors"), Reply::status(500));
    assert_eq!(code().await, "upstream_invalid", "though the applications are told");
}
