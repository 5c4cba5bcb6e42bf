//! Links to Spark's own pages, as the person's browser reaches them.

use serde_json::Value;

use crate::support::{APP, TestApp, fixture, spark};

const LINKS: &str = "https://hub.example/user/{username}/proxy/{app_id}";

/// Findings explain themselves by Spark's documentation, which is no page of this site.
const DOCUMENTATION: &str = "https://spark.apache.org/docs/";

/// The links in an answer, in its order.
fn links(answer: &Value) -> Vec<String> {
    match answer {
        Value::Object(fields) => fields
            .iter()
            .flat_map(|(name, value)| match (name.as_str(), value) {
                ("link", Value::String(link)) if link.starts_with(DOCUMENTATION) => Vec::new(),
                ("link", Value::String(link)) => vec![link.clone()],
                _ => links(value),
            })
            .collect(),
        Value::Array(items) => items.iter().flat_map(links).collect(),
        _ => Vec::new(),
    }
}

#[tokio::test]
async fn without_the_setting_nothing_leads_anywhere() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    assert_eq!(links(&app.get("/snapshot").await.json()), [""; 0]);
}

#[tokio::test]
async fn applications_queries_and_stages_lead_to_their_pages() {
    let spark = spark().await;
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&format!("/proxy/{APP}/api/v1/applications/{APP}/stages"), &format!("[{active}]"));
    let hub = ["--spark-monitor-identity", "jupyterhub", "--jupyterhub-user", "Ann B"];
    let args = [&["--spark-master-ui-url", &spark.url, "--spark-monitor-links", LINKS], &hub[..]].concat();
    let app = TestApp::new(&args);
    let base = format!("https://hub.example/user/Ann%20B/proxy/{APP}/");
    let executors = app.get("/panel/executors").await.json();
    assert_eq!(links(&executors), [base.as_str()]);
    let stages = app.get("/panel/stages").await.json();
    let stage = &stages["active"][0];
    assert_eq!(stage["link"], format!("{base}stages/stage/?id={}&attempt=0", stage["stage_id"]));
    let queries = app.get("/panel/queries").await.json();
    let query = &queries["recent"][0];
    let user = queries["sessions"][0]["user"].as_str().unwrap();
    assert_eq!(
        query["link"],
        format!("{base}connect/session/?id={}&userId={user}", query["session_id"].as_str().unwrap())
    );
    let one = app.get(&format!("/panel/queries/{}", query["query_id"].as_str().unwrap())).await.json();
    assert_eq!(one["query"]["link"], query["link"]);
}
