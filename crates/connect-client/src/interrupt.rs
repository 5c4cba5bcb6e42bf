//! Stopping statements on the server, beside whatever else the session does.

use connect_proto::connect::{
    InterruptRequest,
    interrupt_request::{Interrupt, InterruptType},
};

use crate::{ConnectError, Session, session::CALL_TIMEOUT, statement::check_tag};

impl Session {
    /// Stops one operation of this session; returns the ids of what was stopped. An unknown id stops nothing.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn interrupt_operation(&self, operation_id: &str) -> Result<Vec<String>, ConnectError> {
        self.interrupt(InterruptType::OperationId, Some(Interrupt::OperationId(operation_id.to_owned()))).await
    }

    /// Stops all operations of this session with a tag.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn interrupt_tag(&self, tag: &str) -> Result<Vec<String>, ConnectError> {
        check_tag(tag)?;
        self.interrupt(InterruptType::Tag, Some(Interrupt::OperationTag(tag.to_owned()))).await
    }

    /// Stops all operations of this session.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn interrupt_all(&self) -> Result<Vec<String>, ConnectError> {
        self.interrupt(InterruptType::All, None).await
    }

    async fn interrupt(&self, kind: InterruptType, interrupt: Option<Interrupt>) -> Result<Vec<String>, ConnectError> {
        let request = InterruptRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            client_type: self.client_type(),
            interrupt_type: kind.into(),
            interrupt,
        };
        let answer = self
            .call("Interrupt", CALL_TIMEOUT, request, async |mut stub, request| stub.interrupt(request).await)
            .await?;
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        Ok(answer.interrupted_ids)
    }
}

/// Stops one [`Run`](crate::Run) from elsewhere. A run may consist of two operations, and both have its tag.
#[derive(Clone, Debug)]
pub struct Interrupter {
    pub(crate) session: Session,
    pub(crate) tag: String,
}

impl Interrupter {
    /// Stops it; returns the ids of the stopped operations, none if it had ended or not yet begun.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn interrupt(&self) -> Result<Vec<String>, ConnectError> {
        self.session.interrupt_tag(&self.tag).await
    }
}
