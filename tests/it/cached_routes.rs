//! The guarantees of the caches, seen from the routes.

use std::time::Duration;

use axum::http::Request;

use crate::support::{APP, Reply, Site, TestApp, User, site, spark};

const MASTER_0: [&str; 4] = ["--spark-monitor-master-lifetime-ms", "0", "--spark-monitor-failure-lifetime-ms", "0"];

#[tokio::test]
async fn a_hundred_panels_cost_one_call() {
    let spark = spark().await;
    spark.delay(Duration::from_millis(50));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let requests = (0..100).map(|_| app.get("/panel/stages"));
    let answers = futures_util::future::join_all(requests).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    let mut asked = spark.requests();
    asked.sort();
    asked.dedup();
    assert_eq!((asked.len(), spark.requests().len()), (3, 3), "the master, the driver's application, its stages");
}

#[tokio::test]
async fn a_client_that_leaves_does_not_take_the_answer_with_it() {
    let spark = spark().await;
    spark.delay(Duration::from_millis(200));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let leaving = tokio::spawn({
        let app = app.clone();
        async move { app.get("/cluster").await.status }
    });
    while spark.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    leaving.abort();
    assert_eq!(app.get("/cluster").await.status, 200);
    assert_eq!(spark.count("/json/"), 1);
}

#[tokio::test]
async fn a_panel_keeps_the_last_good_value_with_its_reason() {
    let spark = spark().await;
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url], &MASTER_0[..]].concat());
    let good = app.get("/panel/cluster").await.json();
    assert_eq!(good["stale"], serde_json::Value::Null);
    spark.set("/json/", Reply::status(500));
    let old = app.get("/panel/cluster").await;
    assert_eq!((old.status, &old.json()["cores"]), (200, &good["cores"]));
    assert_eq!(old.json()["stale"]["code"], "upstream_invalid");
    assert_eq!(old.json()["stale"]["reason"], "The Spark Master answered with status 500.");
    let since = old.json()["stale"]["since_ms"].as_i64().unwrap();
    assert!(since >= good["observed_at_ms"].as_i64().unwrap());
    assert_eq!(app.get("/panel/cluster").await.json()["stale"]["since_ms"], since, "counted from the first failure");
    spark.set("/json/", Reply::status(403));
    assert_eq!(app.get("/panel/cluster").await.outcome(), "403 upstream_forbidden", "no longer allowed: nothing old");
}

#[tokio::test]
async fn a_dead_upstream_costs_one_attempt_per_interval() {
    let spark = spark().await;
    spark.set("/json/", Reply::status(500));
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for _ in 0..20 {
        assert_eq!(app.get("/panel/cluster").await.status, 502);
    }
    assert_eq!(spark.count("/json/"), 1);
}

#[tokio::test]
async fn an_unchanged_panel_is_a_304_with_its_age() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let first = app.get("/panel/executors").await;
    assert_eq!((first.status, first.header("cache-control")), (200, "private, no-cache"));
    assert_eq!(first.header("age"), "0");
    let etag = first.header("etag").to_owned();
    assert!(etag.starts_with('"') && etag.len() == 34, "{etag}");
    let again = app.send(Request::get("/panel/executors").header("if-none-match", &etag)).await;
    assert_eq!((again.status, again.text.as_str(), again.header("etag")), (304, "", etag.as_str()));
    let other = app.send(Request::get("/panel/executors").header("if-none-match", "\"other\"")).await;
    assert_eq!(other.status, 200);
}

#[tokio::test]
async fn an_answer_that_is_new_in_its_age_alone_is_a_304() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-executors-lifetime-ms", "0"]);
    let path = format!("/proxy/{APP}/api/v1/applications/{APP}/allexecutors");
    let first = app.get("/panel/executors").await;
    let ask = async || app.send(Request::get("/panel/executors").header("if-none-match", first.header("etag"))).await;
    assert_eq!((ask().await.status, spark.count(&path)), (304, 2), "the driver was asked, and said the same");
    assert_eq!(app.get("/panel/executors").await.text, first.text);
    spark.json(&path, "[]");
    let other = ask().await;
    assert_eq!((other.status, other.json()["executors"].as_array().map(Vec::len)), (200, Some(0)));
    assert!(other.json()["observed_at_ms"].as_i64() >= first.json()["observed_at_ms"].as_i64());
}

#[tokio::test]
async fn one_who_polls_every_half_a_minute_takes_what_others_have_heard_since() {
    let spark = spark().await;
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url], &MASTER_0[..]].concat());
    let ask = async |max_age: &str| {
        let request = Request::get("/panel/cluster").header("cache-control", format!("max-age={max_age}"));
        assert_eq!(app.send(request).await.status, 200);
        spark.count("/json/")
    };
    assert_eq!([ask("30").await, ask("30").await], [1, 1]);
    assert_eq!(ask("0").await, 2, "one who wants news gets them");
    assert_eq!(ask("30").await, 2);
}

#[tokio::test]
async fn nobody_is_told_what_is_older_than_the_slowest_poll_however_old_it_may_be() {
    let spark = spark().await;
    let slowest = ["--spark-monitor-poll-ms", "1000"];
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url], &MASTER_0[..], &slowest].concat());
    let ask = async || app.send(Request::get("/panel/cluster").header("cache-control", "max-age=600")).await.status;
    assert_eq!([ask().await, ask().await], [200, 200]);
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!((ask().await, spark.count("/json/")), (200, 2));
}

#[tokio::test]
async fn the_older_frontends_one_retry_is_not_answered_with_the_remembered_failure() {
    let user = User::new("ann");
    for (upstream, drop_in, panel) in [
        ("auth2", "/cluster", "/panel/cluster"),
        ("manager", "/status", "/panel/chip"),
        ("master", "/cluster", "/panel/cluster"),
        ("driver", "/app/executors", "/panel/executors"),
        ("driver", "/app/stages", "/panel/stages"),
    ] {
        let site = Site::start().await;
        site.heal(&user);
        site.break_upstream(upstream, &user, &|_| Reply::status(500));
        let [auth2, manager, master, driver] = site.doubles().map(|double| double.url.clone());
        let app = TestApp::new(&[
            "--kbase-auth-url",
            &auth2,
            "--spark-cluster-manager-api-url",
            &manager,
            "--spark-master-ui-url",
            &format!("{master}/{{user}}"),
            "--spark-app-ui-url",
            &format!("{driver}/{{user}}"),
        ]);
        let at = site::UPSTREAMS.iter().position(|name| *name == upstream).unwrap();
        let calls = || site.doubles()[at].requests().len();
        let ask = async |route| app.get_as(user.cookie(), route).await.status;
        assert_eq!((ask(drop_in).await, ask(drop_in).await), (502, 502), "{upstream}");
        let calls_at_first = calls();
        pass(Duration::from_secs(1)).await;
        assert_eq!((ask(panel).await, calls()), (502, calls_at_first), "{upstream} and {panel}");
        site.heal(&user);
        assert_eq!(ask(drop_in).await, 200, "{upstream} and {drop_in}");
    }
}

/// Advances the time of the caches.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
}
