//! What a browser, or a program that pretends to be one, may send, and what it gets back.

use axum::http::{Method, Request};

use crate::support::{APP, Double, Site, TestApp, User, canary, spark};

/// Every route of the document, with its placeholder filled in.
async fn routes(app: &TestApp) -> Vec<String> {
    let document = app.get("/openapi.json").await.json();
    let paths = document["paths"].as_object().unwrap().keys();
    paths.map(|path| path.replace("{query_id}", "sql-1")).collect()
}

#[tokio::test]
async fn another_sites_page_can_forge_no_write() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let document = app.get("/openapi.json").await.json();
    for route in document["paths"].as_object().unwrap().keys() {
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS, Method::TRACE] {
            let writes = document["paths"][route].get(method.as_str().to_lowercase()).is_some();
            let path = route.replace("{query_id}", "sql-1").replace("{act}", "retry");
            let request = Request::builder().method(method.clone()).uri(path).header("sec-fetch-site", "cross-site");
            let answer = app.send(request.header("content-type", "application/json")).await;
            assert_eq!(answer.header("content-security-policy"), "sandbox", "{method} {route}");
            let outcome = if writes { "403 csrf" } else { "405 method_not_allowed" };
            assert_eq!(answer.outcome(), outcome, "{method} {route}");
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
            assert_eq!(answer.header("content-security-policy"), "sandbox", "{route}");
            assert!(["no-store", "private, no-cache"].contains(&answer.header("cache-control")), "{route}");
            for foreign in ["access-control-allow-origin", "set-cookie", "location", "server"] {
                assert_eq!(answer.header(foreign), "", "{route}: {foreign}");
            }
        }
    }
}

#[tokio::test]
async fn jupyters_xsrf_token_means_nothing_to_the_sidecar() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    for method in [Method::GET, Method::POST] {
        let asked = || Request::builder().method(method.clone()).uri("/panel/chip");
        let without = app.send(asked()).await.outcome();
        // A neighbour on the same origin can set the cookie, so a header with the same value proves nothing.
        for (cookie, header) in [("a", "a"), ("a", "b"), ("", "a"), ("a", "")] {
            let sent = asked().header("cookie", format!("_xsrf={cookie}")).header("x-xsrftoken", header);
            assert_eq!(app.send(sent).await.outcome(), without, "{method} {cookie} {header}");
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
async fn nothing_but_get_leaves_to_listed_paths_with_headers_of_our_own() {
    const PATHS: [&str; 12] = [
        "",
        "/environment",
        "/executors",
        "/allexecutors",
        "/stages",
        "/stages?status=active",
        "/jobs",
        "/storage/rdd",
        "/connect/operations?offset=0&length=1000",
        "/sql?details=false&planDescription=false&offset=0&length=1000",
        "/stages/",
        "/sql/",
    ];
    let (site, user) = (Site::start().await, User::new("ann"));
    site.heal(&user);
    let app = site.app(None);
    for route in routes(&app).await {
        let sent = Request::get(&route).header("cookie", format!("kbase_session={}", canary(user.cookie().0)));
        app.send(sent.header("referer", "http://x/lab").header("user-agent", "browser").header("x-own", "1")).await;
    }
    let [auth2, manager, master, driver] = site.doubles().map(Double::requests);
    let application = format!("/ann/api/v1/applications/{APP}");
    for (heads, allowed) in
        [(auth2, "/api/V2/me"), (manager, "/clusters"), (master, "/ann/json/"), (driver, &application)]
    {
        assert!(!heads.is_empty(), "{allowed}");
        for head in heads {
            let mut lines = head.trim_end().lines();
            let path = lines.next().unwrap().strip_prefix("GET ").unwrap().strip_suffix(" HTTP/1.1").unwrap();
            let rest = path.strip_prefix(allowed).unwrap();
            assert!(
                PATHS.iter().any(|known| rest == *known || (known.ends_with('/') && rest.starts_with(known))),
                "{path}"
            );
            for header in lines {
                let name = header.split(':').next().unwrap();
                let ours = ["accept", "accept-encoding", "authorization", "host", "user-agent"];
                assert!(ours.contains(&name) && !header.contains("browser"), "{header}");
            }
        }
    }
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
