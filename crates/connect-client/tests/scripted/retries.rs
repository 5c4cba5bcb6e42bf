//! What is repeated, after which pauses, and what never is. Time is paused, so pauses are exact.

use std::time::Duration;

use connect_client::{ConnectError, Limits};
use tokio::time::Instant;
use tonic::{Code, Status};

use crate::{
    outcome,
    replies::{Reply, batch, overloaded, spark_error},
    server::{Call, Script, Server},
};

/// Asks for a setting; returns the answer, how often the server was asked, and how long all pauses were together.
async fn asked(failures: Vec<Status>) -> (Result<String, ConnectError>, usize, Duration) {
    let server = Server::failing(failures).await;
    let begin = Instant::now();
    let answer = server.session().config("key").await;
    (answer, server.count(&Call::Config), begin.elapsed())
}

fn between(pause: Duration, least: u64, most: u64) {
    let (least, most) = (Duration::from_millis(least), Duration::from_millis(most));
    // The clock's unit is a millisecond, and each pause ends at the next one.
    assert!(pause >= least && pause <= most + Duration::from_millis(10), "{pause:?}");
}

#[tokio::test(start_paused = true)]
async fn an_overloaded_server_is_asked_again_after_pauses_that_double() {
    let (answer, calls, pause) = asked(vec![overloaded(None), Status::deadline_exceeded("late")]).await;
    assert_eq!((answer.expect("a value").as_str(), calls), ("value", 3));
    between(pause, 50 + 100, 100 + 200);
}

#[tokio::test(start_paused = true)]
async fn three_retries_are_enough_for_a_call() {
    let (answer, calls, pause) = asked((0..9).map(|_| overloaded(None)).collect()).await;
    assert!(matches!(answer, Err(ConnectError::Unreachable { .. })), "{answer:?}");
    assert_eq!(calls, 4);
    between(pause, 350, 700);
}

#[tokio::test(start_paused = true)]
async fn the_pause_that_the_server_asks_for_is_taken_and_then_the_ladder_goes_on() {
    let (answer, calls, pause) = asked(vec![overloaded(Some(5)), overloaded(Some(5)), overloaded(None)]).await;
    assert_eq!((answer.expect("a value").as_str(), calls), ("value", 4));
    between(pause, 10_000 + 50, 10_000 + 100);
}

#[tokio::test(start_paused = true)]
async fn the_server_may_ask_for_ten_minutes_at_most() {
    let (answer, _, pause) = asked(vec![overloaded(Some(70_000))]).await;
    answer.expect("a value");
    between(pause, 600_000, 600_000);
}

#[tokio::test(start_paused = true)]
async fn other_failures_are_final() {
    for code in [Code::InvalidArgument, Code::Internal, Code::Unimplemented, Code::Unauthenticated, Code::NotFound] {
        let (answer, calls, pause) = asked(vec![Status::new(code, "no")]).await;
        assert!(answer.is_err() && calls == 1 && pause.is_zero(), "{code:?}: {answer:?} {calls} {pause:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_query_that_the_server_never_got_is_sent_again_but_not_after_data() {
    let never = Reply::Execute(vec![], Some(overloaded(Some(1))));
    let server = Server::start(vec![never, Reply::unknown(), Reply::three_rows()]).await;
    assert_eq!(outcome(&server, Limits::default()).await.expect("it succeeds"), (3, false));

    let server = Server::start(vec![Reply::Execute(vec![batch("a", 0, 3)], None), Reply::unknown()]).await;
    let result = outcome(&server, Limits::default()).await;
    assert!(result.is_err(), "{result:?}");
    assert_eq!(server.count(&Call::Query(Some(10_001))), 1);
}

#[tokio::test(start_paused = true)]
async fn a_command_is_never_sent_twice() {
    let replies = [Reply::unknown()].into();
    let server = Server::with(Script { replies, failures: [overloaded(None)].into(), ..Script::default() }).await;
    let result = outcome(&server, Limits::default()).await;
    assert!(result.is_err(), "{result:?}");
    assert_eq!(server.calls(), [Call::Command, Call::Reattach(None), Call::Release]);
}

#[tokio::test(start_paused = true)]
async fn a_session_whose_first_call_never_arrived_has_not_changed() {
    let replies = [Reply::unknown_session()].into();
    let server = Server::with(Script { replies, failures: [overloaded(None)].into(), ..Script::default() }).await;
    let result = outcome(&server, Limits::default()).await;
    assert!(matches!(result, Err(ConnectError::Status { .. })), "{result:?}");
    assert_eq!(server.calls(), [Call::Command, Call::Reattach(None), Call::Release]);

    let never = Reply::Execute(vec![], Some(overloaded(Some(1))));
    let server = Server::start(vec![never, Reply::unknown_session()]).await;
    let result = outcome(&server, Limits::default()).await;
    assert!(matches!(result, Err(ConnectError::SessionChanged)), "it was known before: {result:?}");
}

#[tokio::test(start_paused = true)]
async fn a_stream_is_given_up_after_fifteen_attempts_without_data_and_each_response_counts_anew() {
    let overloads = |count| (0..count).map(|_| Reply::Reattach(vec![], Some(overloaded(None))));
    let first = || Reply::Execute(vec![], Some(overloaded(None)));
    let server = Server::start([first()].into_iter().chain(overloads(20)).collect()).await;
    let result = outcome(&server, Limits::default()).await;
    assert!(matches!(result, Err(ConnectError::Unreachable { .. })), "{result:?}");
    assert_eq!(server.count(&Call::Reattach(None)), 15);

    let some = Reply::Reattach(vec![batch("a", 0, 3)], None);
    let last = Reply::Reattach(vec![Reply::complete("b")], None);
    let replies = [first()].into_iter().chain(overloads(14)).chain([some]).chain(overloads(14)).chain([last]);
    let server = Server::start(replies.collect()).await;
    assert_eq!(outcome(&server, Limits::default()).await.expect("it succeeds"), (3, false));
}

#[tokio::test(start_paused = true)]
async fn an_error_of_the_statement_is_not_retried() {
    let server = Server::start(vec![Reply::Execute(vec![], Some(spark_error("DIVIDE_BY_ZERO", "x", &[])))]).await;
    assert!(outcome(&server, Limits::default()).await.is_err());
    assert_eq!(server.count(&Call::Query(Some(10_001))), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_connections_or_lets_them_wait_is_given_up_soon() {
    let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port").local_addr().expect("its address");
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(0).expect("a listener that accepts nothing");
    let full = listener.local_addr().expect("its address");
    let connect = || std::net::TcpStream::connect_timeout(&full, Duration::from_millis(300));
    let waiting: Vec<_> = std::iter::from_fn(|| connect().ok()).collect();
    assert!(waiting.len() < 8, "its queue is full");
    // Four attempts to connect take up to ten seconds each.
    for (address, connecting_ms) in [(closed, 0), (full, 40_000)] {
        let address = format!("sc://{address}").parse().expect("an address");
        let client = connect_client::Client::new(address, &connect_client::TrustedRoots::default()).expect("a client");
        let begin = Instant::now();
        let result = crate::ended(&connect_client::Session::new(client, "ann"), Limits::default()).await;
        assert!(matches!(result, Err(ConnectError::Unreachable { .. })), "{result:?}");
        between(begin.elapsed(), connecting_ms + 350, connecting_ms + 700);
    }
}

/// Passes connections on to a server until this task is aborted; then nobody listens there any more.
fn door(listener: tokio::net::TcpListener, server: std::net::SocketAddr) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut open = tokio::task::JoinSet::new();
        while let Ok((mut client, _)) = listener.accept().await {
            client.set_zero_linger().expect("the socket can be reset");
            let mut server = tokio::net::TcpStream::connect(server).await.expect("the server");
            open.spawn(async move { tokio::io::copy_bidirectional(&mut client, &mut server).await });
        }
    })
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again_when_nobody_is_there_to_tell_how_it_goes() {
    let rest = Reply::Reattach(vec![batch("a", 0, 3), Reply::complete("b")], None);
    let server = Server::start(vec![Reply::Open(vec![]), rest]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let first = door(listener, server.address);
    let client = connect_client::Client::new(
        format!("sc://{address}").parse().expect("an address"),
        &connect_client::TrustedRoots::default(),
    );
    let session = connect_client::Session::new(client.expect("a client"), "ann");
    let run = tokio::spawn(async move { crate::ended(&session, Limits::default()).await });
    let query = Call::Query(Some(10_001));
    while server.count(&query) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    first.abort();
    // Long enough for some attempts that are refused.
    tokio::time::sleep(Duration::from_millis(250)).await;
    assert_eq!(server.count(&Call::Reattach(None)), 0);
    let again = tokio::net::TcpListener::bind(address).await.expect("the same port");
    let second = door(again, server.address);
    assert_eq!(run.await.expect("no panic").expect("it succeeds").rows, 3);
    assert_eq!((server.count(&query), server.count(&Call::Reattach(None))), (1, 1), "{:?}", server.calls());
    second.abort();
}
