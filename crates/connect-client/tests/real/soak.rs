//! A thousand statements that end in every way. `cargo xtask verify connect` looks afterwards at what is left on the
//! server.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use connect_client::{Client, ConnectError, Event, Limits, Run, RunOptions, Session, Statement, TrustedRoots};

use crate::{
    facts::fact,
    network::target,
    proxy::{Cut, Proxy},
};

const STATEMENTS: usize = 1000;
const PER_SESSION: usize = 20;

/// Runs one statement; tells how it ended.
async fn one(session: &Session, number: usize) -> &'static str {
    const WORK: &str = "SELECT count(*) FROM range(0, 20000000000, 1, 400) WHERE hash(id) = 1";
    let limits = Limits { max_rows: 3, ..Limits::default() };
    let kind = number % 50;
    let text = match kind {
        0 | 1 => WORK,
        2..6 => "SELECT raise_error('it fails')",
        6..10 => "SELECT id FROM range(0, 500, 1, 2)",
        10..20 => "SHOW DATABASES",
        20..30 => "VALUES (1), (2), (3), (4)",
        _ => "SELECT repeat(a, 500) FROM VALUES ('x'), ('y'), ('z') AS t (a)",
    };
    let mut run = session.run(&Statement::new(text), RunOptions { limits, tags: vec![] });
    if kind < 2 {
        // Spark does not stop a job that it submits after the operation was stopped, so these are stopped at work.
        loop {
            match run.next().await {
                Ok(Some(Event::Progress(progress))) if progress.running_tasks > 0 => break,
                Ok(Some(_)) => {}
                Ok(None) => panic!("it ended by itself"),
                Err(error) => return failed(error),
            }
        }
        if kind == 0 {
            return "dropped";
        }
        run.interrupter().interrupt().await.expect("an answer");
    }
    ended(&mut run, text).await
}

/// Reads a run to its end.
async fn ended(run: &mut Run, text: &str) -> &'static str {
    let mut rows = 0;
    loop {
        match run.next().await {
            Ok(Some(Event::Ended(ended))) => {
                assert_eq!(ended.rows, rows, "{text}");
                return if ended.limit.is_none() { "complete" } else { "more than the limit" };
            }
            Ok(Some(Event::Rows(more))) => rows += more.len() as u64,
            Ok(Some(_)) => {}
            Ok(None) => panic!("{text} has no end"),
            Err(error) => return failed(error),
        }
    }
}

fn failed(error: ConnectError) -> &'static str {
    match error {
        ConnectError::Spark(error) => match error.error_class.as_deref() {
            Some("USER_RAISED_EXCEPTION") => "failed",
            Some("OPERATION_CANCELED") => "interrupted",
            other => panic!("{other:?}: {}", error.message),
        },
        // A command must not run twice, so one that was lost on its way is not sent again. Of a new session, the server
        // does not know that either.
        ConnectError::Status { message, .. }
            if ["OPERATION_NOT_FOUND", "SESSION_NOT_FOUND"].iter().any(|class| message.contains(class)) =>
        {
            "lost"
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_statements_over_connections_that_are_cut() {
    let (server, parameters) = target();
    let proxy = Proxy::cutting(server, usize::MAX, 60_000, Cut::Reset).await;
    let address = format!("sc://{}/;{parameters}", proxy.address);
    let client = Client::new(address.parse().expect("an address"), &TrustedRoots::default()).expect("a client");
    let next = Arc::new(AtomicUsize::new(0));
    let worker = |next: Arc<AtomicUsize>, client: Client| async move {
        let mut ends = Vec::new();
        loop {
            let first = next.fetch_add(PER_SESSION, Ordering::Relaxed);
            if first >= STATEMENTS {
                return ends;
            }
            let session = Session::new(client.clone(), "ann");
            for number in first..first + PER_SESSION {
                ends.push(one(&session, number).await);
            }
            session.release().await.expect("it ends");
        }
    };
    let workers: Vec<_> = (0..4).map(|_| tokio::spawn(worker(Arc::clone(&next), client.clone()))).collect();
    let mut ends = Vec::new();
    for worker in workers {
        ends.extend(worker.await.expect("it ends"));
    }
    assert_eq!(ends.len(), STATEMENTS);
    assert!(ends.iter().filter(|end| **end == "lost").count() < STATEMENTS / 20, "{ends:?}");
    let kinds = ["complete", "more than the limit", "failed", "dropped", "interrupted", "lost"];
    let counts = kinds.map(|kind| format!("{} {kind}", ends.iter().filter(|end| **end == kind).count()));
    let seen = format!("{}; {} connections", counts.join(", "), proxy.connections());
    fact(13, "1,000 statements in 50 sessions over connections that are cut after 60 KB", &seen);
}
