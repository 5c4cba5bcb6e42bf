//! What a real Spark does not do on demand: broken chunks, streams that end early, restarts, overload.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "scripted/server.rs"]
mod server;

use connect_client::{ConnectError, Event, LimitType, Limits, ProtocolError, RunOptions, Statement};
use server::{Call, Reply, Server, batch, chunk, overloaded};

/// Column names, rows, and how it ended.
async fn outcome(server: &Server, limits: Limits) -> Result<(u64, bool), ConnectError> {
    let session = server.session();
    let mut run = session.run(&Statement::new("SELECT 1"), RunOptions { limits, tags: vec![] });
    let mut rows = 0;
    while let Some(event) = run.next().await? {
        match event {
            Event::Rows(more) => rows += more.len() as u64,
            Event::Ended(ended) => {
                assert_eq!(ended.rows, rows);
                return Ok((rows, ended.limit.is_some()));
            }
            _ => {}
        }
    }
    panic!("a run ends with an event");
}

async fn rows(replies: Vec<Reply>) -> Result<(u64, bool), ConnectError> {
    outcome(&Server::start(replies).await, Limits::default()).await
}

#[tokio::test]
async fn a_stream_that_ends_without_result_complete_is_resumed_after_the_last_response() {
    let server = Server::start(vec![
        Reply::Execute(vec![batch("a", 0, 3)], None),
        Reply::Reattach(vec![batch("b", 3, 2)], Some(overloaded(None))),
        Reply::Reattach(vec![Reply::complete("c")], None),
    ])
    .await;
    assert_eq!(outcome(&server, Limits::default()).await.expect("it succeeds"), (5, false));
    let reattached: Vec<_> = server.calls().into_iter().filter(|call| matches!(call, Call::Reattach(_))).collect();
    assert_eq!(reattached, [Call::Reattach(Some("a".into())), Call::Reattach(Some("b".into()))]);
}

#[tokio::test]
async fn every_end_releases_the_operation() {
    let complete = || Reply::Execute(vec![batch("a", 0, 3), Reply::complete("b")], None);
    let wrong = || Reply::Execute(vec![batch("a", 7, 3)], None);
    for (reply, limits) in [
        (complete(), Limits::default()),
        (complete(), Limits { max_rows: 1, ..Limits::default() }),
        (complete(), Limits { max_bytes: 10, ..Limits::default() }),
        (wrong(), Limits::default()),
    ] {
        let server = Server::start(vec![reply]).await;
        let _ = outcome(&server, limits).await;
        // One for the analysis and one for the query.
        assert_eq!(server.calls().iter().filter(|call| **call == Call::Release).count(), 2, "{limits:?}");
    }
}

#[tokio::test]
async fn a_dropped_run_is_released() {
    let server = Server::start(vec![Reply::Execute(vec![batch("a", 0, 3)], None)]).await;
    let session = server.session();
    let mut run = session.run(&Statement::new("SELECT 1"), RunOptions::default());
    while !matches!(run.next().await.expect("an event"), Some(Event::Rows(_))) {}
    drop(run);
    server.until(|calls| calls.iter().filter(|call| **call == Call::Release).count() == 2).await;
}

#[tokio::test]
async fn the_row_limit_is_exact() {
    for (max_rows, expected) in [(4, (4, true)), (5, (5, false)), (6, (5, false))] {
        let reply = Reply::Execute(vec![batch("a", 0, 3), batch("b", 3, 2), Reply::complete("c")], None);
        let server = Server::start(vec![reply]).await;
        let limits = Limits { max_rows, ..Limits::default() };
        assert_eq!(outcome(&server, limits).await.expect("it succeeds"), expected, "{max_rows}");
        assert!(server.calls().contains(&Call::Limit(i32::try_from(max_rows).expect("small") + 1)));
    }
}

#[tokio::test]
async fn a_limit_in_bytes_stops_before_the_rest_arrives() {
    let endless = (0..).map(|index| batch(&index.to_string(), index * 3, 3));
    let server = Server::start(vec![Reply::Execute(endless.take(500).collect(), None)]).await;
    let session = server.session();
    let limits = Limits { max_bytes: 2000, ..Limits::default() };
    let mut run = session.run(&Statement::new("SELECT 1"), RunOptions { limits, tags: vec![] });
    let ended = loop {
        if let Some(Event::Ended(ended)) = run.next().await.expect("it succeeds") {
            break ended;
        }
    };
    let limit = ended.limit.expect("there is more");
    assert_eq!((limit.limit_type, limit.limit_value), (LimitType::Bytes, 2000));
    assert!(limit.actual_value.is_some_and(|got| got > 2000 && got < 4000), "{limit:?}");
}

#[tokio::test]
async fn chunks_against_the_protocol_are_errors_and_no_rows() {
    for (responses, error) in [
        (vec![chunk("a", 1, 2)], ProtocolError::ChunkIndex { expected: 0, got: 1 }),
        (vec![chunk("a", 0, 3), chunk("b", 2, 3)], ProtocolError::ChunkIndex { expected: 1, got: 2 }),
        (vec![chunk("a", 0, 2), chunk("b", 1, 3)], ProtocolError::ChunkDiffers),
        (vec![batch("a", 4, 3)], ProtocolError::Offset { expected: 0, got: 4 }),
        (vec![chunk("a", 0, 2), Reply::complete("b")], ProtocolError::UnfinishedBatch),
        (vec![server::miscounted("a")], ProtocolError::RowCount { expected: 4, got: 3 }),
    ] {
        match rows(vec![Reply::Execute(responses, None)]).await {
            Err(ConnectError::Protocol(got)) => assert_eq!(got, error),
            other => panic!("{other:?} instead of {error:?}"),
        }
    }
}

#[tokio::test]
async fn another_session_on_the_server_is_told() {
    let foreign = server::of_session(batch("a", 0, 3), "another");
    let result = rows(vec![Reply::Execute(vec![foreign], None)]).await;
    assert!(matches!(result, Err(ConnectError::SessionChanged)), "{result:?}");
}

#[tokio::test]
async fn a_query_that_the_server_never_got_is_sent_again_but_not_after_data() {
    let never = Reply::Execute(vec![], Some(overloaded(Some(1))));
    let again = Reply::Execute(vec![batch("a", 0, 3), Reply::complete("b")], None);
    assert_eq!(rows(vec![never, Reply::unknown(), again]).await.expect("it succeeds"), (3, false));
    let cut = Reply::Execute(vec![batch("a", 0, 3)], None);
    let result = rows(vec![cut, Reply::unknown()]).await;
    assert!(result.is_err(), "{result:?}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_stays_overloaded_is_given_up() {
    let replies = (0..20).map(|_| Reply::Reattach(vec![], Some(overloaded(None))));
    let server = Server::start([Reply::Execute(vec![], Some(overloaded(None)))].into_iter().chain(replies).collect());
    let server = server.await;
    let result = outcome(&server, Limits::default()).await;
    assert!(matches!(result, Err(ConnectError::Unreachable { .. })), "{result:?}");
    let attempts = server.calls().iter().filter(|call| matches!(call, Call::Reattach(_))).count();
    assert_eq!(attempts, 15);
}

#[tokio::test]
async fn only_an_own_session_is_released_and_only_once() {
    let server = Server::start(vec![]).await;
    let own = server.session();
    own.release().await.expect("it succeeds");
    own.release().await.expect("it succeeds");
    assert!(matches!(own.config("a").await, Err(ConnectError::SessionReleased)));
    server.joined().release().await.expect("nothing happens");
    assert_eq!(server.calls(), [Call::ReleaseSession(own.session_id().to_owned())]);
}
