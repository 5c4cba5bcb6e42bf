//! Who sends a request, decided by identity and never by the request's body.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use monitor::{Whose, cached::Retry};

use super::Sql;
use crate::http::{ApiError, Session};

/// The sender of a request.
pub(crate) struct Caller(pub Whose);

impl FromRequestParts<Arc<Sql>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sql: &Arc<Sql>) -> Result<Self, ApiError> {
        Ok(Self(sql.callers.whose(&Session::of_parts(parts), Retry::Usual).await?))
    }
}
