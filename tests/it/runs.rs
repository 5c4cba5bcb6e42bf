//! Jobs on this machine: where they are off. `tests/jupyter/test_runs.py` runs some.

use axum::http::Request;

use berdl_spark_monitor::config::Secrets;

use crate::support::{Double, TestApp, canary};

const MASTER: [&str; 2] = ["--spark-master-ui-url", "http://127.0.0.1:9"];
const PYTHON: [&str; 2] = ["--spark-monitor-python", "/usr/bin/python3"];

#[tokio::test]
async fn a_sidecar_that_jupyter_has_not_started_runs_nothing_and_says_why() {
    let home = tempfile::tempdir().unwrap();
    let state = ["--xdg-state-home", home.path().to_str().unwrap(), "--home", home.path().to_str().unwrap()];
    let app = TestApp::new(&[&MASTER[..], &state].concat());
    assert_eq!(app.get("/export").await.json()["runs_here"], false);
    let refused = app.get("/export/runs").await;
    assert_eq!(refused.outcome(), "503 not_configured");
    assert!(refused.json()["hint"].as_str().unwrap().contains("SPARK_MONITOR_PYTHON"));
    let app = TestApp::new(&[&MASTER[..], &state, &PYTHON].concat());
    assert_eq!(app.get("/export").await.json()["runs_here"], true);
    assert_eq!(app.get("/export/runs").await.json()["runs"], serde_json::json!([]));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is written before something runs");
    let app = TestApp::new(&[&MASTER[..], &state, &PYTHON, &["--spark-monitor-export", "convert"]].concat());
    assert!(app.get("/export/runs").await.json()["hint"].as_str().unwrap().contains("SPARK_MONITOR_EXPORT=run"));
}

#[tokio::test]
async fn where_several_people_share_a_sidecar_nothing_runs() {
    let auth2 = Double::start().await;
    let secrets = Secrets { sidecar_token: Some(canary("SIDECAR").into()), ..Secrets::default() };
    auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
    let sites = ["--spark-monitor-identity", "auth2", "--kbase-auth-url", &auth2.url, "--home", "/nonexistent"];
    let app = TestApp::with_secrets(&[&MASTER[..], &PYTHON, &sites].concat(), secrets);
    let token = canary("SIDECAR");
    let cookie = format!("kbase_session={}", canary("ANN"));
    let asked = Request::get("/export/runs").header("x-spark-monitor-token", token).header("cookie", cookie);
    let refused = app.send(asked).await;
    assert_eq!(refused.outcome(), "503 not_configured");
    assert!(refused.json()["error"].as_str().unwrap().contains("Several people"), "{}", refused.text);
}

#[tokio::test]
async fn a_page_of_another_site_cancels_and_forgets_nothing() {
    let app = TestApp::new(&[&MASTER[..], &PYTHON, &["--home", "/nonexistent"]].concat());
    for request in [
        Request::post("/export/runs/a/cancel").header("content-type", "application/json"),
        Request::delete("/export/runs/a"),
        Request::post("/export/runs").header("content-type", "application/json"),
    ] {
        assert_eq!(app.send(request.header("sec-fetch-site", "cross-site")).await.outcome(), "403 csrf");
    }
    assert_eq!(app.send(Request::delete("/export/runs/a")).await.outcome(), "404 not_found");
}
