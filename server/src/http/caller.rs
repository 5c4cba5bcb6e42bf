//! Who sends a request, decided by identity and never by the request's body.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use monitor::{Whose, cached::Retry};

use crate::http::{ApiError, Session, Sessions};

/// The sender of a request.
pub(crate) struct Caller(pub Whose);

/// An area whose routes want to know who asks.
pub(crate) trait HasSessions {
    fn sessions(&self) -> &Sessions;
}

impl<A: HasSessions + Send + Sync> FromRequestParts<Arc<A>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, area: &Arc<A>) -> Result<Self, ApiError> {
        Ok(Self(area.sessions().whose(&Session::of_parts(parts), Retry::Usual).await?))
    }
}
