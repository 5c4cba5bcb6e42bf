//! One Spark session: what every request of it carries, and what every answer must.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use connect_proto::connect::{CloneSessionRequest, FetchErrorDetailsRequest, ReleaseSessionRequest, UserContext};
use tokio::{sync::OnceCell, time::timeout};
use tonic::{Response, Status};
use uuid::Uuid;

use crate::{
    Client, ConnectError, ProtocolError, SparkError,
    client::Stub,
    error::{Cause, cause, said},
    retry::{CALLS, Ladder},
    telemetry::Call,
};

/// How long a call with one answer may take.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(60);
/// How long the last calls of a session may take. Nobody waits for their answers.
pub(crate) const RELEASE_TIMEOUT: Duration = Duration::from_secs(5);

const CLIENT_TYPE: &str = concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION"));

/// A Spark session. Clones are the same session.
#[derive(Clone, Debug)]
pub struct Session {
    inner: Arc<Inner>,
}

/// Why a call has no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    Status(Status),
    Timeout(Duration),
    /// After as many attempts as allowed.
    Unreachable {
        reason: String,
    },
}

#[derive(Debug)]
struct Inner {
    client: Client,
    session_id: String,
    user_id: String,
    /// Whether we made it. A session of somebody else is never released.
    own: bool,
    released: AtomicBool,
    /// The server's own id of the session. Another one means that this session is gone.
    observed: OnceCell<String>,
}

impl Session {
    /// The session that the address names, or a new one. The server makes it at the first call.
    ///
    /// `user_id` is a label, not a protection: it is used if the address names none.
    #[must_use]
    pub fn new(client: Client, user_id: &str) -> Self {
        let joined = client.address().session_id;
        let user_id = client.address().user_id.clone().unwrap_or_else(|| user_id.to_owned());
        let session_id = joined.unwrap_or_else(Uuid::new_v4);
        Self::with(client, session_id, user_id, joined.is_none())
    }

    /// A new session of exactly this user, whatever the address says. Where several people share a client, their
    /// identity decides.
    #[must_use]
    pub fn of_user(client: Client, user_id: &str) -> Self {
        Self::with(client, Uuid::new_v4(), user_id.to_owned(), true)
    }

    /// A session that somebody else made, for example to stop one operation of a notebook. It is never released. It
    /// must exist: the server makes a session that it does not know.
    #[must_use]
    pub fn joined(client: Client, session_id: Uuid, user_id: &str) -> Self {
        Self::with(client, session_id, user_id.to_owned(), false)
    }

    fn with(client: Client, session_id: Uuid, user_id: String, own: bool) -> Self {
        let session_id = session_id.to_string();
        let (released, observed) = (AtomicBool::new(false), OnceCell::new());
        Self { inner: Arc::new(Inner { client, session_id, user_id, own, released, observed }) }
    }

    #[must_use]
    pub fn session_id(&self) -> &str {
        &self.inner.session_id
    }

    #[must_use]
    pub fn user_id(&self) -> &str {
        &self.inner.user_id
    }

    /// A copy of another session of the same user: it has its temporary views, settings and functions, and changes
    /// nothing of it. Spark 4.1 and newer.
    ///
    /// # Errors
    /// [`ConnectError::SessionNotFound`] if the server has no such session of this user,
    /// [`ConnectError::Unsupported`] on Spark 4.0.
    pub async fn clone_of(client: Client, source: Uuid, user_id: &str) -> Result<Self, ConnectError> {
        let new_id = Uuid::new_v4();
        // Spark would make a session that it does not know, and the copy of that would be empty.
        let source = Self::existing(client.clone(), source, user_id).await?;
        let request = CloneSessionRequest {
            session_id: source.session_id().to_owned(),
            client_observed_server_side_session_id: source.observed(),
            user_context: source.user_context(),
            client_type: source.client_type(),
            new_session_id: Some(new_id.to_string()),
        };
        let answer = source
            .call("CloneSession", CALL_TIMEOUT, request, async |mut stub, request| stub.clone_session(request).await)
            .await?;
        let copy = Self::with(client, new_id, user_id.to_owned(), true);
        copy.check(&answer.new_session_id, &answer.new_server_side_session_id)?;
        Ok(copy)
    }

    /// Ends the session on the server with all its running statements. Nothing happens if it is somebody else's, or
    /// was released before.
    ///
    /// # Errors
    /// When the server cannot be told.
    pub async fn release(&self) -> Result<(), ConnectError> {
        if !self.inner.own || self.inner.released.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let request = ReleaseSessionRequest {
            session_id: self.session_id().to_owned(),
            user_context: self.user_context(),
            client_type: self.client_type(),
            allow_reconnect: false,
        };
        let released = self
            .last_call("ReleaseSession", None, request, async |mut stub, request| stub.release_session(request).await);
        match released.await {
            Ok(_) => Ok(()),
            Err(failure) => Err(self.failed(failure).await),
        }
    }

    /// One call with retries and a deadline; its errors have their details.
    pub(crate) async fn call<Q: Clone, A>(
        &self,
        rpc: &'static str,
        patience: Duration,
        message: Q,
        ask: impl AsyncFn(Stub, tonic::Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, ConnectError> {
        self.usable()?;
        match self.repeated(rpc, None, patience, message, ask).await {
            Ok(answer) => Ok(answer),
            Err(failure) => Err(self.failed(failure).await),
        }
    }

    /// A call that ends something on the server. It is repeated like any other, because what is not ended stays there,
    /// but nobody waits long for it.
    pub(crate) async fn last_call<Q: Clone, A>(
        &self,
        rpc: &'static str,
        operation_id: Option<&str>,
        message: Q,
        ask: impl AsyncFn(Stub, tonic::Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Failure> {
        let calls = self.repeated(rpc, operation_id, RELEASE_TIMEOUT, message, ask);
        timeout(RELEASE_TIMEOUT, calls).await.unwrap_or(Err(Failure::Timeout(RELEASE_TIMEOUT)))
    }

    async fn repeated<Q: Clone, A>(
        &self,
        rpc: &'static str,
        operation_id: Option<&str>,
        patience: Duration,
        message: Q,
        ask: impl AsyncFn(Stub, tonic::Request<Q>) -> Result<Response<A>, Status>,
    ) -> Result<A, Failure> {
        let mut ladder = Ladder::new(CALLS);
        loop {
            let request = self.inner.client.request(message.clone());
            let call = Call::begin(rpc, self.session_id(), operation_id, ladder.attempt().saturating_add(1));
            let answer = timeout(patience, ask(self.inner.client.stub(), request)).await;
            call.answered(&answer);
            let status = match answer {
                Ok(Ok(answer)) => return Ok(answer.into_inner()),
                Ok(Err(status)) => status,
                Err(_) => return Err(Failure::Timeout(patience)),
            };
            let Cause::Transient { server_asks, reason } = cause(&status) else { return Err(Failure::Status(status)) };
            let Some(pause) = ladder.next(server_asks) else { return Err(Failure::Unreachable { reason }) };
            let (attempt, status) = (ladder.attempt(), status.code());
            tracing::debug!(rpc, session.id = self.session_id(), attempt, ?status, ?pause, "Repeating a call");
            tokio::time::sleep(pause).await;
        }
    }

    async fn failed(&self, failure: Failure) -> ConnectError {
        match failure {
            Failure::Status(status) => self.error(status).await,
            Failure::Timeout(after) => ConnectError::Timeout(after),
            Failure::Unreachable { reason } => ConnectError::Unreachable { reason },
        }
    }

    /// The error that a status means, with what the server tells about it. It tells each only once, so this asks once.
    pub(crate) async fn error(&self, status: Status) -> ConnectError {
        match cause(&status) {
            Cause::Final(ConnectError::Spark(mut error)) => {
                self.complete(&mut error).await;
                ConnectError::Spark(error)
            }
            Cause::Final(error) => error,
            Cause::Transient { reason, .. } => ConnectError::Unreachable { reason },
            Cause::UnknownSession => ConnectError::SessionChanged,
            Cause::Disconnected | Cause::UnknownOperation => {
                ConnectError::Status { code: status.code(), message: said(&status) }
            }
        }
    }

    async fn complete(&self, error: &mut SparkError) {
        let Some(error_id) = error.error_id.take() else { return };
        let request = FetchErrorDetailsRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            error_id,
            client_type: self.client_type(),
        };
        let request = self.inner.client.request(request);
        let call = Call::begin("FetchErrorDetails", self.session_id(), None, 1);
        let answer = timeout(RELEASE_TIMEOUT, self.inner.client.stub().fetch_error_details(request)).await;
        call.answered(&answer);
        // If the server tells nothing more, what the status said is still an answer.
        if let Ok(Ok(answer)) = answer {
            error.complete(answer.get_ref());
        }
    }

    pub(crate) fn is_own(&self) -> bool {
        self.inner.own
    }

    pub(crate) fn usable(&self) -> Result<(), ConnectError> {
        if self.inner.released.load(Ordering::Acquire) { Err(ConnectError::SessionReleased) } else { Ok(()) }
    }

    /// Checks whose answer it is.
    pub(crate) fn check(&self, session_id: &str, server_side_session_id: &str) -> Result<(), ConnectError> {
        if session_id != self.inner.session_id {
            return Err(ProtocolError::ForeignSession.into());
        }
        if server_side_session_id.is_empty() {
            return Ok(());
        }
        // The first answer sets it. If two arrive at once, the other one is compared.
        let _ = self.inner.observed.set(server_side_session_id.to_owned());
        if self.inner.observed.get().is_some_and(|observed| observed != server_side_session_id) {
            return Err(ConnectError::SessionChanged);
        }
        Ok(())
    }

    pub(crate) fn client(&self) -> &Client {
        &self.inner.client
    }

    pub(crate) fn observed(&self) -> Option<String> {
        self.inner.observed.get().cloned()
    }

    pub(crate) fn user_context(&self) -> Option<UserContext> {
        Some(UserContext { user_id: self.inner.user_id.clone(), ..UserContext::default() })
    }

    pub(crate) fn client_type(&self) -> Option<String> {
        Some(self.inner.client.address().user_agent.clone().unwrap_or_else(|| CLIENT_TYPE.to_owned()))
    }
}
