//! The state of the master's and workers' deployments, from the cluster manager if there is one.

use std::sync::Arc;

use upstream::{
    Client, Upstream, UpstreamError,
    cluster_manager::{self, ClusterStatus},
};
use url::Url;

use crate::{
    Failure, Good, Limits, Observed, Tasks, Token, TokenKey,
    cached::{Cached, Retry},
};

/// See the module's sentence.
#[derive(Debug)]
pub struct ClusterManager {
    client: Client,
    base: Url,
    max_body_bytes: u64,
    statuses: Cached<TokenKey, ClusterStatus>,
}

impl ClusterManager {
    #[must_use]
    pub fn new(client: Client, base: Url, limits: &Limits, tasks: &Tasks) -> Self {
        let of_statuses = limits.cache(Upstream::ClusterManager, Some("cluster status"), limits.status_lifetime);
        let statuses = Cached::new(of_statuses, tasks.clone());
        Self { client, base, max_body_bytes: limits.max_body_bytes, statuses }
    }

    /// The answer within its lifetime.
    ///
    /// # Errors
    /// The manager's failure.
    pub async fn fresh(
        &self,
        (key, token): (TokenKey, Arc<Token>),
        retry: Retry,
    ) -> Result<Good<ClusterStatus>, Failure> {
        self.statuses.fresh_for(retry, &key, |_| self.ask(key, token)).await
    }

    /// The answer, or the last good one if nothing newer is available.
    ///
    /// # Errors
    /// The manager's failure if there is no good answer.
    pub async fn last_good(
        &self,
        (key, token): (TokenKey, Arc<Token>),
        max_age: std::time::Duration,
    ) -> Result<Observed<Arc<ClusterStatus>>, Failure> {
        self.statuses.last_good(&key, max_age, |_| self.ask(key, token)).await
    }

    fn ask(
        &self,
        key: TokenKey,
        token: Arc<Token>,
    ) -> impl Future<Output = Result<ClusterStatus, UpstreamError>> + Send + use<> {
        let (client, base) = (self.client.on_behalf_of(&key.caller()), self.base.clone());
        let limit = self.max_body_bytes;
        async move { cluster_manager::status(&client, &base, &token.secret, limit).await }
    }
}
