//! Whether an operation still runs, as the server says it, without reading its responses.

use connect_proto::connect::{
    GetStatusRequest, get_status_request::OperationStatusRequest, get_status_response::operation_status,
};

use crate::{ConnectError, ProtocolError, Session, session::CALL_TIMEOUT};

/// What the server says about one operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperationState {
    /// The server has no such operation in this session, or has forgotten it.
    Unknown,
    Running,
    /// It was stopped or has failed, and its end is being prepared.
    Terminating,
    Succeeded,
    Failed,
    Canceled,
}

impl OperationState {
    /// Whether it may still use the cluster.
    #[must_use]
    pub fn runs(self) -> bool {
        matches!(self, Self::Running | Self::Terminating)
    }
}

impl Session {
    /// The state of an operation of this session, or `None` if the server cannot tell, as Spark 4.0.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn operation_state(&self, operation_id: &str) -> Result<Option<OperationState>, ConnectError> {
        let operation_ids = vec![operation_id.to_owned()];
        let request = GetStatusRequest {
            session_id: self.session_id().to_owned(),
            user_context: self.user_context(),
            client_type: self.client_type(),
            client_observed_server_side_session_id: self.observed(),
            operation_status: Some(OperationStatusRequest { operation_ids, extensions: Vec::new() }),
            extensions: Vec::new(),
        };
        let answer = self
            .call("GetStatus", CALL_TIMEOUT, request, async |mut stub, request| stub.get_status(request).await)
            .await;
        let answer = match answer {
            Err(ConnectError::Unsupported) => return Ok(None),
            answer => answer?,
        };
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        let found = answer.operation_statuses.iter().find(|status| status.operation_id == operation_id);
        let found = found.ok_or(ProtocolError::Missing("the operation's state"))?;
        Ok(Some(match found.state() {
            operation_status::OperationState::Running => OperationState::Running,
            operation_status::OperationState::Terminating => OperationState::Terminating,
            operation_status::OperationState::Succeeded => OperationState::Succeeded,
            operation_status::OperationState::Failed => OperationState::Failed,
            operation_status::OperationState::Cancelled => OperationState::Canceled,
            operation_status::OperationState::Unspecified | operation_status::OperationState::Unknown => {
                OperationState::Unknown
            }
        }))
    }
}
