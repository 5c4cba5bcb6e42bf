//! Parsers of some extensions drop a statement's arguments; a session of our own can bind them later.

use connect_client::{Argument, Arguments, ConnectError, Event, RunOptions, Session, Statement};
use serde_json::json;
use uuid::Uuid;

use crate::{
    replies::{Reply, spark_error},
    server::{Call, Script, Server},
};

/// A server whose next commands miss an argument.
async fn dropping(times: usize, value: &'static str) -> Server {
    let failing_commands = (0..times).map(|_| spark_error("UNBOUND_SQL_PARAMETER", "scripted", &[])).collect();
    let replies = [Reply::three_rows()].into();
    Server::with(Script { failing_commands, replies, value: Some(value), ..Script::default() }).await
}

async fn rows(session: &Session, arguments: Arguments) -> Result<usize, ConnectError> {
    let mut run = session.run(&Statement { text: "SELECT ?".into(), arguments }, RunOptions::default());
    let mut rows = 0;
    while let Some(event) = run.next().await? {
        if let Event::Rows(batch) = event {
            rows += batch.len();
        }
    }
    Ok(rows)
}

fn five() -> Arguments {
    Arguments::Positional(vec![Argument::from_json(&json!(5)).expect("an argument")])
}

#[tokio::test]
async fn arguments_that_the_parser_drops_are_bound_later() {
    let server = dropping(1, "false").await;
    assert_eq!(rows(&server.session(), five()).await.expect("rows"), 3);
    let (config, command) = (server.count(&Call::Config), server.count(&Call::Command));
    assert_eq!((config, command), (2, 2), "the setting is read and set, and the statement sent again");
    assert_eq!(server.count(&Call::Release), 3);
}

#[tokio::test]
async fn an_argument_that_is_missing_indeed_is_an_error_and_the_setting_is_undone() {
    let server = dropping(3, "false").await;
    let error = rows(&server.session(), five()).await.expect_err("it fails");
    assert!(matches!(error, ConnectError::Spark(_)), "{error:?}");
    let (config, command) = (server.count(&Call::Config), server.count(&Call::Command));
    assert_eq!((config, command), (3, 2), "read, set, unset");
}

#[tokio::test]
async fn without_arguments_in_anothers_session_and_where_they_are_bound_later_nothing_is_tried() {
    let server = dropping(3, "false").await;
    assert!(rows(&server.session(), Arguments::default()).await.is_err());
    assert!(rows(&Session::joined(server.client(""), Uuid::new_v4(), "ann"), five()).await.is_err());
    assert_eq!((server.count(&Call::Config), server.count(&Call::Command)), (0, 2));
    let server = dropping(3, "true").await;
    assert!(rows(&server.session(), five()).await.is_err());
    assert_eq!((server.count(&Call::Config), server.count(&Call::Command)), (1, 1));
}
