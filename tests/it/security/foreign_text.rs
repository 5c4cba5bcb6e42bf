//! Text from a cluster that its user controls is shown, and never followed.

use berdl_spark_monitor::config::Secrets;

use crate::support::{APP, Double, TestApp, application, canary, fixture, spark};

/// A master whose only application has this id.
async fn master(app_id: &str) -> Double {
    let master = Double::start().await;
    let app = serde_json::json!({"id": app_id, "name": "x", "state": "RUNNING", "cores": 1, "starttime": 1});
    master.json("/json/", &serde_json::json!({"workers": [], "activeapps": [app], "status": "ALIVE"}).to_string());
    master
}

#[tokio::test]
async fn an_application_id_that_is_no_id_leads_nowhere() {
    let elsewhere = Double::start().await;
    let evil = elsewhere.url.trim_start_matches("http://");
    for app_id in [
        format!("x@{evil}/"),
        format!("{evil}/#"),
        "../../admin".to_owned(),
        "..".to_owned(),
        "a/b".to_owned(),
        "a?b=c".to_owned(),
        "\r\nx: y".to_owned(),
        String::new(),
        "a".repeat(129),
    ] {
        let master = master(&app_id).await;
        let secrets = Secrets { spark_ui_token: Some(canary("ui").into()), ..Secrets::default() };
        let args = [
            "--spark-master-ui-url",
            master.url.as_str(),
            "--spark-app-ui-url",
            "http://{app_id}.drivers.invalid:4040",
        ];
        let app = TestApp::with_secrets(&args, secrets);
        assert_eq!(app.get("/app/stages").await.json()["stages"], serde_json::json!([]), "{app_id}");
        assert!(app.get("/panel/executors").await.json()["app"].is_null(), "{app_id}");
        assert_eq!(master.requests().len(), 1, "{:?}", master.requests());
    }
    assert_eq!(elsewhere.requests().len(), 0, "{:?}", elsewhere.requests());
}

#[tokio::test]
async fn a_driver_cannot_name_an_application_that_is_no_id() {
    let driver = Double::start().await;
    driver.json("/api/v1/applications", r#"[{"id": "../admin", "name": "x", "attempts": [{"completed": false}]}]"#);
    let app = TestApp::new(&["--spark-app-ui-url", &driver.url]);
    assert!(app.get("/panel/stages").await.json()["app"].is_null());
    assert_eq!(driver.requests().len(), 1, "{:?}", driver.requests());
}

#[tokio::test]
async fn markup_in_names_stays_text() {
    const EVIL: &str = "<img src=x onerror=alert(1)>\u{202e}\u{0}\r\n";
    let spark = spark().await;
    let name = serde_json::to_string(EVIL).unwrap();
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    spark.json("/json/", &fixture("spark-4.3.0/master_json.json").replace("\"Spark Connect server\"", &name));
    spark.json(&driver, &application());
    let stages = format!(r#"[{{"stageId": 1, "attemptId": 0, "status": "ACTIVE", "numTasks": 1, "name": {name}}}]"#);
    spark.json(&format!("{driver}/stages"), &stages);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for route in ["/panel/stages", "/panel/queries", "/panel/apps", "/panel/chip"] {
        let answer = app.get(route).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{route}");
        // Even a browser that took it for a page would find no tag outside a JSON string.
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        answer.json();
    }
}
