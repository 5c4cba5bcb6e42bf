//! Several views in one answer, and that they agree.

use axum::http::Request;
use serde_json::{Value, json};

use crate::support::{APP, Double, OPERATIONS, Reply, TestApp, fixture, spark};

fn path(list: &str) -> String {
    format!("/proxy/{APP}/api/v1/applications/{APP}/{list}")
}

/// Nothing that the driver answers may be used twice.
fn without_lifetimes(spark: &Double) -> TestApp {
    TestApp::new(&[
        "--spark-master-ui-url",
        &spark.url,
        "--spark-monitor-stages-lifetime-ms",
        "0",
        "--spark-monitor-failure-lifetime-ms",
        "0",
    ])
}

fn names(answer: &Value) -> Vec<&str> {
    answer.as_object().unwrap().keys().map(String::as_str).collect()
}

#[tokio::test]
async fn each_view_is_the_answer_of_its_own_route() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let all = app.get("/snapshot").await.json();
    assert_eq!(names(&all), ["apps", "cluster", "executors", "findings", "history", "queries", "stages"]);
    for view in names(&all) {
        let own = app.get(&format!("/panel/{view}")).await.json();
        let without_moment = |answer: &Value| {
            let mut answer = answer.clone();
            answer["observed_at_ms"] = 0.into();
            answer
        };
        assert_eq!(without_moment(&all[view]["good"]["answer"]), without_moment(&own), "{view}");
    }
    let query_id = all["queries"]["good"]["answer"]["recent"][0]["query_id"].as_str().unwrap();
    let one = app.get(&format!("/snapshot?views=stages&query={query_id}")).await.json();
    assert_eq!(names(&one), ["query", "stages"]);
    assert_eq!(one["query"]["good"]["answer"]["query"]["query_id"], query_id);
}

#[tokio::test]
async fn what_is_shown_of_the_driver_is_fetched_once() {
    let spark = spark().await;
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&path("stages"), &format!("[{active}]"));
    let app = without_lifetimes(&spark);
    let answer = app.get("/snapshot?views=queries,stages,executors&query=job-1").await;
    assert_eq!(answer.status, 200);
    for list in ["stages", "jobs", OPERATIONS, "allexecutors"] {
        assert_eq!(spark.count(&path(list)), 1, "{list}");
    }
}

#[tokio::test]
async fn executors_whose_rows_spark_has_not_written_yet_run_what_the_stages_run() {
    let spark = spark().await;
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&path("stages"), &format!("[{active}]"));
    let mut rows: Value = serde_json::from_str(&fixture("spark-4.3.0/executors.json")).unwrap();
    rows.as_array_mut().unwrap().iter_mut().for_each(|row| row["activeTasks"] = 0.into());
    spark.json(&path("allexecutors"), &rows.to_string());
    let answer = without_lifetimes(&spark).get("/snapshot?views=stages,executors").await.json();
    let running = &answer["stages"]["good"]["answer"]["active"][0]["tasks"]["running"];
    let executors = &answer["executors"]["good"]["answer"];
    assert!(running.as_u64() > Some(0), "{answer}");
    assert_eq!(&executors["active_tasks"], running);
}

#[tokio::test]
async fn newer_stages_wait_for_the_queries_that_belong_to_them() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-stages-lifetime-ms", "300"]);
    let stages = |answer: &Value| answer["stages"]["good"]["answer"]["active"].as_array().unwrap().len();
    let asked = "/snapshot?views=queries,stages";
    let started = tokio::time::Instant::now();
    assert_eq!(app.get("/panel/stages").await.json()["active"], json!([]));
    tokio::time::sleep_until(started + std::time::Duration::from_millis(200)).await;
    assert_eq!(stages(&app.get(asked).await.json()), 0);
    let active = fixture("spark-4.3.0/active_stage_some_done_withSummaries.json");
    spark.json(&path("stages"), &format!("[{active}]"));
    // The stages are past their lifetime, the queries may not be: then both are the old ones.
    tokio::time::sleep_until(started + std::time::Duration::from_millis(350)).await;
    let jobs = spark.count(&path("jobs"));
    let second = stages(&app.get(asked).await.json());
    assert_eq!(second > 0, spark.count(&path("jobs")) > jobs);
}

#[tokio::test]
async fn a_view_that_fails_says_why_and_the_others_do_not_suffer() {
    let spark = spark().await;
    spark.set(&path("jobs"), Reply::status(500));
    let app = without_lifetimes(&spark);
    let answer = app.get("/snapshot?views=queries,stages,executors,cluster").await;
    assert_eq!(answer.status, 200);
    let answer = answer.json();
    assert_eq!(answer["queries"]["failed"]["code"], "upstream_invalid");
    for view in ["stages", "executors", "cluster"] {
        assert!(answer[view]["good"]["answer"].is_object(), "{view}: {answer}");
    }
    let gone = app.get("/snapshot?views=stages,cluster&app=app-none").await.json();
    assert_eq!((&gone["stages"]["failed"]["code"], gone["cluster"]["good"].is_object()), (&json!("unknown_app"), true));
}

#[tokio::test]
async fn an_unchanged_answer_is_not_sent_again_but_the_age_of_each_view_is() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    let route = "/snapshot?views=cluster,stages";
    let first = app.get(route).await;
    assert_eq!(first.header("x-spark-monitor-ages"), "cluster=0,stages=0");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let same = app.send(Request::get(route).header("if-none-match", first.header("etag"))).await;
    assert_eq!((same.status, same.header("x-spark-monitor-ages")), (304, "cluster=1,stages=1"));
}

#[tokio::test]
async fn the_last_minutes_are_sent_again_when_something_was_added_or_they_are_older_than_accepted() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url, "--spark-monitor-master-lifetime-ms", "0"]);
    let ask = async |route: &str, accepts: &str, tag: &str| {
        app.send(Request::get(route).header("if-none-match", tag).header("cache-control", accepts)).await.status
    };
    let route = "/snapshot?views=executors,history";
    let first = app.get(route).await;
    // Otherwise both might be of one millisecond.
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(ask(route, "no-cache", first.header("etag")).await, 304, "nothing was added");
    assert_eq!(app.get("/panel/cluster").await.status, 200);
    assert_eq!(ask(route, "no-cache", first.header("etag")).await, 200, "the cluster was added");
    let (route, of_page) = ("/snapshot?views=history", app.get("/panel/history").await);
    let tag = app.get(route).await.header("etag").to_owned();
    tokio::time::pause();
    tokio::time::advance(std::time::Duration::from_secs(6)).await;
    assert_eq!(ask(route, "max-age=22", &tag).await, 304);
    assert_eq!(ask("/panel/history", "max-age=22", of_page.header("etag")).await, 304);
    assert_eq!(ask(route, "no-cache", &tag).await, 200, "the end of the lines is now");
}

#[tokio::test]
async fn what_concerns_all_views_is_an_error_of_the_whole() {
    let spark = spark().await;
    let app = TestApp::new(&["--spark-master-ui-url", &spark.url]);
    for (query, outcome) in [
        ("?views=chip", "400 bad_request"),
        ("?views=stages&views=stages", "400 bad_request"),
        ("?app=a/b", "400 bad_request"),
    ] {
        assert_eq!(app.get(&format!("/snapshot{query}")).await.outcome(), outcome, "{query}");
    }
}
