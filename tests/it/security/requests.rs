//! What a browser, or one who pretends to be one, may send; and what it is sent back.

use axum::http::{Method, Request};

use crate::support::{Double, TestApp, spark};

/// Every route of the document, with its placeholder filled in.
async fn routes(app: &TestApp) -> Vec<String> {
    let document = app.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap().keys();
    paths.map(|path| path.replace("{query_id}", "sql-1")).collect()
}

#[tokio::test]
async fn no_route_writes_so_that_there_is_nothing_to_forge() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for route in routes(&app).await {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE] {
            let answer = app.send(Request::builder().method(method.clone()).uri(&route)).await;
            assert_eq!(answer.outcome(), "405 method_not_allowed", "{method} {route}");
        }
    }
    assert_eq!(spark.requests().len(), 0);
}

#[tokio::test]
async fn every_answer_is_json_for_its_asker_alone() {
    let spark = spark().await;
    for app in [TestApp::new(&["--spark-master-ui-url", &spark.url]), TestApp::not_configured("nothing to watch")] {
        for route in routes(&app).await.iter().map(String::as_str).chain(["/nope", "/app/stages?app=*"]) {
            let answer = app.send(Request::get(route).header("origin", "https://evil.example")).await;
            assert_eq!(answer.header("content-type"), "application/json", "{route}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{route}");
            let cache = answer.header("cache-control");
            assert!(cache.is_empty() || cache == "no-store" || cache == "private, no-cache", "{route}: {cache}");
            for foreign in ["access-control-allow-origin", "set-cookie", "location", "server"] {
                assert_eq!(answer.header(foreign), "", "{route}: {foreign}");
            }
        }
    }
}

#[tokio::test]
async fn a_request_id_is_taken_over_only_when_it_is_clean() {
    let app = TestApp::not_configured("nothing to watch");
    let id_for = async |id: &str| {
        let answer = app.send(Request::get("/healthz").header("x-request-id", id)).await;
        answer.header("x-request-id").to_owned()
    };
    assert_eq!(id_for("a-B_3.x").await, "a-B_3.x");
    for bad in ["", "a b", "a\tb", "<script>", "%0d%0a", "\u{e4}", &"a".repeat(65)] {
        let id = id_for(bad).await;
        assert!(id.len() == 16 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{bad:?}: {id}");
    }
}

#[tokio::test]
async fn what_a_client_sends_is_limited() {
    let app = TestApp::not_configured("nothing to watch");
    let headers = app.send(Request::get("/healthz").header("x", "a".repeat(65 << 10))).await;
    assert_eq!(headers.outcome(), "431 too_large");
    let body = app.send(Request::get("/healthz").header("content-length", "65537")).await;
    assert_eq!(body.outcome(), "413 too_large");
}

#[tokio::test]
async fn no_parameter_reaches_an_upstream_as_a_path() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    app.get("/panel/queries").await;
    let before = spark.requests().len();
    for odd in ["..", "%2e%2e", "..%2f..%2fetc", "a%2fb", "a%00b", "a%0d%0ab", "%f0%9f%92%a5", "http:%2f%2fevil"] {
        assert_eq!(app.get(&format!("/app/stages?app={odd}")).await.outcome(), "400 bad_request", "{odd}");
        let query = app.get(&format!("/panel/queries/{odd}")).await;
        assert!(query.status == 404 || query.json()["query"].is_null(), "{odd}: {}", query.text);
    }
    assert_eq!(spark.requests().len(), before, "{:?}", spark.requests());
}

#[tokio::test]
async fn an_unknown_host_header_or_path_changes_nothing() {
    let elsewhere = Double::start().await;
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    let host = elsewhere.url.trim_start_matches("http://");
    for (name, value) in [("host", host), ("x-forwarded-host", host), ("forwarded", &format!("host={host}"))] {
        app.send(Request::get("/cluster").header(name, value)).await;
    }
    app.get(&format!("{}/cluster", elsewhere.url)).await;
    assert_eq!(elsewhere.requests().len(), 0);
}
