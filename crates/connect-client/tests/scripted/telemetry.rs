//! The log: every call with its name, duration, status, rows and bytes; never a statement or a token.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, Once},
};

use connect_client::{ConnectError, Limits, RunOptions, Session, Statement};
use tracing::Level;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

use crate::{
    ended,
    replies::{Reply, batch, overloaded, progress, spark_error},
    server::{Script, Server},
};

const SQL: &str = "SELECT canary_of_sql";
const TOKEN: &str = "canary_of_token";

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    /// Collects what this thread logs, as long as the guard lives.
    fn collect(level: Level) -> (Self, tracing::subscriber::DefaultGuard) {
        // Whether a line of code logs at all is decided for the whole process, by whoever listens at that moment.
        static EVERYTHING: Once = Once::new();
        EVERYTHING.call_once(|| {
            let sink = tracing_subscriber::fmt().with_max_level(Level::TRACE).with_writer(io::sink);
            tracing::subscriber::set_global_default(sink.finish()).expect("nobody else sets it");
        });
        let log = Self::default();
        let subscriber =
            tracing_subscriber::fmt().with_max_level(level).with_ansi(false).with_span_events(FmtSpan::NONE);
        (log.clone(), tracing::subscriber::set_default(subscriber.with_writer(log).finish()))
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic")).into_owned()
    }

    /// The lines about one call.
    fn lines(&self, rpc: &str) -> Vec<String> {
        let rpc = format!("rpc=\"{rpc}\"");
        self.text().lines().filter(|line| line.contains(&rpc)).map(str::to_owned).collect()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Checks that a line is there with all these parts.
fn has(lines: &[String], parts: &[&str]) {
    let found = lines.iter().any(|line| parts.iter().all(|part| line.contains(part)));
    assert!(found, "{parts:?} in\n{}", lines.join("\n"));
}

#[tokio::test]
async fn each_call_is_logged_with_its_duration_status_rows_and_bytes() {
    let (log, _guard) = Log::collect(Level::TRACE);
    let server = Server::start(vec![
        Reply::Execute(vec![progress("p", 2), batch("a", 0, 3)], Some(overloaded(None))),
        Reply::Reattach(vec![batch("b", 3, 2), Reply::complete("c")], None),
    ])
    .await;
    let session = server.session();
    ended(&session, Limits::default()).await.expect("it succeeds");
    session.release().await.expect("it ends");

    let executed = log.lines("ExecutePlan");
    has(&executed, &["attempt=1", "session.id=", "operation.id=", "Calling Spark Connect"]);
    has(&executed, &["Received progress", "running_tasks=2"]);
    has(&executed, &["Received Arrow data", "rows=3", "chunk=0", "chunks=1"]);
    has(&executed, &["A call to Spark Connect failed", "status=Unavailable", "duration_ms=", "rows=3", "bytes="]);
    let resumed = log.lines("ReattachExecute");
    has(&resumed, &["attempt=2", "Calling Spark Connect"]);
    has(&resumed, &["Spark Connect answered", "status=Ok", "duration_ms=", "rows=2"]);
    for rpc in ["ReleaseExecute", "ReleaseSession"] {
        has(&log.lines(rpc), &["Spark Connect answered", "status=Ok", "duration_ms="]);
    }
    let text: Vec<_> = log.text().lines().map(str::to_owned).collect();
    has(&text, &["Resuming a Spark operation", "attempt=1", "pause="]);
}

#[tokio::test(start_paused = true)]
async fn retries_and_failures_are_logged() {
    let (log, _guard) = Log::collect(Level::DEBUG);
    let failures = vec![overloaded(None), overloaded(Some(5)), spark_error("A.B", "x", &[("errorId", "e")])];
    let server = Server::failing(failures).await;
    server.session().config("key").await.expect_err("it fails");
    let lines = log.lines("Config");
    has(&lines, &["A call to Spark Connect failed", "attempt=1", "status=Unavailable"]);
    has(&lines, &["Repeating a call", "attempt=2", "status=Unavailable", "pause=5s"]);
    has(&lines, &["A call to Spark Connect failed", "attempt=3", "status=Internal"]);
    has(&log.lines("FetchErrorDetails"), &["A call to Spark Connect failed", "status=Internal"]);
}

#[tokio::test]
async fn an_operation_that_cannot_be_released_is_logged() {
    let (log, _guard) = Log::collect(Level::DEBUG);
    let replies = [Reply::Open(vec![batch("a", 0, 3)])].into();
    let server = Server::with(Script { replies, keeps_operations: true, ..Script::default() }).await;
    let mut run = server.session().run(&Statement::new(SQL), RunOptions::default());
    run.next().await.expect("an event");
    run.close().await;
    has(&log.lines("ExecutePlan"), &["A call to Spark Connect was given up", "status=Cancelled"]);
    has(&log.lines("ReleaseExecute"), &["A call to Spark Connect failed", "status=Internal", "duration_ms="]);
}

/// Statements and calls that succeed and that fail in every way, on servers that repeat what they got.
async fn everything() -> Vec<ConnectError> {
    let quoting = format!("== SQL == {SQL} Bearer {TOKEN}");
    let error = || spark_error("A.B", &quoting, &[("errorId", "e")]);
    let mut errors = Vec::new();
    for replies in [
        vec![Reply::three_rows()],
        vec![Reply::Execute(vec![], Some(error()))],
        vec![Reply::Execute(vec![batch("a", 7, 3)], None)],
        vec![Reply::Execute(vec![], Some(tonic::Status::unavailable(quoting.clone()))), Reply::three_rows()],
        vec![Reply::Execute(vec![], Some(tonic::Status::unauthenticated(quoting.clone())))],
    ] {
        let failures = [tonic::Status::unavailable(quoting.clone())].into();
        let server = Server::with(Script { replies: replies.into(), ..Script::default() }).await;
        let session = Session::new(server.client(&format!("token={TOKEN};x-secret={TOKEN}")), "ann");
        let mut run = session.run(&Statement::new(SQL), RunOptions::default());
        loop {
            match run.next().await {
                Ok(Some(_)) => {}
                Ok(None) => break,
                Err(error) => {
                    errors.push(error);
                    break;
                }
            }
        }
        let failing = Server::with(Script { failures, ..Script::default() }).await;
        let session = Session::new(failing.client(&format!("token={TOKEN}")), "ann");
        session.config("key").await.expect("the second attempt succeeds");
        errors.extend(session.release().await.err());
    }
    errors
}

#[tokio::test]
async fn our_own_log_contains_neither_statements_nor_tokens_at_any_level() {
    let (log, _guard) = Log::collect(Level::TRACE);
    everything().await;
    let own: Vec<_> = log.text().lines().filter(|line| line.contains("connect_client")).map(str::to_owned).collect();
    assert!(own.len() > 20, "{}", own.len());
    let canary = own.iter().find(|line| line.contains("canary"));
    assert_eq!(canary, None);
    assert!(!log.text().contains(TOKEN), "nor do the libraries below write the token");
}

#[tokio::test]
async fn at_the_usual_level_nothing_at_all_is_logged() {
    let (log, _guard) = Log::collect(Level::INFO);
    everything().await;
    assert_eq!(log.text(), "");
}

#[tokio::test]
async fn the_token_is_in_no_error_unless_spark_itself_quotes_it_and_a_statement_only_in_sparks_own_errors() {
    let errors = everything().await;
    assert_eq!(errors.len(), 4, "{errors:?}");
    for error in errors {
        let quoted = matches!(error, ConnectError::Spark(_));
        let shown = format!("{error} {error:?}");
        assert!(quoted || !shown.contains("canary"), "{shown}");
    }
}
