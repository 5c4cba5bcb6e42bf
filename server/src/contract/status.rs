//! `status`: the cluster manager's answer, passed through.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{ClusterManager, Error, cached::Retry};
use wire::ErrorBody;

use crate::http::{ApiError, Session, Sessions, passthrough};

/// The cluster manager's `/clusters`, byte for byte.
#[utoipa::path(get, path = "/status", tag = "drop-in", responses(
    (status = 200, description = "The deployments of master and workers in the cluster manager's own format", content_type = "application/json"),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_status(
    State(cluster_manager): State<Option<Arc<ClusterManager>>>,
    State(sessions): State<Arc<Sessions>>,
    session: Session,
) -> Result<Response, ApiError> {
    let cluster_manager = cluster_manager.ok_or(Error::NoClusterManager)?;
    let good = cluster_manager.fresh(sessions.token(&session)?, Retry::Soon).await?;
    Ok(passthrough::answer(&good.value.bytes))
}
