//! A Connect server that answers what a test wrote down, and remembers what it was asked.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex},
    time::Duration,
};

use connect_client::{Client, Session, TrustedRoots};
use connect_proto::connect::{
    execute_plan_response::{ResponseType, SqlCommandResult},
    get_status_response::{OperationStatus, operation_status::OperationState},
    plan::OpType,
    relation::RelType,
    spark_connect_service_server::{SparkConnectService, SparkConnectServiceServer},
    *,
};
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::Notify;
use tonic::{Request, Response, Status, Streaming, metadata::MetadataMap};

use crate::replies::{Reply, response};

pub const SESSION: &str = "7a1c8a52-3b1e-4a35-9a4c-7b8c0f3f4f10";

/// What the client asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    Command,
    /// A query with its limit; none if it has none.
    Query(Option<i32>),
    /// With the last response that the client has.
    Reattach(Option<String>),
    Release,
    ReleaseSession,
    Config,
    Interrupt,
    FetchErrorDetails,
    CloneSession,
    GetStatus,
}

/// A call with what every call carries.
#[derive(Clone, Debug)]
pub struct Heard {
    pub call: Call,
    pub session_id: String,
    pub user_id: String,
    pub client_type: String,
    /// Empty for calls that are about no operation.
    pub operation_id: String,
    pub tags: Vec<String>,
    /// The server's own id of the session, as the client knows it.
    pub observed: Option<String>,
    pub headers: MetadataMap,
}

/// What the server will answer.
#[derive(Default)]
pub struct Script {
    /// To queries, and to reattachments.
    pub replies: VecDeque<Reply>,
    /// To the next calls with a single answer; those after them succeed.
    pub failures: VecDeque<Status>,
    /// To the next commands; those after them succeed.
    pub failing_commands: VecDeque<Status>,
    /// To the first question about an error; like Spark, the server answers once.
    pub details: Option<FetchErrorDetailsResponse>,
    /// What a command results in, instead of a query that is to be run.
    pub result: Option<Relation>,
    /// What the release of an operation says of a session that the server does not have.
    pub lost_session: Option<Status>,
    /// The value of all settings.
    pub value: Option<&'static str>,
    /// Whether operations cannot be released.
    pub keeps_operations: bool,
    /// The server's own id of the session.
    pub server_side_session_id: Option<String>,
    /// The state of all operations; without it, the server cannot tell any.
    pub state: Option<OperationState>,
}

#[derive(Clone)]
struct Service {
    script: Arc<Mutex<Script>>,
    heard: Arc<Mutex<Vec<Heard>>>,
    called: Arc<Notify>,
}

pub struct Server {
    pub address: SocketAddr,
    service: Service,
}

impl Server {
    pub async fn start(replies: Vec<Reply>) -> Self {
        Self::with(Script { replies: replies.into(), ..Script::default() }).await
    }

    /// One whose next calls with a single answer fail.
    pub async fn failing(failures: Vec<Status>) -> Self {
        Self::with(Script { failures: failures.into(), ..Script::default() }).await
    }

    pub async fn with(script: Script) -> Self {
        let service = Service { script: Arc::new(Mutex::new(script)), heard: Arc::default(), called: Arc::default() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let incoming = tokio_stream::wrappers::TcpListenerStream::new(listener);
        let server = SparkConnectServiceServer::new(service.clone());
        tokio::spawn(tonic::transport::Server::builder().add_service(server).serve_with_incoming(incoming));
        Self { address, service }
    }

    pub fn client(&self, parameters: &str) -> Client {
        let address = format!("sc://{}/;{parameters}", self.address).parse().expect("an address");
        Client::new(address, &TrustedRoots::default()).expect("a client")
    }

    pub fn session(&self) -> Session {
        Session::new(self.client(""), "ann")
    }

    /// From now on the server answers as if it had been restarted.
    pub fn restart(&self) {
        self.service.script.lock().expect("no panic").server_side_session_id = Some("another".to_owned());
    }

    pub fn heard(&self) -> Vec<Heard> {
        self.service.heard.lock().expect("no panic").clone()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.heard().into_iter().map(|heard| heard.call).collect()
    }

    pub fn count(&self, call: &Call) -> usize {
        self.calls().iter().filter(|made| *made == call).count()
    }

    pub async fn until(&self, reached: impl Fn(&[Heard]) -> bool) {
        let wait = async {
            while !reached(&self.heard()) {
                self.service.called.notified().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), wait).await.expect("it is reached");
    }
}

impl Service {
    /// Notes a call and returns its message.
    fn hear<Q: Asked>(&self, request: Request<Q>, call: impl Fn(&Q) -> Call) -> Q {
        let (headers, _, message) = request.into_parts();
        let heard = Heard { call: call(&message), headers, ..message.asked() };
        self.heard.lock().expect("no panic").push(heard);
        self.called.notify_one();
        message
    }

    fn script(&self) -> std::sync::MutexGuard<'_, Script> {
        self.script.lock().expect("no panic")
    }

    fn server_side_session_id(&self) -> String {
        self.script().server_side_session_id.clone().unwrap_or_else(|| "server".to_owned())
    }

    /// Fails, if the script says so.
    fn fails(&self) -> Result<(), Status> {
        self.script().failures.pop_front().map_or(Ok(()), Err)
    }

    fn stream(&self, session_id: &str, is_execution: bool) -> Result<Response<Sent>, Status> {
        let reply = self.script().replies.pop_front();
        match (reply, is_execution) {
            (Some(Reply::Execute(responses, end)), true) | (Some(Reply::Reattach(responses, end)), false) => {
                Ok(self.sent(session_id, responses, stream::iter(end.map(Err))))
            }
            (Some(Reply::Open(responses)), _) => Ok(self.sent(session_id, responses, stream::pending())),
            _ => Err(Status::aborted("this call is not in the script")),
        }
    }

    fn sent(
        &self,
        session_id: &str,
        responses: Vec<ExecutePlanResponse>,
        end: impl Stream<Item = Result<ExecutePlanResponse, Status>> + Send + 'static,
    ) -> Response<Sent> {
        let session_id = session_id.to_owned();
        let own = stream::iter(responses).map(move |mut response| {
            if response.session_id.is_empty() {
                response.session_id.clone_from(&session_id);
            }
            Ok(response)
        });
        let all: Sent = Box::pin(own.chain(end));
        Response::new(all)
    }
}

type Sent = Pin<Box<dyn Stream<Item = Result<ExecutePlanResponse, Status>> + Send>>;

/// What a request says besides its own matter.
trait Asked {
    fn asked(&self) -> Heard;
}

macro_rules! asked {
    ($($request:ty: $operation_id:expr, $tags:expr, $observed:expr;)*) => {$(
        impl Asked for $request {
            fn asked(&self) -> Heard {
                let operation_id: fn(&Self) -> String = $operation_id;
                let tags: fn(&Self) -> Vec<String> = $tags;
                let observed: fn(&Self) -> Option<String> = $observed;
                Heard {
                    call: Call::Config,
                    session_id: self.session_id.clone(),
                    user_id: self.user_context.clone().unwrap_or_default().user_id,
                    client_type: self.client_type.clone().unwrap_or_default(),
                    operation_id: operation_id(self),
                    tags: tags(self),
                    observed: observed(self),
                    headers: MetadataMap::new(),
                }
            }
        }
    )*};
}

macro_rules! observed {
    () => {
        |request| request.client_observed_server_side_session_id.clone()
    };
}

asked! {
    ExecutePlanRequest: |r| r.operation_id().to_owned(), |r| r.tags.clone(), observed!();
    ReattachExecuteRequest: |r| r.operation_id.clone(), |_| vec![], observed!();
    ReleaseExecuteRequest: |r| r.operation_id.clone(), |_| vec![], observed!();
    ReleaseSessionRequest: |_| String::new(), |_| vec![], |_| None;
    ConfigRequest: |_| String::new(), |_| vec![], observed!();
    InterruptRequest: |_| String::new(), |_| vec![], observed!();
    FetchErrorDetailsRequest: |_| String::new(), |_| vec![], observed!();
    CloneSessionRequest: |_| String::new(), |_| vec![], observed!();
    GetStatusRequest: |_| String::new(), |_| vec![], observed!();
}

fn planned(request: &ExecutePlanRequest) -> Call {
    match request.plan.as_ref().and_then(|plan| plan.op_type.as_ref()) {
        Some(OpType::Command(_)) => Call::Command,
        Some(OpType::Root(Relation { rel_type: Some(RelType::Limit(limit)), .. })) => Call::Query(Some(limit.limit)),
        _ => Call::Query(None),
    }
}

#[tonic::async_trait]
impl SparkConnectService for Service {
    type ExecutePlanStream = Sent;
    type ReattachExecuteStream = Sent;

    async fn execute_plan(&self, request: Request<ExecutePlanRequest>) -> Result<Response<Sent>, Status> {
        let request = self.hear(request, planned);
        if planned(&request) != Call::Command {
            return self.stream(&request.session_id, true);
        }
        self.fails()?;
        if let Some(status) = self.script().failing_commands.pop_front() {
            return Err(status);
        }
        // The analysis says that it is a query, unless the script has a command's result.
        let query = || Relation { rel_type: Some(RelType::Sql(Sql::default())), common: None };
        let relation = Some(self.script().result.clone().unwrap_or_else(query));
        let mut responses =
            vec![response("0", ResponseType::SqlCommandResult(SqlCommandResult { relation })), Reply::complete("1")];
        for response in &mut responses {
            response.server_side_session_id = self.server_side_session_id();
        }
        Ok(self.sent(&request.session_id, responses, stream::empty()))
    }

    async fn reattach_execute(&self, request: Request<ReattachExecuteRequest>) -> Result<Response<Sent>, Status> {
        let request = self.hear(request, |request| Call::Reattach(request.last_response_id.clone()));
        self.stream(&request.session_id, false)
    }

    async fn release_execute(
        &self,
        request: Request<ReleaseExecuteRequest>,
    ) -> Result<Response<ReleaseExecuteResponse>, Status> {
        let request = self.hear(request, |_| Call::Release);
        if self.script().keeps_operations {
            return Err(Status::internal("scripted"));
        }
        let lost = self.script().lost_session.clone();
        if let Some(status) = lost {
            return Err(status);
        }
        Ok(Response::new(ReleaseExecuteResponse {
            session_id: request.session_id,
            server_side_session_id: self.server_side_session_id(),
            operation_id: None,
        }))
    }

    async fn release_session(
        &self,
        request: Request<ReleaseSessionRequest>,
    ) -> Result<Response<ReleaseSessionResponse>, Status> {
        self.hear(request, |_| Call::ReleaseSession);
        self.fails()?;
        Ok(Response::new(ReleaseSessionResponse::default()))
    }

    async fn config(&self, request: Request<ConfigRequest>) -> Result<Response<ConfigResponse>, Status> {
        let request = self.hear(request, |_| Call::Config);
        self.fails()?;
        Ok(Response::new(ConfigResponse {
            session_id: request.session_id,
            server_side_session_id: self.server_side_session_id(),
            pairs: vec![KeyValue { key: "key".into(), value: Some(self.script().value.unwrap_or("value").into()) }],
            warnings: vec![],
        }))
    }

    async fn interrupt(&self, request: Request<InterruptRequest>) -> Result<Response<InterruptResponse>, Status> {
        let request = self.hear(request, |_| Call::Interrupt);
        self.fails()?;
        Ok(Response::new(InterruptResponse {
            session_id: request.session_id,
            server_side_session_id: self.server_side_session_id(),
            interrupted_ids: vec![],
        }))
    }

    async fn fetch_error_details(
        &self,
        request: Request<FetchErrorDetailsRequest>,
    ) -> Result<Response<FetchErrorDetailsResponse>, Status> {
        self.hear(request, |_| Call::FetchErrorDetails);
        let details = self.script().details.take();
        details.map(Response::new).ok_or_else(|| Status::internal("an error about an error"))
    }

    async fn clone_session(
        &self,
        request: Request<CloneSessionRequest>,
    ) -> Result<Response<CloneSessionResponse>, Status> {
        let request = self.hear(request, |_| Call::CloneSession);
        self.fails()?;
        Ok(Response::new(CloneSessionResponse {
            session_id: request.session_id,
            server_side_session_id: self.server_side_session_id(),
            new_session_id: request.new_session_id.unwrap_or_default(),
            new_server_side_session_id: "copy".into(),
        }))
    }

    async fn get_status(&self, request: Request<GetStatusRequest>) -> Result<Response<GetStatusResponse>, Status> {
        let request = self.hear(request, |_| Call::GetStatus);
        let state = self.script().state.ok_or_else(|| Status::unimplemented(""))?;
        let ids = request.operation_status.unwrap_or_default().operation_ids;
        let status = |operation_id| OperationStatus { operation_id, state: state.into(), extensions: vec![] };
        Ok(Response::new(GetStatusResponse {
            session_id: request.session_id,
            server_side_session_id: self.server_side_session_id(),
            operation_statuses: ids.into_iter().map(status).collect(),
            extensions: vec![],
        }))
    }

    async fn analyze_plan(&self, _: Request<AnalyzePlanRequest>) -> Result<Response<AnalyzePlanResponse>, Status> {
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
}
