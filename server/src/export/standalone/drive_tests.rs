//! A job is followed through a master that keeps its drivers.

use std::{
    fs,
    path::Path,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures_util::FutureExt;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    double::{Double, Fault},
    drive::{Driver, Pace},
    error::SubmissionError,
    follow::Follow,
    follow_tests::{following, names},
    state::State,
};
use crate::export::{airflow::state::Act, places::Place};

const FAILED: &str = r#"{"cell":2,"error":{"name":"ValueError","message":"no","line":4},"log_url":"http://w:8081/x"}"#;

fn driver(master: &Double, folder: &Path) -> Driver {
    let short = Duration::from_millis(2);
    Driver::new(master.submissions(), folder.to_owned(), Pace { interval: short, longest: short })
}

/// Follows to the end; returns it with each change as it was kept.
async fn driven(driver: &Driver, follow: Follow, acts: &[Act]) -> (Follow, Vec<Follow>) {
    let (send, mut received) = mpsc::channel(4);
    acts.iter().for_each(|act| send.try_send(*act).unwrap());
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = |follow: &Follow| {
        kept.lock().unwrap().push(follow.clone());
        async { true }.boxed()
    };
    let end = driver.drive(follow, &mut received, CancellationToken::new(), &keep).await;
    let kept = kept.lock().unwrap().clone();
    (end, kept)
}

#[tokio::test]
async fn a_job_is_submitted_once_and_followed_to_the_cell_that_failed() {
    let (master, folder) = (Double::start(&["SUBMITTED", "RUNNING", "FAILED"]).await, tempfile::tempdir().unwrap());
    let report = folder.path().join("etl/reports/driver-20261130232755-0000.json");
    fs::create_dir_all(report.parent().unwrap()).unwrap();
    fs::write(&report, FAILED).unwrap();
    let (end, kept) = driven(&driver(&master, folder.path()), following(), &[]).await;
    assert_eq!(names(&end), ["delivered", "submitting", "submitted", "running", "failed"]);
    let failed =
        State::Failed { place: Some(Place { cell: 2, line: 2 }), cell: Some(2), message: "ValueError: no".to_owned() };
    assert_eq!((end.state(), end.log_url.as_deref()), (&failed, Some("http://w:8081/x")));
    assert_eq!((master.count("POST /v1/submissions/create"), kept[0].state()), (1, &State::Submitting));
    assert!(!report.exists(), "it was read to its end");
    let sent = master.state.lock().unwrap().requests[0].clone();
    assert!(sent.ends_with(&following().submission.request.to_string()), "exactly what was shown: {sent}");
}

#[tokio::test]
async fn an_answer_that_was_lost_is_not_known_and_the_job_is_not_submitted_again() {
    let (master, folder) = (Double::start(&["RUNNING"]).await, tempfile::tempdir().unwrap());
    master.next(&[Fault::LosesAnswer]);
    let driver = driver(&master, folder.path());
    let (end, kept) = driven(&driver, following(), &[]).await;
    assert_eq!(
        (names(&end), master.count("POST")),
        (vec!["delivered".into(), "submitting".into(), "not_known".into()], 1)
    );
    // As when the sidecar is started again.
    let (end, _) = driven(&driver, kept[0].clone(), &[]).await;
    assert_eq!((end.state(), master.count("POST")), (&State::NotKnown, 1));
}

#[tokio::test]
async fn nothing_is_submitted_that_cannot_be_kept() {
    let (master, folder) = (Double::start(&["RUNNING"]).await, tempfile::tempdir().unwrap());
    let keep = |_: &Follow| async { false }.boxed();
    let (_acts, mut received) = mpsc::channel(1);
    let driver = driver(&master, folder.path());
    let end = driver.drive(following(), &mut received, CancellationToken::new(), &keep).await;
    assert_eq!(*end.state(), State::Refused { error: SubmissionError::NotKept });
    assert_eq!(master.count("POST"), 0);
}

#[tokio::test]
async fn a_master_that_is_away_for_a_while_is_asked_again() {
    let (master, folder) = (Double::start(&["RUNNING", "RUNNING", "FINISHED"]).await, tempfile::tempdir().unwrap());
    let down = Fault::Says(404, "text/html", String::new());
    let away = Fault::Says(503, "text/html", String::new());
    let unknown = r#"{"action":"SubmissionStatusResponse","driverState":"UNKNOWN","success":true}"#.to_owned();
    let recovering = Fault::Says(200, "application/json", unknown);
    let created = Fault::Late(Duration::ZERO);
    master.next(&[down.clone(), down, created, away, Fault::LosesAnswer, Fault::Standby, recovering]);
    let (end, _) = driven(&driver(&master, folder.path()), following(), &[]).await;
    assert_eq!(names(&end), ["delivered", "submitting", "submitted", "running", "finished"]);
    let created = master.state.lock().unwrap().drivers.len();
    assert_eq!((master.count("POST"), created, &end.problem), (3, 1, &None));
}

#[tokio::test]
async fn a_person_cancels_a_driver_and_one_that_waits() {
    for states in [&["RUNNING"][..], &["SUBMITTED", "SUBMITTED"]] {
        let (master, folder) = (Double::start(states).await, tempfile::tempdir().unwrap());
        let mut running = following();
        running.begin(1);
        let (end, _) = {
            let driver = driver(&master, folder.path());
            let submitted = master.submissions().create(&running.submission.request).await.unwrap();
            running.take(super::state::Ask::Submit, super::state::Saw::Submitted(submitted), 2);
            driven(&driver, running, &[Act::Cancel]).await
        };
        assert_eq!((end.state(), master.count("POST /v1/submissions/kill/driver-")), (&State::Killed, 1));
    }
}

#[tokio::test]
async fn a_job_that_goes_on_is_found_again_after_a_restart() {
    let (master, folder) = (Double::start(&["RUNNING"]).await, tempfile::tempdir().unwrap());
    let stop = CancellationToken::new();
    let kept = Arc::new(Mutex::new(None));
    let keep = |follow: &Follow| {
        *kept.lock().unwrap() = Some(follow.clone());
        if matches!(follow.state(), State::Running { .. }) {
            stop.cancel();
        }
        async { true }.boxed()
    };
    let (_acts, mut received) = mpsc::channel(1);
    let driver = driver(&master, folder.path());
    driver.drive(following(), &mut received, stop.clone(), &keep).await;
    let kept = kept.lock().unwrap().clone().unwrap();
    let kept: Follow = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    master.state.lock().unwrap().drivers.values_mut().for_each(|states| *states = vec!["FINISHED"]);
    let (end, _) = driven(&driver, kept, &[]).await;
    assert_eq!((end.state(), master.count("POST")), (&State::Finished, 1));
}
