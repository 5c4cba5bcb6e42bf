//! What is remembered of a Spark, and forgotten.

mod ended;
mod lists;

use std::time::Duration;

use axum::http::Request;
use serde_json::Value;

use crate::support::{APP, Double, OPERATIONS, TestApp, fixture, spark};

/// When the recorded application started.
const BEGIN_MS: i64 = 1_795_217_645_599;

/// Waits until an answer is as wanted.
async fn until(app: &TestApp, path: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..3_000 {
        let answer = app.get(path).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let body = answer.json();
        if is_wanted(&body) {
            return body;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path} does not become what it should");
}

async fn remembering(spark: &Double, folder: &tempfile::TempDir) -> TestApp {
    TestApp::recording(&["--spark-master-ui-url", &spark.url], folder.path().to_str().unwrap())
}

fn has_some(list: &'static str) -> impl Fn(&Value) -> bool {
    move |body| !body[list].as_array().unwrap().is_empty()
}

#[tokio::test(flavor = "multi_thread")]
async fn usage_applications_and_queries_are_remembered_over_a_restart() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/queries", has_some("shapes")).await;
    let cluster = until(&app, "/history/cluster", has_some("points")).await;
    let at_ms = cluster["points"][0]["at_ms"].as_i64().unwrap();
    let after = format!("/history/cluster?from_ms={}&to_ms={}", at_ms + 1, at_ms + 2);
    let held = app.get(&after).await.json();
    assert_eq!(held["points"][0]["at_ms"], at_ms, "it holds when the time begins: {held}");
    app.end().await;
    // Nobody answers any more.
    let (nobody, master) = (Double::start().await, Double::start().await);
    master.json("/json/", "{}");
    drop(nobody);
    let app = remembering(&master, &folder).await;
    let apps = app.get("/history/applications").await.json();
    assert_eq!(apps["apps"][0]["app_id"], APP, "{apps}");
    let detail = app.get(&format!("/history/applications/{APP}")).await.json();
    assert!(has_some("runs")(&detail) && detail["peak_heap_bytes"].as_u64() > Some(0), "{detail}");
    assert!(detail["series"]["points"][0]["values"]["task_slots"][0].as_f64() > Some(0.0), "{detail}");
    let shape = &app.get("/history/queries").await.json()["shapes"][0];
    let runs = app.get(&format!("/history/queries/{}", shape["shape_id"])).await.json();
    assert_eq!(runs["runs"][0], shape["newest"]);
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_is_no_longer_listed_is_gone() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/applications", has_some("apps")).await;
    let mut master: Value = serde_json::from_str(&fixture("spark-4.3.0/master_json.json")).unwrap();
    master["activeapps"] = Value::Array(Vec::new());
    spark.json("/json/", &master.to_string());
    let gone = |body: &Value| body["apps"][0]["gone_at_ms"].is_i64();
    let apps = until(&app, "/history/applications", gone).await;
    assert!(apps["apps"][0]["gone_at_ms"].as_i64() > apps["apps"][0]["last_seen_at_ms"].as_i64(), "{apps}");
    let detail = app.get(&format!("/history/applications/{APP}")).await.json();
    assert!(detail["end_sentences"].to_string().contains("no longer lists this application"), "{detail}");
    app.end().await;
}

/// The driver's only operation, which runs or has ended.
fn operation(state: &str, finished_at_ms: i64) -> String {
    let mut all: Value = serde_json::from_str(&fixture("spark-4.3.0/connect_operations.json")).unwrap();
    let mut one = all[1].take();
    one["state"] = state.into();
    one["finishTimestamp"] = finished_at_ms.into();
    one["closeTimestamp"] = 0.into();
    Value::Array(vec![one]).to_string()
}

/// The master with these applications and the times when they started.
fn listing(apps: &[(&str, i64)]) -> String {
    let mut master: Value = serde_json::from_str(&fixture("spark-4.3.0/master_json.json")).unwrap();
    let one = master["activeapps"][0].take();
    let app = |(app_id, started_at_ms): &(&str, i64)| {
        let mut app = one.clone();
        app["id"] = (*app_id).into();
        app["starttime"] = (*started_at_ms).into();
        app
    };
    master["activeapps"] = apps.iter().map(app).collect();
    master.to_string()
}

/// A sidecar that has seen the only query of the only application run.
async fn seeing_a_query_run(spark: &Double, folder: &tempfile::TempDir) -> TestApp {
    let operations = format!("/proxy/{APP}/api/v1/applications/{APP}/{OPERATIONS}");
    spark.json("/json/", &listing(&[(APP, BEGIN_MS)]));
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/jobs"), "[]");
    spark.json(&operations, &operation("STARTED", 0));
    let app = remembering(spark, folder).await;
    while spark.count(&operations) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    app
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_that_was_taken_for_lost_gets_its_end_when_its_application_is_back() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = seeing_a_query_run(&spark, &folder).await;
    spark.json("/json/", &listing(&[]));
    let path = format!("/history/applications/{APP}");
    until(&app, "/history/applications", has_some("apps")).await;
    until(&app, &path, |body| body["runs"][0]["state"] == "lost").await;
    spark.json(
        &format!("/proxy/{APP}/api/v1/applications/{APP}/{OPERATIONS}"),
        &operation("FINISHED", BEGIN_MS + 90_000),
    );
    spark.json("/json/", &listing(&[(APP, BEGIN_MS)]));
    let detail = until(&app, &path, |body| body["runs"][0]["state"] == "succeeded").await;
    assert_eq!(detail["runs"].as_array().unwrap().len(), 1, "{detail}");
    app.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_is_not_lost_if_its_application_was_not_looked_at_before_it_went() {
    const NEWER: &str = "app-20261120233999-0001";
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = seeing_a_query_run(&spark, &folder).await;
    spark.json("/json/", &listing(&[(APP, BEGIN_MS), (NEWER, BEGIN_MS + 60_000)]));
    until(&app, "/history/applications", |body| body["apps"].as_array().unwrap().len() == 2).await;
    spark.json("/json/", &listing(&[(NEWER, BEGIN_MS + 60_000)]));
    let path = format!("/history/applications/{APP}");
    let detail = until(&app, &path, |body| body["app"]["gone_at_ms"].is_i64()).await;
    app.end().await;
    assert!(!has_some("runs")(&detail), "it may have ended well: {detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_executor_that_was_lost_is_remembered_beside_any_number_that_live() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let recorded: Vec<Value> = serde_json::from_str(&fixture("spark-4.3.0/executors.json")).unwrap();
    let mut all: Vec<Value> = (0..150).map(|_| recorded[1].clone()).chain([recorded[0].clone()]).collect();
    for (number, executor) in (0..).zip(&mut all[..150]) {
        executor["id"] = i32::to_string(&number).into();
    }
    all[7]["isActive"] = false.into();
    all[7]["removeReason"] = "Command exited with code 137".into();
    let path = format!("/proxy/{APP}/api/v1/applications/{APP}/allexecutors");
    spark.json(&path, &Value::Array(all).to_string());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/applications", has_some("apps")).await;
    let detail = until(&app, &format!("/history/applications/{APP}"), has_some("lost_executors")).await;
    app.end().await;
    let lost = &detail["lost_executors"][0];
    assert_eq!((&lost["executor_id"], &lost["reason"]), (&"7".into(), &"exited_137".into()), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn forgetting_needs_our_own_page_and_leaves_nothing() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/queries", has_some("shapes")).await;
    let foreign = Request::delete("/history").header("sec-fetch-site", "cross-site");
    assert_eq!(app.send(foreign).await.outcome(), "403 csrf");
    assert_eq!(app.send(Request::delete("/history")).await.outcome(), "200");
    let queries = app.get("/history/queries").await.json();
    assert!(!has_some("shapes")(&queries), "{queries}");
    app.end().await;
    let file = std::fs::read(folder.path().join("berdl-spark-monitor/history.db")).unwrap();
    assert!(!String::from_utf8_lossy(&file).contains("select"), "Spark still lists the queries; they do not come back");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_forgotten_in_memory_alone_is_not_called_gone_while_a_file_stays() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let state = folder.path().to_str().unwrap();
    let in_memory =
        || TestApp::recording(&["--spark-master-ui-url", &spark.url, "--spark-monitor-history", "memory"], state);
    let app = in_memory();
    until(&app, "/history/queries", has_some("shapes")).await;
    assert_eq!(app.send(Request::delete("/history")).await.outcome(), "200", "there is no file");
    app.end().await;
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/queries", has_some("shapes")).await;
    app.end().await;
    let app = in_memory();
    until(&app, "/history/queries", has_some("shapes")).await;
    let answer = app.send(Request::delete("/history")).await;
    app.end().await;
    let file = folder.path().join("berdl-spark-monitor/history.db");
    assert!(answer.status == 500 && file.exists(), "{}", answer.text);
    for said in [file.to_str().unwrap(), "berdl-spark-monitor history forget"] {
        assert!(answer.text.contains(said), "{}", answer.text);
    }
}

#[tokio::test]
async fn without_a_history_there_is_no_route_and_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path().to_str().unwrap();
    let args = ["--spark-master-ui-url", "http://127.0.0.1:9", "--xdg-state-home", state];
    let off = TestApp::new(&[&args[..], &["--spark-monitor-history", "off"]].concat());
    assert_eq!(off.get("/history/collector").await.outcome(), "404 not_found");
    assert!(off.get("/openapi.json").await.json()["paths"]["/history"].is_null());
    let on = TestApp::new(&args);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "it is opened when it is needed");
    let collector = on.get("/history/collector").await.json();
    assert_eq!((&collector["storage"], &collector["samples"]), (&"file".into(), &false.into()), "{collector}");
    assert!(collector["about"].to_string().contains("SPARK_MONITOR_HISTORY=off"));
}

#[tokio::test]
async fn whatever_the_parameters_an_answer_is_one_of_ours() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-monitor-history", "memory"]);
    for (path, outcome) in [
        ("/history/cluster?from_ms=-9223372036854775808&to_ms=9223372036854775807", "200"),
        ("/history/cluster?from_ms=9223372036854775807&to_ms=-9223372036854775808", "200"),
        ("/history/cluster?from_ms=soon", "400 bad_request"),
        ("/history/queries?search=%25%27%22%5C", "200"),
        ("/history/queries/99999999999999999999", "200"),
        ("/history/queries/%ff", "200"),
        ("/history/applications/..", "400 bad_request"),
        ("/history/applications/%ff", "400 bad_request"),
    ] {
        assert_eq!(app.get(path).await.outcome(), outcome, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_stored_can_be_forgotten_after_the_history_is_switched_off() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/queries", has_some("shapes")).await;
    app.end().await;
    let history = |action: &str, mode: &str| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_berdl-spark-monitor"));
        command.args(["history", action]).env_clear().env("XDG_STATE_HOME", folder.path());
        let done = command.env("SPARK_MONITOR_HISTORY", mode).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    };
    assert!(history("show", "off").contains("query "));
    history("forget", "memory");
    assert!(!history("export", "on").contains("select"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_in_the_runtime_folder_alone_is_found_and_forgotten() {
    let (spark, folder) = (spark().await, tempfile::tempdir().unwrap());
    let app = remembering(&spark, &folder).await;
    until(&app, "/history/queries", has_some("shapes")).await;
    app.end().await;
    let (state, runtime) = (folder.path().join("berdl-spark-monitor"), folder.path().join("run"));
    let places = history_store::Places {
        state_folder: Some(state.clone()),
        runtime_folder: Some(runtime.join("berdl-spark-monitor")),
        ..Default::default()
    };
    let local = places.files().pop().unwrap();
    std::fs::create_dir_all(local.parent().unwrap()).unwrap();
    std::fs::rename(state.join("history.db"), &local).unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_berdl-spark-monitor"));
    command
        .args(["history", "forget"])
        .env_clear()
        .env("XDG_STATE_HOME", folder.path())
        .env("XDG_RUNTIME_DIR", &runtime);
    let done = command.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!local.exists());
}

#[tokio::test]
async fn what_is_said_of_texts_is_what_the_setting_says() {
    for (mode, said) in [("off", "without their literals"), ("redacted", "with their SQL")] {
        let url = ["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-monitor-history", "memory"];
        let app = TestApp::new(&[&url[..], &["--spark-monitor-history-text", mode]].concat());
        let about = app.get("/history/collector").await.json()["about"].to_string();
        assert!(about.contains(said), "{about}");
    }
}
