//! How a driver's REST API is found: the order of addresses, remembering and forgetting them.

use berdl_spark_monitor::config::Secrets;

use crate::support::{APP, Double, Reply, TestApp, application, canary, fixture, spark};

/// A driver on its own port.
async fn driver() -> Double {
    let driver = Double::start().await;
    let base = format!("/api/v1/applications/{APP}");
    driver.json("/api/v1/applications", &format!("[{}]", application()));
    driver.json(&base, &application());
    driver.json(&format!("{base}/executors"), &fixture("spark-4.3.0/executors.json"));
    driver.json(&format!("{base}/stages"), "[]");
    driver
}

/// A master without reverse proxy whose page links to `driver`.
async fn master(driver: &str) -> Double {
    let master = Double::start().await;
    master.json("/json/", &fixture("spark-4.3.0/master_json.json"));
    let page = fixture("spark-4.3.0/master_app_page_direct.html");
    let (before, rest) = page.split_once("\">Application Detail UI</a>").unwrap();
    let before = before.rsplit_once("href=\"").unwrap().0;
    let page = format!("{before}href=\"{driver}\">Application Detail UI</a>{rest}");
    master.set(&format!("/app/?appId={APP}"), Reply::Http(200, "text/html", String::new(), page.into_bytes()));
    master
}

const NO_MEMORY: [&str; 4] = ["--spark-monitor-executors-lifetime-ms", "0", "--spark-monitor-failure-lifetime-ms", "0"];

fn app(master: &Double, more: &[&str]) -> TestApp {
    TestApp::new(&[&["--spark-master-ui-url", &master.url], &NO_MEMORY[..], more].concat())
}

#[tokio::test]
async fn without_a_reverse_proxy_the_link_in_the_masters_page_leads_to_the_driver() {
    let driver = driver().await;
    let master = master(&driver.url).await;
    let app = app(&master, &[]);
    for _ in 0..3 {
        assert_eq!(app.get("/app/executors").await.text, fixture("spark-4.3.0/executors.json"));
    }
    assert_eq!(master.count(&format!("/app/?appId={APP}")), 1, "the way is remembered");
    assert_eq!(driver.count(&format!("/api/v1/applications/{APP}")), 1);
}

#[tokio::test]
async fn with_a_reverse_proxy_the_page_is_not_needed() {
    let spark = spark().await;
    assert_eq!(app(&spark, &[]).get("/app/executors").await.status, 200);
    assert_eq!(spark.count(&format!("/app/?appId={APP}")), 0);
}

#[tokio::test]
async fn a_configured_address_is_tried_first_and_alone_it_is_enough() {
    let (driver, spark) = (driver().await, spark().await);
    let app_url = ["--spark-app-ui-url", driver.url.as_str()];
    assert_eq!(app(&spark, &app_url).get("/app/executors").await.status, 200);
    assert_eq!(spark.requests().len(), 1, "only /json/");
    driver.json(&format!("/api/v1/applications/{APP}/allexecutors"), &fixture("spark-4.3.0/executors.json"));
    let alone = TestApp::new(&app_url);
    assert_eq!(alone.get("/app/executors").await.text, fixture("spark-4.3.0/executors.json"));
    assert_eq!(alone.get("/panel/chip").await.json()["state"], "ready_driver");
    let cluster = alone.get("/panel/cluster").await.json();
    assert_eq!((&cluster["kind"], &cluster["cores"]["total"]), (&"driver_only".into(), &2.into()));
}

#[tokio::test]
async fn a_way_that_stops_working_is_forgotten_and_another_found_in_the_same_request() {
    let (first, second) = (driver().await, driver().await);
    let master = master(&first.url).await;
    let app = app(&master, &[]);
    assert_eq!(app.get("/app/executors").await.status, 200);
    let moved = format!("<a href=\"{}\">Application Detail UI</a>", second.url);
    master.set(&format!("/app/?appId={APP}"), Reply::Http(200, "text/html", String::new(), moved.into_bytes()));
    first.set_all(&Reply::html(404));
    assert_eq!(app.get("/app/executors").await.status, 200);
    assert_eq!(second.count(&format!("/api/v1/applications/{APP}/executors")), 1);
}

#[tokio::test]
async fn a_driver_of_another_application_is_not_taken() {
    let driver = driver().await;
    driver.json(&format!("/api/v1/applications/{APP}"), r#"{"id": "app-other"}"#);
    let master = master(&driver.url).await;
    assert_eq!(app(&master, &[]).get("/app/executors").await.outcome(), "502 upstream_invalid");
}

#[tokio::test]
async fn when_no_way_works_all_are_told_without_naming_a_host() {
    let gone = Double::absent().await;
    let master = master(&gone).await;
    let answer = app(&master, &[]).get("/app/executors").await;
    let first = serde_json::json!(["%1 answered with a web page instead of JSON.", "The master's reverse proxy"]);
    assert_eq!(answer.json()["hint_sentences"][2], first, "for a translator");
    insta::assert_snapshot!(answer.transcript(), @r#"
    504
    {
      "code": "upstream_unreachable",
      "error": "The Spark driver could not be reached.",
      "hint": "It is asked again automatically. The administrator can set spark.ui.reverseProxy=true, set SPARK_APP_UI_URL, or let this server reach the driver's port 4040. The master's reverse proxy answered with a web page instead of JSON. The address in the master's page could not be reached.",
      "request_id": "test"
    }
    "#);
}

#[tokio::test]
async fn a_link_to_a_host_that_is_not_allowed_is_not_followed() {
    let driver = driver().await;
    for (link, allowed) in [(driver.url.clone(), "*.svc.local"), ("http://169.254.169.254/latest".into(), "")] {
        let master = master(&link).await;
        let answer = app(&master, &["--spark-monitor-driver-hosts", allowed]).get("/app/executors").await;
        assert_eq!(answer.outcome(), "504 upstream_unreachable", "{link}");
    }
    assert_eq!(driver.requests().len(), 0);
}

#[tokio::test]
async fn a_name_in_a_link_is_judged_by_where_it_leads() {
    let driver = driver().await;
    let master = master(&driver.url.replace("127.0.0.1", "localhost")).await;
    let asked = async |allowed: &str| {
        app(&master, &["--spark-monitor-driver-hosts", allowed]).get("/app/executors").await.outcome()
    };
    assert_eq!(asked("10.*").await, "504 upstream_unreachable");
    assert_eq!(driver.requests().len(), 0);
    assert_eq!(asked("127.*").await, "200");
}

#[tokio::test]
async fn the_ui_token_goes_to_configured_origins_and_never_to_a_linked_one() {
    let driver = driver().await;
    let master = master(&driver.url).await;
    let secrets = || Secrets { spark_ui_token: Some(canary("ui").into()), ..Secrets::default() };
    let args = ["--spark-master-ui-url", master.url.as_str()];
    assert_eq!(TestApp::with_secrets(&args, secrets()).get("/app/executors").await.status, 200);
    assert!(master.requests().iter().all(|head| head.contains("authorization: Bearer CANARY-ui")));
    assert!(driver.requests().iter().all(|head| !head.contains("CANARY-ui")), "{:?}", driver.requests());
    let args = ["--spark-app-ui-url", driver.url.as_str()];
    assert_eq!(TestApp::with_secrets(&args, secrets()).get("/app/executors").await.status, 200);
    assert!(driver.requests().last().unwrap().contains("authorization: Bearer CANARY-ui"));
}

#[tokio::test]
async fn a_driver_that_starts_is_a_state_in_the_panel_and_an_error_in_the_contract() {
    let spark = spark().await;
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    spark.set(&driver, Reply::starting());
    let app = app(&spark, &[]);
    let panel = app.get("/panel/executors").await;
    assert_eq!((panel.status, &panel.json()["app"]["driver"]), (200, &"starting".into()));
    let error = app.get("/app/executors").await;
    assert_eq!(error.outcome(), "504 upstream_unreachable");
    assert!(error.text.contains("The Spark driver is starting up."), "{}", error.text);
}

#[tokio::test]
async fn a_way_that_works_is_remembered_whatever_comes_by_it() {
    let spark = spark().await;
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    for too_odd in ["7", &format!("[{}]", " ".repeat(3_000))] {
        spark.json(&format!("{driver}/executors"), too_odd);
        let app = app(&spark, &["--spark-monitor-max-body-bytes", "2000"]);
        let before = spark.count(&driver);
        for _ in 0..3 {
            assert_eq!(app.get("/app/executors").await.outcome(), "502 upstream_invalid");
        }
        assert_eq!(spark.count(&driver), before + 1);
    }
}

#[tokio::test]
async fn a_session_that_has_just_ended_is_no_question_of_permission() {
    let spark = spark().await;
    let app = app(&spark, &["--spark-monitor-stages-lifetime-ms", "0"]);
    let shown = app.get("/panel/stages").await.json();
    // The master still lists the application, but its proxy and its page no longer do.
    let driver = format!("/proxy/{APP}/api/v1/applications/{APP}");
    spark.set(&driver, Reply::html(403));
    spark.set(&format!("{driver}/stages"), Reply::html(403));
    let stale = app.get("/panel/stages").await;
    assert_eq!((stale.status, &stale.json()["recent"]), (200, &shown["recent"]), "{}", stale.text);
    assert_eq!(stale.json()["stale"]["code"], "upstream_unreachable");
    let error = app.get("/app/stages").await;
    assert_eq!(error.outcome(), "504 upstream_unreachable");
    assert!(!error.text.contains("SPARK_UI_TOKEN"), "{}", error.text);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let (spark, elsewhere) = (spark().await, spark().await);
    let location = format!("location: {}/json/\r\n", elsewhere.url);
    spark.set("/json/", Reply::Http(302, "text/html", location, Vec::new()));
    assert_eq!(app(&spark, &[]).get("/cluster").await.outcome(), "502 upstream_invalid");
    assert_eq!(elsewhere.requests().len(), 0);
}
