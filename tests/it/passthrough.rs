//! The drop-in contract: an upstream's body, byte for byte.

use axum::http::Request;

use crate::support::{APP, Cookie, Double, Reply, TestApp, fixture, spark};

#[tokio::test]
async fn the_masters_state_is_passed_through_byte_for_byte() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/cluster").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"));
    assert_eq!(answer.text, fixture("spark-4.3.0/master_json.json"));
}

#[tokio::test]
async fn executors_and_stages_of_the_newest_running_application_are_passed_through() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    assert_eq!(app.get("/app/executors").await.text, fixture("spark-4.3.0/executors.json"));
    assert_eq!(app.get("/app/stages").await.text, fixture("spark-4.3.0/spill_stages.json"));
    assert_eq!(app.get(&format!("/app/stages?app={APP}")).await.status, 200);
    assert_eq!(app.get("/app/stages?app=").await.status, 200, "empty counts as absent");
}

#[tokio::test]
async fn the_cluster_managers_answer_needs_only_the_shape_of_the_contract() {
    let manager = Double::start().await;
    let app = TestApp::new(&[
        "--spark-cluster-manager-api-url",
        &format!("{}/api/", manager.url),
        "--spark-monitor-status-lifetime-ms",
        "0",
        "--spark-monitor-failure-lifetime-ms",
        "0",
    ]);
    for odd in [r#"{"master": {}, "workers": {}}"#, r#"{"master":{"replicas":null},"workers":{"x":1},"error":7}"#] {
        manager.json("/api/clusters", odd);
        assert_eq!(app.get_as(Cookie("T"), "/status").await.text, odd);
    }
    for wrong in ["[]", r#"{"master": {}}"#, r#"{"master": {}, "workers": []}"#, "7", r#"{"master": {}, "workers": {}"#]
    {
        manager.json("/api/clusters", wrong);
        assert_eq!(app.get_as(Cookie("T"), "/status").await.outcome(), "502 upstream_invalid", "{wrong}");
    }
    let requests = manager.requests().concat();
    assert!(requests.contains("authorization: Bearer CANARY-T"), "{requests}");
    assert!(requests.contains("accept-encoding: gzip"), "{requests}");
}

#[tokio::test]
async fn json_is_told_by_its_content_type() {
    let spark = spark().await;
    let app = TestApp::new(&[
        "--spark-master-ui-url",
        &spark.url,
        "--spark-monitor-master-lifetime-ms",
        "0",
        "--spark-monitor-failure-lifetime-ms",
        "0",
    ]);
    let body = fixture("spark-4.3.0/master_json.json").into_bytes();
    for (content_type, status) in [
        ("application/json", 200),
        ("Application/JSON; charset=utf-8", 200),
        ("text/json", 200),
        ("application/vnd.spark+json", 200),
        ("text/plain", 502),
        ("text/html", 502),
    ] {
        spark.set("/json/", Reply::Http(200, content_type, String::new(), body.clone()));
        assert_eq!(app.get("/cluster").await.status, status, "{content_type}");
    }
}

#[tokio::test]
async fn applications_that_are_gone_unknown_or_absent_are_told_apart_before_any_driver_is_asked() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-master-lifetime-ms", "0"]);
    assert_eq!(app.get("/app/executors?app=app-none").await.outcome(), "404 unknown_app");
    let state = fixture("spark-4.3.0/master_json.json");
    let mut state: serde_json::Value = serde_json::from_str(&state).unwrap();
    state["completedapps"] = state["activeapps"].take();
    state["activeapps"] = serde_json::json!([]);
    spark.json("/json/", &state.to_string());
    assert_eq!(app.get(&format!("/app/executors?app={APP}")).await.outcome(), "404 app_finished");
    assert_eq!(app.get("/app/executors?app=app-none").await.outcome(), "404 unknown_app");
    assert!(spark.requests().iter().all(|head| head.starts_with("GET /json/ ")), "{:?}", spark.requests());
}

#[tokio::test]
async fn without_an_application_the_contract_answers_what_the_older_extension_did() {
    let spark = spark().await;
    spark.json("/json/", r#"{"workers": [], "activeapps": [], "completedapps": [], "status": "ALIVE"}"#);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for (route, body) in [
        ("/app/executors", r#"{"executors": [], "message": "No active Spark session"}"#),
        ("/app/executors?app=", r#"{"executors": [], "message": "No active Spark session"}"#),
        ("/app/stages", r#"{"stages": [], "message": "No active Spark session"}"#),
    ] {
        let answer = app.get(route).await;
        assert_eq!((answer.status, answer.text.as_str()), (200, body), "{route}");
        assert_eq!(answer.header("content-type"), "application/json");
    }
    assert_eq!(app.get(&format!("/app/stages?app={APP}")).await.outcome(), "404 unknown_app");
}

#[tokio::test]
async fn a_path_with_one_slash_too_many_at_its_end_is_the_path_without() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for route in ["/cluster", "/app/stages", "/panel/queries", "/panel/queries/sql-1", "/healthz", "/"] {
        let (right, with_slash) = (app.get(route).await, app.get(&format!("{route}/")).await);
        assert_eq!((with_slash.status, &with_slash.text), (200, &right.text), "{route}");
    }
    assert_eq!(app.get(&format!("/app/stages/?app={APP}")).await.status, 200);
    assert_eq!(app.get("/app/stages/?app=*").await.outcome(), "400 bad_request", "the query stays");
    assert_eq!(app.send(Request::post("/cluster/")).await.outcome(), "405 method_not_allowed");
    for other in ["/cluster//", "/cluster/x/", "//cluster", "/app//stages", "/app/", "/nope/", "/panel/queries//"] {
        assert_eq!(app.get(other).await.outcome(), "404 not_found", "{other}");
    }
}

#[tokio::test]
async fn an_answer_past_its_lifetime_is_an_error_never_an_old_one() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-master-lifetime-ms", "0"]);
    assert_eq!(app.get("/cluster").await.status, 200);
    spark.set("/json/", Reply::status(500));
    assert_eq!(app.get("/cluster").await.outcome(), "502 upstream_invalid");
}
