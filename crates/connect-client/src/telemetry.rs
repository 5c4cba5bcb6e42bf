//! Calls to Spark Connect as spans and events of the log: which, for whom, how long, how it ended, how much it brought.
//! They contain neither statements nor tokens nor texts of the server, which may quote a statement.

use connect_proto::connect::{ExecutePlanResponse, execute_plan_response::ResponseType};
use tokio::time::{Instant, error::Elapsed};
use tonic::{Code, Status};
use tracing::{Span, debug, debug_span, trace};

/// One call, from its request to its answer or to the end of its stream of responses.
#[derive(Debug)]
pub(crate) struct Call {
    span: Span,
    begun: Instant,
    /// `None` for one that nobody waits for any longer.
    status: Option<Code>,
    rows: u64,
    bytes: u64,
}

impl Call {
    /// A call that is about to be made; the first attempt is 1.
    pub(crate) fn begin(rpc: &'static str, session_id: &str, operation_id: Option<&str>, attempt: u32) -> Self {
        let span = debug_span!("spark_connect", rpc, session.id = session_id, operation.id = operation_id, attempt);
        span.in_scope(|| debug!("Calling Spark Connect"));
        Self { span, begun: Instant::now(), status: None, rows: 0, bytes: 0 }
    }

    /// Ends it with its only answer.
    pub(crate) fn answered<A>(self, answer: &Result<Result<A, Status>, Elapsed>) {
        self.end(match answer {
            Ok(Ok(_)) => Code::Ok,
            Ok(Err(status)) => status.code(),
            Err(_) => Code::DeadlineExceeded,
        });
    }

    /// Counts one response of a stream.
    pub(crate) fn received(&mut self, response: &ExecutePlanResponse) {
        match &response.response_type {
            Some(ResponseType::ArrowBatch(batch)) => {
                let bytes = u64::try_from(batch.data.len()).unwrap_or(u64::MAX);
                let (chunk, chunks) = (batch.chunk_index.unwrap_or(0), batch.num_chunks_in_batch.unwrap_or(1));
                // Each chunk tells the rows of the whole batch.
                let rows = if chunk == 0 { u64::try_from(batch.row_count).unwrap_or(0) } else { 0 };
                self.bytes = self.bytes.saturating_add(bytes);
                self.rows = self.rows.saturating_add(rows);
                self.span.in_scope(|| trace!(rows = batch.row_count, bytes, chunk, chunks, "Received Arrow data"));
            }
            Some(ResponseType::ExecutionProgress(progress)) => {
                let stages = progress.stages.iter();
                let tasks = stages.clone().fold(0, |sum: i64, stage| sum.saturating_add(stage.num_tasks));
                let tasks_done = stages.fold(0, |sum: i64, stage| sum.saturating_add(stage.num_completed_tasks));
                let running_tasks = progress.num_inflight_tasks;
                self.span.in_scope(|| trace!(tasks, tasks_done, running_tasks, "Received progress"));
            }
            _ => {}
        }
    }

    pub(crate) fn end(mut self, status: Code) {
        self.status = Some(status);
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let (rows, bytes) = (self.rows, self.bytes);
        let duration_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        let status = self.status.unwrap_or(Code::Cancelled);
        self.span.in_scope(|| match status {
            Code::Ok => debug!(?status, duration_ms, rows, bytes, "Spark Connect answered"),
            Code::Cancelled => debug!(?status, duration_ms, rows, bytes, "A call to Spark Connect was given up"),
            _ => debug!(?status, duration_ms, rows, bytes, "A call to Spark Connect failed"),
        });
    }
}
