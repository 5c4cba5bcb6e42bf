//! A job is followed through a scripted Airflow.

use std::time::Duration;

use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{
    Airflow,
    double::{COMMIT, DAG, Double, RUN, Reply, SOURCE, client, shipped},
    drive::{Driver, Pace},
    error::AirflowError,
    follow::Follow,
    shipped::Delivery,
    state::{Act, State, Wish},
};
use crate::{config::AirflowLogin, export::places::Place};

const RUN_ROUTE: &str = "GET /api/v2/dags/a/dagRuns/monitor.1";
const OLD_SOURCE: &str = r#"{"content":"from airflow.sdk import dag, task\n"}"#;
const WAIT_ROUTE: &str = "GET /api/v2/dags/a/dagRuns/monitor.1/wait";

fn pace() -> Pace {
    let short = Duration::from_millis(2);
    Pace { interval: short, longest: short, paused: short, log: Duration::ZERO }
}

fn following(delivery: Delivery, visibility: Duration) -> Follow {
    let conf = json!({"limit": 3}).as_object().unwrap().clone();
    let wish = Wish { run: true, unpause: false, conf, note: None };
    Follow::new(shipped(delivery), wish, "monitor", visibility, monitor::clock::now_ms())
}

fn pushed(commit: &str) -> Follow {
    following(Delivery::Commit { id: commit.to_owned() }, Duration::from_secs(60))
}

/// Follows to the end; returns it with each change as it was stored.
async fn driven(airflow: Airflow, follow: Follow) -> (Follow, Vec<String>) {
    let (_acts, mut received) = mpsc::channel(1);
    let mut stored = Vec::new();
    let keep = |follow: &Follow| stored.push(serde_json::to_string(follow).unwrap());
    let end = Driver::new(airflow, pace()).drive(follow, &mut received, CancellationToken::new(), keep).await;
    (end, stored)
}

fn names(follow: &Follow) -> Vec<String> {
    let value = serde_json::to_value(follow.timeline()).unwrap();
    value.as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap().to_owned()).collect()
}

fn dag_with(version: &str) -> Reply {
    Reply::json(200, &DAG.replace(COMMIT, version).replace(r#""is_paused":true"#, r#""is_paused":false"#))
}

#[tokio::test]
async fn a_pushed_job_is_followed_to_the_cell_that_failed() {
    let double = Double::recorded().await;
    double.set("GET /api/v2/dags/a", &[Reply::detail(404, "no"), dag_with("older"), dag_with(COMMIT)]);
    double.set("GET /api/v2/dagSources/a", &[Reply::json(200, OLD_SOURCE)]);
    let (end, stored) = driven(double.airflow(), following(Delivery::Commit { id: COMMIT.into() }, HOUR)).await;
    assert_eq!(names(&end), ["delivered", "seen", "queued", "running", "failed"]);
    let failed = State::Failed { place: Some(Place { cell: 2, line: 2 }), message: "ValueError: no good".to_owned() };
    assert_eq!(*end.state(), failed);
    assert!(stored.len() >= 4 && stored.iter().all(|text| !text.contains("PASSWORD") && !text.contains("TOKEN")));
    let triggered = double.requests().into_iter().find(|request| request.starts_with("POST /api/v2/dags")).unwrap();
    assert!(triggered.contains(r#""conf":{"limit":3}"#), "{triggered}");
    assert_eq!(double.count("POST /api/v2/dags/a/dagRuns"), 1);
}

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_later_commit_counts_if_it_has_the_same_files() {
    let double = Double::recorded().await;
    double.set("GET /api/v2/dags/a", &[dag_with("older"), dag_with("newer")]);
    double.set("GET /api/v2/dagSources/a", &[Reply::json(200, OLD_SOURCE), Reply::json(200, SOURCE)]);
    let (end, _) = driven(double.airflow(), pushed(COMMIT)).await;
    assert!(matches!(&end.timeline()[1].state, State::Seen { version: Some(version), .. } if version == "newer"));
}

#[tokio::test]
async fn files_in_a_folder_are_seen_by_the_workflows_text() {
    let double = Double::recorded().await;
    let local = Reply::json(200, &DAG.replace(&format!("\"{COMMIT}\""), "null"));
    double.set("GET /api/v2/dags/a", &[local]);
    double.set("GET /api/v2/dagSources/a", &[Reply::json(200, OLD_SOURCE), Reply::json(200, SOURCE)]);
    let mut follow = following(Delivery::Folder, HOUR);
    follow.wish.run = false;
    let (end, _) = driven(double.airflow(), follow).await;
    assert_eq!(names(&end), ["delivered", "seen"]);
    assert_eq!(double.count("GET /api/v2/dagSources/a"), 2);
}

/// What is merged is another commit than the one that was pushed.
#[tokio::test]
async fn a_job_that_is_merged_is_seen_by_the_workflows_text() {
    let double = Double::recorded().await;
    double.set("GET /api/v2/dags/a", &[dag_with("older"), dag_with("merged")]);
    double.set("GET /api/v2/dagSources/a", &[Reply::json(200, OLD_SOURCE), Reply::json(200, SOURCE)]);
    let mut follow = following(Delivery::Branch { name: "x/a".to_owned() }, HOUR);
    follow.wish.run = false;
    let (end, _) = driven(double.airflow(), follow).await;
    assert!(matches!(&end.timeline()[1].state, State::Seen { version: Some(version), .. } if version == "merged"));
}

#[tokio::test]
async fn when_the_stream_of_states_breaks_they_are_asked_for() {
    let over = Reply::json(200, &RUN.replace("queued\",\"trig", "success\",\"trig"));
    let running = Reply::json(200, &RUN.replace("queued\",\"trig", "running\",\"trig"));
    let broken = Reply(200, "", "{\"state\": \"queued\"}\n".to_owned());
    for stream in [broken, Reply::detail(404, "Not Found"), Reply::lines("{\"nonsense\": 1}\n")] {
        let double = Double::recorded().await;
        double.set(WAIT_ROUTE, &[stream]);
        double.set(RUN_ROUTE, &[running.clone(), running.clone(), over.clone()]);
        let (end, _) = driven(double.airflow(), pushed(COMMIT)).await;
        assert_eq!(names(&end), ["delivered", "seen", "queued", "running", "success"]);
        assert_eq!((double.count(WAIT_ROUTE), double.count(RUN_ROUTE)), (1, 3));
    }
}

#[tokio::test]
async fn a_person_unpauses_and_then_cancels() {
    let double = Double::recorded().await;
    double.set("GET /api/v2/dags/a", &[Reply::json(200, DAG)]);
    double.set("PATCH /api/v2/dags/a", &[Reply::json(200, DAG)]);
    double.set(WAIT_ROUTE, &[Reply::detail(404, "Not Found")]);
    double.set(RUN_ROUTE, &[Reply::json(200, &RUN.replace("queued\",\"trig", "running\",\"trig"))]);
    let failed = Reply::json(200, &RUN.replace("queued\",\"trig", "failed\",\"trig"));
    double.set("PATCH /api/v2/dags/a/dagRuns/monitor.1", &[failed]);
    let (acts, mut received) = mpsc::channel(4);
    let changed = move |follow: &Follow| {
        match follow.state() {
            State::Paused if !follow.wish.unpause => _ = acts.try_send(Act::Unpause),
            State::Running { done: 2, .. } => _ = acts.try_send(Act::Cancel),
            _ => {}
        };
    };
    let driver = Driver::new(double.airflow(), pace());
    let end = driver.drive(pushed(COMMIT), &mut received, CancellationToken::new(), changed).await;
    assert_eq!(names(&end), ["delivered", "seen", "paused", "queued", "running", "canceled"]);
    assert_eq!(double.count("PATCH /api/v2/dags/a"), 1, "asked for once, and only then");
}

#[tokio::test]
async fn it_stops_when_the_sidecar_stops_and_goes_on_after_a_restart() {
    let double = Double::recorded().await;
    double.set(WAIT_ROUTE, &[Reply::detail(404, "Not Found")]);
    let stop = CancellationToken::new();
    let (_acts, mut received) = mpsc::channel(1);
    let stopping = stop.clone();
    let driver = Driver::new(double.airflow(), pace());
    let half = driver
        .drive(pushed(COMMIT), &mut received, stop, move |follow| {
            if matches!(follow.state(), State::Queued { .. }) {
                stopping.cancel();
            }
        })
        .await;
    assert_eq!(names(&half), ["delivered", "seen", "queued"]);
    let stored = serde_json::to_string(&half).unwrap();
    double.set(RUN_ROUTE, &[Reply::json(200, &RUN.replace("queued\",\"trig", "success\",\"trig"))]);
    let (end, _) = driven(double.airflow(), serde_json::from_str(&stored).unwrap()).await;
    assert_eq!(names(&end), ["delivered", "seen", "queued", "success"]);
    assert_eq!(double.count("POST /api/v2/dags/a/dagRuns"), 1, "the run is not started again");
}

#[tokio::test]
async fn a_wrong_password_ends_it_after_one_attempt() {
    let double = Double::recorded().await;
    double.set("POST /auth/token", &[Reply::detail(401, "Invalid credentials")]);
    let (end, _) = driven(double.airflow(), pushed(COMMIT)).await;
    assert_eq!(*end.state(), State::Refused { error: AirflowError::LoginRefused });
    assert_eq!(double.count("POST /auth/token"), 1, "more could lock the user out");
}

#[tokio::test(start_paused = true)]
async fn a_dead_airflow_costs_one_attempt_per_interval_which_grows() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let airflow = client(&url, AirflowLogin::Token("t".into()), HOUR);
    let (_acts, mut received) = mpsc::channel(1);
    let begun = tokio::time::Instant::now();
    let mut attempts = Vec::new();
    let stop = CancellationToken::new();
    let stopping = stop.clone();
    let follow = following(Delivery::Folder, 24 * HOUR);
    Driver::new(airflow, Pace::default())
        .drive(follow, &mut received, stop, |follow| {
            assert!(follow.problem.is_some());
            attempts.push(begun.elapsed().as_secs());
            if attempts.len() == 8 {
                stopping.cancel();
            }
        })
        .await;
    assert_eq!(attempts, [0, 3, 9, 21, 45, 93, 153, 213]);
}
