//! What only the library does, on a real Spark Connect server: `SPARK_CONNECT_URL` says where.
//! `cargo xtask verify connect` starts Spark 4.3 and 4.0 and runs it on both.

#![expect(clippy::expect_used, clippy::panic, reason = "a test may fail")]

#[path = "../support/facts.rs"]
mod facts;
mod interrupts;
mod network;
#[path = "../support/proxy.rs"]
mod proxy;
mod soak;

use connect_client::{
    Argument, Arguments, Client, ConnectError, Event, Limits, RunOptions, Session, Statement, StatementKind,
    TrustedRoots,
};
use facts::{address, fact};
use serde_json::{Value, json};
use uuid::Uuid;

fn client() -> Client {
    Client::new(address("").parse().expect("an address"), &TrustedRoots::default()).expect("a client")
}

fn session() -> Session {
    Session::new(client(), "ann")
}

async fn rows(session: &Session, statement: &str) -> Result<Vec<Vec<Value>>, ConnectError> {
    read(session, Statement::new(statement), RunOptions::default()).await
}

async fn read(session: &Session, statement: Statement, options: RunOptions) -> Result<Vec<Vec<Value>>, ConnectError> {
    let mut run = session.run(&statement, options);
    let mut all = Vec::new();
    while let Some(event) = run.next().await? {
        if let Event::Rows(rows) = event {
            all.extend(rows.to_json(0..rows.len()));
        }
    }
    Ok(all)
}

fn class(error: ConnectError) -> String {
    match error {
        ConnectError::Spark(error) => error.error_class.unwrap_or_default(),
        other => panic!("{other:?} is no error of Spark"),
    }
}

#[tokio::test]
async fn configuration_is_set_read_and_unset() {
    let session = session();
    let key = "spark.sql.shuffle.partitions";
    let default = session.config(key).await.expect("a default");
    session.set_config(key, "7").await.expect("it is set");
    assert_eq!(session.config(key).await.expect("a value"), "7");
    session.unset_config(key).await.expect("it is unset");
    assert_eq!(session.config(key).await.expect("a default"), default);
    assert_eq!(class(session.config("spark.nonsense").await.expect_err("it is unknown")), "SQL_CONF_NOT_FOUND");
    assert_eq!(session.config_option("spark.nonsense").await.expect("an answer"), None);
    session.release().await.expect("it ends");
}

#[tokio::test]
async fn the_schema_is_told_without_running_anything() {
    let session = session();
    let arguments = Arguments::Positional(vec![Argument::from_json(&json!(5)).expect("an argument")]);
    let statement = Statement { text: "SELECT id, ? AS n FROM range(3) -- end;".into(), arguments };
    let columns = session.schema(&statement).await.expect("a schema");
    let shown: Vec<_> = columns.iter().map(|column| format!("{} {}", column.name, column.type_name)).collect();
    assert_eq!(shown, ["id bigint", "n int"]);
    let command = Statement::new("CREATE TABLE by_schema USING parquet AS SELECT 1 AS a");
    assert_eq!(class(session.schema(&command).await.expect_err("no query")), "PARSE_SYNTAX_ERROR");
    assert!(rows(&session, "SHOW TABLES LIKE 'by_schema'").await.expect("tables").is_empty());
    session.release().await.expect("it ends");
}

#[tokio::test]
async fn statements_are_told_apart() {
    let session = session();
    for (text, query) in [
        ("SELECT 1", true),
        ("VALUES (1), (2)", true),
        ("FROM range(3) SELECT id", true),
        ("TABLE range(3)", false),
        ("WITH x AS (SELECT 1 AS a) SELECT a, count(*) FROM x GROUP BY a HAVING a > 0 ORDER BY a LIMIT 3", true),
        ("SELECT * FROM range(3) a LEFT JOIN range(4) b USING (id) UNION ALL SELECT 1", true),
        ("SELECT * FROM range(2) LATERAL VIEW explode(array(1)) t AS x", true),
        ("SELECT sum(id) OVER (PARTITION BY id) FROM range(3)", true),
        ("SELECT (SELECT max(id) FROM range(2)) WHERE 1 IN (SELECT id FROM range(2))", true),
        ("SELECT * FROM (SELECT 1 AS y, 2 AS v) PIVOT (max(v) FOR y IN (1))", true),
        ("CREATE TEMP VIEW v1 AS SELECT 1", false),
        ("INSERT INTO nowhere SELECT 1", false),
        ("SET x=1", false),
        ("USE default", false),
        ("CACHE TABLE v1", false),
    ] {
        match session.kind(&Statement::new(text)).await {
            Ok(kind) => assert_eq!(kind == StatementKind::Query, query, "{text}: {kind:?}"),
            // A table that does not exist may be an error instead.
            Err(error) => assert!(!query, "{text}: {error}"),
        }
    }
    for text in ["SHOW TABLES", "DESCRIBE FUNCTION abs", "SHOW DATABASES", "EXPLAIN SELECT 1"] {
        let kind = session.kind(&Statement::new(text)).await.expect(text);
        assert!(matches!(kind, StatementKind::Shows { .. }), "{text}: {kind:?}");
    }
    session.release().await.expect("it ends");
}

#[tokio::test]
async fn a_clone_has_what_its_source_has_and_changes_nothing_of_it() {
    let session = session();
    rows(&session, "CREATE TEMP VIEW seen AS SELECT 42 AS a").await.expect("a view");
    let source: Uuid = session.session_id().parse().expect("an id");
    let copy = match Session::clone_of(client(), source, "ann").await {
        Ok(copy) => copy,
        // Spark 4.0 has no copies.
        Err(ConnectError::Unsupported) => return session.release().await.expect("it ends"),
        Err(error) => panic!("{error:?}"),
    };
    assert_eq!(rows(&copy, "SELECT a FROM seen").await.expect("rows"), [[json!(42)]]);
    rows(&copy, "DROP VIEW seen").await.expect("it is dropped");
    copy.release().await.expect("it ends");
    assert_eq!(rows(&session, "SELECT a FROM seen").await.expect("rows"), [[json!(42)]]);
    session.release().await.expect("it ends");
}

#[tokio::test]
async fn only_a_session_that_the_server_has_for_this_user_is_found_or_copied_and_none_is_made() {
    let session = session();
    let id: Uuid = session.session_id().parse().expect("an id");
    let (ann, bob) = (session.user_id().to_owned(), "bob");
    let missing = |result: Result<Session, ConnectError>| matches!(result, Err(ConnectError::SessionNotFound { .. }));
    assert!(missing(Session::existing(client(), id, &ann).await), "nothing has run in it yet");
    rows(&session, "SHOW DATABASES").await.expect("rows");
    assert!(Session::existing(client(), id, &ann).await.is_ok());
    assert!(missing(Session::existing(client(), id, bob).await));
    assert!(missing(Session::clone_of(client(), id, bob).await));
    session.release().await.expect("it ends");
    assert!(missing(Session::existing(client(), id, &ann).await), "it was released");
}

#[tokio::test]
async fn a_released_session_says_so_and_others_go_on() {
    let session = session();
    rows(&session, "SHOW DATABASES").await.expect("rows");
    let other = Session::new(client(), "ann");
    assert_ne!(session.session_id(), other.session_id());
    session.release().await.expect("it ends");
    assert!(matches!(rows(&session, "SHOW DATABASES").await, Err(ConnectError::SessionReleased)));
    assert_eq!(rows(&other, "SHOW DATABASES").await.expect("rows"), [[json!("default")]]);
    other.release().await.expect("it ends");
}

#[tokio::test]
async fn a_session_that_somebody_else_released_says_so() {
    let session = session();
    rows(&session, "SHOW DATABASES").await.expect("rows");
    let joined = Session::joined(client(), session.session_id().parse().expect("an id"), "ann");
    assert_eq!(rows(&joined, "SHOW DATABASES").await.expect("rows"), [[json!("default")]]);
    joined.release().await.expect("nothing happens");
    rows(&session, "SHOW DATABASES").await.expect("it goes on");
    session.release().await.expect("it ends");
    assert!(matches!(rows(&joined, "SHOW DATABASES").await, Err(ConnectError::SessionReleased)));
}

const LARGE: &str = "SELECT id FROM range(0, 400000, 1, 4)";

/// Reads 400,000 rows and checks that each came once, in order.
async fn read_large(session: &Session) {
    let limits = Limits { max_rows: 400_000, max_bytes: 64 << 20 };
    let options = RunOptions { limits, tags: vec![] };
    let all = read(session, Statement::new(LARGE), options).await.expect("rows");
    assert_eq!(all.len(), 400_000);
    assert!(all.iter().zip(0..).all(|(row, id)| row.first() == Some(&json!(id))));
}

#[tokio::test]
async fn a_large_result_is_read_in_bounds_and_in_order() {
    let session = session();
    read_large(&session).await;
    session.release().await.expect("it ends");
}

/// `verify connect` lets Spark end each stream after two seconds instead of two minutes.
#[tokio::test]
async fn a_query_that_outlives_its_stream_of_responses_gives_its_result() {
    let session = session();
    let slow =
        "SELECT count(*) FROM range(0, 12, 1, 12) WHERE reflect('java.lang.Thread', 'sleep', 500L) = '' OR id >= 0";
    let rows = rows(&session, slow).await.expect("rows");
    assert_eq!(rows, [[json!(12)]]);
    fact(4, "a query that runs longer than Spark keeps a stream of responses (here 2 s)", "its result, complete");
    session.release().await.expect("it ends");
}
