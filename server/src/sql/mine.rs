//! The caller's statement that a path names.

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};

use super::{Sql, errors, statement::Statement};
use crate::http::{ApiError, Caller};

/// See the module's sentence.
pub(crate) struct Mine(pub(super) Arc<Statement>);

impl FromRequestParts<Arc<Sql>> for Mine {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, sql: &Arc<Sql>) -> Result<Self, ApiError> {
        let Caller(whose) = Caller::from_request_parts(parts, sql).await?;
        let id = Path::<String>::from_request_parts(parts, sql).await;
        let statement = id.ok().and_then(|Path(id)| sql.statements.get(&whose, &id));
        statement.map(Self).ok_or_else(errors::unknown_statement)
    }
}
