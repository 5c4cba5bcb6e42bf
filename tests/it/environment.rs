//! Settings and versions of an application.

use serde_json::json;

use crate::support::{APP, Double, Reply, TestApp, spark};

fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}{list}")
}

/// As Spark 4.3 answers, which hides what `spark.redaction.regex` names, and no password in an address.
fn environment() -> String {
    json!({
        "runtime": {"javaVersion": "21.0.9 (Debian)", "javaHome": "/usr/lib/jvm", "scalaVersion": "version 2.13.18"},
        "sparkProperties": [
            ["spark.my.password", "*********(redacted)"],
            ["spark.jdbc.url", "jdbc:postgresql://ann:hunter2@h/db?sslpassword=hunter2"],
            ["spark.x.key", "hunter2"],
            ["spark.executor.extraJavaOptions", "-Dx.password=hunter2 -Dy=1"],
            ["spark.app.name", "etl"],
        ],
        "hadoopProperties": [["fs.x", "hunter2"]],
        "systemProperties": [["sun.java.command", "--conf a=hunter2"]],
        "classpathEntries": [["/hunter2.jar", "System Classpath"]],
    })
    .to_string()
}

async fn settled() -> Double {
    let spark = spark().await;
    spark.json(&path(""), &json!({"id": APP, "attempts": [{"appSparkVersion": "4.3.0"}]}).to_string());
    spark.json(&path("/environment"), &environment());
    spark
}

#[tokio::test]
async fn settings_and_versions_are_told_without_secrets() {
    let spark = settled().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/panel/environment").await;
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    let answer = answer.json();
    let versions = ["spark_version", "java_version", "scala_version"].map(|name| answer[name].as_str().unwrap());
    assert_eq!(versions, ["4.3.0", "21.0.9 (Debian)", "2.13.18"]);
    let settings = json!([
        {"name": "spark.app.name", "value": "etl"},
        {"name": "spark.executor.extraJavaOptions", "value": "-Dx.password=… -Dy=1"},
        {"name": "spark.jdbc.url", "value": "jdbc:postgresql://…@h/db?sslpassword=…"},
        {"name": "spark.my.password", "value": null},
        {"name": "spark.x.key", "value": null},
    ]);
    assert_eq!(answer["settings"], settings);
}

#[tokio::test]
async fn the_driver_is_asked_once_and_only_on_request() {
    let spark = settled().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    app.get("/panel/queries").await;
    app.get("/panel/queries/sql-1").await;
    assert_eq!(spark.count(&path("/environment")), 0);
    for _ in 0..3 {
        assert_eq!(app.get(&format!("/panel/environment?app={APP}")).await.status, 200);
        assert_eq!(app.get("/panel/environment").await.status, 200);
    }
    assert_eq!(spark.count(&path("/environment")), 1);
}

#[tokio::test]
async fn a_driver_that_tells_no_settings_is_an_error_and_no_application_is_an_answer() {
    let spark = settled().await;
    spark.set(&path("/environment"), Reply::status(404));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    assert_eq!(app.get("/panel/environment").await.outcome(), "502 upstream_invalid");
    assert_eq!(app.get("/panel/environment?app=app-none").await.outcome(), "404 unknown_app");
    spark.json("/json/", r#"{"workers": [], "activeapps": [], "status": "ALIVE"}"#);
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/panel/environment").await;
    assert_eq!((answer.status, answer.json()["app"].is_null()), (200, true));
}
