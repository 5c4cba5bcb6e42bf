//! What is read of a stream of responses, and where reading stops.

use connect_client::{
    Client, ConnectError, Event, LimitType, Limits, ProtocolError, RunOptions, Session, Statement, TrustedRoots,
};
use connect_proto::connect::{LocalRelation, Relation, relation::RelType};

use crate::{
    ended, outcome,
    proxy::{Cut, Proxy},
    replies::{self, Reply, arrow, batch, chunk, chunked, overloaded, progress},
    server::{Call, Script, Server},
};

async fn rows(replies: Vec<Reply>) -> Result<(u64, bool), ConnectError> {
    outcome(&Server::start(replies).await, Limits::default()).await
}

#[tokio::test]
async fn a_stream_that_ends_without_result_complete_is_resumed_after_the_last_response() {
    let server = Server::start(vec![
        Reply::Execute(vec![batch("a", 0, 3)], None),
        Reply::Reattach(vec![batch("b", 3, 2)], Some(overloaded(None))),
        Reply::Reattach(vec![], Some(replies::spark_error("INVALID_CURSOR.DISCONNECTED", "gone", &[]))),
        Reply::Reattach(vec![Reply::complete("c")], None),
    ])
    .await;
    assert_eq!(outcome(&server, Limits::default()).await.expect("it succeeds"), (5, false));
    let reattached: Vec<_> = server.calls().into_iter().filter(|call| matches!(call, Call::Reattach(_))).collect();
    assert_eq!(reattached, ["a", "b", "b"].map(|last| Call::Reattach(Some(last.into()))));
}

#[tokio::test]
async fn a_connection_that_breaks_within_a_message_is_replaced() {
    for how in [Cut::Fin, Cut::Reset] {
        let large = || batch("a", 0, 30_000);
        let server =
            Server::start(vec![Reply::Open(vec![large()]), Reply::Reattach(vec![large(), Reply::complete("b")], None)])
                .await;
        let proxy = Proxy::cutting(server.address.to_string(), 1, 60_000, how).await;
        let address = format!("sc://{}", proxy.address).parse().expect("an address");
        let client = Client::new(address, &TrustedRoots::default()).expect("a client");
        let limits = Limits { max_rows: 30_000, ..Limits::default() };
        let ended = ended(&Session::new(client, "ann"), limits).await.expect("it succeeds");
        assert_eq!((ended.rows, ended.limit, proxy.connections()), (30_000, None, 2));
        assert_eq!(server.count(&Call::Reattach(None)), 1);
    }
}

#[tokio::test]
async fn the_row_limit_is_exact() {
    for (max_rows, expected) in [(4, (4, true)), (5, (5, false)), (6, (5, false))] {
        let reply = Reply::Execute(vec![batch("a", 0, 3), batch("b", 3, 2), Reply::complete("c")], None);
        let server = Server::start(vec![reply]).await;
        let limits = Limits { max_rows, ..Limits::default() };
        assert_eq!(outcome(&server, limits).await.expect("it succeeds"), expected, "{max_rows}");
        assert_eq!(server.count(&Call::Query(i32::try_from(max_rows + 1).ok())), 1);
    }
}

#[tokio::test]
async fn the_byte_limit_is_exact_in_batches_in_chunks_and_in_a_commands_result() {
    let whole = || Reply::Execute(vec![batch("a", 0, 3), batch("b", 3, 3), Reply::complete("c")], None);
    let parts = || {
        let mut chunks = [chunked(0, 3, 64), chunked(3, 3, 1000)].concat();
        chunks.push(Reply::complete("c"));
        Reply::Execute(chunks, None)
    };
    let command = || {
        let data = Some(arrow(6));
        let local = LocalRelation { data, ..LocalRelation::default() };
        Relation { rel_type: Some(RelType::LocalRelation(local)), common: None }
    };
    let scripts: [(&dyn Fn() -> Script, usize); 3] = [
        (&|| Script { replies: [whole()].into(), ..Script::default() }, 2 * arrow(3).len()),
        (&|| Script { replies: [parts()].into(), ..Script::default() }, 2 * arrow(3).len()),
        (&|| Script { result: Some(command()), ..Script::default() }, arrow(6).len()),
    ];
    for (script, bytes) in scripts {
        let bytes = bytes as u64;
        for (max_bytes, fits) in [(bytes - 1, false), (bytes, true), (bytes + 1, true)] {
            let server = Server::with(script()).await;
            let ended = ended(&server.session(), Limits { max_bytes, ..Limits::default() }).await;
            let ended = ended.expect("it succeeds");
            assert_eq!((ended.limit.is_none(), ended.bytes), (fits, bytes), "{max_bytes}");
            assert!(!fits || ended.rows == 6);
            if let Some(limit) = ended.limit {
                let expected = (LimitType::Bytes, max_bytes, Some(bytes));
                assert_eq!((limit.limit_type, limit.limit_value, limit.actual_value), expected);
            }
        }
    }
}

#[tokio::test]
async fn without_a_limit_everything_is_read() {
    let reply = Reply::Execute(vec![batch("a", 0, 20_000), Reply::complete("b")], None);
    let server = Server::start(vec![reply]).await;
    let limits = Limits { max_rows: u64::MAX, max_bytes: u64::MAX };
    assert_eq!(outcome(&server, limits).await.expect("it succeeds"), (20_000, false));
    assert_eq!(server.count(&Call::Query(None)), 1, "no limit is part of the query");
}

#[tokio::test]
async fn reading_stops_at_a_limit_before_the_rest_arrives() {
    // The stream never ends, so a client that read on would wait for ever.
    let server = Server::start(vec![Reply::Open((0..50).map(|n| batch(&n.to_string(), n * 3, 3)).collect())]).await;
    let limits = Limits { max_bytes: 2000, ..Limits::default() };
    let limit = ended(&server.session(), limits).await.expect("it succeeds").limit.expect("there is more");
    assert!(limit.actual_value.is_some_and(|got| got > 2000 && got < 4000), "{limit:?}");
}

#[tokio::test]
async fn a_message_larger_than_the_limit_is_refused_before_it_is_read() {
    let server = Server::start(vec![Reply::Execute(vec![replies::large("a", 12 << 20)], None)]).await;
    match outcome(&server, Limits { max_bytes: 1 << 20, ..Limits::default() }).await {
        Err(ConnectError::Limit(limit)) => {
            assert_eq!((limit.limit_type, limit.limit_value, limit.actual_value), (LimitType::Bytes, 1 << 20, None));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn chunks_against_the_protocol_are_errors_and_no_rows() {
    for (responses, error) in [
        (vec![chunk("a", 1, 2)], ProtocolError::ChunkIndex { expected: 0, got: 1 }),
        (vec![chunk("a", 0, 3), chunk("b", 2, 3)], ProtocolError::ChunkIndex { expected: 1, got: 2 }),
        (vec![chunk("a", 0, 2), chunk("b", 1, 3)], ProtocolError::ChunkDiffers),
        (vec![batch("a", 4, 3)], ProtocolError::Offset { expected: 0, got: 4 }),
        (vec![chunk("a", 0, 2), Reply::complete("b")], ProtocolError::UnfinishedBatch),
        (vec![replies::miscounted("a")], ProtocolError::RowCount { expected: 4, got: 3 }),
    ] {
        match rows(vec![Reply::Execute(responses, None)]).await {
            Err(ConnectError::Protocol(got)) => assert_eq!(got, error),
            other => panic!("{other:?} instead of {error:?}"),
        }
    }
    let undecodable = rows(vec![Reply::Execute(vec![replies::large("a", 100), Reply::complete("b")], None)]).await;
    assert!(matches!(undecodable, Err(ConnectError::Protocol(ProtocolError::Arrow(_)))), "{undecodable:?}");
}

#[tokio::test]
async fn chunks_of_a_batch_are_put_together_across_streams() {
    let mut chunks = chunked(0, 500, 100);
    let rest = chunks.split_off(7);
    let server = Server::start(vec![
        Reply::Execute(chunks, None),
        Reply::Reattach(rest.into_iter().chain([Reply::complete("end")]).collect(), None),
    ])
    .await;
    assert_eq!(outcome(&server, Limits::default()).await.expect("it succeeds"), (500, false));
}

#[tokio::test]
async fn progress_is_told_before_rows_come() {
    let responses = vec![progress("p", 2), batch("a", 0, 3), Reply::complete("b")];
    let server = Server::start(vec![Reply::Execute(responses, None)]).await;
    let mut run = server.session().run(&Statement::new("SELECT 1"), RunOptions::default());
    let mut told = Vec::new();
    while let Some(event) = run.next().await.expect("it succeeds") {
        told.push(match event {
            Event::Progress(progress) => format!("{} tasks", progress.running_tasks),
            Event::Columns(columns) => format!("{} column", columns.len()),
            Event::Rows(rows) => format!("{} rows", rows.len()),
            Event::Ended(_) => "end".to_owned(),
        });
    }
    assert_eq!(told, ["2 tasks", "1 column", "3 rows", "end"]);
}
