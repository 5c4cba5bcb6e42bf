//! `cluster`: the Spark Master's answer, passed through.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{Applications, cached::Retry};
use wire::ErrorBody;

use crate::http::{ApiError, Session, Sessions, passthrough};

/// The master's `/json/`, byte for byte.
#[utoipa::path(get, path = "/cluster", tag = "drop-in", responses(
    (status = 200, description = "The master's state in its own format (memory in MiB)", content_type = "application/json"),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_cluster(
    State(applications): State<Arc<Applications>>,
    State(sessions): State<Arc<Sessions>>,
    session: Session,
) -> Result<Response, ApiError> {
    let masters = applications.masters()?;
    let whose = sessions.whose(&session, Retry::Soon).await?;
    let good = masters.fresh(&whose, Retry::Soon).await?;
    Ok(passthrough::answer(&good.value.bytes))
}
