//! The states of a submitted job, without any master.

use serde_json::json;

use super::{
    answers::{DriverState, Status},
    error::SubmissionError,
    follow::{Follow, Submission},
    report::{Failure, Report},
    state::{Ask, Saw, State},
};
use crate::export::{
    airflow::state::Act,
    places::{CellMap, Place},
};

pub(super) fn following() -> Follow {
    let cells = CellMap::read(br#"{"lines":[null,[0,1],[2,1],[2,2],[3,1]]}"#).unwrap();
    let submission = Submission {
        dag_id: "etl".to_owned(),
        rest_url: "http://m:6066/".to_owned(),
        request: json!({"appArgs": ["etl/driver.py"]}),
        cells,
    };
    Follow::new(submission, 0)
}

pub(super) fn names(follow: &Follow) -> Vec<String> {
    let value = serde_json::to_value(follow.timeline()).unwrap();
    value.as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

fn submitted() -> Follow {
    let mut follow = following();
    follow.begin(1);
    follow.take(Ask::Submit, Saw::Submitted("driver-1".to_owned()), 2);
    follow
}

fn status(state: DriverState, report: Option<Report>) -> Saw {
    Saw::Status(Status::Known { state, worker: Some("w".to_owned()), detail: String::new() }, report)
}

fn down() -> Saw {
    Saw::Failed(SubmissionError::Unreachable { cause: "refused".to_owned() })
}

#[test]
fn a_job_that_may_have_been_submitted_is_not_submitted_again() {
    let mut follow = following();
    follow.begin(1);
    follow.take(Ask::Submit, Saw::Failed(SubmissionError::Timeout { after_ms: 1 }), 2);
    assert_eq!((follow.state(), follow.next()), (&State::NotKnown, Ask::Nothing));
    follow.act(Act::Retry, 3);
    assert_eq!(follow.next(), Ask::Submit, "a person says so");
    // The sidecar ended between the question and its answer.
    let mut follow = following();
    follow.begin(1);
    let mut read: Follow = serde_json::from_str(&serde_json::to_string(&follow).unwrap()).unwrap();
    assert_eq!((read.next(), read.is_over()), (Ask::NothingKnown, false));
    read.lost_answer(2);
    assert_eq!((read.state(), read.is_over()), (&State::NotKnown, true));
}

#[test]
fn while_nobody_takes_a_submission_it_is_tried_for_an_hour() {
    let mut follow = following();
    for minute in 0..=61 {
        assert_eq!(follow.next(), Ask::Submit);
        follow.begin(minute * 60_000);
        follow.take(Ask::Submit, down(), minute * 60_000);
    }
    assert!(matches!(follow.state(), State::Refused { .. }), "{:?}", follow.state());
    assert_eq!(names(&follow), ["delivered", "refused"]);
    follow.act(Act::Retry, 0);
    assert_eq!(follow.next(), Ask::Submit);
    follow.act(Act::Cancel, 0);
    assert_eq!(*follow.state(), State::Canceled);
}

#[test]
fn what_the_master_refuses_ends_and_what_runs_is_found_again() {
    let mut follow = following();
    follow.begin(1);
    follow.take(Ask::Submit, Saw::Failed(SubmissionError::Refused { detail: "standby".to_owned() }), 2);
    assert!(matches!(follow.state(), State::Refused { .. }) && follow.is_over());
    let mut follow = submitted();
    follow.take(Ask::Status, Saw::Failed(SubmissionError::Forbidden { status: 403 }), 3);
    assert!(follow.is_over());
    follow.act(Act::Retry, 4);
    assert_eq!((follow.next(), follow.driver.as_deref()), (Ask::Status, Some("driver-1")), "it may still run");
}

#[test]
fn a_driver_is_followed_from_cell_to_cell_to_its_failure() {
    let mut follow = submitted();
    follow.take(Ask::Status, status(DriverState::Submitted, None), 3);
    follow.take(Ask::Status, status(DriverState::Running, None), 4);
    let log_url = Some("http://w:8081/logPage/".to_owned());
    let report = Report { cell: Some(2), failure: None, log_url: log_url.clone() };
    follow.take(Ask::Status, status(DriverState::Running, Some(report.clone())), 5);
    assert_eq!(*follow.state(), State::Running { cell: Some(2), done: 2, of: 3 });
    follow.take(Ask::Status, status(DriverState::Failed, Some(report)), 6);
    // The report of the failure may come later.
    assert_eq!(follow.next(), Ask::Reason);
    let place = Some(Place { cell: 2, line: 2 });
    let failure = Failure { place, message: "ValueError: no".to_owned() };
    follow.take(Ask::Reason, Saw::Reason(Some(Report { cell: Some(2), failure: Some(failure), log_url })), 7);
    assert_eq!(*follow.state(), State::Failed { place, cell: Some(2), message: "ValueError: no".to_owned() });
    assert_eq!(names(&follow), ["delivered", "submitting", "submitted", "running", "failed"]);
    assert!(follow.is_over() && follow.log_url.is_some());
}

#[test]
fn a_driver_without_a_report_has_failed_all_the_same() {
    let mut follow = submitted();
    follow.take(Ask::Status, status(DriverState::Failed, None), 3);
    for _ in 0..3 {
        assert_eq!(follow.next(), Ask::Reason);
        follow.take(Ask::Reason, Saw::Reason(None), 4);
    }
    assert_eq!(*follow.state(), State::Failed { place: None, cell: None, message: String::new() });
    assert_eq!((follow.next(), follow.worker.as_deref()), (Ask::Nothing, Some("w")));
}

#[test]
fn a_driver_that_the_master_forgot_is_not_taken_for_one_that_failed() {
    let mut follow = submitted();
    follow.take(Ask::Status, Saw::Status(Status::NotThere, None), 3);
    assert_eq!((follow.state(), follow.is_over()), (&State::Gone, true));
}

#[test]
fn a_kill_is_followed_until_the_driver_has_ended() {
    let mut follow = submitted();
    follow.act(Act::Cancel, 3);
    assert_eq!(follow.next(), Ask::Kill);
    follow.take(Ask::Kill, down(), 4);
    assert_eq!(follow.next(), Ask::Kill, "it is asked again");
    follow.take(Ask::Kill, Saw::KillSent, 5);
    follow.take(Ask::Status, status(DriverState::Running, None), 6);
    assert_eq!(follow.next(), Ask::Status);
    follow.take(Ask::Status, status(DriverState::Killed, None), 7);
    assert_eq!(follow.state(), &State::Killed);
    follow.act(Act::Retry, 8);
    assert_eq!((follow.next(), &follow.driver), (Ask::Submit, &None));
    let mut follow = submitted();
    follow.act(Act::Cancel, 3);
    follow.take(Ask::Kill, Saw::Failed(SubmissionError::Forbidden { status: 403 }), 4);
    assert!(follow.act_error.is_some() && follow.next() == Ask::Status, "the job goes on");
}
