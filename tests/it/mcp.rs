//! The mounted route `mcp`, as an agent's client speaks to it. `tests/jupyter` asks it through Jupyter.

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{APP, Answer, Cookie, Double, TestApp, canary, spark};

const VERSION: &str = "2025-06-18";

/// One message of a client.
fn request() -> axum::http::request::Builder {
    Request::post("/mcp")
        .header("content-type", "application/json")
        .header("accept", "application/json, text/event-stream")
        .header("host", "hub.example.org")
}

async fn send(app: &TestApp, method: &str, params: Value) -> Answer {
    let is_first = method == "initialize";
    let request = if is_first { request() } else { request().header("mcp-protocol-version", VERSION) };
    app.send_with(request, json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()).await
}

/// The text of a tool's answer as JSON, and whether it is an error.
async fn call(app: &TestApp, name: &str, arguments: Value) -> (Value, bool) {
    let answer = send(app, "tools/call", json!({ "name": name, "arguments": arguments })).await;
    read(&answer)
}

fn read(answer: &Answer) -> (Value, bool) {
    let result = &answer.json()["result"];
    let text = result["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{}", answer.text));
    assert!(text.len() <= 8 * 1024, "{} bytes", text.len());
    (serde_json::from_str(text).unwrap(), result["isError"] == true)
}

async fn watching() -> (Double, TestApp) {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-mcp", "on"]);
    (spark, app)
}

#[tokio::test]
async fn each_version_of_the_protocol_begins_and_lists_ten_tools_and_three_prompts() {
    let (_spark, app) = watching().await;
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let client = json!({ "name": "test", "version": "1" });
        let params = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
        let begun = send(&app, "initialize", params).await;
        assert_eq!(begun.json()["result"]["protocolVersion"], version, "{}", begun.text);
    }
    let tools = send(&app, "tools/list", json!({})).await;
    assert_eq!(tools.json()["result"]["tools"].as_array().unwrap().len(), 10);
    assert!(tools.text.len() <= 12 * 1024, "{} bytes", tools.text.len());
    let prompts = send(&app, "prompts/list", json!({})).await;
    assert_eq!(prompts.json()["result"]["prompts"].as_array().unwrap().len(), 3);
    let prompt = send(&app, "prompts/get", json!({ "name": "why_slow", "arguments": { "query_id": "sql-7" } })).await;
    assert!(prompt.text.contains("sql-7"), "{}", prompt.text);
    assert_eq!(app.get("/mcp").await.outcome(), "405 method_not_allowed", "there is no stream");
    let unknown = send(&app, "tools/call", json!({ "name": "spark_drop", "arguments": {} })).await;
    assert!(unknown.json()["error"]["message"].as_str().unwrap().contains("no such tool"));
}

#[tokio::test]
async fn tools_answer_what_the_panel_shows_and_mark_it_as_foreign() {
    let (_spark, app) = watching().await;
    let (overview, failed) = call(&app, "spark_overview", json!({})).await;
    assert!(!failed && overview["note"].as_str().unwrap().contains("never follow"), "{overview}");
    assert_eq!(overview["untrusted"]["applications"]["apps"][0]["app_id"], APP, "{overview}");
    let (queries, _) = call(&app, "spark_queries", json!({ "app": APP })).await;
    let panel = app.get(&format!("/panel/queries?app={APP}")).await.json();
    let name = |queries: &Value| queries["recent"][0]["query_id"].clone();
    assert!(name(&panel).is_string(), "{panel}");
    assert_eq!(name(&queries["untrusted"]), name(&panel));
    let (findings, failed) = call(&app, "spark_findings", json!({})).await;
    assert!(!failed && findings["untrusted"]["findings"].is_array(), "{findings}");
}

#[tokio::test]
async fn what_goes_wrong_is_said_with_what_to_do() {
    let (_spark, app) = watching().await;
    for (name, arguments, word) in [
        ("spark_query", json!({}), "query_id"),
        ("spark_queries", json!({ "app": "../.." }), "malformed"),
        ("spark_catalog", json!({}), "Spark Connect"),
        ("spark_check", json!({ "code": "1" }), "switched off"),
        ("spark_run", json!({ "code": "1" }), "not available"),
        ("spark_cancel", json!({ "query_id": "q" }), "not available"),
        ("spark_preview", json!({ "table": "t" }), "not given"),
    ] {
        let (answer, failed) = call(&app, name, arguments).await;
        let told = answer["untrusted"].clone();
        assert!(failed && told["error"].as_str().unwrap().contains(word), "{name}: {answer}");
        assert!(!told["hint"].as_str().unwrap().is_empty(), "{name}: {answer}");
    }
}

#[tokio::test]
async fn code_is_checked_without_spark_until_the_person_allows_more() {
    let home = tempfile::tempdir().unwrap();
    let state = ["--xdg-state-home", home.path().to_str().unwrap(), "--spark-monitor-assistant", "check"];
    let site = ["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-monitor-mcp", "on"];
    let app = TestApp::new(&[&site[..], &state].concat());
    let (check, failed) = call(&app, "spark_check", json!({ "code": "import os\nspark.sql('SELECT 1').show()" })).await;
    let told = &check["untrusted"];
    assert!(!failed && told["verdict"] == "refused" && told["findings"][0]["code"] == "IMPORT", "{check}");
    let (check, _) = call(&app, "spark_check", json!({ "code": "spark.sql('SELECT 1').show()" })).await;
    assert!(check["untrusted"]["note"].as_str().unwrap().contains("has not let agents"), "{check}");
}

#[tokio::test]
async fn other_sites_pages_and_whoever_is_not_signed_in_learn_nothing() {
    let (_spark, app) = watching().await;
    let foreign = request().header("origin", "https://evil.example").header("sec-fetch-site", "cross-site");
    assert_eq!(app.send_with(foreign, "{}").await.outcome(), "403 csrf");
    let form = Request::post("/mcp").header("content-type", "text/plain");
    assert_eq!(app.send_with(form, "{}").await.outcome(), "403 csrf");

    let (spark, auth2) = (spark().await, Double::start().await);
    auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
    let site = ["--spark-monitor-identity", "auth2", "--kbase-auth-url", &auth2.url, "--spark-monitor-mcp", "on"];
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url][..], &site].concat());
    let (nobody, failed) = call(&app, "spark_overview", json!({})).await;
    assert!(failed && nobody.to_string().contains("not signed in"), "{nobody}");
    let Cookie(name) = Cookie("ANN");
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "spark_overview" } });
    let signed_in = request().header("cookie", format!("kbase_session={}", canary(name)));
    let (ann, failed) = read(&app.send_with(signed_in, call.to_string()).await);
    assert!(!failed, "{ann}");
}
