//! Checks, and what agents may have checked, where no Spark Connect is configured. `tests/check` asks a real one.

use axum::http::Request;
use serde_json::{Value, json};

use berdl_spark_monitor::config::Secrets;

use crate::support::{Answer, Double, TestApp, canary};

const SITE: [&str; 4] = ["--spark-master-ui-url", "http://127.0.0.1:9", "--spark-monitor-assistant", "check"];

fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path).header("content-type", "application/json")
}

async fn put_agents(app: &TestApp, allowed: bool) -> Answer {
    let request = Request::put("/assistant/agents").header("content-type", "application/json");
    app.send_with(request, json!({ "allowed": allowed }).to_string()).await
}

/// A check, awaited.
async fn checked(app: &TestApp, new: Value) -> Value {
    let begun = app.send_with(post("/assistant/check"), new.to_string()).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let id = begun.json()["id"].as_str().unwrap().to_owned();
    loop {
        let check = app.get(&format!("/assistant/check/{id}?wait_ms=5000")).await.json();
        if check["state"] == "done" {
            return check;
        }
    }
}

#[tokio::test]
async fn by_default_there_is_nothing_of_it() {
    let app = TestApp::new(&SITE[..2]);
    for path in ["/assistant/check/x", "/assistant/agents", "/mcp"] {
        assert_eq!(app.get(path).await.outcome(), "404 not_found", "{path}");
    }
    assert_eq!(app.send_with(post("/assistant/check"), "{}").await.outcome(), "404 not_found");
    let areas = app.get("/areas").await.json();
    assert_eq!((&areas["assistant"], &areas["mcp"]), (&Value::Null, &json!(false)));
    assert!(!app.get("/openapi.json").await.text.contains("/assistant"));
}

#[tokio::test]
async fn a_finding_stands_in_its_cell() {
    let app = TestApp::new(&SITE);
    let check = checked(&app, json!({ "cells": ["x = 1", "y = 2\nz = eval('x')"] })).await;
    assert_eq!(check["verdict"], "refused");
    let finding = &check["findings"][0];
    let place = ["rung", "code", "severity", "cell", "line", "column"].map(|name| finding[name].clone());
    assert_eq!(place, [json!("rules"), json!("BUILTIN"), json!("refused"), json!(1), json!(2), json!(5)]);
    assert_eq!(check["rungs"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_program_without_spark_passes_and_one_with_it_is_unproven_and_the_note_says_why() {
    let app = TestApp::new(&SITE);
    assert_eq!(checked(&app, json!({ "cells": ["print(1)"] })).await["verdict"], "passes");
    let check = checked(&app, json!({ "cells": ["spark.sql('SELECT 1').show()"] })).await;
    assert_eq!(check["verdict"], "unproven");
    assert!(check["note"].as_str().unwrap().contains("SPARK_CONNECT_URL"), "{check}");
    assert!(!check.to_string().contains("--url"), "the command line's option is not for this answer: {check}");
}

#[tokio::test]
async fn what_is_too_large_or_no_check_is_refused() {
    let app = TestApp::new(&SITE);
    let large = json!({ "cells": ["#".repeat(200 << 10), "#".repeat(60 << 10)] });
    assert_eq!(app.send_with(post("/assistant/check"), large.to_string()).await.outcome(), "413 too_large");
    let many = json!({ "cells": vec![""; 2_001] });
    assert_eq!(app.send_with(post("/assistant/check"), many.to_string()).await.outcome(), "400 bad_request");
    assert_eq!(app.send_with(post("/assistant/check"), "{}").await.outcome(), "400 bad_request");
    for unknown in ["x", "00112233-4455-6677-8899-aabbccddeeff"] {
        assert_eq!(app.get(&format!("/assistant/check/{unknown}")).await.outcome(), "404 not_found");
    }
    let foreign = post("/assistant/check").header("sec-fetch-site", "cross-site");
    assert_eq!(app.send_with(foreign, r#"{"cells": []}"#).await.outcome(), "403 csrf");
}

#[tokio::test]
async fn a_program_of_any_depth_ends_its_check_and_not_the_sidecar() {
    let app = TestApp::new(&SITE);
    for (open, close) in [("[", "]"), ("f(", ")"), ("-", ""), ("not ", ""), ("lambda: ", "")] {
        for depth in [300, 20_000] {
            let cell = format!("x = {}1{}", open.repeat(depth), close.repeat(depth));
            let check = checked(&app, json!({ "cells": ["y = 2", cell] })).await;
            assert!(!check["note"].as_str().unwrap_or_default().contains("fault"), "{open} {depth}: {check}");
            assert!(check["verdict"].is_string(), "{check}");
        }
    }
}

#[tokio::test]
async fn agents_have_nothing_checked_by_spark_before_the_person_allows_it() {
    let home = tempfile::tempdir().unwrap();
    let state = ["--xdg-state-home", home.path().to_str().unwrap(), "--spark-monitor-mcp", "on"];
    let app = TestApp::new(&[&SITE[..], &state].concat());
    assert_eq!(app.get("/assistant/agents").await.json(), json!({ "mcp": true, "allowed": false }));
    let asked = json!({ "cells": ["spark.sql('SELECT 1').show()"], "agent": true });
    let note = |check: &Value| check["note"].as_str().unwrap().to_owned();
    assert!(note(&checked(&app, asked.clone()).await).contains("has not let agents"));

    let foreign = Request::put("/assistant/agents").header("content-type", "application/json");
    let foreign = foreign.header("sec-fetch-site", "cross-site");
    assert_eq!(app.send_with(foreign, r#"{"allowed": true}"#).await.outcome(), "403 csrf");
    assert_eq!(put_agents(&app, true).await.json(), json!({ "mcp": true, "allowed": true }));
    assert!(note(&checked(&app, asked.clone()).await).contains("no Spark Connect server"), "the next obstacle");
    let again = TestApp::new(&[&SITE[..], &state].concat());
    assert_eq!(again.get("/assistant/agents").await.json()["allowed"], true, "it outlives the sidecar");
    assert_eq!(put_agents(&app, false).await.json()["allowed"], false);
    let audit = std::fs::read_to_string(home.path().join("berdl-spark-monitor/audit.jsonl")).unwrap();
    assert_eq!(audit.matches("allow_agents").count(), 2, "{audit}");
}

#[tokio::test]
async fn a_decision_that_cannot_be_kept_changes_nothing() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("berdl-spark-monitor"), "no folder").unwrap();
    let state = ["--xdg-state-home", home.path().to_str().unwrap(), "--spark-monitor-mcp", "on"];
    let app = TestApp::new(&[&SITE[..], &state, &["--spark-monitor-history", "memory"]].concat());
    let refused = put_agents(&app, true).await;
    assert_eq!(refused.outcome(), "500 internal");
    assert!(refused.json()["hint"].as_str().unwrap().contains("room"), "{}", refused.text);
    assert_eq!(app.get("/assistant/agents").await.json()["allowed"], false);
}

#[tokio::test]
async fn where_several_people_share_a_sidecar_each_sees_their_own_checks_and_decisions() {
    let auth2 = Double::start().await;
    auth2.json("/api/V2/me", r#"{"user": "ann"}"#);
    let home = tempfile::tempdir().unwrap();
    let site = ["--spark-monitor-identity", "auth2", "--kbase-auth-url", &auth2.url, "--spark-monitor-mcp", "on"];
    let state = ["--xdg-state-home", home.path().to_str().unwrap()];
    let secrets = Secrets { sidecar_token: Some(canary("SIDECAR").into()), ..Secrets::default() };
    let app = TestApp::with_secrets(&[&SITE[..], &site, &state].concat(), secrets);
    let as_one = |request: axum::http::request::Builder, name: &str| {
        request
            .header("x-spark-monitor-token", canary("SIDECAR"))
            .header("cookie", format!("kbase_session={}", canary(name)))
    };
    let begun = app.send_with(as_one(post("/assistant/check"), "ANN"), r#"{"cells": ["1"]}"#).await;
    let path = format!("/assistant/check/{}", begun.json()["id"].as_str().unwrap());
    let allow = Request::put("/assistant/agents").header("content-type", "application/json");
    app.send_with(as_one(allow, "ANN"), r#"{"allowed": true}"#).await;
    auth2.json("/api/V2/me", r#"{"user": "bob"}"#);
    assert_eq!(app.send(as_one(Request::get(&path), "BOB")).await.outcome(), "404 not_found");
    assert_eq!(app.send(as_one(Request::get("/assistant/agents"), "BOB")).await.json()["allowed"], false);
    assert_eq!(app.send(as_one(Request::get(&path), "ANN")).await.outcome(), "200");
    assert_eq!(app.send(as_one(Request::get("/assistant/agents"), "ANN")).await.json()["allowed"], true);
}
