//! What every call says about its session, and what is made of the answer.

use connect_client::{ArgumentError, ConnectError, Limits, OperationState, RunOptions, Session, Statement};
use connect_proto::connect::get_status_response::operation_status::OperationState as Told;
use uuid::Uuid;

use crate::{
    ended,
    replies::{Reply, spark_error},
    server::{Call, SESSION, Script, Server},
};

/// One of each call.
async fn all_calls(session: &Session) {
    ended(session, Limits::default()).await.expect("a result");
    session.config("key").await.expect("a value");
    session.interrupt_all().await.expect("an answer");
    session.operation_state("7").await.expect("an answer");
    session.release().await.expect("it ends");
}

#[tokio::test]
async fn what_the_address_says_is_honoured_in_every_call() {
    let server = Server::start(vec![Reply::three_rows()]).await;
    let parameters = format!(
        "user_id=ann%20b;session_id={SESSION};user_agent=notebook;token=canary;x-my-header=hello%20world;auth_transport=metadata"
    );
    all_calls(&Session::new(server.client(&parameters), "somebody")).await;
    let heard = server.heard();
    assert_eq!(heard.len(), 7, "{heard:?}");
    for heard in heard {
        let told = (heard.session_id.as_str(), heard.user_id.as_str(), heard.client_type.as_str());
        assert_eq!(told, (SESSION, "ann b", "notebook"), "{:?}", heard.call);
        let header = |name: &str| heard.headers.get(name).map(|value| value.to_str().expect("text"));
        assert_eq!(header("authorization"), Some("Bearer canary"));
        assert_eq!(header("x-my-header"), Some("hello world"));
        for reserved in ["token", "use_ssl", "user_id", "session_id", "user_agent", "auth_transport"] {
            assert_eq!(header(reserved), None);
        }
    }
}

#[tokio::test]
async fn without_an_address_of_its_own_a_session_is_new_and_of_the_callers_user() {
    let server = Server::start(vec![Reply::three_rows(), Reply::three_rows()]).await;
    for session in [server.session(), server.session()] {
        // In tasks of their own, as a server makes its calls.
        tokio::spawn(async move { all_calls(&session).await }).await.expect("it ends");
    }
    let heard = server.heard();
    let mut ids: Vec<_> = heard.iter().map(|heard| heard.session_id.clone()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 2);
    assert!(ids.iter().all(|id| Uuid::parse_str(id).is_ok_and(|id| id.get_version_num() == 4)));
    assert!(heard.iter().all(|heard| heard.user_id == "ann" && heard.headers.get("authorization").is_none()));
    assert!(heard.iter().all(|heard| heard.client_type.starts_with("berdl-spark-monitor/")));
}

#[tokio::test]
async fn the_identity_decides_whose_session_it_is_where_several_people_share_a_client() {
    let server = Server::start(vec![]).await;
    let client = server.client(&format!("user_id=eve;session_id={SESSION}"));
    let own = Session::of_user(client.clone(), "ann");
    assert_eq!(own.user_id(), "ann");
    assert_ne!(own.session_id(), SESSION);
    let other = Uuid::new_v4();
    let joined = Session::joined(client, other, "ann");
    assert_eq!((joined.user_id(), joined.session_id()), ("ann", other.to_string().as_str()));
}

#[tokio::test]
async fn every_operation_has_its_own_id_and_the_runs_tags() {
    let server = Server::start(vec![Reply::three_rows()]).await;
    let options = RunOptions { tags: vec!["a".into(), "b".into()], ..RunOptions::default() };
    let mut run = server.session().run(&Statement::new("SELECT 1"), options);
    while run.next().await.expect("it succeeds").is_some() {}
    let operations: Vec<_> =
        server.heard().into_iter().filter(|heard| matches!(heard.call, Call::Command | Call::Query(_))).collect();
    let [analysis, query] = operations.as_slice() else { panic!("{operations:?}") };
    assert_ne!(analysis.operation_id, query.operation_id);
    for operation in [analysis, query] {
        assert!(Uuid::parse_str(&operation.operation_id).is_ok());
        let [first, second, own] = operation.tags.as_slice() else { panic!("{:?}", operation.tags) };
        assert_eq!((first.as_str(), second.as_str()), ("a", "b"));
        assert!(own.starts_with("berdl-sql-"), "the run's own tag, by which it is stopped");
    }
}

#[tokio::test]
async fn a_tag_that_spark_would_misread_is_refused_before_any_call() {
    let server = Server::start(vec![]).await;
    let session = server.session();
    for tag in ["", "a,b"] {
        let options = RunOptions { tags: vec![tag.into()], ..RunOptions::default() };
        let run = session.run(&Statement::new("SELECT 1"), options).next().await;
        assert!(matches!(run, Err(ConnectError::Argument(ArgumentError::Tag))), "{run:?}");
        let stopped = session.interrupt_tag(tag).await;
        assert!(matches!(stopped, Err(ConnectError::Argument(ArgumentError::Tag))), "{stopped:?}");
    }
    assert!(server.calls().is_empty());
}

#[tokio::test]
async fn the_servers_own_id_of_the_session_is_told_back_and_another_one_is_an_error() {
    let server = Server::start(vec![Reply::three_rows()]).await;
    let session = server.session();
    session.config("key").await.expect("a value");
    session.interrupt_all().await.expect("an answer");
    server.restart();
    let results = [
        session.config("key").await.map(|_| ()),
        session.interrupt_all().await.map(|_| ()),
        ended(&session, Limits::default()).await.map(|_| ()),
    ];
    for result in results {
        assert!(matches!(result, Err(ConnectError::SessionChanged)), "{result:?}");
    }
    let observed: Vec<_> = server.heard().into_iter().map(|heard| heard.observed).collect();
    assert_eq!(observed[0], None);
    assert!(observed[1..].iter().all(|id| id.as_deref() == Some("server")), "{observed:?}");
}

#[tokio::test]
async fn an_answer_of_another_session_is_not_accepted() {
    let mut foreign = crate::replies::batch("a", 0, 3);
    foreign.session_id = Uuid::new_v4().to_string();
    let server = Server::start(vec![Reply::Execute(vec![foreign], None)]).await;
    let result = ended(&server.session(), Limits::default()).await;
    assert!(matches!(result, Err(ConnectError::Protocol(_))), "{result:?}");
}

#[tokio::test]
async fn a_server_that_lost_the_session_says_so() {
    for (class, changed) in [
        ("INVALID_HANDLE.SESSION_CHANGED", true),
        ("INVALID_HANDLE.SESSION_NOT_FOUND", true),
        ("INVALID_HANDLE.SESSION_CLOSED", false),
    ] {
        let server = Server::failing(vec![spark_error(class, "scripted", &[])]).await;
        match server.session().config("key").await {
            Err(ConnectError::SessionChanged) => assert!(changed, "{class}"),
            Err(ConnectError::SessionReleased) => assert!(!changed, "{class}"),
            other => panic!("{class}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_session_that_the_server_does_not_have_is_neither_copied_nor_made() {
    let id = Uuid::new_v4();
    for class in ["INVALID_HANDLE.SESSION_NOT_FOUND", "INVALID_HANDLE.SESSION_CLOSED"] {
        let lost_session = Some(spark_error(class, "scripted", &[]));
        let server = Server::with(Script { lost_session, ..Script::default() }).await;
        match Session::clone_of(server.client(""), id, "ann").await {
            Err(ConnectError::SessionNotFound { user_id }) => assert_eq!(user_id, "ann"),
            other => panic!("{class}: {other:?}"),
        }
        assert_eq!(server.calls(), [Call::Release], "any other call would make it");
    }
    let server = Server::start(vec![]).await;
    Session::clone_of(server.client(""), id, "ann").await.expect("a copy");
    let heard = server.heard();
    let [found, copied] = heard.as_slice() else { panic!("{heard:?}") };
    assert!(Uuid::parse_str(&found.operation_id).is_ok(), "an operation that nobody has");
    assert_eq!((&copied.call, copied.observed.as_deref()), (&Call::CloneSession, Some("server")));
}

#[tokio::test]
async fn the_state_of_an_operation_is_told_where_the_server_can() {
    for (told, state, runs) in [
        (Told::Running, OperationState::Running, true),
        (Told::Terminating, OperationState::Terminating, true),
        (Told::Succeeded, OperationState::Succeeded, false),
        (Told::Failed, OperationState::Failed, false),
        (Told::Cancelled, OperationState::Canceled, false),
        (Told::Unknown, OperationState::Unknown, false),
    ] {
        let server = Server::with(Script { state: Some(told), ..Script::default() }).await;
        let got = server.session().operation_state("7").await.expect("an answer");
        assert_eq!((got, got.is_some_and(OperationState::runs)), (Some(state), runs));
    }
    let server = Server::start(vec![]).await;
    assert_eq!(server.session().operation_state("7").await.expect("an answer"), None);
}
