//! What a real Spark does not do on demand: broken chunks, streams that end early, restarts, overload, odd errors.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail")]

mod dropped_arguments;
mod ends;
mod errors;
mod memory;
#[path = "../support/proxy.rs"]
mod proxy;
mod reading;
mod replies;
mod retries;
mod server;
mod sessions;
mod telemetry;
mod tls;

use connect_client::{ConnectError, Ended, Event, Limits, RunOptions, Session, Statement};

use server::Server;

/// Runs a statement to its end.
async fn ended(session: &Session, limits: Limits) -> Result<Ended, ConnectError> {
    let mut run = session.run(&Statement::new("SELECT 1"), RunOptions { limits, tags: vec![] });
    let mut rows = 0;
    while let Some(event) = run.next().await? {
        match event {
            Event::Rows(more) => rows += more.len() as u64,
            Event::Ended(ended) => {
                assert_eq!(ended.rows, rows);
                assert!(run.next().await?.is_none(), "nothing comes after the end");
                return Ok(ended);
            }
            _ => {}
        }
    }
    panic!("a run ends with an event");
}

/// Number of rows, and whether there are more.
async fn outcome(server: &Server, limits: Limits) -> Result<(u64, bool), ConnectError> {
    ended(&server.session(), limits).await.map(|ended| (ended.rows, ended.limit.is_some()))
}
