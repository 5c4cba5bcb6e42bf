//! Calls of a REST submission server, and of what else may answer there.

use std::time::Duration;

use serde_json::json;

use super::{
    answers::{DriverState, Status},
    double::{Double, Fault, client},
    error::SubmissionError,
};

const HTML: &str = "text/html;charset=iso-8859-1";
const JSON: &str = "application/json";
const SOON: Duration = Duration::from_millis(300);

fn says(status: u16, kind: &'static str, body: &str) -> Fault {
    Fault::Says(status, kind, body.to_owned())
}

#[tokio::test]
async fn a_job_is_submitted_asked_for_and_killed() {
    let master = Double::start(&["SUBMITTED", "RUNNING"]).await;
    let submissions = master.submissions();
    assert_eq!(submissions.ready().await.unwrap(), "4.3.0");
    let id = submissions.create(&json!({"appResource": ""})).await.unwrap();
    let known = |state, worker: Option<&str>| {
        Ok(Status::Known { state, worker: worker.map(str::to_owned), detail: String::new() })
    };
    assert_eq!(submissions.status(&id).await, known(DriverState::Submitted, None));
    assert_eq!(submissions.status(&id).await, known(DriverState::Running, Some("10.0.0.7")));
    assert_eq!(submissions.kill(&id).await, Ok(()));
    assert_eq!(submissions.status(&id).await, known(DriverState::Killed, Some("10.0.0.7")));
    assert_eq!(submissions.kill(&id).await, Ok(()), "it has ended");
    assert_eq!(submissions.status("driver-0").await, Ok(Status::NotThere));
    let posted = master.state.lock().unwrap().requests[1].clone();
    assert!(
        posted.starts_with("POST /v1/submissions/create HTTP/1.1") && !posted.contains("authorization"),
        "{posted}"
    );
}

#[tokio::test]
async fn the_token_goes_to_the_configured_origin_and_nowhere_else() {
    let master = Double::start(&["RUNNING"]).await;
    let submissions = client(&master.url, Some("T0KEN"), SOON);
    submissions.ready().await.unwrap();
    assert!(master.state.lock().unwrap().requests[0].contains("authorization: Bearer T0KEN"));
    master.next(&[says(302, "", "")]);
    let moved = submissions.ready().await.unwrap_err();
    assert!(matches!(&moved, SubmissionError::NotServer { .. }) && moved.submitted_nothing(), "{moved}");
    assert_eq!(master.count("GET"), 2, "a redirect is not followed");
    assert!(!format!("{submissions:?}").contains("T0KEN"));
}

#[tokio::test]
async fn what_surely_was_not_submitted_is_told_from_what_nobody_knows() {
    let master = Double::start(&["RUNNING"]).await;
    let submissions = client(&master.url, None, SOON);
    let error = r#"{"action":"ErrorResponse","message":"Malformed request: x\n\tat y","serverSparkVersion":"4.3.0"}"#;
    for (fault, submitted_nothing) in [
        (says(403, HTML, "<html>"), true),
        (says(400, JSON, error), true),
        (says(404, HTML, "<html>"), true),
        (Fault::Standby, true),
        (says(500, JSON, error), false),
        (says(502, HTML, "<html>"), false),
        (says(200, HTML, "<html>"), false),
        (says(200, JSON, "{"), false),
        (says(200, JSON, r#"{"action":"CreateSubmissionResponse","success":true,"submissionId":"../x"}"#), false),
        (says(200, JSON, &" ".repeat(300 * 1024)), false),
        (Fault::LosesAnswer, false),
        (Fault::Late(Duration::from_secs(10)), false),
    ] {
        master.next(std::slice::from_ref(&fault));
        let refused = submissions.create(&json!({})).await.unwrap_err();
        assert_eq!(refused.submitted_nothing(), submitted_nothing, "{fault:?}: {refused}");
    }
    let nobody = client("http://127.0.0.1:9", None, SOON).create(&json!({})).await.unwrap_err();
    assert!(matches!(nobody, SubmissionError::Unreachable { .. }) && nobody.submitted_nothing());
}

#[tokio::test]
async fn the_masters_words_are_shown_without_its_stack_trace() {
    let master = Double::start(&["RUNNING"]).await;
    master.next(&[Fault::Standby]);
    let refused = master.submissions().create(&json!({})).await.unwrap_err().to_string();
    assert!(refused.starts_with("the master refused: Current state is not alive: STANDBY."), "{refused}");
    let body = r#"{"action":"ErrorResponse","message":"Malformed request: x\n\tat y","serverSparkVersion":"4.3.0"}"#;
    master.next(&[says(400, JSON, body)]);
    let rejected = SubmissionError::Rejected { detail: "Malformed request: x".to_owned() };
    assert_eq!(master.submissions().create(&json!({})).await, Err(rejected));
}

#[tokio::test]
async fn a_server_of_spark_3_says_its_version_and_a_standby_master_that_it_takes_nothing() {
    let master = Double::start(&[]).await;
    let old = r#"{"action":"ErrorResponse","message":"Unknown protocol version 'v1'.","serverSparkVersion":"3.5.9"}"#;
    master.next(&[says(468, JSON, old)]);
    assert_eq!(master.submissions().ready().await, Ok("3.5.9".to_owned()));
    let standby =
        r#"{"action":"ReadyzResponse","message":"Master is not ready.","serverSparkVersion":"4.3.0","success":false}"#;
    master.next(&[says(503, JSON, standby)]);
    let refused = SubmissionError::Refused { detail: "Master is not ready.".to_owned() };
    assert_eq!(master.submissions().ready().await, Err(refused));
}
