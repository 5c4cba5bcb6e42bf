//! The responses of one operation, in order and complete, even if streams end or connections break in between.

use std::{error::Error as _, time::Duration};

use connect_proto::connect::{
    ExecutePlanRequest, ExecutePlanResponse, Plan, ReattachExecuteRequest, ReattachOptions, ReleaseExecuteRequest,
    ResultChunkingOptions,
    execute_plan_request::{RequestOption, request_option},
    execute_plan_response::ResponseType,
    release_execute_request::{Release, ReleaseAll},
};
use tonic::{Code, Status, Streaming};
use uuid::Uuid;

use crate::{
    ConnectError, LimitExceeded, Limits, Session,
    client::Stub,
    error::{Cause, cause, is_too_large, said},
    retry::{CALLS, Ladder, STREAMS},
    telemetry::Call,
};

/// The size of a chunk that we ask for. Without it the server's chunks are larger than any limit of ours.
const CHUNK_BYTES: i64 = 256 << 10;
/// What a message may contain besides its Arrow data, and by how much a batch of a server without chunks may exceed
/// the limit.
const MESSAGE_SLACK: usize = 8 << 20;
/// How long a stream may be silent. Spark tells its progress every two seconds and ends each stream after two minutes.
const MAX_SILENCE: Duration = Duration::from_secs(180);

/// One operation on the server. The server keeps it, running, for minutes after we have gone, so it is released at
/// each end: when it is complete, fails, or is dropped.
#[derive(Debug)]
pub(crate) struct Responses {
    session: Session,
    request: ExecutePlanRequest,
    max_bytes: u64,
    /// Whether it changes nothing, so that it may be sent again if the server never got it.
    is_query: bool,
    stream: Option<(Streaming<ExecutePlanResponse>, Call)>,
    /// Whether the server may know the operation.
    sent: bool,
    last_response_id: Option<String>,
    ladder: Ladder,
    /// The pauses while no server is there at all. They end soon, because nothing is lost yet.
    connecting: Ladder,
    ended: bool,
}

impl Responses {
    pub(crate) fn new(session: &Session, plan: Plan, tags: Vec<String>, limits: Limits, is_query: bool) -> Self {
        let reattach = ReattachOptions { reattachable: true };
        let chunking =
            ResultChunkingOptions { allow_arrow_batch_chunking: true, preferred_arrow_chunk_size: Some(CHUNK_BYTES) };
        let options = [
            request_option::RequestOption::ReattachOptions(reattach),
            request_option::RequestOption::ResultChunkingOptions(chunking),
        ];
        let request = ExecutePlanRequest {
            session_id: session.session_id().to_owned(),
            client_observed_server_side_session_id: None,
            user_context: session.user_context(),
            operation_id: Some(Uuid::new_v4().to_string()),
            plan: Some(plan),
            client_type: session.client_type(),
            request_options: options.map(|option| RequestOption { request_option: Some(option) }).into(),
            tags,
        };
        Self {
            session: session.clone(),
            request,
            max_bytes: limits.max_bytes,
            is_query,
            stream: None,
            sent: false,
            last_response_id: None,
            ladder: Ladder::new(STREAMS),
            connecting: Ladder::new(CALLS),
            ended: false,
        }
    }

    pub(crate) fn operation_id(&self) -> &str {
        self.request.operation_id()
    }

    /// The next response, or `None` when the result is complete. A dropped future loses nothing: the next call
    /// continues after the last response.
    pub(crate) async fn next(&mut self) -> Result<Option<ExecutePlanResponse>, ConnectError> {
        while !self.ended {
            self.session.usable()?;
            match self.receive().await {
                Ok(Some(response)) => {
                    if let Err(error) = self.session.check(&response.session_id, &response.server_side_session_id) {
                        self.close().await;
                        return Err(error);
                    }
                    self.ladder.reset();
                    self.last_response_id = Some(response.response_id.clone());
                    if !matches!(response.response_type, Some(ResponseType::ResultComplete(_))) {
                        return Ok(Some(response));
                    }
                    self.end_stream(Code::Ok);
                    self.close().await;
                }
                // Without a ResultComplete this is not the end: Spark ends each stream after a while.
                Ok(None) => self.resume(None, "the stream ended early".to_owned()).await?,
                Err(status) => self.recover(status).await?,
            }
        }
        Ok(None)
    }

    /// Stops and forgets the operation on the server.
    pub(crate) async fn close(&mut self) {
        if let Some(release) = self.end() {
            release.await;
        }
    }

    async fn receive(&mut self) -> Result<Option<ExecutePlanResponse>, Status> {
        let silent = || Status::deadline_exceeded("the stream was silent for too long");
        let next = async {
            let (stream, call) = match &mut self.stream {
                Some(open) => open,
                None => {
                    let open = self.open().await?;
                    self.stream.insert(open)
                }
            };
            let response = stream.message().await?;
            if let Some(response) = &response {
                call.received(response);
            }
            Ok(response)
        };
        let received = tokio::time::timeout(MAX_SILENCE, next).await.unwrap_or_else(|_| Err(silent()));
        match &received {
            Ok(Some(_)) => {}
            Ok(None) => self.end_stream(Code::Ok),
            Err(status) => self.end_stream(status.code()),
        }
        received
    }

    /// Begins the operation, or attaches to it again.
    async fn open(&mut self) -> Result<(Streaming<ExecutePlanResponse>, Call), Status> {
        let rpc = if self.sent { "ReattachExecute" } else { "ExecutePlan" };
        let attempt = self.ladder.attempt().saturating_add(self.connecting.attempt()).saturating_add(1);
        let call = Call::begin(rpc, self.session.session_id(), Some(self.operation_id()), attempt);
        let opened = if self.sent { self.reattach().await } else { self.execute().await };
        match opened {
            Ok(stream) => Ok((stream, call)),
            Err(status) => {
                call.end(status.code());
                Err(status)
            }
        }
    }

    fn end_stream(&mut self, status: Code) {
        if let Some((_, call)) = self.stream.take() {
            call.end(status);
        }
    }

    async fn execute(&mut self) -> Result<Streaming<ExecutePlanResponse>, Status> {
        // A dropped future may have sent it.
        self.sent = true;
        self.request.client_observed_server_side_session_id = self.session.observed();
        let request = self.session.client().request(self.request.clone());
        let opened = self.stub().execute_plan(request).await;
        self.sent = !opened.as_ref().is_err_and(was_never_sent);
        Ok(opened?.into_inner())
    }

    async fn reattach(&self) -> Result<Streaming<ExecutePlanResponse>, Status> {
        let request = ReattachExecuteRequest {
            session_id: self.session.session_id().to_owned(),
            client_observed_server_side_session_id: self.session.observed(),
            user_context: self.session.user_context(),
            operation_id: self.operation_id().to_owned(),
            client_type: self.session.client_type(),
            last_response_id: self.last_response_id.clone(),
        };
        let request = self.session.client().request(request);
        Ok(self.stub().reattach_execute(request).await?.into_inner())
    }

    fn stub(&self) -> Stub {
        let most = usize::try_from(self.max_bytes).unwrap_or(usize::MAX).saturating_add(MESSAGE_SLACK);
        self.session.client().stub().max_decoding_message_size(most)
    }

    /// Prepares the next attempt, or gives up.
    async fn recover(&mut self, status: Status) -> Result<(), ConnectError> {
        if is_too_large(&status) {
            self.close().await;
            return Err(LimitExceeded::bytes(self.max_bytes, None).into());
        }
        let cause = match cause(&status) {
            // Attached to again: not even the session's first call has arrived.
            Cause::UnknownSession if self.session.observed().is_none() && self.ladder.attempt() > 0 => {
                Cause::UnknownOperation
            }
            cause => cause,
        };
        match cause {
            Cause::Transient { server_asks, reason } => {
                if !self.sent {
                    let pause = self.connecting.next(server_asks);
                    return self.resume_after(pause, reason).await;
                }
                self.resume(server_asks, reason).await
            }
            Cause::Disconnected => self.resume(None, "the server closed the stream".to_owned()).await,
            // The server never got it, or forgot it. A command must not run twice.
            Cause::UnknownOperation if self.last_response_id.is_none() && self.is_query => {
                self.sent = false;
                self.resume(None, "the server does not know the operation".to_owned()).await
            }
            Cause::UnknownOperation => {
                self.close().await;
                Err(ConnectError::Status { code: status.code(), message: said(&status) })
            }
            Cause::UnknownSession | Cause::Final(_) => {
                let error = self.session.error(status).await;
                self.close().await;
                Err(error)
            }
        }
    }

    async fn resume(&mut self, server_asks: Option<Duration>, reason: String) -> Result<(), ConnectError> {
        let pause = self.ladder.next(server_asks);
        self.resume_after(pause, reason).await
    }

    async fn resume_after(&mut self, pause: Option<Duration>, reason: String) -> Result<(), ConnectError> {
        self.stream = None;
        let Some(pause) = pause else {
            self.close().await;
            return Err(ConnectError::Unreachable { reason });
        };
        let attempt = self.ladder.attempt();
        tracing::debug!(operation.id = self.operation_id(), attempt, ?pause, "Resuming a Spark operation");
        tokio::time::sleep(pause).await;
        Ok(())
    }

    /// Ends it here; returns the call that ends it on the server, unless nothing is there to end.
    fn end(&mut self) -> Option<impl Future<Output = ()> + Send + 'static> {
        self.stream = None;
        if std::mem::replace(&mut self.ended, true) || !self.sent {
            return None;
        }
        let request = ReleaseExecuteRequest {
            session_id: self.session.session_id().to_owned(),
            client_observed_server_side_session_id: self.session.observed(),
            user_context: self.session.user_context(),
            operation_id: self.operation_id().to_owned(),
            client_type: self.session.client_type(),
            release: Some(Release::ReleaseAll(ReleaseAll {})),
        };
        let (session, operation_id) = (self.session.clone(), self.operation_id().to_owned());
        Some(async move {
            let ask = async |mut stub: Stub, request| stub.release_execute(request).await;
            // The server may have forgotten the operation or be gone, and then there is nothing left to release.
            let _ = session.last_call("ReleaseExecute", Some(&operation_id), request, ask).await;
        })
    }
}

impl Drop for Responses {
    fn drop(&mut self) {
        let Some(release) = self.end() else { return };
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(release);
        }
    }
}

/// Whether no server was there to take the request: its name is unknown, it refuses connections or lets them wait, or
/// its certificate is not trusted.
fn was_never_sent(status: &Status) -> bool {
    let mut source = status.source();
    while let Some(error) = source {
        if error.is::<tonic::ConnectError>() {
            return true;
        }
        source = error.source();
    }
    false
}
