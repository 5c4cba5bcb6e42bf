//! A query's page as a file.

use serde_json::{Value, json};

use crate::support::{APP, Double, OPERATIONS, TestApp, fixture, spark};

fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}{list}")
}

/// A failed query whose text and failure have a secret and markup.
async fn failed() -> (Double, TestApp, String) {
    let spark = spark().await;
    let marked = |file: &str| {
        let text = fixture(&format!("spark-4.3.0/{file}.json"));
        let mut value: Value = serde_json::from_str(&text).unwrap();
        for job in value.as_array_mut().unwrap() {
            if job.get("description").is_some() {
                job["description"] = json!("<img src=x> password = 'hunter2'");
            }
            if job.get("failureReason").is_some() {
                job["failureReason"] = json!("no access with token=hunter2 </pre><script>alert(1)</script>");
            }
        }
        value.to_string()
    };
    spark.json(&path("/jobs"), &marked("failed_jobs"));
    spark.json(&path("/stages"), &marked("failed_stages"));
    spark.json(&path(&format!("/{OPERATIONS}")), "[]");
    spark.json(&path("/sql?details=false&planDescription=false&offset=0&length=1000"), "[]");
    let settings = json!({"sparkProperties": [["spark.x.password", "hunter2"], ["spark.app.name", "<etl>"]]});
    spark.json(&path("/environment"), &settings.to_string());
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let queries = app.get("/panel/queries").await.json();
    let query_id = queries["recent"][0]["query_id"].as_str().unwrap().to_owned();
    (spark, app, query_id)
}

#[tokio::test]
async fn the_json_file_has_what_the_page_has_without_secrets() {
    let (spark, app, query_id) = failed().await;
    let route = format!("/panel/queries/{query_id}/report?format=json");
    let answer = app.get(&route).await;
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    let report: Value = serde_json::from_str(answer.json()["text"].as_str().unwrap()).unwrap();
    assert_eq!((&report["query"]["state"], &report["stages"][0]["state"]), (&json!("failed"), &json!("failed")));
    assert!(report["query"].get("session_id").is_none() && report["query"].get("operation_id").is_none());
    assert!(report["environment"].is_null());
    assert_eq!(spark.count(&path("/environment")), 0, "settings are asked for on request only");
    let answer = app.get(&format!("{route}&settings=true")).await;
    assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    let report: Value = serde_json::from_str(answer.json()["text"].as_str().unwrap()).unwrap();
    assert_eq!(report["environment"]["settings"][0]["name"], "spark.app.name");
}

#[tokio::test]
async fn the_html_file_runs_and_fetches_nothing_and_escapes_what_others_wrote() {
    let (_spark, app, query_id) = failed().await;
    let file = app.get(&format!("/panel/queries/{query_id}/report?settings=true")).await.json();
    assert_eq!(file["name"], "query.html");
    let html = file["text"].as_str().unwrap();
    assert!(!html.contains("hunter2"), "{html}");
    for markup in ["<script", "<img", "src=", "href=", "url(", "@import"] {
        assert!(!html.replace("&lt;img src=x&gt;", "").contains(markup), "{markup}: {html}");
    }
    for shown in ["default-src 'none'", "&lt;/pre&gt;&lt;script&gt;", "&lt;etl&gt;", "<h2>Stages</h2>", "failed"] {
        assert!(html.contains(shown), "{shown}: {html}");
    }
}

#[tokio::test]
async fn a_file_that_lacks_settings_says_so() {
    let (spark, app, query_id) = failed().await;
    let many: Vec<_> = (0..2_001).map(|number| json!([format!("spark.x.{number}"), "1"])).collect();
    spark.json(&path("/environment"), &json!({"sparkProperties": many}).to_string());
    let said = "There are more settings than the 2000 that are listed.";
    let route = format!("/panel/queries/{query_id}/report?settings=true");
    let html = app.get(&route).await.json()["text"].as_str().unwrap().to_owned();
    assert!(html.contains(&format!("A part is missing: {said}")), "{html}");
    let report = app.get(&format!("{route}&format=json")).await.json()["text"].as_str().unwrap().to_owned();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert!(report["missing"].as_array().unwrap().contains(&json!(said)), "{}", report["missing"]);
    let without = app.get(&format!("/panel/queries/{query_id}/report?format=json")).await.json();
    assert!(!without["text"].as_str().unwrap().contains("more settings"), "{without}");
}

#[tokio::test]
async fn a_query_that_spark_has_forgotten_is_not_found() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let answer = app.get("/panel/queries/sql-99/report").await;
    assert_eq!(answer.outcome(), "404 not_found");
    assert!(answer.json()["hint"].as_str().unwrap().contains("listed"));
    assert_eq!(app.get("/panel/queries/sql-99/report?settings=perhaps").await.outcome(), "400 bad_request");
}
