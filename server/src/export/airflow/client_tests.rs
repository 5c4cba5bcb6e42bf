//! The client against a scripted Airflow.

use std::time::Duration;

use serde_json::Map;

use super::{
    Reachable,
    answers::RunState,
    double::{DAG, Double, IMPORT_ERRORS, RUN, Reply, TASKS, USER_TOKEN, client, shipped},
    error::{AirflowError, Right},
    shipped::Delivery,
};
use crate::{config::AirflowLogin, export::places::Place};

const DAG_ROUTE: &str = "GET /api/v2/dags/a";
const SIGN_IN: &str = "POST /auth/token";

#[tokio::test]
async fn a_token_is_fetched_once_and_renewed_once_when_airflow_refuses_it() {
    for refusal in [Reply::detail(401, "Token Expired"), Reply::detail(403, "Invalid JWT token")] {
        let double = Double::start().await;
        let dag = Reply::json(200, DAG);
        double.set(DAG_ROUTE, &[dag.clone(), dag.clone(), refusal.clone(), dag, refusal]);
        let airflow = double.airflow();
        for (call, signed_in) in [(1, 1), (2, 1), (3, 2)] {
            let dag = airflow.dag("a").await.unwrap().unwrap();
            assert!(dag.is_paused && dag.next_dagrun_run_after.is_none());
            assert_eq!(double.count(SIGN_IN), signed_in, "call {call}");
        }
        assert_eq!(airflow.dag("a").await.unwrap_err(), AirflowError::TokenRefused);
        assert_eq!(double.count(SIGN_IN), 3, "a token that was just given is not renewed again");
        let asked = double.requests().into_iter().find(|request| request.starts_with(DAG_ROUTE)).unwrap();
        assert!(asked.contains(&format!("authorization: Bearer {USER_TOKEN}")) && asked.contains("gzip"), "{asked}");
    }
}

#[tokio::test]
async fn a_wrong_password_costs_one_attempt_and_is_shown_nowhere() {
    let double = Double::start().await;
    double.set(SIGN_IN, &[Reply::detail(401, "Invalid credentials")]);
    let airflow = double.airflow();
    let dag = || airflow.dag("a");
    let (error, ..) = tokio::join!(dag(), dag(), dag());
    let error = error.unwrap_err();
    assert_eq!(dag().await.unwrap_err(), AirflowError::LoginRefused);
    assert_eq!((&error, double.count(SIGN_IN)), (&AirflowError::LoginRefused, 1), "more could lock the user out");
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(601)).await;
    tokio::time::resume();
    assert_eq!((dag().await.unwrap_err(), double.count(SIGN_IN)), (AirflowError::LoginRefused, 2));
    assert_eq!(double.count(DAG_ROUTE), 0);
    assert!(!format!("{airflow:?} {error:?} {error}").contains("PASSWORD-OF-ANN"));
}

#[tokio::test]
async fn a_ready_token_is_sent_and_not_renewed() {
    let double = Double::start().await;
    double.set(DAG_ROUTE, &[Reply::json(200, DAG), Reply::detail(401, "Token Expired")]);
    let airflow = double.with(AirflowLogin::Token("READY".into()));
    assert!(airflow.dag("a").await.unwrap().is_some());
    assert!(double.requests()[0].contains("authorization: Bearer READY"));
    assert_eq!(airflow.dag("a").await.unwrap_err(), AirflowError::TokenRefused);
    assert_eq!(double.count(SIGN_IN), 0);
    assert!(!format!("{airflow:?}").contains("READY"));
}

#[tokio::test]
async fn what_answers_is_said_and_what_is_not_allowed() {
    let double = Double::start().await;
    double.set("GET /api/v2/version", &[Reply::json(200, r#"{"version":"3.3.2","git_version":null}"#)]);
    double.set("GET /api/v2/dags", &[Reply::json(200, r#"{"dags":[],"total_entries":0}"#)]);
    double.set("GET /api/v2/importErrors", &[Reply::detail(403, "Forbidden")]);
    double.set("GET /api/v2/dags/~/dagRuns", &[Reply::json(200, r#"{"dag_runs":[],"total_entries":0}"#)]);
    double.set("GET /ui/auth/me", &[Reply::json(200, r#"{"id":"7","username":"robot"}"#)]);
    let missing = vec![Right::ReadImportErrors];
    let reachable =
        |user: &str| Reachable { version: "3.3.2".to_owned(), user: Some(user.to_owned()), missing: missing.clone() };
    assert_eq!(double.airflow().reachable().await.unwrap(), reachable("ann"));
    assert_eq!(double.with(AirflowLogin::Token("t".into())).reachable().await.unwrap(), reachable("robot"));
}

#[tokio::test]
async fn another_service_is_no_airflow() {
    let page = Reply(200, "text/html", "<html>".to_owned());
    let others = [page, Reply(302, "text/html", String::new()), Reply(404, "text/html", "<html>".to_owned())];
    for reply in others {
        let double = Double::start().await;
        double.set("GET /api/v2/version", &[reply]);
        let error = double.airflow().reachable().await.unwrap_err();
        assert!(matches!(error, AirflowError::NotAirflow { .. }), "{error}");
        assert_eq!(double.count("GET /elsewhere"), 0, "a redirect is not followed");
        double.set("GET /api/v2/version", &[Reply::json(200, r#"{"version":"2.11.0"}"#)]);
        let error = double.airflow().reachable().await.unwrap_err();
        assert_eq!(error, AirflowError::NotAirflow { seen: "Airflow 2.11.0".to_owned() });
        double.set(SIGN_IN, &[Reply(405, "text/html", String::new())]);
        assert!(matches!(double.airflow().dag("a").await.unwrap_err(), AirflowError::NotAirflow { .. }));
    }
}

#[tokio::test]
async fn a_refusal_names_the_right_or_has_airflows_words() {
    let double = Double::recorded().await;
    let airflow = double.airflow();
    let trigger = async || airflow.trigger("a", "monitor.1", &Map::new(), None).await.unwrap_err();
    double.set("POST /api/v2/dags/a/dagRuns", &[Reply::detail(403, "Forbidden")]);
    assert_eq!(trigger().await, AirflowError::Forbidden { right: Right::Trigger });
    double.set("PATCH /api/v2/dags/a", &[Reply::detail(403, "Forbidden")]);
    assert_eq!(airflow.unpause("a").await.unwrap_err(), AirflowError::Forbidden { right: Right::EditWorkflow });
    let words = "Invalid input for param limit: 'abc' is not of type 'integer'";
    double.set("POST /api/v2/dags/a/dagRuns", &[Reply::detail(400, &format!("{words}\\n\\nFailed"))]);
    assert_eq!(trigger().await, AirflowError::Rejected { detail: format!("{words} Failed") });
    let body = r#"{"detail":[{"type":"dict_type","loc":["body","conf"],"msg":"Not a dictionary","input":"S3CRET"}]}"#;
    double.set("POST /api/v2/dags/a/dagRuns", &[Reply::json(422, body)]);
    assert_eq!(trigger().await, AirflowError::Rejected { detail: "body.conf: Not a dictionary".to_owned() });
    assert_eq!(airflow.dag("none").await.unwrap(), None);
    assert_eq!(airflow.run("a", "none").await.unwrap_err(), AirflowError::NotFound { right: Right::ReadRun });
    double.set(DAG_ROUTE, &[Reply(503, "text/html", String::new())]);
    assert!(airflow.dag("a").await.unwrap_err().is_passing());
}

#[tokio::test]
async fn a_run_whose_answer_was_lost_is_not_started_twice() {
    let double = Double::recorded().await;
    let conflict = r#"{"detail":{"reason":"Unique constraint violation","statement":"hidden"}}"#;
    double.set("POST /api/v2/dags/a/dagRuns", &[Reply::json(409, conflict)]);
    let run = double.airflow().trigger("a", "monitor.1", &Map::new(), Some("a note")).await.unwrap();
    assert_eq!((run.dag_run_id.as_str(), run.state), ("monitor.1", RunState::Queued));
    let asked = double.requests().into_iter().find(|request| request.starts_with("POST /api/v2/dags")).unwrap();
    let body = r#"{"conf":{},"dag_run_id":"monitor.1","logical_date":null,"note":"a note"}"#;
    assert!(asked.ends_with(body), "{asked}");
    let other = double.airflow().trigger("a", "other", &Map::new(), None).await.unwrap_err();
    assert_eq!(other, AirflowError::Conflict { detail: "Unique constraint violation".to_owned() });
}

#[tokio::test]
async fn only_the_import_error_of_ones_own_file_is_read() {
    let double = Double::recorded().await;
    double.set("GET /api/v2/importErrors", &[Reply::json(200, IMPORT_ERRORS)]);
    let airflow = double.airflow();
    // The bundle may be the folder `a`, or the one above `jobs`.
    for file in ["a/a_dag.py", "jobs/a/a_dag.py"] {
        let error = airflow.import_error(file).await.unwrap().unwrap();
        assert_eq!(error.filename, "a/a_dag.py");
        assert!(error.stack_trace.ends_with("No module named 'nothing_such'\n"));
    }
    assert_eq!(airflow.import_error("c_dag.py").await.unwrap(), None);
    assert!(double.requests().iter().any(|request| request.contains("filename_pattern=a_dag.py")));
}

#[tokio::test]
async fn a_run_that_is_over_is_not_canceled() {
    let double = Double::recorded().await;
    let (route, patch) = ("GET /api/v2/dags/a/dagRuns/monitor.1", "PATCH /api/v2/dags/a/dagRuns/monitor.1");
    double.set(route, &[Reply::json(200, &RUN.replace("queued\",\"trig", "success\",\"trig"))]);
    double.set(patch, &[Reply::json(200, &RUN.replace("queued\",\"trig", "failed\",\"trig"))]);
    assert_eq!(double.airflow().cancel("a", "monitor.1").await.unwrap().state, RunState::Success);
    assert_eq!(double.count(patch), 0);
    double.set(route, &[Reply::json(200, RUN)]);
    assert_eq!(double.airflow().cancel("a", "monitor.1").await.unwrap().state, RunState::Failed);
    assert!(double.requests().last().unwrap().ends_with(r#"{"state":"failed"}"#));
}

#[tokio::test]
async fn a_log_says_how_far_the_job_is_and_where_it_failed() {
    let double = Double::recorded().await;
    let airflow = double.airflow().on_behalf_of(&upstream::Caller::new(b"ann"));
    let cells = shipped(Delivery::Folder).cells;
    let tasks = airflow.tasks("a", "monitor.1").await.unwrap();
    let log = airflow.log("a", "monitor.1", &tasks[0], &cells).await.unwrap();
    let failure = log.failure.unwrap();
    assert_eq!((log.cell, failure.place), (Some(2), Some(Place { cell: 2, line: 2 })));
    assert_eq!(failure.message, "ValueError: no good");
    assert_eq!((log.tail.len(), log.left_out, log.is_cut), (12, 0, false));
    let asked = double.requests().pop().unwrap();
    assert!(asked.contains("/logs/1?map_index=-1") && asked.contains("accept: application/x-ndjson"), "{asked}");
}

#[tokio::test]
async fn nothing_that_airflow_sends_is_without_a_limit() {
    let double = Double::recorded().await;
    let airflow = double.airflow();
    double.set(DAG_ROUTE, &[Reply::json(200, &format!("{DAG}{}", " ".repeat(5 << 20)))]);
    assert_eq!(airflow.dag("a").await.unwrap_err(), AirflowError::TooLarge { limit: 4 << 20 });
    let long = format!("{{\"event\":\"{}\"}}\n", "x".repeat(1 << 20)).repeat(33);
    double.set("GET /api/v2/dags/a/dagRuns/monitor.1/taskInstances/run/logs/1", &[Reply::lines(&long)]);
    let tasks = airflow.tasks("a", "monitor.1").await.unwrap();
    let log = airflow.log("a", "monitor.1", &tasks[0], &shipped(Delivery::Folder).cells).await.unwrap();
    assert!(log.is_cut && log.tail.iter().map(String::len).sum::<usize>() <= 64 << 10);
    double.set(DAG_ROUTE, &[Reply::json(200, &format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000)))]);
    assert!(matches!(airflow.dag("a").await.unwrap_err(), AirflowError::Shape { .. }));
    double.set(DAG_ROUTE, &[Reply::detail(400, &"y".repeat(1000))]);
    let AirflowError::Rejected { detail } = airflow.dag("a").await.unwrap_err() else { panic!("not rejected") };
    assert!(detail.chars().count() < 500);
    double.set("GET /api/v2/dags/a/dagRuns/monitor.1/taskInstances", &[Reply::json(200, &TASKS.replace("-1", "7"))]);
    assert_eq!(airflow.tasks("a", "monitor.1").await.unwrap()[0].map_index, 7);
}

#[tokio::test]
async fn airflow_that_is_silent_or_gone_is_said_without_its_address() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let token = || AirflowLogin::Token("t".into());
    let silent = client(&url, token(), Duration::from_millis(50)).dag("a").await.unwrap_err();
    assert_eq!(silent, AirflowError::Timeout { after_ms: 50 });
    drop(listener);
    let gone = client(&url, token(), Duration::from_secs(10)).dag("a").await.unwrap_err();
    assert!(matches!(gone, AirflowError::Unreachable { .. }) && !gone.to_string().contains(&url), "{gone}");
}
