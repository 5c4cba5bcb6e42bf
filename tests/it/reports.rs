//! The connection report and the history, through the routes and on the command line.

use std::{process::Command, time::Duration};

use berdl_spark_monitor::config::Secrets;

use crate::support::{APP, Cookie, Double, Reply, TestApp, spark};

/// The verdicts in order: sidecar, identity, cluster manager, master, driver.
fn verdicts(report: &serde_json::Value) -> Vec<&str> {
    report["hops"].as_array().unwrap().iter().map(|hop| hop["verdict"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn all_is_well_when_every_hop_answers() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let report = app.get("/doctor").await.json();
    assert_eq!(verdicts(&report), ["ok", "skipped", "skipped", "ok", "ok"]);
    assert_eq!(report["health"], "well");
    assert_eq!(report["hops"][4]["found"], "It answers through the master's reverse proxy.");
}

#[tokio::test]
async fn it_says_whether_there_is_a_history_to_ask_for() {
    let spark = spark().await;
    for (mode, said, status) in
        [("memory", serde_json::json!("memory"), "200"), ("off", serde_json::json!(null), "404")]
    {
        let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-history", mode]);
        assert_eq!(
            app.get("/areas").await.json(),
            serde_json::json!({"sql": null, "history": said, "export": "run", "assistant": null, "mcp": false})
        );
        assert!(app.get("/history/collector").await.outcome().starts_with(status), "{mode}");
    }
}

#[tokio::test]
async fn twenty_reports_cost_one_search_for_the_driver() {
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    let broken = Reply::html(200);
    for (reply, verdict) in [(None, "ok"), (Some(broken), "failed")] {
        let spark = spark().await;
        if let Some(reply) = reply {
            spark.set(&driver, reply);
        }
        let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
        for report in futures_util::future::join_all((0..20).map(|_| app.get("/doctor"))).await {
            assert_eq!(verdicts(&report.json())[4], verdict);
        }
        assert_eq!((spark.count("/json/"), spark.count(&driver)), (1, 1), "{verdict}");
        tokio::time::pause();
        tokio::time::advance(Duration::from_secs(6)).await;
        tokio::time::resume();
        app.get("/doctor").await;
        assert_eq!(spark.count(&driver), 2, "it is not believed for long");
    }
}

#[tokio::test]
async fn a_driver_that_cannot_be_reached_is_told_with_its_fix() {
    let spark = spark().await;
    spark.set(&format!("/proxy/{APP}/api/v1/applications/{APP}"), Reply::html(200));
    let report = TestApp::new(&["--spark-master-ui-url", &spark.url]).get("/doctor").await.json();
    assert_eq!((report["health"].as_str(), verdicts(&report)[4]), (Some("degraded"), "failed"));
    let fix = report["hops"][4]["fix"].as_str().unwrap();
    assert!(fix.contains("answered with a web page") && fix.contains("spark.ui.reverseProxy=true"), "{fix}");
    assert!(!report.to_string().contains("127.0.0.1"), "{report}");
}

#[tokio::test]
async fn who_is_not_signed_in_sees_why_nothing_can_be_shown() {
    let auth2 = Double::start().await;
    auth2.set("/api/V2/me", Reply::status(401));
    let app = TestApp::new(&["--kbase-auth-url", &auth2.url, "--spark-master-ui-url", "http://127.0.0.1:9/{user}"]);
    for report in [app.get("/doctor").await.json(), app.get_as(Cookie("T"), "/doctor").await.json()] {
        assert_eq!(verdicts(&report), ["ok", "failed", "skipped", "skipped", "skipped"]);
        assert_eq!(report["health"], "broken");
    }
    let report = TestApp::not_configured("nothing to watch").get("/doctor").await;
    assert_eq!((report.status, report.json()["health"].as_str()), (200, Some("broken")));
    assert!(report.text.contains("nothing to watch"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_ends_with_the_health_as_its_code() {
    let spark = spark().await;
    let doctor = |args: Vec<String>| async move {
        let run = move || {
            Command::new(env!("CARGO_BIN_EXE_berdl-spark-monitor")).arg("doctor").args(args).env_clear().output()
        };
        let output = tokio::task::spawn_blocking(run).await.unwrap().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    let master = |url: &str| vec!["--spark-master-ui-url".to_owned(), url.to_owned()];
    let (code, text) = doctor(master(&spark.url)).await;
    assert!(code == 0 && text.contains("All well."), "{code} {text}");
    let (code, text) = doctor([master(&spark.url), vec!["--json".into()]].concat()).await;
    assert_eq!((code, serde_json::from_str::<serde_json::Value>(&text).unwrap()["health"].as_str()), (0, Some("well")));
    spark.set(&format!("/proxy/{APP}/api/v1/applications/{APP}"), Reply::Reset);
    let (code, text) = doctor(master(&spark.url)).await;
    assert!(code == 1 && text.contains("FAILED   driver"), "{code} {text}");
    let (code, text) = doctor(master(&Double::absent().await)).await;
    assert!(code == 2 && text.contains("Nothing can be shown."), "{code} {text}");
    let (code, text) = doctor(Vec::new()).await;
    assert!(code == 2 && text.contains("nothing to watch"), "{code} {text}");
}

#[tokio::test]
async fn the_history_remembers_what_the_panel_saw() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    assert_eq!(app.get("/panel/history").await.json()["points"], serde_json::json!([]));
    for route in ["/panel/cluster", "/panel/executors", "/panel/executors", "/panel/cluster"] {
        app.get(route).await;
    }
    let history = app.get("/panel/history").await.json();
    let points = history["points"].as_array().unwrap();
    assert_eq!(points.len(), 1, "one moment is one point: {history}");
    assert_eq!((&points[0]["cores_used"], &points[0]["memory_used_mib"]), (&2.into(), &1024.into()));
    assert_eq!((&points[0]["active_tasks"], &history["task_slots"]), (&0.into(), &2.into()));
}

#[tokio::test]
async fn the_history_of_tasks_is_that_of_the_chosen_application() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let chosen = format!("/panel/executors?app={APP}");
    app.get(&chosen).await;
    let tasks = |history: serde_json::Value| history["task_slots"].as_u64();
    assert_eq!(tasks(app.get(&format!("/panel/history?app={APP}")).await.json()), Some(2));
    assert_eq!(tasks(app.get("/panel/history?app=app-other").await.json()), None);
    assert_eq!(tasks(app.get("/panel/history").await.json()), None, "nobody has looked at the newest as such");
    app.get("/panel/executors").await;
    assert_eq!(tasks(app.get("/panel/history").await.json()), Some(2));
    assert_eq!(app.get("/panel/history?app=a/b").await.outcome(), "400 bad_request");
}

#[tokio::test]
async fn users_have_histories_of_their_own() {
    let (auth2, master) = (Double::start().await, Double::start().await);
    master.json("/ann/json/", r#"{"workers": [{"state": "ALIVE", "cores": 8}], "activeapps": [], "status": "ALIVE"}"#);
    let url = format!("{}/{{user}}", master.url);
    let args = ["--kbase-auth-url", &auth2.url, "--spark-master-ui-url", &url];
    let app = TestApp::with_secrets(&args, Secrets::default());
    auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
    app.get_as(Cookie("ANN"), "/panel/cluster").await;
    auth2.json("/api/V2/me", r#"{"user": "bob"}"#);
    assert_eq!(app.get_as(Cookie("BOB"), "/panel/history").await.json()["points"], serde_json::json!([]));
    assert_eq!(app.get_as(Cookie("ANN"), "/panel/history").await.json()["cores_total"], 8);
}
