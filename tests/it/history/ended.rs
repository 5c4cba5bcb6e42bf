//! Applications that nobody watched, from Spark's history server, which has the driver's own paths.

use serde_json::{Value, json};

use crate::support::{APP, Double, OPERATIONS, QueryLists, Reply, TestApp, fixture, spark};

const ENDED: &str = "/api/v1/applications?status=completed&limit=2000";
const OLDER: &str = "app-20261001080000-0007";

fn entry(app_id: &str, is_completed: bool) -> Value {
    json!({"id": app_id, "name": "Nightly 20261001", "attempts": [{
        "startTime": "2026-10-01T08:00:00.000GMT", "endTime": "2026-10-01T09:30:00.000GMT", "sparkUser": "ann",
        "completed": is_completed,
    }]})
}

/// A history server that knows one application which has ended.
async fn history_server() -> Double {
    let double = Double::start().await;
    let of_app = format!("/api/v1/applications/{OLDER}");
    double.json(ENDED, &json!([entry(APP, true), entry(OLDER, true)]).to_string());
    double.json(&of_app, &entry(OLDER, true).to_string());
    double.json(&format!("{of_app}/allexecutors"), &fixture("spark-4.3.0/executors.json"));
    double.json(&format!("{of_app}/executors"), &fixture("spark-4.3.0/executors.json"));
    double.json(&format!("{of_app}/stages"), &fixture("spark-4.3.0/spill_stages.json"));
    let lists = QueryLists::recorded();
    double.json(&format!("{of_app}/jobs"), &lists.jobs);
    double.json(&format!("{of_app}/{OPERATIONS}"), &lists.operations);
    double
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_watched_is_asked_of_sparks_history_server() {
    let (spark, server, folder) = (spark().await, history_server().await, tempfile::tempdir().unwrap());
    let args = ["--spark-master-ui-url", &spark.url, "--spark-monitor-history-server-url", &server.url];
    let app = TestApp::recording(&args, folder.path().to_str().unwrap());
    let listed = |body: &Value| -> Vec<String> {
        body["apps"].as_array().unwrap().iter().map(|app| app["app_id"].as_str().unwrap().to_owned()).collect()
    };
    super::until(&app, "/history/collector", |body| body["points"].as_u64() > Some(0)).await;
    assert_eq!(listed(&app.get("/history/applications").await.json()), [APP, OLDER]);
    let asked = server.requests().len();
    let remembered = app.get(&format!("/history/applications/{APP}")).await.json();
    assert_eq!(server.requests().len(), asked, "what is remembered needs nobody else: {remembered}");
    let older = app.get(&format!("/history/applications/{OLDER}")).await.json();
    assert_eq!(older["app"]["name"], "Nightly ?", "{older}");
    assert_eq!(older["app"]["gone_at_ms"], older["app"]["started_at_ms"].as_i64().unwrap() + 90 * 60_000);
    assert!(older["end"].as_str().unwrap().contains("history server remembers it"), "{older}");
    assert!(older["peak_heap_bytes"].as_u64() > Some(0), "{older}");
    let runs = older["runs"].as_array().unwrap();
    assert!(!runs.is_empty() && runs.iter().all(|run| run["shape_id"] == -1 && run["state"] != "unknown"), "{older}");
    app.end().await;
}

#[tokio::test]
async fn of_a_shared_history_server_a_person_sees_their_own_although_others_have_ended_many_since() {
    let server = Double::start().await;
    let by = |user: &str, at: usize| {
        let mut row = entry(&format!("app-20261001080000-{at:04}"), true);
        row["attempts"][0]["sparkUser"] = user.into();
        row
    };
    let args = [
        ("--spark-master-ui-url", "http://127.0.0.1:9"),
        ("--spark-monitor-identity", "jupyterhub"),
        ("--jupyterhub-user", "ann"),
        ("--spark-monitor-history-server-url", &server.url),
    ];
    let args: Vec<&str> = args.iter().flat_map(|(name, value)| [*name, *value]).collect();
    let rows: Vec<Value> = (0..1_999).map(|at| by("bob", at)).chain([by("ann", 1_999)]).collect();
    server.json(ENDED, &json!(rows).to_string());
    let answer = TestApp::new(&args).get("/history/applications").await.json();
    assert_eq!(answer["apps"].as_array().map(Vec::len), Some(1), "{answer}");
    assert_eq!((&answer["apps"][0]["app_id"], &answer["has_more"]), (&json!("app-20261001080000-1999"), &json!(false)));
}

#[tokio::test]
async fn a_history_server_that_fails_or_knows_nothing_takes_nothing_away() {
    let (server, master) = (history_server().await, "http://127.0.0.1:9");
    let app = TestApp::new(&["--spark-master-ui-url", master, "--spark-monitor-history-server-url", &server.url]);
    server.set("/api/v1/applications/app-1", Reply::status(404));
    assert!(app.get("/history/applications/app-1").await.json()["app"].is_null());
    // One that is still written is the driver's to tell of.
    server.json("/api/v1/applications/app-2", &entry("app-2", false).to_string());
    assert!(app.get("/history/applications/app-2").await.json()["app"].is_null());
    for path in [ENDED, "/api/v1/applications/app-3"] {
        server.set(path, Reply::status(500));
    }
    assert_eq!(app.get("/history/applications").await.outcome(), "200");
    let answer = app.get("/history/applications/app-3").await;
    assert_eq!(answer.outcome(), "502 upstream_invalid");
    assert!(answer.text.contains("Spark's history server answered with status 500."), "{}", answer.text);
}
