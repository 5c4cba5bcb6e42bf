//! A Connect server that answers what a test wrote down, and remembers what it was asked.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use arrow_array::{Int32Array, RecordBatch};
use arrow_ipc::writer::StreamWriter;
use arrow_schema::{DataType, Field, Schema};
use connect_client::{Client, Session, TrustedRoots};
use connect_proto::{
    connect::{
        execute_plan_response::{ArrowBatch, ResponseType, ResultComplete, SqlCommandResult},
        plan::OpType,
        relation::RelType,
        spark_connect_service_server::{SparkConnectService, SparkConnectServiceServer},
        *,
    },
    rpc,
};
use futures_util::stream;
use prost::Message;
use tokio::sync::Notify;
use tonic::{Code, Request, Response, Status, Streaming};

const SESSION: &str = "7a1c8a52-3b1e-4a35-9a4c-7b8c0f3f4f10";

type Responses = Vec<ExecutePlanResponse>;

/// The next answer to the execution of a query, or to a reattachment.
pub enum Reply {
    Execute(Responses, Option<Status>),
    Reattach(Responses, Option<Status>),
}

impl Reply {
    pub fn complete(id: &str) -> ExecutePlanResponse {
        response(id, ResponseType::ResultComplete(ResultComplete {}))
    }

    /// The server does not know the operation.
    pub fn unknown() -> Self {
        let metadata = [("errorClass".to_owned(), "INVALID_HANDLE.OPERATION_NOT_FOUND".to_owned())].into();
        let info = rpc::ErrorInfo { metadata, ..rpc::ErrorInfo::default() };
        Self::Reattach(vec![], Some(status(Code::Internal, "google.rpc.ErrorInfo", &info)))
    }
}

/// What the client asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Command,
    /// A query with its limit.
    Limit(i32),
    Reattach(Option<String>),
    Release,
    ReleaseSession(String),
}

#[derive(Clone)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    calls: Arc<Mutex<Vec<Call>>>,
    called: Arc<Notify>,
}

pub struct Server {
    address: SocketAddr,
    script: Script,
}

impl Server {
    pub async fn start(replies: Vec<Reply>) -> Self {
        let script =
            Script { replies: Arc::new(Mutex::new(replies.into())), calls: Arc::default(), called: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let service = SparkConnectServiceServer::new(script.clone());
        tokio::spawn(tonic::transport::Server::builder().add_service(service).serve_with_incoming(incoming));
        Self { address, script }
    }

    fn client(&self, parameters: &str) -> Client {
        let address = format!("sc://{}/;{parameters}", self.address).parse().expect("an address");
        Client::new(address, &TrustedRoots::default()).expect("a client")
    }

    pub fn session(&self) -> Session {
        Session::new(self.client(""), "ann")
    }

    /// A session that somebody else made.
    pub fn joined(&self) -> Session {
        Session::new(self.client(&format!("session_id={SESSION}")), "ann")
    }

    pub fn calls(&self) -> Vec<Call> {
        self.script.calls.lock().expect("no panic").clone()
    }

    pub async fn until(&self, reached: impl Fn(&[Call]) -> bool) {
        let wait = async {
            while !reached(&self.calls()) {
                self.script.called.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is reached");
    }
}

impl Script {
    fn note(&self, call: Call) {
        self.calls.lock().expect("no panic").push(call);
        self.called.notify_one();
    }

    fn stream(&self, session_id: &str, is_execution: bool) -> Result<Response<Sent>, Status> {
        let reply = self.replies.lock().expect("no panic").pop_front();
        let (responses, end) = match (reply, is_execution) {
            (Some(Reply::Execute(responses, end)), true) | (Some(Reply::Reattach(responses, end)), false) => {
                (responses, end)
            }
            _ => return Err(Status::aborted("this call is not in the script")),
        };
        Ok(sent(session_id, responses, end))
    }
}

type Sent = stream::Iter<std::vec::IntoIter<Result<ExecutePlanResponse, Status>>>;

fn sent(session_id: &str, responses: Responses, end: Option<Status>) -> Response<Sent> {
    let own = responses.into_iter().map(|mut response| {
        response.session_id = session_id.to_owned();
        Ok(response)
    });
    Response::new(stream::iter(own.chain(end.map(Err)).collect::<Vec<_>>()))
}

#[tonic::async_trait]
impl SparkConnectService for Script {
    type ExecutePlanStream = Sent;
    type ReattachExecuteStream = Sent;

    async fn execute_plan(&self, request: Request<ExecutePlanRequest>) -> Result<Response<Sent>, Status> {
        let request = request.into_inner();
        match request.plan.and_then(|plan| plan.op_type) {
            // The analysis always succeeds, and says that it is a query.
            Some(OpType::Command(_)) => {
                self.note(Call::Command);
                let relation = Some(Relation { rel_type: Some(RelType::Sql(Sql::default())), common: None });
                let result = ResponseType::SqlCommandResult(SqlCommandResult { relation });
                Ok(sent(&request.session_id, vec![response("0", result), Reply::complete("1")], None))
            }
            Some(OpType::Root(Relation { rel_type: Some(RelType::Limit(limit)), .. })) => {
                self.note(Call::Limit(limit.limit));
                self.stream(&request.session_id, true)
            }
            _ => Err(Status::aborted("this plan is not in the script")),
        }
    }

    async fn reattach_execute(&self, request: Request<ReattachExecuteRequest>) -> Result<Response<Sent>, Status> {
        let request = request.into_inner();
        self.note(Call::Reattach(request.last_response_id));
        self.stream(&request.session_id, false)
    }

    async fn release_execute(
        &self,
        _: Request<ReleaseExecuteRequest>,
    ) -> Result<Response<ReleaseExecuteResponse>, Status> {
        self.note(Call::Release);
        Ok(Response::new(ReleaseExecuteResponse::default()))
    }

    async fn release_session(
        &self,
        request: Request<ReleaseSessionRequest>,
    ) -> Result<Response<ReleaseSessionResponse>, Status> {
        self.note(Call::ReleaseSession(request.into_inner().session_id));
        Ok(Response::new(ReleaseSessionResponse::default()))
    }

    async fn analyze_plan(&self, _: Request<AnalyzePlanRequest>) -> Result<Response<AnalyzePlanResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn config(&self, _: Request<ConfigRequest>) -> Result<Response<ConfigResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn add_artifacts(
        &self,
        _: Request<Streaming<AddArtifactsRequest>>,
    ) -> Result<Response<AddArtifactsResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn artifact_status(
        &self,
        _: Request<ArtifactStatusesRequest>,
    ) -> Result<Response<ArtifactStatusesResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn interrupt(&self, _: Request<InterruptRequest>) -> Result<Response<InterruptResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn fetch_error_details(
        &self,
        _: Request<FetchErrorDetailsRequest>,
    ) -> Result<Response<FetchErrorDetailsResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn clone_session(&self, _: Request<CloneSessionRequest>) -> Result<Response<CloneSessionResponse>, Status> {
        Err(Status::unimplemented(""))
    }

    async fn get_status(&self, _: Request<GetStatusRequest>) -> Result<Response<GetStatusResponse>, Status> {
        Err(Status::unimplemented(""))
    }
}

fn response(id: &str, response_type: ResponseType) -> ExecutePlanResponse {
    ExecutePlanResponse {
        server_side_session_id: "server".into(),
        response_id: id.into(),
        response_type: Some(response_type),
        ..ExecutePlanResponse::default()
    }
}

/// An Arrow stream with one integer column.
fn arrow(rows: i32) -> Vec<u8> {
    let schema = Arc::new(Schema::new(vec![Field::new("n", DataType::Int32, true)]));
    let column = Arc::new(Int32Array::from_iter_values(0..rows));
    let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column]).expect("a batch");
    let mut writer = StreamWriter::try_new(Vec::new(), &schema).expect("a writer");
    writer.write(&batch).expect("it is written");
    writer.into_inner().expect("it is written")
}

/// A whole batch.
pub fn batch(id: &str, offset: i64, rows: i32) -> ExecutePlanResponse {
    let batch = ArrowBatch {
        row_count: rows.into(),
        data: arrow(rows).into(),
        start_offset: Some(offset),
        ..ArrowBatch::default()
    };
    response(id, ResponseType::ArrowBatch(batch))
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
    response(id, ResponseType::ArrowBatch(batch))
}

/// A batch of three rows that says it has four.
pub fn miscounted(id: &str) -> ExecutePlanResponse {
    let batch = ArrowBatch { row_count: 4, data: arrow(3).into(), start_offset: Some(0), ..ArrowBatch::default() };
    response(id, ResponseType::ArrowBatch(batch))
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
            status(Code::Unavailable, "google.rpc.RetryInfo", &rpc::RetryInfo { retry_delay })
        }
    }
}

fn status(code: Code, kind: &str, detail: &impl Message) -> Status {
    let detail = prost_types::Any { type_url: format!("type.googleapis.com/{kind}"), value: detail.encode_to_vec() };
    let details = rpc::Status { code: code.into(), message: "scripted".into(), details: vec![detail] };
    Status::with_details(code, "scripted", details.encode_to_vec().into())
}
