//! Each operation is released, however it ends; a session only if it is our own.

use std::collections::BTreeSet;

use connect_client::{Client, ConnectError, Event, Limits, Run, RunOptions, Session, Statement};
use uuid::Uuid;

use crate::{
    outcome,
    replies::{self, Reply, batch, of_session, overloaded, spark_error},
    server::{Call, Heard, SESSION, Server},
};

/// Operations that were begun, and those that were released.
fn operations(heard: &[Heard]) -> (BTreeSet<String>, Vec<String>) {
    let begun = heard.iter().filter(|heard| matches!(heard.call, Call::Command | Call::Query(_)));
    let released = heard.iter().filter(|heard| heard.call == Call::Release);
    (
        begun.map(|heard| heard.operation_id.clone()).collect(),
        released.map(|heard| heard.operation_id.clone()).collect(),
    )
}

/// Checks that exactly what was begun was released, each once.
fn all_released(heard: &[Heard], end: &str) {
    let (begun, released) = operations(heard);
    assert_eq!(begun.len(), 2, "{end}: an analysis and a query");
    assert_eq!(released.len(), 2, "{end}");
    assert_eq!(begun, released.into_iter().collect(), "{end}");
}

#[tokio::test(start_paused = true)]
async fn every_end_releases_the_operation() {
    let limited = |max_rows, max_bytes| Limits { max_rows, max_bytes };
    let (all, few) = (Limits::default(), limited(1, 64 << 20));
    let overload = || (0..16).map(|_| Reply::Reattach(vec![], Some(overloaded(None))));
    for (end, replies, limits) in [
        ("it is complete", vec![Reply::three_rows()], all),
        ("its rows exceed the limit", vec![Reply::three_rows()], few),
        ("its bytes exceed the limit", vec![Reply::three_rows()], limited(10, 10)),
        ("a message is too large", vec![Reply::Execute(vec![replies::large("a", 12 << 20)], None)], limited(10, 10)),
        ("it breaks the protocol", vec![Reply::Execute(vec![batch("a", 7, 3)], None)], all),
        ("it fails", vec![Reply::Execute(vec![], Some(spark_error("DIVIDE_BY_ZERO", "x", &[])))], all),
        ("it is interrupted", vec![Reply::Execute(vec![], Some(spark_error("OPERATION_CANCELED", "x", &[])))], all),
        ("the session was replaced", vec![Reply::Execute(vec![of_session(batch("a", 0, 3), "other")], None)], all),
        ("the server forgot it", vec![Reply::Execute(vec![batch("a", 0, 3)], None), Reply::unknown()], all),
        ("the server stays away", [Reply::Execute(vec![], None)].into_iter().chain(overload()).collect(), all),
    ] {
        let server = Server::start(replies).await;
        let _ = outcome(&server, limits).await;
        all_released(&server.heard(), end);
    }
}

#[tokio::test(start_paused = true)]
async fn a_release_is_repeated_because_what_is_not_released_stays_on_the_server() {
    let server = Server::failing(vec![overloaded(None)]).await;
    let session = server.session();
    session.release().await.expect("it succeeds");
    assert_eq!(server.count(&Call::ReleaseSession), 2);
}

async fn reading(server: &Server) -> Run {
    let mut run = server.session().run(&Statement::new("SELECT 1"), RunOptions::default());
    while !matches!(run.next().await.expect("an event"), Some(Event::Rows(_))) {}
    run
}

#[tokio::test]
async fn a_run_that_is_dropped_or_closed_is_released_once() {
    let server = Server::start(vec![Reply::Open(vec![batch("a", 0, 3)])]).await;
    drop(reading(&server).await);
    server.until(|heard| operations(heard).1.len() == 2).await;
    all_released(&server.heard(), "dropped");

    let server = Server::start(vec![Reply::Open(vec![batch("a", 0, 3)])]).await;
    let mut run = reading(&server).await;
    run.close().await;
    all_released(&server.heard(), "closed");
    run.close().await;
    assert!(run.next().await.expect("it is over").is_none());
    drop(run);
    all_released(&server.heard(), "closed again");
}

#[tokio::test]
async fn a_run_that_never_began_has_nothing_to_release() {
    let server = Server::start(vec![]).await;
    drop(server.session().run(&Statement::new("SELECT 1"), RunOptions::default()));
    server.session().config("key").await.expect("a value");
    assert_eq!(server.calls(), [Call::Config]);
}

#[tokio::test]
async fn a_future_that_is_dropped_loses_no_rows() {
    let server = Server::start(vec![Reply::Open(vec![batch("a", 0, 3)])]).await;
    let mut run = reading(&server).await;
    for _ in 0..3 {
        let next = tokio::time::timeout(std::time::Duration::from_millis(20), run.next()).await;
        assert!(next.is_err(), "nothing more comes");
    }
    assert_eq!(operations(&server.heard()).1.len(), 1, "only the analysis has ended");
    run.close().await;
}

#[tokio::test]
async fn only_an_own_session_is_released_and_only_once() {
    let server = Server::start(vec![]).await;
    let id: Uuid = SESSION.parse().expect("an id");
    let own = [Session::new(server.client(""), "ann"), Session::of_user(server.client("user_id=eve"), "ann")];
    let copy = Session::clone_of(server.client(""), id, "ann").await.expect("a copy");
    for session in own.iter().chain([&copy]) {
        session.release().await.expect("it succeeds");
        session.release().await.expect("it succeeds");
        assert!(matches!(session.config("a").await, Err(ConnectError::SessionReleased)));
        let run = session.run(&Statement::new("SELECT 1"), RunOptions::default()).next().await;
        assert!(matches!(run, Err(ConnectError::SessionReleased)));
    }
    let others = |client: Client| Session::new(client, "ann");
    for session in
        [Session::joined(server.client(""), id, "ann"), others(server.client(&format!("session_id={SESSION}")))]
    {
        session.release().await.expect("nothing happens");
        session.config("a").await.expect("it goes on");
    }
    let released: Vec<_> = server.heard().into_iter().filter(|heard| heard.call == Call::ReleaseSession).collect();
    let ids: Vec<_> = released.iter().map(|heard| (heard.session_id.as_str(), heard.user_id.as_str())).collect();
    let expected = own.iter().chain([&copy]).map(|session| (session.session_id(), "ann"));
    assert_eq!(ids, expected.collect::<Vec<_>>());
}
