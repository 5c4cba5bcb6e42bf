//! The panel's answers from recorded Spark answers.

use crate::support::{APP, Cookie, Double, Reply, TestApp, fixture, spark};

/// Times that differ from run to run.
fn without_times(mut value: serde_json::Value) -> String {
    value["observed_at_ms"] = 0.into();
    serde_json::to_string_pretty(&value).unwrap()
}

#[tokio::test]
async fn the_cluster_in_numbers() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    insta::assert_snapshot!(without_times(app.get("/panel/cluster").await.json()));
}

#[tokio::test]
async fn executors_with_the_driver_apart() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    insta::assert_snapshot!(without_times(app.get("/panel/executors").await.json()));
}

#[tokio::test]
async fn spill_is_told_by_stages_and_never_by_executors() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    insta::assert_snapshot!(without_times(app.get("/panel/stages").await.json()));
}

#[tokio::test]
async fn stages_of_every_spark_version_are_read() {
    for version in ["3.5.9", "4.0.5", "4.1.4", "4.3.0"] {
        for file in ["spill", "failed", "skew", "python_udf"] {
            let recorded = fixture(&format!("spark-{version}/{file}_stages.json"));
            let spark = spark().await;
            spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/stages"), &recorded);
            let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
            let panel = app.get("/panel/stages").await.json();
            let rows: Vec<serde_json::Value> = serde_json::from_str(&recorded).unwrap();
            assert_eq!(panel["retained"], rows.len(), "{version} {file}: {panel}");
            assert_eq!(panel["spill"].is_null(), file != "spill", "{version} {file}");
        }
    }
}

#[tokio::test]
async fn no_application_is_an_answer() {
    let spark = spark().await;
    spark.json("/json/", r#"{"workers": [], "activeapps": [], "status": "ALIVE"}"#);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for route in ["/panel/apps", "/panel/executors", "/panel/stages", "/panel/queries", "/panel/queries/sql-1"] {
        let answer = app.get(route).await;
        assert_eq!((answer.status, answer.json()["app"].is_null()), (200, true), "{route}");
    }
    assert_eq!(app.get("/panel/stages?app=app-none").await.outcome(), "404 unknown_app");
}

#[tokio::test]
async fn a_site_with_only_a_driver_that_is_not_there_has_no_session() {
    let app = TestApp::new(&["--spark-app-ui-url", &Double::absent().await]);
    assert_eq!(app.get("/panel/chip").await.json()["state"], "no_cluster");
    assert!(app.get("/panel/stages").await.json()["app"].is_null());
    assert_eq!(app.get("/panel/cluster").await.json()["kind"], "driver_only");
    assert_eq!(app.get("/app/stages").await.outcome(), "504 upstream_unreachable");
}

#[tokio::test]
async fn a_driver_without_a_master_that_starts_is_a_state_too() {
    let driver = Double::start().await;
    driver.set("/api/v1/applications", Reply::starting());
    let app = TestApp::new(&["--spark-app-ui-url", &driver.url]);
    let chip = app.get("/panel/chip").await.json();
    assert_eq!((&chip["state"], &chip["next_poll_ms"]), (&"starting".into(), &5_000.into()));
    for route in ["/panel/apps", "/panel/stages", "/panel/executors", "/panel/queries"] {
        let answer = app.get(route).await;
        assert_eq!((answer.status, answer.json()["app"].is_null()), (200, true), "{route}");
    }
    assert_eq!(app.get("/app/stages").await.outcome(), "504 upstream_unreachable");
}

#[tokio::test]
async fn an_application_in_an_odd_state_is_never_shown_unasked() {
    let spark = spark().await;
    let apps = format!(r#"[{{"id": "{APP}", "name": "odd", "state": "ODD"}}]"#);
    spark.json("/json/", &format!(r#"{{"workers": [], "activeapps": {apps}, "status": "ALIVE"}}"#));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for route in ["/panel/apps", "/panel/stages"] {
        assert!(app.get(route).await.json()["app"].is_null(), "{route}");
    }
    assert_eq!(app.get("/app/stages").await.json()["stages"], serde_json::json!([]));
    assert_eq!(app.get(&format!("/panel/stages?app={APP}")).await.json()["app"]["app_id"], APP);
}

#[tokio::test]
async fn the_chip_asks_the_manager_where_there_is_one_and_the_master_else() {
    let (spark, manager) = (spark().await, Double::start().await);
    let status = r#"{"master": {"exists": true, "is_ready": true, "replicas": 1, "ready_replicas": 1},
        "workers": {"exists": true, "is_ready": false, "replicas": 4, "ready_replicas": 1}, "error": false}"#;
    manager.json("/clusters", status);
    let both = ["--spark-master-ui-url", &spark.url, "--spark-cluster-manager-api-url", &manager.url];
    let chip = TestApp::new(&both).get_as(Cookie("T"), "/panel/chip").await.json();
    assert_eq!((&chip["state"], &chip["ready"], &chip["wanted"]), (&"starting".into(), &1.into(), &4.into()));
    let chip = TestApp::new(&both[..2]).get("/panel/chip").await.json();
    assert_eq!((&chip["state"], &chip["ready"], &chip["wanted"]), (&"ready".into(), &1.into(), &1.into()));
    assert_eq!(TestApp::new(&both).get("/panel/chip").await.outcome(), "401 no_session_token");
}

#[tokio::test]
async fn a_manager_that_may_not_read_kubernetes_is_an_error_and_workers_that_are_to_come_are_none() {
    let manager = Double::start().await;
    let up = r#"{"exists": true, "is_ready": true, "replicas": 1, "ready_replicas": 1, "error": null}"#;
    let refused = |error: &str| format!(r#"{{"exists": false, "is_ready": false, "error": "{error}"}}"#);
    let missing = refused(r"(404)\nReason: Not Found\n");
    let forbidden = refused(r"(403)\nReason: Forbidden\n");
    for (master, workers, state) in [
        (missing.as_str(), missing.as_str(), "no_cluster"),
        (&forbidden, &forbidden, "error"),
        (&missing, &refused("Read timed out."), "error"),
        (up, &missing, "starting"),
        (up, &forbidden, "error"),
    ] {
        manager.json("/clusters", &format!(r#"{{"master": {master}, "workers": {workers}, "error": true}}"#));
        let app = TestApp::new(&["--spark-cluster-manager-api-url", &manager.url]);
        let chip = app.get_as(Cookie("T"), "/panel/chip").await.json();
        assert_eq!(chip["state"], state, "{master} {workers}");
    }
}

#[tokio::test]
async fn the_chip_tells_what_runs_and_asks_for_active_stages_only() {
    let spark = spark().await;
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/stages?status=active"), &format!("[{active}]"));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let chip = app.get("/panel/chip").await.json();
    assert_eq!(
        chip["activity"]["tasks"],
        serde_json::json!({"total": 8, "done": 3, "running": 2}),
        "no more than slots"
    );
    assert_eq!(chip["activity"]["app_name"], "Spark Connect server");
    assert_eq!(chip["next_poll_ms"], 5_000, "sooner while something runs");
}

#[tokio::test]
async fn a_driver_that_hangs_does_not_touch_the_chips_state() {
    let spark = spark().await;
    spark.set(&format!("/proxy/{APP}/api/v1/applications/{APP}"), Reply::Hang);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let chip = app.get("/panel/chip").await.json();
    assert_eq!((&chip["state"], chip["activity"].is_null()), (&"ready".into(), true));
}

#[tokio::test]
async fn a_master_that_is_gone_is_no_cluster_even_after_it_was_ready() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-master-lifetime-ms", "0"]);
    assert_eq!(app.get("/panel/chip").await.json()["state"], "ready");
    drop(spark);
    assert_eq!(app.get("/panel/chip").await.json()["state"], "no_cluster");
    let cluster = app.get("/panel/cluster").await.json();
    assert_eq!(cluster["stale"]["code"], "upstream_unreachable", "the panel keeps what it saw last, marked as old");
}

#[tokio::test]
async fn a_master_that_is_gone_makes_nothing_old_that_the_driver_tells() {
    let (master, driver) = (spark().await, spark().await);
    let base = format!("{}/proxy/{APP}", driver.url);
    let sites = ["--spark-master-ui-url", master.url.as_str(), "--spark-app-ui-url", base.as_str()];
    let no_memory = ["--spark-monitor-master-lifetime-ms", "0", "--spark-monitor-failure-lifetime-ms", "0"];
    let app = TestApp::new(&[&sites[..], &no_memory].concat());
    app.get("/panel/cluster").await;
    master.set("/json/", Reply::status(500));
    let code = async |path: &str| app.get(path).await.json()["stale"]["code"].as_str().map(str::to_owned);
    assert_eq!(code("/panel/cluster").await.as_deref(), Some("upstream_invalid"));
    for path in ["/panel/executors", "/panel/stages", "/panel/queries"] {
        assert_eq!(code(path).await, None, "{path}");
    }
}

#[tokio::test]
async fn what_cannot_be_seen_is_not_asked_at_the_pace_of_what_works() {
    let spark = spark().await;
    let no_memory = ["--spark-monitor-stages-lifetime-ms", "0", "--spark-monitor-failure-lifetime-ms", "0"];
    let app = TestApp::new(&[&["--spark-master-ui-url", spark.url.as_str()], &no_memory[..]].concat());
    let path = format!("/proxy/{APP}/api/v1/applications/{APP}/stages");
    spark.json(&path, r#"[{"stageId": 1, "attemptId": 0, "status": "ACTIVE", "numTasks": 4, "numActiveTasks": 2}]"#);
    let rates = |answer: &serde_json::Value| (answer["next_poll_ms"].as_u64(), answer["busy_poll_ms"].as_u64());
    let working = app.get("/panel/stages").await.json();
    assert_eq!((working["stale"].is_null(), rates(&working)), (true, (Some(5_000), Some(5_000))));
    spark.set(&path, Reply::status(500));
    let stale = app.get("/panel/stages").await.json();
    assert_eq!((stale["stale"].is_null(), rates(&stale)), (false, (Some(30_000), Some(30_000))));
}

#[tokio::test]
async fn that_there_is_no_cluster_is_the_same_answer_until_there_is_one() {
    for flag in ["--spark-master-ui-url", "--spark-app-ui-url"] {
        let app = TestApp::new(&[flag, &Double::absent().await, "--spark-monitor-failure-lifetime-ms", "0"]);
        let chip = app.get("/panel/chip").await;
        assert_eq!(chip.json()["state"], "no_cluster");
        let (now, begin) = (std::time::SystemTime::now, std::time::SystemTime::now());
        while now().duration_since(begin).is_ok_and(|passed| passed.as_millis() < 2) {
            tokio::task::yield_now().await;
        }
        let again = axum::http::Request::get("/panel/chip").header("if-none-match", chip.header("etag"));
        assert_eq!(app.send(again).await.status, 304, "{flag}");
    }
}

#[tokio::test]
async fn a_driver_without_a_master_that_hangs_at_first_is_starting() {
    let driver = Double::start().await;
    driver.set("/api/v1/applications", Reply::Hang);
    let args = ["--spark-app-ui-url", driver.url.as_str(), "--spark-monitor-call-timeout-ms", "300"];
    let app = TestApp::new(&[&args[..], &["--spark-monitor-failure-lifetime-ms", "0"]].concat());
    for _ in 0..2 {
        assert_eq!(app.get("/panel/chip").await.json()["state"], "starting");
        assert_eq!(app.get("/panel/apps").await.json()["app"], serde_json::Value::Null);
    }
    driver.set("/api/v1/applications", Reply::status(403));
    assert_eq!(app.get("/panel/apps").await.outcome(), "403 upstream_forbidden", "that is no start");
}
