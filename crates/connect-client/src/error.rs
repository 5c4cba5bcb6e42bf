//! What can go wrong between us and Spark, told apart by cause and not by gRPC code.

use std::{error::Error as _, time::Duration};

use prost::Message;
use tonic::{Code, Status};

use crate::{AddressError, ArgumentError, LimitExceeded, SparkError, details};

/// Why a call or a result failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    #[error("{0}")]
    Address(#[from] AddressError),
    #[error("{0}")]
    Argument(#[from] ArgumentError),
    /// Spark itself reports an error of the statement.
    #[error("{}", .0.message)]
    Spark(Box<SparkError>),
    #[error("{0}")]
    Limit(#[from] LimitExceeded),
    /// Nobody answers, or the connection broke and could not be resumed.
    #[error("Spark Connect cannot be reached: {reason}")]
    Unreachable { reason: String },
    /// TLS failed: an unknown authority, another name, or no TLS at all.
    #[error("the certificate of the Spark Connect server cannot be trusted: {0}")]
    Certificate(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("Spark Connect refuses the token")]
    Refused,
    #[error("this version of Spark does not support that call")]
    Unsupported,
    /// Spark would have to run a part of the statement to explain it, or a text of the statement may look like a part of
    /// what Spark explains.
    #[error(
        "not explained: Spark may run the inner statement of EXECUTE IMMEDIATE, or what `${{…}}` stands for, or a text has `== ` in it as Spark's plans do"
    )]
    NotExplained,
    #[error("Spark Connect did not answer within {0:?}")]
    Timeout(Duration),
    /// The server was restarted or dropped the session, and with it temporary views and configuration.
    #[error("the Spark session was replaced by another one; its temporary views and settings are gone")]
    SessionChanged,
    #[error("the Spark session was released")]
    SessionReleased,
    /// Nobody made it, its user is another one, or it has ended.
    #[error("the server has no such session of the user {user_id}")]
    SessionNotFound { user_id: String },
    #[error("Spark Connect answers against its protocol: {0}")]
    Protocol(#[from] ProtocolError),
    /// Any other gRPC status.
    #[error("Spark Connect answers {code:?}: {message}")]
    Status { code: Code, message: String },
}

/// How an answer violates the protocol. Nothing of such a result is shown, because rows may be missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    #[error("chunk {got} of a batch arrived instead of chunk {expected}")]
    ChunkIndex { expected: i64, got: i64 },
    #[error("the chunks of one batch disagree about its rows, its offset or their number")]
    ChunkDiffers,
    #[error("a batch begins at row {got} instead of row {expected}")]
    Offset { expected: i64, got: i64 },
    #[error("a batch has {got} rows instead of {expected}")]
    RowCount { expected: i64, got: i64 },
    #[error("the result ended in the middle of a batch")]
    UnfinishedBatch,
    #[error("a batch cannot be decoded: {0}")]
    Arrow(String),
    #[error("the answer belongs to another session")]
    ForeignSession,
    #[error("the answer lacks {0}")]
    Missing(&'static str),
}

/// What to do about a failed call.
pub(crate) enum Cause {
    /// The same call may succeed soon.
    Transient {
        server_asks: Option<Duration>,
        reason: String,
    },
    /// The server closed the stream, and the operation goes on.
    Disconnected,
    /// The server does not know the operation, or no longer.
    UnknownOperation,
    /// The server does not know the session, or no longer.
    UnknownSession,
    Final(ConnectError),
}

/// Judges a status by its source first: tonic reports a lost connection as `Unknown`, and a bad certificate as
/// `Unavailable`.
pub(crate) fn cause(status: &Status) -> Cause {
    if let Some(certificate) = certificate_problem(status) {
        return Cause::Final(ConnectError::Certificate(certificate.into()));
    }
    let details = details::of_status(status);
    if let Some(error) = details.spark_error() {
        let class = error.error_class.as_deref().unwrap_or_default();
        return match class {
            "INVALID_CURSOR.DISCONNECTED" => Cause::Disconnected,
            "INVALID_HANDLE.OPERATION_NOT_FOUND" => Cause::UnknownOperation,
            "INVALID_HANDLE.SESSION_CHANGED" => Cause::Final(ConnectError::SessionChanged),
            "INVALID_HANDLE.SESSION_NOT_FOUND" => Cause::UnknownSession,
            "INVALID_HANDLE.SESSION_CLOSED" => Cause::Final(ConnectError::SessionReleased),
            _ => Cause::Final(ConnectError::Spark(Box::new(error))),
        };
    }
    let reason = || deepest_source(status).unwrap_or_else(|| said(status));
    // The second one for a call that waited for a connection that was lost.
    let lost = matches!(status.code(), Code::Unknown | Code::Cancelled) && status.source().is_some();
    match status.code() {
        Code::Unavailable => Cause::Transient { server_asks: details.retry_delay, reason: reason() },
        // Tonic and proxies use these for a stream that broke without a final status.
        _ if lost => Cause::Transient { server_asks: None, reason: reason() },
        Code::Internal if status.message().starts_with("h2 protocol error") => {
            Cause::Transient { server_asks: None, reason: reason() }
        }
        Code::DeadlineExceeded => Cause::Transient { server_asks: details.retry_delay, reason: reason() },
        Code::Unauthenticated | Code::PermissionDenied => Cause::Final(ConnectError::Refused),
        Code::Unimplemented => Cause::Final(ConnectError::Unsupported),
        code => Cause::Final(ConnectError::Status { code, message: said(status) }),
    }
}

/// The server's message, or what its code means.
pub(crate) fn said(status: &Status) -> String {
    if status.message().is_empty() { status.code().description() } else { status.message() }.to_owned()
}

/// Whether a message was larger than the client accepts. Tonic's decoder says so before it reads the message.
pub(crate) fn is_too_large(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status.message().contains("message length too large")
}

fn certificate_problem(status: &Status) -> Option<String> {
    let mut source = status.source();
    while let Some(error) = source {
        let text = error.to_string();
        if text.contains("invalid peer certificate") || text.contains("corrupt message of type InvalidContentType") {
            return Some(text);
        }
        source = error.source();
    }
    None
}

fn deepest_source(status: &Status) -> Option<String> {
    let mut source = status.source();
    let mut deepest = None;
    while let Some(error) = source {
        deepest = Some(error.to_string());
        source = error.source();
    }
    deepest
}

impl details::StatusDetails {
    /// The details of a status, or none if it has none that can be read.
    pub(crate) fn decode(bytes: &[u8]) -> Option<connect_proto::rpc::Status> {
        if bytes.is_empty() { None } else { connect_proto::rpc::Status::decode(bytes).ok() }
    }
}
