//! What a scripted server answers: batches and chunks, right and wrong, and failures with their details.

use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{Field, Schema};
use connect_proto::{
    connect::{
        ExecutePlanResponse,
        execute_plan_response::{ArrowBatch, ExecutionProgress, ResponseType, ResultComplete},
    },
    rpc,
};
use prost::Message;
use tonic::{Code, Status};

pub type Responses = Vec<ExecutePlanResponse>;

/// The next answer to the execution of a query, or to a reattachment.
pub enum Reply {
    Execute(Responses, Option<Status>),
    Reattach(Responses, Option<Status>),
    /// A stream without an end of its own.
    Open(Responses),
}

impl Reply {
    pub fn complete(id: &str) -> ExecutePlanResponse {
        response(id, ResponseType::ResultComplete(ResultComplete {}))
    }

    /// Three rows, and the end.
    pub fn three_rows() -> Self {
        Self::Execute(vec![batch("a", 0, 3), Self::complete("b")], None)
    }

    /// The server does not know the operation.
    pub fn unknown() -> Self {
        Self::Reattach(vec![], Some(spark_error("INVALID_HANDLE.OPERATION_NOT_FOUND", "scripted", &[])))
    }

    /// The server does not know the session.
    pub fn unknown_session() -> Self {
        Self::Reattach(vec![], Some(spark_error("INVALID_HANDLE.SESSION_NOT_FOUND", "scripted", &[])))
    }
}

pub fn response(id: &str, response_type: ResponseType) -> ExecutePlanResponse {
    ExecutePlanResponse {
        server_side_session_id: "server".into(),
        response_id: id.into(),
        response_type: Some(response_type),
        ..ExecutePlanResponse::default()
    }
}

/// An Arrow stream with one integer column.
pub fn arrow(rows: i32) -> Vec<u8> {
    arrow_of(Arc::new(Int32Array::from_iter_values(0..rows)))
}

/// An Arrow stream with this column.
pub fn arrow_of(column: ArrayRef) -> Vec<u8> {
    let schema = Arc::new(Schema::new(vec![Field::new("n", column.data_type().clone(), true)]));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]).expect("a batch");
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).expect("a writer");
    writer.write(&batch).expect("it is written");
    writer.into_inner().expect("it is written")
}

fn arrow_batch(id: &str, batch: ArrowBatch) -> ExecutePlanResponse {
    response(id, ResponseType::ArrowBatch(batch))
}

/// A whole batch.
pub fn batch(id: &str, offset: i64, rows: i32) -> ExecutePlanResponse {
    batch_of(id, offset, rows, arrow(rows))
}

/// A whole batch of this Arrow data.
pub fn batch_of(id: &str, offset: i64, rows: i32, data: Vec<u8>) -> ExecutePlanResponse {
    let (row_count, data) = (rows.into(), data.into());
    arrow_batch(id, ArrowBatch { row_count, data, start_offset: Some(offset), ..ArrowBatch::default() })
}

/// A whole batch of Arrow data of so many bytes, which cannot be decoded.
pub fn large(id: &str, bytes: usize) -> ExecutePlanResponse {
    arrow_batch(id, ArrowBatch { row_count: 1, data: vec![0; bytes].into(), ..ArrowBatch::default() })
}

/// A part of a batch that begins the result.
pub fn chunk(id: &str, index: i64, chunks: i64) -> ExecutePlanResponse {
    let batch = ArrowBatch {
        row_count: 3,
        data: vec![0; 10].into(),
        start_offset: Some(0),
        chunk_index: Some(index),
        num_chunks_in_batch: Some(chunks),
    };
    arrow_batch(id, batch)
}

/// A batch in chunks of so many bytes; the last one may be shorter.
pub fn chunked(offset: i64, rows: i32, bytes: usize) -> Responses {
    let data = arrow(rows);
    let chunks: Vec<_> = data.chunks(bytes).collect();
    let chunk = |(index, chunk): (usize, &&[u8])| {
        let batch = ArrowBatch {
            row_count: rows.into(),
            data: chunk.to_vec().into(),
            start_offset: Some(offset),
            chunk_index: i64::try_from(index).ok(),
            num_chunks_in_batch: i64::try_from(chunks.len()).ok(),
        };
        arrow_batch(&format!("{offset}-{index}"), batch)
    };
    chunks.iter().enumerate().map(chunk).collect()
}

/// A batch of three rows that says it has four.
pub fn miscounted(id: &str) -> ExecutePlanResponse {
    let data = arrow(3).into();
    arrow_batch(id, ArrowBatch { row_count: 4, data, start_offset: Some(0), ..ArrowBatch::default() })
}

/// Progress with so many running tasks.
pub fn progress(id: &str, num_inflight_tasks: i64) -> ExecutePlanResponse {
    let progress = ExecutionProgress { num_inflight_tasks, ..ExecutionProgress::default() };
    response(id, ResponseType::ExecutionProgress(progress))
}

/// The same response of another session on the server.
pub fn of_session(mut response: ExecutePlanResponse, server_side_session_id: &str) -> ExecutePlanResponse {
    response.server_side_session_id = server_side_session_id.into();
    response
}

/// The server has too much to do; it may say when to come back.
pub fn overloaded(after_seconds: Option<i64>) -> Status {
    match after_seconds {
        None => Status::unavailable("too much to do"),
        Some(seconds) => {
            let retry_delay = Some(prost_types::Duration { seconds, nanos: 0 });
            with_detail(Code::Unavailable, "scripted", "google.rpc.RetryInfo", &rpc::RetryInfo { retry_delay })
        }
    }
}

/// An error of Spark as Connect describes it: class, message, and more of its metadata.
pub fn spark_error(class: &str, message: &str, more: &[(&str, &str)]) -> Status {
    let pairs = [("errorClass", class)].into_iter().chain(more.iter().copied());
    let metadata = pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect();
    let info = rpc::ErrorInfo { metadata, ..rpc::ErrorInfo::default() };
    with_detail(Code::Internal, message, "google.rpc.ErrorInfo", &info)
}

fn with_detail(code: Code, message: &str, kind: &str, detail: &impl Message) -> Status {
    let detail = prost_types::Any { type_url: format!("type.googleapis.com/{kind}"), value: detail.encode_to_vec() };
    let details = rpc::Status { code: code.into(), message: message.into(), details: vec![detail] };
    Status::with_details(code, message, details.encode_to_vec().into())
}
