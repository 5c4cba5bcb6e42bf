//! Errors that no upstream causes, and which of them takes precedence.

use std::io;

use axum::{body::Body, http::Request};
use berdl_spark_monitor::config::Secrets;
use futures_util::{FutureExt, stream};

use crate::support::{Cookie, Double, Reply, TestApp, spark};

const NOWHERE: &str = "http://127.0.0.1:9/{user}";

#[tokio::test]
async fn an_unknown_route_wins_over_a_method_over_the_sidecars_token() {
    let secrets = Secrets { sidecar_token: Some("CANARY-sidecar".into()), ..Secrets::default() };
    let app = TestApp::with_secrets(&["--spark-master-ui-url", NOWHERE], secrets);
    assert_eq!(app.send(Request::post("/nope")).await.outcome(), "404 not_found");
    let method = app.send(Request::post("/cluster")).await;
    assert_eq!(method.outcome(), "405 method_not_allowed");
    assert_eq!(method.header("allow"), "GET,HEAD");
    assert_eq!(app.get("/cluster").await.outcome(), "401 sidecar_token_required");
    assert_eq!(app.get("/openapi.json").await.outcome(), "401 sidecar_token_required");
    let with = |token| Request::get("/cluster").header("x-spark-monitor-token", token);
    assert_eq!(app.send(with("CANARY-sideca")).await.outcome(), "401 sidecar_token_required");
    assert_eq!(app.send(with("CANARY-sidecar")).await.outcome(), "401 no_session_token");
    for open in ["/", "/healthz", "/readyz"] {
        assert_eq!(app.get(open).await.status, 200, "{open}");
    }
}

#[tokio::test]
async fn who_lacks_the_sidecars_token_is_refused_without_waiting_for_a_body() {
    let secrets = Secrets { sidecar_token: Some("CANARY-sidecar".into()), ..Secrets::default() };
    let app = TestApp::with_secrets(&["--spark-app-ui-url", NOWHERE], secrets);
    let never = || Body::from_stream(stream::pending::<io::Result<Vec<u8>>>());
    // Bodies that never come have all places for large ones.
    let with_token = || Request::post("/export/convert").header("x-spark-monitor-token", "CANARY-sidecar");
    let mut waiting: Vec<_> = (0..4).map(|_| Box::pin(app.send_with(with_token(), never()))).collect();
    for request in &mut waiting {
        assert!(request.now_or_never().is_none());
    }
    for path in ["/export/convert", "/jupyterlab-pipelines/export", "/export/runs"] {
        let request = Request::post(path).header("content-length", "20000000");
        assert_eq!(app.send_with(request, never()).await.outcome(), "401 sidecar_token_required", "{path}");
    }
}

#[tokio::test]
async fn a_missing_configuration_wins_over_a_parameter_over_the_session() {
    let app = TestApp::new(&["--spark-cluster-manager-api-url", "http://127.0.0.1:9"]);
    assert_eq!(app.get("/app/stages?app=*").await.outcome(), "503 not_configured");
    assert_eq!(app.get("/panel/stages?app=*").await.outcome(), "503 not_configured");
    let app = TestApp::new(&["--spark-master-ui-url", NOWHERE]);
    assert_eq!(app.get("/app/stages?app=*").await.outcome(), "400 bad_request");
    assert_eq!(app.get("/app/stages?app=a&app=a").await.outcome(), "400 bad_request");
    assert_eq!(app.get("/app/stages").await.outcome(), "401 no_session_token");
}

#[tokio::test]
async fn what_is_not_set_is_named() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    insta::assert_snapshot!(app.get_as(Cookie("T"), "/status").await.transcript(), @r#"
    503
    {
      "code": "not_configured",
      "error": "The Spark monitor is not configured for this. No cluster manager is set (SPARK_CLUSTER_MANAGER_API_URL).",
      "hint": "Ask the administrator of this notebook server to set it.",
      "request_id": "test"
    }
    "#);
    let app = TestApp::new(&["--spark-app-ui-url", "http://127.0.0.1:9"]);
    assert!(app.get("/cluster").await.text.contains("No Spark Master is set, only a driver"));
}

#[tokio::test]
async fn a_configuration_that_cannot_work_is_told_by_every_route_but_health() {
    let app = TestApp::not_configured("SPARK_MASTER_UI_URL is no valid URL");
    for route in ["/status", "/cluster", "/app/stages", "/panel/chip", "/panel/executors", "/readyz"] {
        let answer = app.get(route).await;
        assert_eq!(answer.outcome(), "503 not_configured", "{route}");
        assert!(answer.text.contains("SPARK_MASTER_UI_URL is no valid URL"), "{}", answer.text);
    }
    assert_eq!(app.get("/").await.status, 200);
    assert_eq!(app.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn greedy_requests_are_turned_away() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let headers = Request::get("/healthz").header("cookie", "x".repeat(70_000));
    assert_eq!(app.send(headers).await.outcome(), "431 too_large");
    let body = Request::get("/healthz").header("content-length", "70000");
    assert_eq!(app.send(body).await.outcome(), "413 too_large");
}

#[tokio::test]
async fn every_answer_carries_a_request_id_that_can_be_trusted() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let given = app.get("/nope").await;
    assert_eq!((given.header("x-request-id"), given.json()["request_id"].as_str()), ("test", Some("test")));
    let made = app.send(Request::get("/healthz").header("x-request-id", "<script>")).await;
    assert_eq!(made.header("x-request-id").len(), 16, "an odd one is replaced");
}

#[tokio::test]
async fn the_managers_own_sentence_is_shown_redacted() {
    let manager = Double::start().await;
    let body = br#"{"error": 10040, "error_type": "x", "message": "User ann lacks a role, see http://10.0.0.1/x"}"#;
    manager.set("/clusters", Reply::Http(403, "application/json", String::new(), body.to_vec()));
    let app = TestApp::new(&["--spark-cluster-manager-api-url", &manager.url]);
    insta::assert_snapshot!(app.get_as(Cookie("T"), "/status").await.transcript(), @r#"
    403
    {
      "code": "upstream_forbidden",
      "error": "The cluster manager answered with status 403. It says: User ann lacks a role, see …",
      "hint": "Ask the administrator for access to Spark clusters.",
      "request_id": "test"
    }
    "#);
}
