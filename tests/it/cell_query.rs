//! How the query of a cell goes, as the shell asks to notify a person who is elsewhere.

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::support::{Double, OPERATIONS, Reply, TestApp};

/// The newest application, which all routes select by default.
const NEWEST: &str = "app-2";
/// Another person's, or an older one's.
const OLDER: &str = "app-1";

/// The paths of the master's proxy to the application's driver.
fn driver(app_id: &str) -> String {
    format!("/proxy/{app_id}/api/v1/applications/{app_id}")
}

/// A master with these running applications, and these ended ones.
fn lists(spark: &Double, running: &[&str], ended: &[&str]) {
    let rows = |ids: &[&str], state: &str| -> Value {
        // The last one is the newest.
        ids.iter().zip(1..).map(|(id, at)| json!({"id": id, "name": id, "state": state, "starttime": at})).collect()
    };
    let [active, completed] = [rows(running, "RUNNING"), rows(ended, "FINISHED")];
    let master = json!({"workers": [], "activeapps": active, "completedapps": completed, "status": "ALIVE"});
    spark.json("/json/", &master.to_string());
}

/// A driver with these operations.
fn runs(spark: &Double, app_id: &str, operations: &Value) {
    let driver = driver(app_id);
    spark.json(&driver, &json!({"id": app_id, "name": app_id, "attempts": [{"completed": false}]}).to_string());
    for list in ["stages", "jobs", "allexecutors"] {
        spark.json(&format!("{driver}/{list}"), "[]");
    }
    spark.json(&format!("{driver}/{OPERATIONS}"), &operations.to_string());
}

/// All calls of this driver get the same reply.
fn breaks(spark: &Double, app_id: &str, reply: &Reply) {
    let driver = driver(app_id);
    spark.set(&driver, reply.clone());
    for list in ["stages", "jobs", "allexecutors", OPERATIONS] {
        spark.set(&format!("{driver}/{list}"), reply.clone());
    }
}

/// An operation that began so many seconds ago, and ran so many; none if it still runs.
fn operation(session: &str, sql: &str, state: &str, began_s_ago: i64, ran_s: Option<i64>) -> Value {
    let begin_ms = Timestamp::now().as_millisecond() - 1_000 * began_s_ago;
    json!({"operationId": format!("{session} {sql}"), "sessionId": session, "state": state,
        "statement": format!("sql {{ query: \"{sql}\" }}"), "startTimestamp": begin_ms,
        "finishTimestamp": ran_s.map_or(0, |ran_s| begin_ms + 1_000 * ran_s)})
}

/// Nothing is kept, and a driver that hangs is left soon.
fn app(spark: &Double) -> TestApp {
    let args = ["--spark-monitor-stages-lifetime-ms", "0", "--spark-monitor-master-lifetime-ms", "0"];
    let deadlines = ["--spark-monitor-call-timeout-ms", "300", "--spark-monitor-failure-lifetime-ms", "0"];
    TestApp::new(&[&["--spark-master-ui-url", &spark.url], &args[..], &deadlines].concat())
}

/// Of a cell that began 70 s ago and runs, or ended, so many seconds ago.
async fn ask(app: &TestApp, app_id: &str, session: &str, ended_s_ago: Option<u32>) -> Value {
    let ended = ended_s_ago.map_or_else(String::new, |seconds| format!("&ended_ms_ago={}", 1_000 * seconds));
    let cell = format!("session={session}&app={app_id}&began_ms_ago=70000&least_ms=20000{ended}");
    let answer = app.get(&format!("/panel/cell-query?{cell}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

fn news(answer: &Value) -> &str {
    answer["news"].as_str().unwrap()
}

#[tokio::test]
async fn a_query_runs_and_then_its_end_is_a_message_that_can_be_translated() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    runs(&spark, NEWEST, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
    let app = app(&spark);
    let expected = json!({"news": "running", "app_id": NEWEST, "message": "", "message_sentences": []});
    assert_eq!(ask(&app, "", "mine", None).await, expected);
    runs(&spark, NEWEST, &json!([operation("mine", "select 1", "FINISHED", 69, Some(65))]));
    let expected = json!({"news": "succeeded", "app_id": NEWEST, "message": "“select 1” has ended. It ran 1m 5s.",
        "message_sentences": [["“%1” has ended.", "", "select 1"], ["It ran %1m %2s.", "", "1", "5"]]});
    assert_eq!(ask(&app, "", "mine", Some(3)).await, expected);
}

#[tokio::test]
async fn of_several_queries_one_that_runs_wins_then_one_that_failed_then_the_longest() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    let mut all = vec![
        operation("mine", "short", "FINISHED", 60, Some(21)),
        operation("mine", "long", "FINISHED", 60, Some(40)),
        operation("mine", "failed", "FAILED", 60, Some(22)),
        operation("mine", "runs", "STARTED", 60, None),
        operation("mine", "too short", "FAILED", 60, Some(19)),
        operation("other", "another's", "STARTED", 60, None),
    ];
    let app = app(&spark);
    let expected = [
        ("runs", ""),
        ("failed", "“failed” failed. It ran 22s."),
        ("long", "“long” has ended. It ran 40s."),
        ("short", "“short” has ended. It ran 21s."),
    ];
    for (first, message) in expected {
        runs(&spark, NEWEST, &json!(all));
        assert_eq!(ask(&app, "", "mine", Some(3)).await["message"], message);
        all.retain(|one| one["operationId"] != format!("mine {first}"));
    }
}

#[tokio::test]
async fn a_query_of_the_cell_before_or_after_is_not_the_cells() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    let all = [
        operation("mine", "before", "FINISHED", 100, Some(29)),
        operation("mine", "left behind", "STARTED", 100, None),
        // The cell ended 40 s ago.
        operation("mine", "next", "FAILED", 39, Some(30)),
        operation("mine", "after", "STARTED", 30, None),
    ];
    runs(&spark, NEWEST, &json!(all));
    assert_eq!(news(&ask(&app(&spark), "", "mine", Some(40)).await), "nothing");
}

#[tokio::test]
async fn a_driver_that_does_not_answer_is_not_gone_and_what_had_ended_before_is_told() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    let app = app(&spark);
    runs(&spark, NEWEST, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
    assert_eq!(news(&ask(&app, NEWEST, "mine", None).await), "running");
    for fault in [Reply::Hang, Reply::html(500), Reply::status(503), Reply::json("7")] {
        breaks(&spark, NEWEST, &fault);
        assert_eq!(news(&ask(&app, NEWEST, "mine", None).await), "nothing", "{fault:?}");
    }
    runs(&spark, NEWEST, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
    assert_eq!(news(&ask(&app, NEWEST, "mine", None).await), "running", "it answers again");
    runs(&spark, NEWEST, &json!([operation("mine", "select 1", "FINISHED", 65, Some(60))]));
    assert_eq!(news(&ask(&app, NEWEST, "mine", None).await), "succeeded");
    breaks(&spark, NEWEST, &Reply::Hang);
    assert_eq!(news(&ask(&app, NEWEST, "mine", None).await), "succeeded");
}

#[tokio::test]
async fn a_driver_that_was_never_seen_and_does_not_answer_is_an_error() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    breaks(&spark, NEWEST, &Reply::Hang);
    assert_eq!(app(&spark).get("/panel/cell-query?session=mine").await.outcome(), "504 upstream_timeout");
}

#[tokio::test]
async fn a_driver_that_nobody_listens_for_is_gone_until_it_answers_again() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[]);
    for seen_before in [true, false] {
        let app = app(&spark);
        runs(&spark, NEWEST, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
        if seen_before {
            assert_eq!(news(&ask(&app, "", "mine", None).await), "running");
        }
        breaks(&spark, NEWEST, &Reply::Reset);
        let answer = ask(&app, "", "mine", None).await;
        assert_eq!((news(&answer), &answer["message"]), ("spark_gone", &"Spark went away while the cell ran.".into()));
        runs(&spark, NEWEST, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
        assert_eq!(news(&ask(&app, "", "mine", None).await), "running");
    }
}

#[tokio::test]
async fn an_application_that_has_ended_or_that_nobody_knows_is_gone() {
    let spark = Double::start().await;
    lists(&spark, &[NEWEST], &[OLDER]);
    runs(&spark, NEWEST, &json!([operation("other", "select 1", "STARTED", 65, None)]));
    let app = app(&spark);
    for (gone, session) in [(OLDER, ""), ("app-0", ""), (OLDER, "mine")] {
        let answer = ask(&app, gone, session, None).await;
        assert_eq!((news(&answer), &answer["app_id"]), ("spark_gone", &gone.into()));
    }
    assert_eq!(news(&ask(&app, "", "mine", None).await), "nothing", "whose driver it was is not known");
    lists(&spark, &[], &[OLDER]);
    assert_eq!(news(&ask(&app, "", "mine", None).await), "spark_gone", "no application runs");
    // An old list does not say what is gone now.
    spark.set("/json/", Reply::status(500));
    assert_eq!(news(&ask(&app, OLDER, "mine", None).await), "nothing");
}

#[tokio::test]
async fn the_session_is_found_in_another_application_than_the_newest() {
    let spark = Double::start().await;
    lists(&spark, &[OLDER, NEWEST], &[]);
    runs(&spark, OLDER, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
    let app = app(&spark);
    // The newest one's driver works, starts, hangs or is gone.
    runs(&spark, NEWEST, &json!([operation("other", "select 2", "STARTED", 65, None)]));
    for fault in [None, Some(Reply::starting()), Some(Reply::Hang), Some(Reply::Reset)] {
        if let Some(fault) = fault {
            breaks(&spark, NEWEST, &fault);
        }
        let answer = ask(&app, "", "mine", None).await;
        assert_eq!((news(&answer), &answer["app_id"]), ("running", &OLDER.into()));
    }
    lists(&spark, &[NEWEST], &[OLDER]);
    assert_eq!(news(&ask(&app, OLDER, "mine", None).await), "spark_gone");
}

#[tokio::test]
async fn drivers_that_hang_do_not_keep_a_session_from_being_found_in_time() {
    let spark = Double::start().await;
    lists(&spark, &[OLDER, "app-3", NEWEST], &[]);
    runs(&spark, OLDER, &json!([operation("mine", "select 1", "STARTED", 65, None)]));
    ["app-3", NEWEST].iter().for_each(|id| breaks(&spark, id, &Reply::Hang));
    let deadlines = ["--spark-monitor-call-timeout-ms", "30000", "--spark-monitor-request-timeout-ms", "10000"];
    let app = TestApp::new(&[&["--spark-master-ui-url", &spark.url], &deadlines[..]].concat());
    assert_eq!(news(&ask(&app, "", "mine", None).await), "running");
}

#[tokio::test]
async fn a_session_is_looked_for_in_few_of_many_applications() {
    let spark = Double::start().await;
    let ids: Vec<_> = (0..40).map(|number| format!("app-{number}")).collect();
    lists(&spark, &ids.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    ids.iter().for_each(|id| runs(&spark, id, &json!([])));
    let answer = ask(&app(&spark), "", "mine", None).await;
    assert_eq!((news(&answer), &answer["app_id"]), ("nothing", &Value::Null));
    let called = ids.iter().filter(|id| spark.count(&driver(id)) > 0).count();
    assert_eq!(called, 8);
}

#[tokio::test]
async fn without_a_session_all_queries_of_the_application_are_the_cells() {
    let spark = Double::start().await;
    lists(&spark, &[OLDER, NEWEST], &[]);
    runs(&spark, OLDER, &json!([operation("a", "select 1", "CANCELED", 65, Some(30))]));
    let answer = ask(&app(&spark), OLDER, "", Some(3)).await;
    assert_eq!(answer["message"], "“select 1” was canceled. It ran 30s.");
}

#[tokio::test]
async fn a_driver_without_a_master_that_is_absent_is_gone() {
    let app = TestApp::new(&["--spark-app-ui-url", &Double::absent().await]);
    assert_eq!(news(&ask(&app, "app-1", "", None).await), "spark_gone");
    let driver = Double::start().await;
    driver.set("/api/v1/applications", Reply::starting());
    let app = TestApp::new(&["--spark-app-ui-url", &driver.url]);
    assert_eq!(news(&ask(&app, "app-1", "", None).await), "nothing", "it starts");
}

#[tokio::test]
async fn wrong_parameters_are_refused() {
    let app = TestApp::new(&["--spark-master-ui-url", "http://127.0.0.1:9"]);
    for wrong in ["app=..%2F", "began_ms_ago=-1", "least_ms=x", "session=a&session=b"] {
        assert_eq!(app.get(&format!("/panel/cell-query?{wrong}")).await.outcome(), "400 bad_request", "{wrong}");
    }
}
