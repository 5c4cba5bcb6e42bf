//! The states of a followed job, without any Airflow.

use std::time::Duration;

use super::{
    answers::{Dag, ImportError, Run, RunState},
    double::{COMMIT, shipped},
    error::{AirflowError, Right},
    follow::Follow,
    log::Failure,
    shipped::Delivery,
    state::{Act, Ask, Saw, State, Wish},
};
use crate::export::places::Place;

const SECOND: i64 = 1000;

fn following(wish: Wish) -> Follow {
    let delivery = Delivery::Commit { id: COMMIT.to_owned() };
    Follow::new(shipped(delivery), wish, "monitor", Duration::from_secs(60), 0)
}

fn run_wish() -> Wish {
    Wish { run: true, ..Wish::default() }
}

fn dag(is_paused: bool) -> Dag {
    let (is_stale, has_import_errors) = (false, false);
    Dag { is_paused, is_stale, has_import_errors, bundle_version: Some(COMMIT.to_owned()), next_dagrun_run_after: None }
}

fn nothing() -> Saw {
    Saw::Look { dag: None, is_ours: false, error: None }
}

fn ours(is_paused: bool) -> Saw {
    Saw::Look { dag: Some(dag(is_paused)), is_ours: true, error: None }
}

fn import_error(timestamp: &str) -> Saw {
    let stack_trace =
        "  File \"/b/a/a_dag.py\", line 9\n  File \"/b/a/job.py\", line 4, in <module>\nKeyError".to_owned();
    let error = ImportError { timestamp: timestamp.to_owned(), filename: "a/a_dag.py".to_owned(), stack_trace };
    Saw::Look { dag: None, is_ours: false, error: Some(error) }
}

fn run(state: RunState) -> Saw {
    Saw::Run(Run { dag_run_id: "monitor.1".to_owned(), state, bundle_version: None })
}

fn down() -> Saw {
    Saw::Failed(AirflowError::Unreachable { cause: "refused".to_owned() })
}

/// Gives an answer to whatever is asked.
fn take(follow: &mut Follow, saw: Saw, now_ms: i64) -> Ask {
    follow.begin(follow.next());
    follow.take(follow.next(), saw, now_ms);
    follow.next()
}

fn names(follow: &Follow) -> Vec<String> {
    let value = serde_json::to_value(follow.timeline()).unwrap();
    value.as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_job_is_seen_triggered_and_followed_to_its_end() {
    let mut follow = following(run_wish());
    assert_eq!(follow.next(), Ask::Visible);
    assert_eq!(take(&mut follow, nothing(), SECOND), Ask::Visible);
    assert_eq!(take(&mut follow, ours(false), 2 * SECOND), Ask::Trigger);
    assert_eq!(take(&mut follow, run(RunState::Queued), 3 * SECOND), Ask::Run);
    assert_eq!(take(&mut follow, Saw::Progress(RunState::Running, None), 4 * SECOND), Ask::Run);
    assert_eq!(take(&mut follow, Saw::Progress(RunState::Running, Some(2)), 5 * SECOND), Ask::Run);
    assert_eq!(*follow.state(), State::Running { cell: Some(2), done: 2, of: 3 });
    assert_eq!(take(&mut follow, Saw::State(RunState::Success), 6 * SECOND), Ask::Nothing);
    assert_eq!(names(&follow), ["delivered", "seen", "queued", "running", "success"]);
    let times: Vec<_> = follow.timeline().iter().map(|step| step.at_ms / SECOND).collect();
    assert_eq!(times, [0, 2, 3, 4, 6]);
}

#[test]
fn a_merge_is_waited_for_a_day_and_then_looked_for_on_request() {
    let branch = Delivery::Branch { name: "x/sales".to_owned() };
    let mut follow = Follow::new(shipped(branch), run_wish(), "monitor", Duration::from_secs(60), 0);
    let hour = 60 * 60 * SECOND;
    assert_eq!(take(&mut follow, nothing(), 23 * hour), Ask::Visible);
    assert!(follow.awaits_merge(), "it is longer than Airflow may take to read a job");
    let mut merged = follow.clone();
    assert_eq!(take(&mut merged, ours(false), 24 * hour), Ask::Trigger);
    assert!(!merged.awaits_merge());
    assert_eq!(take(&mut follow, nothing(), 25 * hour), Ask::Nothing);
    assert_eq!(*follow.state(), State::NotSeen { after_s: 24 * 60 * 60 });
    assert!(!follow.awaits_merge());
    follow.act(Act::Retry, 26 * hour);
    assert_eq!(take(&mut follow, ours(false), 26 * hour), Ask::Trigger);
    assert!(!following(run_wish()).awaits_merge(), "it was pushed to where Airflow reads it");
}

#[test]
fn without_a_wish_to_run_the_end_is_that_it_is_seen() {
    let mut follow = following(Wish::default());
    assert_eq!(take(&mut follow, ours(true), SECOND), Ask::Nothing);
    assert_eq!(names(&follow), ["delivered", "seen"]);
}

#[test]
fn a_paused_workflow_waits_for_a_person_here_or_in_airflow() {
    let mut follow = following(run_wish());
    assert_eq!(take(&mut follow, ours(true), SECOND), Ask::Visible);
    assert_eq!(*follow.state(), State::Paused);
    let mut elsewhere = follow.clone();
    assert_eq!(take(&mut elsewhere, ours(false), 2 * SECOND), Ask::Trigger);
    follow.act(Act::Unpause, 2 * SECOND);
    assert_eq!(follow.next(), Ask::Unpause);
    assert_eq!(take(&mut follow, Saw::Unpaused, 3 * SECOND), Ask::Trigger);
    assert_eq!(names(&follow), ["delivered", "seen", "paused"]);
    let day = 25 * 60 * 60 * SECOND;
    let mut forgotten = following(run_wish());
    take(&mut forgotten, ours(true), SECOND);
    assert_eq!(take(&mut forgotten, ours(true), day), Ask::Nothing, "nobody came");
}

#[test]
fn a_workflow_that_shall_not_run_is_unpaused_all_the_same() {
    let mut follow = following(Wish { unpause: true, ..Wish::default() });
    assert_eq!(take(&mut follow, ours(true), SECOND), Ask::Unpause);
    let mut forbidden = follow.clone();
    assert_eq!(take(&mut follow, Saw::Unpaused, 2 * SECOND), Ask::Nothing);
    assert_eq!(names(&follow), ["delivered", "seen"]);
    let error = AirflowError::Forbidden { right: Right::EditWorkflow };
    assert_eq!(take(&mut forbidden, Saw::Failed(error), 2 * SECOND), Ask::Visible, "it waits for a person");
    let mut elsewhere = forbidden.clone();
    assert_eq!(take(&mut elsewhere, ours(false), 3 * SECOND), Ask::Nothing);
    forbidden.act(Act::Unpause, 3 * SECOND);
    assert_eq!(forbidden.next(), Ask::Unpause);
    assert_eq!(take(&mut forbidden, Saw::Unpaused, 4 * SECOND), Ask::Nothing);
    assert_eq!([names(&forbidden), names(&elsewhere)], [["delivered", "seen", "paused", "seen"]; 2]);
    let mut running = following(Wish { unpause: true, ..Wish::default() });
    assert_eq!(take(&mut running, ours(false), SECOND), Ask::Nothing, "there is nothing to unpause");
}

#[test]
fn without_an_airflow_it_ends_and_can_be_looked_at_again() {
    let mut follow = following(run_wish());
    follow.refuse(AirflowError::NotConfigured, SECOND);
    assert_eq!((follow.is_over(), names(&follow)), (true, vec!["delivered".to_owned(), "refused".to_owned()]));
    follow.act(Act::Retry, 2 * SECOND);
    assert_eq!(follow.next(), Ask::Visible);
}

#[test]
fn what_a_person_asks_for_and_airflow_forbids_does_not_end_it() {
    let mut follow = following(Wish { run: true, unpause: true, ..Wish::default() });
    assert_eq!(take(&mut follow, ours(true), SECOND), Ask::Unpause);
    let forbidden = AirflowError::Forbidden { right: Right::EditWorkflow };
    assert_eq!(take(&mut follow, Saw::Failed(forbidden.clone()), SECOND), Ask::Visible);
    assert_eq!((follow.state(), &follow.act_error), (&State::Paused, &Some(forbidden)));
    take(&mut follow, ours(false), SECOND);
    take(&mut follow, run(RunState::Running), SECOND);
    follow.act(Act::Cancel, SECOND);
    assert_eq!((follow.next(), &follow.act_error), (Ask::Cancel, &None));
    let forbidden = AirflowError::Forbidden { right: Right::EditRun };
    assert_eq!(take(&mut follow, Saw::Failed(forbidden.clone()), SECOND), Ask::Run);
    assert_eq!(follow.act_error, Some(forbidden));
}

#[test]
fn an_import_error_has_its_cell_and_goes_away_when_the_new_file_is_read() {
    let mut follow = following(run_wish());
    take(&mut follow, import_error("10:00"), SECOND);
    assert_eq!(*follow.state(), State::Delivered, "it was there before");
    take(&mut follow, import_error("10:00"), 2 * SECOND);
    assert_eq!(*follow.state(), State::Delivered);
    assert_eq!(take(&mut follow, import_error("10:01"), 3 * SECOND), Ask::Visible);
    let State::ImportError { place, text } = follow.state() else { panic!("{:?}", follow.state()) };
    assert!(*place == Some(Place { cell: 2, line: 2 }) && text.ends_with("KeyError"));
    take(&mut follow, import_error("10:02"), 4 * SECOND);
    assert_eq!(follow.timeline().len(), 2, "the same error is one step");
    let mut old = follow.clone();
    assert_eq!(take(&mut old, ours(false), 5 * SECOND), Ask::Trigger, "it was the old file's");
    assert_eq!(take(&mut follow, import_error("10:03"), 61 * SECOND), Ask::Nothing, "it is the new file's");
    follow.act(Act::Retry, 62 * SECOND);
    assert_eq!(follow.next(), Ask::Visible);
}

#[test]
fn a_long_traceback_keeps_its_end() {
    let mut follow = following(run_wish());
    take(&mut follow, nothing(), 0);
    let long = format!("{}KeyError: ü", "é\n".repeat(100_000));
    let error = ImportError { timestamp: "1".into(), filename: "a/a_dag.py".into(), stack_trace: long };
    take(&mut follow, Saw::Look { dag: None, is_ours: false, error: Some(error) }, 0);
    let State::ImportError { text, .. } = follow.state() else { panic!("{:?}", follow.state()) };
    assert!(text.chars().count() == 4001 && text.starts_with('…') && text.ends_with("KeyError: ü"));
}

#[test]
fn a_job_that_is_not_seen_in_time_is_given_up_also_if_airflow_is_down() {
    for saw in [nothing, down] {
        let mut follow = following(run_wish());
        assert_eq!(take(&mut follow, saw(), 60 * SECOND), Ask::Visible);
        assert_eq!(take(&mut follow, saw(), 61 * SECOND), Ask::Nothing);
        assert_eq!(*follow.state(), State::NotSeen { after_s: 60 });
        follow.act(Act::Retry, 100 * SECOND);
        assert_eq!(take(&mut follow, nothing(), 101 * SECOND), Ask::Visible, "the time begins again");
        assert_eq!(names(&follow), ["delivered", "not_seen", "delivered"]);
    }
}

#[test]
fn a_run_goes_on_while_airflow_is_down_for_less_than_an_hour() {
    let mut follow = following(run_wish());
    take(&mut follow, ours(false), 0);
    take(&mut follow, run(RunState::Running), 0);
    for (attempt, minute) in [(1, 10), (2, 40), (3, 69)] {
        assert_eq!(take(&mut follow, down(), minute * 60 * SECOND), Ask::Run);
        let problem = follow.problem.clone().unwrap();
        assert_eq!((problem.attempts, problem.since_ms), (attempt, 10 * 60 * SECOND));
    }
    let mut back = follow.clone();
    assert_eq!(take(&mut back, Saw::State(RunState::Running), 70 * 60 * SECOND), Ask::Run);
    assert_eq!(back.problem, None);
    assert_eq!(take(&mut follow, down(), 71 * 60 * SECOND), Ask::Nothing);
    assert!(matches!(follow.state(), State::Refused { error: AirflowError::Unreachable { .. } }));
    follow.act(Act::Retry, 72 * 60 * SECOND);
    assert_eq!(follow.next(), Ask::Run, "it is the same run");
}

#[test]
fn wrong_parameters_end_it_with_airflows_words() {
    let mut follow = following(run_wish());
    take(&mut follow, ours(false), 0);
    let error = AirflowError::Rejected { detail: "limit".to_owned() };
    assert_eq!(take(&mut follow, Saw::Failed(error.clone()), 0), Ask::Nothing);
    assert_eq!(*follow.state(), State::Refused { error });
}

#[test]
fn a_failed_run_has_its_reason_or_none_after_three_looks() {
    let mut follow = following(run_wish());
    take(&mut follow, ours(false), 0);
    take(&mut follow, run(RunState::Queued), 0);
    assert_eq!(take(&mut follow, Saw::State(RunState::Failed), 0), Ask::Reason);
    let mut silent = follow.clone();
    for next in [Ask::Reason, Ask::Reason, Ask::Nothing] {
        assert_eq!(take(&mut silent, Saw::Reason(None), 0), next);
    }
    let place = Some(Place { cell: 3, line: 1 });
    let failure = Failure { place, message: "ValueError: no".to_owned() };
    assert_eq!(take(&mut follow, Saw::Reason(Some(failure)), 0), Ask::Nothing);
    assert_eq!(*follow.state(), State::Failed { place, message: "ValueError: no".to_owned() });
    assert_eq!(follow.run_id(), "monitor.1");
    follow.act(Act::Retry, 0);
    assert_eq!((follow.next(), follow.run_id().as_str()), (Ask::Visible, "monitor.2"), "another run has another name");
}

#[test]
fn a_run_is_canceled_before_and_after_it_was_triggered() {
    let mut follow = following(run_wish());
    follow.act(Act::Cancel, 0);
    assert_eq!((follow.next(), follow.state()), (Ask::Nothing, &State::Canceled));
    let mut follow = following(run_wish());
    take(&mut follow, ours(false), 0);
    take(&mut follow, run(RunState::Running), 0);
    follow.act(Act::Cancel, 0);
    assert_eq!(follow.next(), Ask::Cancel);
    let mut faster = follow.clone();
    assert_eq!(take(&mut faster, run(RunState::Success), 0), Ask::Nothing);
    assert_eq!(*faster.state(), State::Success, "it was over before");
    assert_eq!(take(&mut follow, run(RunState::Failed), 0), Ask::Nothing);
    assert_eq!(*follow.state(), State::Canceled);
}

#[test]
fn a_run_is_canceled_whose_answer_was_lost() {
    for (saw, end) in [(run(RunState::Failed), Ask::Nothing), (Saw::Failed(gone()), Ask::Nothing)] {
        let mut follow = following(run_wish());
        take(&mut follow, ours(false), 0);
        assert_eq!(take(&mut follow, down(), 0), Ask::Trigger);
        follow.act(Act::Cancel, 0);
        assert_eq!(follow.next(), Ask::Cancel, "it may have been started");
        assert_eq!(take(&mut follow, saw, 0), end);
        assert_eq!(*follow.state(), State::Canceled);
    }
}

fn gone() -> AirflowError {
    AirflowError::NotFound { right: Right::EditRun }
}

#[test]
fn a_name_that_is_taken_by_somebody_else_is_not_used_again() {
    let mut follow = following(run_wish());
    take(&mut follow, ours(false), 0);
    take(&mut follow, Saw::Failed(AirflowError::Conflict { detail: String::new() }), 0);
    follow.act(Act::Retry, 0);
    assert_eq!((follow.next(), follow.run_id().as_str()), (Ask::Visible, "monitor.2"));
    take(&mut follow, ours(false), 0);
    take(&mut follow, Saw::Failed(AirflowError::Rejected { detail: String::new() }), 0);
    follow.act(Act::Retry, 0);
    assert_eq!((follow.next(), follow.run_id().as_str()), (Ask::Visible, "monitor.2"), "there is no such run yet");
}

#[test]
fn a_timeline_survives_a_restart_and_does_not_grow_without_end() {
    let mut follow = following(run_wish());
    for round in 0..100 {
        take(&mut follow, import_error(&round.to_string()), SECOND);
        take(&mut follow, nothing(), SECOND);
        take(&mut follow, down(), SECOND);
    }
    assert_eq!((follow.timeline().len(), follow.timeline()[0].at_ms), (40, 0));
    let stored = serde_json::to_vec(&follow).unwrap();
    let mut restored: Follow = serde_json::from_slice(&stored).unwrap();
    assert_eq!(restored, follow);
    assert_eq!(take(&mut restored, ours(false), 2 * SECOND), Ask::Trigger);
}
