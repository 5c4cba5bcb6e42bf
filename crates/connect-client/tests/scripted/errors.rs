//! What is known of an error: from the status, from its details, and from the one answer to `FetchErrorDetails`.

use connect_client::{ConnectError, Limits, Position, QueryContext, RunOptions, SparkError, Statement};
use connect_proto::connect::{
    FetchErrorDetailsResponse,
    fetch_error_details_response::{self as fetched, SparkThrowable},
};
use tonic::Status;

use crate::{
    ended,
    replies::{Reply, spark_error},
    server::{Call, Script, Server},
};

const METADATA: [(&str, &str); 3] =
    [("sqlState", "22012"), ("messageParameters", r#"{"config": "\"a.b\""}"#), ("errorId", "e-1")];

async fn failure(status: Status, details: Option<FetchErrorDetailsResponse>) -> (ConnectError, Vec<Call>) {
    let replies = [Reply::Execute(vec![], Some(status))].into();
    let server = Server::with(Script { replies, details, ..Script::default() }).await;
    let error = ended(&server.session(), Limits::default()).await.expect_err("it fails");
    let calls = server.calls().into_iter().filter(|call| *call == Call::FetchErrorDetails).collect();
    (error, calls)
}

async fn spark(status: Status, details: Option<FetchErrorDetailsResponse>) -> SparkError {
    match failure(status, details).await.0 {
        ConnectError::Spark(error) => *error,
        other => panic!("{other:?}"),
    }
}

fn throwable() -> SparkThrowable {
    let context = fetched::QueryContext {
        start_index: 7,
        stop_index: 12,
        fragment: "1 / id".into(),
        ..fetched::QueryContext::default()
    };
    SparkThrowable {
        error_class: Some("DIVIDE_BY_ZERO".into()),
        sql_state: Some("22012".into()),
        message_parameters: [("config".to_owned(), "x".to_owned())].into(),
        query_contexts: vec![context],
        ..SparkThrowable::default()
    }
}

#[tokio::test]
async fn an_error_has_what_the_server_tells_on_request_and_is_asked_for_once() {
    // As for a failed task: the described error is a cause of the first.
    let cause = fetched::Error { spark_throwable: Some(throwable()), ..fetched::Error::default() };
    let root = fetched::Error { message: "Division by zero.".into(), cause_idx: Some(1), ..fetched::Error::default() };
    let details = FetchErrorDetailsResponse {
        root_error_idx: Some(0),
        errors: vec![root, cause],
        ..FetchErrorDetailsResponse::default()
    };
    let status = spark_error("SOMETHING", "cut sh…", &METADATA);
    let (error, calls) = failure(status, Some(details)).await;
    assert_eq!(error.to_string(), "Division by zero.");
    let ConnectError::Spark(error) = error else { panic!("{error:?}") };
    assert_eq!((error.error_class.as_deref(), error.sql_state.as_deref()), (Some("DIVIDE_BY_ZERO"), Some("22012")));
    assert_eq!(error.parameters, [("config".to_owned(), "x".to_owned())].into());
    let context = QueryContext { start: 7, stop: 12, fragment: "1 / id".into(), object_name: String::new() };
    assert_eq!(error.contexts, [context]);
    assert_eq!(calls.len(), 1);
}

#[tokio::test]
async fn an_error_that_the_server_tells_nothing_more_about_keeps_what_its_status_says() {
    for details in [None, Some(FetchErrorDetailsResponse::default())] {
        let error = spark(spark_error("DIVIDE_BY_ZERO", "Division by zero.", &METADATA), details).await;
        let told = (error.error_class.as_deref(), error.sql_state.as_deref(), error.message.as_str());
        assert_eq!(told, (Some("DIVIDE_BY_ZERO"), Some("22012"), "Division by zero."));
        assert_eq!(error.parameters, [("config".to_owned(), "\"a.b\"".to_owned())].into());
    }
}

#[tokio::test]
async fn an_error_without_an_id_is_not_asked_for() {
    let (error, calls) = failure(spark_error("DIVIDE_BY_ZERO", "Division by zero.", &[]), None).await;
    assert_eq!((error.to_string().as_str(), calls.len()), ("Division by zero.", 0));
}

#[tokio::test]
async fn every_error_has_a_text() {
    for (status, text) in [
        (spark_error("DIVIDE_BY_ZERO", "", &[]), "DIVIDE_BY_ZERO"),
        (spark_error("", "", &[]), "Spark reports an error without a message"),
        (Status::internal("[A.B] in the text alone"), "[A.B] in the text alone"),
        (Status::not_found("no such service"), "Spark Connect answers NotFound: no such service"),
        (Status::not_found(""), "Spark Connect answers NotFound: Some requested entity was not found"),
        (Status::unauthenticated("token canary is wrong"), "Spark Connect refuses the token"),
    ] {
        assert_eq!(failure(status, None).await.0.to_string(), text);
    }
    assert_eq!(spark(Status::internal("[A.B] x"), None).await.error_class.as_deref(), Some("A.B"));
}

#[tokio::test]
async fn a_message_of_megabytes_is_cut() {
    let root = fetched::Error { message: "x".repeat(1 << 20), ..fetched::Error::default() };
    let details = FetchErrorDetailsResponse {
        root_error_idx: Some(0),
        errors: vec![root],
        ..FetchErrorDetailsResponse::default()
    };
    let error = spark(spark_error("A", "short", &METADATA), Some(details)).await;
    assert!(error.message.len() < 70_000 && error.message.ends_with('…'));
}

#[tokio::test]
async fn positions_in_a_wrapped_query_are_those_in_the_statement() {
    let throwable = SparkThrowable {
        query_contexts: vec![fetched::QueryContext {
            start_index: 16 + 7,
            stop_index: 16 + 12,
            fragment: "1 / id".into(),
            ..fetched::QueryContext::default()
        }],
        ..throwable()
    };
    let message = "[PARSE_SYNTAX_ERROR] near 'x' (line 3, pos 4)".to_owned();
    let root = fetched::Error { message, spark_throwable: Some(throwable), ..fetched::Error::default() };
    let details = FetchErrorDetailsResponse {
        root_error_idx: Some(0),
        errors: vec![root],
        ..FetchErrorDetailsResponse::default()
    };
    let replies = [Reply::Execute(vec![], Some(spark_error("A", "x", &METADATA)))].into();
    let server = Server::with(Script { replies, details: Some(details), ..Script::default() }).await;
    let mut run = server.session().run_query(&Statement::new("SELECT 1 / id"), RunOptions::default());
    let Err(ConnectError::Spark(error)) = run.next().await else { panic!("it fails") };
    assert_eq!(error.position, Some(Position { line: 2, column: 4 }));
    let places: Vec<_> = error.contexts.iter().map(|context| (context.start, context.stop)).collect();
    assert_eq!(places, [(7, 12)]);
}
