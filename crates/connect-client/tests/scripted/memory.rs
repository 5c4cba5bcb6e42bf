//! Answers that are short on the wire and would be large in memory.

use std::sync::Arc;

use arrow_array::{
    ArrayRef,
    builder::{ListBuilder, NullBuilder},
};
use connect_client::{ConnectError, ExplainMode, LimitExceeded, LimitType, Limits, ProtocolError, Statement};
use connect_proto::connect::{
    LocalRelation, Relation,
    execute_plan_response::{ExecutionProgress, ResponseType, execution_progress::StageInfo},
    relation::RelType,
};
use serde_json::json;
use tonic::Code;

use crate::{
    outcome,
    replies::{Reply, arrow_of, batch_of, response},
    server::{Call, Script, Server},
};

/// Rows with a list of so many nulls, which take no bytes.
fn nulls(rows: usize, items: usize) -> Vec<u8> {
    let mut lists = ListBuilder::new(NullBuilder::new());
    for _ in 0..rows {
        lists.values().append_nulls(items);
        lists.append(true);
    }
    let lists: ArrayRef = Arc::new(lists.finish());
    arrow_of(lists)
}

fn is_bytes(limit: &LimitExceeded, max_bytes: u64) {
    assert_eq!((limit.limit_type, limit.limit_value), (LimitType::Bytes, max_bytes));
}

#[tokio::test]
async fn a_plan_that_is_a_list_of_nulls_is_none() {
    let local = LocalRelation { data: Some(nulls(1, 2_000_000_000)), ..LocalRelation::default() };
    let result = Some(Relation { rel_type: Some(RelType::LocalRelation(local)), common: None });
    let server = Server::with(Script { result, ..Script::default() }).await;
    let plan = server.session().explain(&Statement::new("SELECT 1"), ExplainMode::Simple).await;
    assert!(matches!(plan, Err(ConnectError::Protocol(ProtocolError::Missing(_)))), "{plan:?}");
}

#[tokio::test]
async fn a_short_answer_has_as_many_whole_rows_as_its_json_may_have_bytes() {
    let responses = vec![batch_of("a", 0, 20, nulls(20, 100)), Reply::complete("b")];
    let server = Server::start(vec![Reply::Execute(responses, None)]).await;
    let limits = Limits { max_rows: 20, max_bytes: 2000 };
    let (rows, limit) = server.session().answer(&Statement::new("SELECT 1"), limits).await.expect("it succeeds");
    assert_eq!(json!(rows), json!([[vec![json!(null); 100]], [vec![json!(null); 100]]]));
    is_bytes(&limit.expect("there are more"), 2000);
    assert_eq!(server.count(&Call::Release), 2);
}

#[tokio::test]
async fn a_message_with_too_many_fields_is_refused_and_its_operation_released() {
    let stages = vec![StageInfo::default(); 200_000];
    let progress = ResponseType::ExecutionProgress(ExecutionProgress { stages, num_inflight_tasks: 0 });
    let server = Server::start(vec![Reply::Execute(vec![response("a", progress), Reply::complete("b")], None)]).await;
    match outcome(&server, Limits::default()).await {
        Err(ConnectError::Status { code: Code::OutOfRange, message }) => {
            assert_eq!(message, "a message has too many fields");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.count(&Call::Release), 2);
}
