//! Finds a session that somebody else made, without making it.

use connect_proto::connect::{
    ReleaseExecuteRequest,
    release_execute_request::{Release, ReleaseAll},
};
use uuid::Uuid;

use crate::{Client, ConnectError, Session, session::CALL_TIMEOUT};

impl Session {
    /// A session that somebody else made, if the server has it for this user. It is never released.
    ///
    /// The server makes a session that it does not know at nearly every call. The release of an operation is an
    /// exception on all versions, and an operation with a new id does not exist, so that nothing is released.
    ///
    /// # Errors
    /// [`ConnectError::SessionNotFound`] if the server has no such session of this user.
    pub async fn existing(client: Client, session_id: Uuid, user_id: &str) -> Result<Self, ConnectError> {
        let session = Self::joined(client, session_id, user_id);
        let request = ReleaseExecuteRequest {
            session_id: session.session_id().to_owned(),
            client_observed_server_side_session_id: None,
            user_context: session.user_context(),
            operation_id: Uuid::new_v4().to_string(),
            client_type: session.client_type(),
            release: Some(Release::ReleaseAll(ReleaseAll {})),
        };
        let found = session
            .call("ReleaseExecute", CALL_TIMEOUT, request, async |mut stub, request| {
                stub.release_execute(request).await
            })
            .await;
        match found {
            Ok(answer) => session.check(&answer.session_id, &answer.server_side_session_id).map(|()| session),
            Err(ConnectError::SessionChanged | ConnectError::SessionReleased) => {
                Err(ConnectError::SessionNotFound { user_id: user_id.to_owned() })
            }
            Err(error) => Err(error),
        }
    }
}
