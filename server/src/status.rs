//! `status`: the cluster manager's own words, passed through.

use axum::{extract::State, response::Response};
use wire::ErrorBody;

use crate::{
    cache::{Good, Route, Seen},
    error::ApiError,
    panel::Poll,
    passthrough,
    session::{Session, TokenKey},
    state::{AppState, Monitor},
    words::say,
};
use upstream::{
    UpstreamError,
    cluster_manager::{self, ClusterStatus},
};

/// The cluster manager's `/clusters`, byte for byte.
#[utoipa::path(get, path = "/status", responses(
    (status = 200, description = "Deployments of master and workers, as the cluster manager tells them", content_type = "application/json"),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_status(State(state): State<AppState>, session: Session) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    let Some(fetch) = StatusFetch::of(monitor) else {
        return Err(ApiError::not_configured(say!("No cluster manager is set (SPARK_CLUSTER_MANAGER_API_URL).")));
    };
    let good = fetch.fresh(monitor, Route::DropIn, &session).await?;
    Ok(passthrough::answer(&good.value.bytes))
}

/// Asks the cluster manager, where there is one.
pub(crate) struct StatusFetch {
    base: url::Url,
}

impl StatusFetch {
    pub fn of(monitor: &Monitor) -> Option<Self> {
        monitor.site.cluster_manager.clone().map(|base| Self { base })
    }

    /// The answer within its lifetime.
    pub async fn fresh(
        &self,
        monitor: &Monitor,
        route: Route,
        session: &Session,
    ) -> Result<Good<ClusterStatus>, ApiError> {
        let (key, fetch) = self.prepare(monitor, session)?;
        Ok(monitor.statuses.fresh_for(route, &key, |_| fetch).await?)
    }

    /// The answer, the last good one where there is nothing newer.
    pub async fn last_good(&self, monitor: &Monitor, poll: &Poll) -> Result<Seen<ClusterStatus>, ApiError> {
        let (key, fetch) = self.prepare(monitor, &poll.session)?;
        Ok(monitor.statuses.last_good(&key, poll.max_age, |_| fetch).await?)
    }

    fn prepare(
        &self,
        monitor: &Monitor,
        session: &Session,
    ) -> Result<(TokenKey, impl Future<Output = Result<ClusterStatus, UpstreamError>> + Send + use<>), ApiError> {
        let (key, token) = monitor.sessions.token(session)?;
        let (client, base) = (monitor.cluster_manager.on_behalf_of(&key.caller()), self.base.clone());
        let limit = monitor.limits.max_body_bytes;
        Ok((key, async move { cluster_manager::status(&client, &base, &token.secret, limit).await }))
    }
}
