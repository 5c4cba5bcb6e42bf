//! The JSON body of a request that writes.

use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
};
use serde::de::DeserializeOwned;

use crate::http::ApiError;

/// A body that was read as JSON; no body is an empty object. `same_site` has checked its content type.
pub(crate) struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let body = Bytes::from_request(request, state).await.map_err(|_| ApiError::broken_body())?;
        let body = if body.is_empty() { &b"{}"[..] } else { &body };
        let mut reader = serde_json::Deserializer::from_slice(body);
        let read = serde_path_to_error::deserialize(&mut reader);
        let value = read.map_err(|error| ApiError::bad_json(&error.to_string()))?;
        reader.end().map_err(|error| ApiError::bad_json(&error.to_string()))?;
        Ok(Self(value))
    }
}
