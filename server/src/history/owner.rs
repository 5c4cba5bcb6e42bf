//! The name under which the rows of whoever asks are stored: everybody sees their own.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};

use super::{History, owner};
use crate::http::{ApiError, Caller};

/// See the module's sentence.
pub(crate) struct Owner(pub String);

impl FromRequestParts<Arc<History>> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, history: &Arc<History>) -> Result<Self, ApiError> {
        let Caller(whose) = Caller::from_request_parts(parts, history).await?;
        Ok(Self(owner(&whose)))
    }
}
