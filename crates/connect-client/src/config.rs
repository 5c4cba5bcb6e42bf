//! A session's configuration.

use connect_proto::connect::{ConfigRequest, KeyValue, config_request as ask, config_request::operation::OpType};

use crate::{ConnectError, ProtocolError, Session, session::CALL_TIMEOUT};

impl Session {
    /// The value of a key.
    ///
    /// # Errors
    /// Spark's `SQL_CONF_NOT_FOUND` when it neither is set nor has a default.
    pub async fn config(&self, key: &str) -> Result<String, ConnectError> {
        let pairs = self.configure(OpType::Get(ask::Get { keys: vec![key.to_owned()] })).await?;
        let value = pairs.into_iter().next().and_then(|pair| pair.value);
        value.ok_or_else(|| ProtocolError::Missing("the key's value").into())
    }

    /// The value of a key, or `None` when it neither is set nor has a default.
    ///
    /// # Errors
    /// When the call fails.
    pub async fn config_option(&self, key: &str) -> Result<Option<String>, ConnectError> {
        let pairs = self.configure(OpType::GetOption(ask::GetOption { keys: vec![key.to_owned()] })).await?;
        Ok(pairs.into_iter().next().and_then(|pair| pair.value))
    }

    /// Sets a key for this session.
    ///
    /// # Errors
    /// Spark's, for example when the key cannot be changed at run time.
    pub async fn set_config(&self, key: &str, value: &str) -> Result<(), ConnectError> {
        let pair = KeyValue { key: key.to_owned(), value: Some(value.to_owned()) };
        self.configure(OpType::Set(ask::Set { pairs: vec![pair], silent: None })).await.map(|_| ())
    }

    /// Returns a key to its default.
    ///
    /// # Errors
    /// Spark's.
    pub async fn unset_config(&self, key: &str) -> Result<(), ConnectError> {
        self.configure(OpType::Unset(ask::Unset { keys: vec![key.to_owned()] })).await.map(|_| ())
    }

    async fn configure(&self, operation: OpType) -> Result<Vec<KeyValue>, ConnectError> {
        let request = ConfigRequest {
            session_id: self.session_id().to_owned(),
            client_observed_server_side_session_id: self.observed(),
            user_context: self.user_context(),
            operation: Some(ask::Operation { op_type: Some(operation) }),
            client_type: self.client_type(),
        };
        let answer =
            self.call("Config", CALL_TIMEOUT, request, async |mut stub, request| stub.config(request).await).await?;
        self.check(&answer.session_id, &answer.server_side_session_id)?;
        Ok(answer.pairs)
    }
}
