//! Who asks, decided by identity: everybody sees what is stored under their own name.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use monitor::cached::Retry;

use super::{History, owner};
use crate::http::{ApiError, Session};

/// The name under which the rows of whoever asks are stored.
pub(crate) struct Owner(pub String);

impl FromRequestParts<Arc<History>> for Owner {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, history: &Arc<History>) -> Result<Self, ApiError> {
        let whose = history.callers.whose(&Session::of_parts(parts), Retry::Usual).await?;
        Ok(Self(owner(&whose)))
    }
}
