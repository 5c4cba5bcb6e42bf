//! Who sends a request, decided by identity and never by the request's body; and what is theirs.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use monitor::{Whose, cached::Retry};

use super::{Sql, errors, statement::Statement};
use crate::http::{ApiError, Session};

/// The sender of a request.
pub(crate) struct Caller(pub Whose);

/// The sender's statement that the path names.
pub(crate) struct Mine(pub(super) Arc<Statement>);

impl FromRequestParts<Arc<Sql>> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sql: &Arc<Sql>) -> Result<Self, ApiError> {
        Ok(Self(sql.callers.whose(&Session::of_parts(parts), Retry::Usual).await?))
    }
}

impl FromRequestParts<Arc<Sql>> for Mine {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sql: &Arc<Sql>) -> Result<Self, ApiError> {
        let Caller(whose) = Caller::from_request_parts(parts, sql).await?;
        let id = Path::<String>::from_request_parts(parts, sql).await;
        let statement = id.ok().and_then(|Path(id)| sql.statements.get(&whose, &id));
        statement.map(Self).ok_or_else(errors::unknown_statement)
    }
}
