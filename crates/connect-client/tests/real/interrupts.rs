//! Stopping what runs, from the same session and from elsewhere, beside other statements.

use std::time::Duration;

use connect_client::{Event, Limits, OperationState, Run, RunOptions, Session, Statement};
use serde_json::json;
use tokio::time::Instant;

use crate::{class, client, facts::fact, rows, session};

/// Minutes of work in tasks of a second, which notice that they are stopped.
const ENDLESS: &str = "SELECT count(*) FROM range(0, 200000000000, 1, 4000) WHERE hash(id) = 1";
/// The same work; each task has some rows to send.
const STREAM: &str = "SELECT id FROM range(0, 200000000000, 1, 4000) WHERE hash(id) % 1000 = 1";

/// A query without tasks. One with tasks would wait for cores.
async fn beside(session: &Session) {
    assert_eq!(rows(session, "VALUES (42)").await.expect("it runs beside"), [[json!(42)]]);
    assert_eq!(rows(session, "SHOW DATABASES").await.expect("it runs beside"), [[json!("default")]]);
}

/// Stops what runs in a session.
async fn stop(by: &str, session: &Session, run: &Run) -> Vec<String> {
    let operation_id = run.operation_id().expect("it runs").to_owned();
    // Another handle of the same session, as the sidecar has of a notebook's.
    let joined = Session::joined(client(), session.session_id().parse().expect("an id"), session.user_id());
    let ids = match by {
        "operation" => session.interrupt_operation(&operation_id).await,
        "tag" => session.interrupt_tag("mine").await,
        "all" => session.interrupt_all().await,
        "interrupter" => run.interrupter().interrupt().await,
        "operation of a joined session" => joined.interrupt_operation(&operation_id).await,
        _ => joined.interrupt_tag("mine").await,
    };
    let ids = ids.expect("an answer");
    assert_eq!(ids, [operation_id], "{by}");
    ids
}

/// Runs a statement, stops it when it works, and returns how it ended, and how long after the call.
async fn stopped(by: &str, statement: &str) -> (String, Duration) {
    let session = session();
    let limits = Limits { max_rows: u64::MAX, max_bytes: u64::MAX };
    let options = RunOptions { limits, tags: vec!["mine".into()] };
    let mut run = session.run(&Statement::new(statement), options);
    let mut asked: Option<(Vec<String>, Instant)> = None;
    let error = loop {
        match run.next().await {
            Ok(Some(event)) if asked.is_none() => {
                let works = match event {
                    Event::Progress(progress) => statement == ENDLESS && progress.running_tasks > 0,
                    Event::Rows(_) => true,
                    _ => false,
                };
                if works {
                    beside(&session).await;
                    let begin = Instant::now();
                    asked = Some((stop(by, &session, &run).await, begin));
                }
            }
            Ok(Some(_)) => {}
            Ok(None) => panic!("it ended by itself"),
            Err(error) => break error,
        }
    };
    let (ids, begin) = asked.expect("it was stopped");
    let after = begin.elapsed();
    for id in &ids {
        let state = session.operation_state(id).await.expect("an answer");
        assert!(matches!(state, None | Some(OperationState::Canceled | OperationState::Unknown)), "{state:?}");
    }
    assert!(session.interrupt_tag("unknown").await.expect("an answer").is_empty());
    assert!(session.interrupt_operation("unknown").await.expect("an answer").is_empty());
    beside(&session).await;
    session.release().await.expect("it ends");
    (class(error), after)
}

#[tokio::test]
async fn a_running_query_is_stopped_in_six_ways() {
    let ways = ["operation", "tag", "all", "interrupter", "operation of a joined session", "tag of a joined session"];
    for by in ways {
        for (what, statement) in [("computes", ENDLESS), ("sends rows", STREAM)] {
            let stopped = tokio::time::timeout(Duration::from_secs(120), stopped(by, statement)).await;
            let (end, after) = stopped.expect(by);
            assert_eq!(end, "OPERATION_CANCELED", "{by}");
            fact(
                6,
                &format!("interrupt by {by}, of a query that {what}"),
                &format!("{end} after {} ms", after.as_millis()),
            );
        }
    }
}

#[tokio::test]
async fn the_state_of_an_operation_follows_it() {
    let session = session();
    let mut run = session.run(&Statement::new(ENDLESS), RunOptions::default());
    loop {
        match run.next().await.expect("an event") {
            Some(Event::Progress(progress)) if progress.running_tasks > 0 => break,
            _ => {}
        }
    }
    let operation_id = run.operation_id().expect("it runs").to_owned();
    let state = session.operation_state(&operation_id).await.expect("an answer");
    if state.is_some() {
        assert_eq!(state, Some(OperationState::Running));
        let unknown = session.operation_state("5c8d4f36-5c0e-4bb4-9e5b-3d2b6f0f7a11").await.expect("an answer");
        assert_eq!(unknown, Some(OperationState::Unknown));
    }
    run.close().await;
    // Spark answers the release before the operation has ended.
    let ended = async {
        loop {
            let state = session.operation_state(&operation_id).await.expect("an answer");
            if state.is_none_or(|state| !state.runs()) {
                return state;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await.expect("it ends");
    fact(6, "GetStatus of a running and of a released operation", &format!("{state:?}, {ended:?}"));
    session.release().await.expect("it ends");
}
