//! What all handlers share: the configuration, one client and one cache per thing that is asked for.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};

use crate::{
    apps::DriverClocks,
    cache::{CacheLimits, Cached},
    config::{Config, Limits, Site},
    error::ApiError,
    executors::ExecutorsSeen,
    history::Histories,
    panel::Renderings,
    queries::{ListsOperations, QueriesSeen},
    session::{Sessions, TokenKey, TokenKeys, Whose},
    stages::StageDigest,
    tasks::Tasks,
    words::say,
};
use upstream::{
    Client, Connections, PlaceLimits, Places, Timeouts, Upstream,
    client::ClientSettings,
    client_config,
    cluster_manager::ClusterStatus,
    descriptors::Descriptors,
    discovery::{DriverApi, Found, PAGE_LIMIT},
    driver::ApplicationRow,
    driver_hosts::DriverHosts,
    master::MasterAnswer,
    rows::FirstRows,
    secret_header,
};

/// Shared by all requests; cheap to clone, for each of them does more than once.
#[derive(Clone, Debug)]
pub struct AppState(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// The monitor, or the reason why it cannot work.
    monitor: Result<Arc<Monitor>, String>,
    sidecar_token: Option<SecretString>,
}

/// One application of one user: names a driver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct DriverKey {
    pub whose: Whose,
    pub app_id: String,
}

/// Everything that is needed to answer a question about Spark.
#[derive(Debug)]
pub struct Monitor {
    pub(crate) site: Site,
    pub(crate) limits: Limits,
    pub(crate) sessions: Sessions,
    pub(crate) cluster_manager: Client,
    pub(crate) master: Client,
    pub(crate) drivers: DriverApi,
    /// `SPARK_UI_TOKEN` as a header.
    pub(crate) ui_auth: Option<HeaderValue>,
    pub(crate) statuses: Cached<TokenKey, ClusterStatus>,
    pub(crate) masters: Cached<Whose, MasterAnswer>,
    pub(crate) applications: Cached<Whose, FirstRows<ApplicationRow>>,
    pub(crate) found: Cached<DriverKey, Found>,
    pub(crate) driver_clocks: DriverClocks,
    /// For `doctor`, which must not believe a way that was found long ago.
    pub(crate) just_found: Cached<DriverKey, Found>,
    pub(crate) executor_bytes: Cached<DriverKey, Bytes>,
    pub(crate) stage_bytes: Cached<DriverKey, Bytes>,
    pub(crate) executors: Cached<DriverKey, ExecutorsSeen>,
    pub(crate) stages: Cached<DriverKey, StageDigest>,
    pub(crate) active_stages: Cached<DriverKey, StageDigest>,
    pub(crate) lists_operations: Cached<DriverKey, ListsOperations>,
    pub(crate) queries: Cached<DriverKey, QueriesSeen>,
    pub(crate) histories: Histories,
    /// To all upstreams.
    pub(crate) connections: Connections,
    pub(crate) rendered: Renderings,
}

/// How long a way to a driver is remembered while it works.
const FOUND_LIFETIME: Duration = Duration::from_secs(600);

/// How long it is remembered which lists a driver has: it may not have had all of them while it started.
const LISTS_LIFETIME: Duration = Duration::from_secs(60);

/// Requests in flight while nothing is configured: each is answered at once.
const DEFAULT_REQUESTS: usize = 1024;

impl AppState {
    #[must_use]
    pub fn new(monitor: Monitor, sidecar_token: Option<SecretString>) -> Self {
        Self(Arc::new(Shared { monitor: Ok(Arc::new(monitor)), sidecar_token }))
    }

    /// Serves, but answers every question with `reason`.
    #[must_use]
    pub fn not_configured(reason: &str) -> Self {
        Self(Arc::new(Shared { monitor: Err(reason.to_owned()), sidecar_token: None }))
    }

    /// What a request on TCP must bring.
    pub(crate) fn sidecar_token(&self) -> Option<&SecretString> {
        self.0.sidecar_token.as_ref()
    }

    /// Requests in flight at once.
    #[must_use]
    pub fn max_requests(&self) -> usize {
        self.0.monitor.as_ref().map_or(DEFAULT_REQUESTS, |monitor| monitor.limits.max_requests)
    }

    /// Time for one request in all.
    #[must_use]
    pub fn request_timeout(&self) -> Duration {
        self.0.monitor.as_ref().map_or(Duration::MAX, |monitor| monitor.limits.request_timeout)
    }

    /// Closes connections that are not used, because file descriptors run short.
    pub fn close_idle_connections(&self) {
        if let Ok(monitor) = &self.0.monitor {
            monitor.connections.close_idle();
        }
    }

    /// # Errors
    /// 503 with the reason when the configuration cannot work.
    pub(crate) fn monitor(&self) -> Result<&Arc<Monitor>, ApiError> {
        self.0.monitor.as_ref().map_err(|reason| ApiError::not_configured(say!("The reason: %1.", reason)))
    }
}

impl Monitor {
    /// # Errors
    /// When TLS or randomness cannot be had, or a secret cannot stand in a header.
    pub fn new(config: Config, tasks: &Tasks, descriptors: Descriptors) -> anyhow::Result<Self> {
        let Config { site, limits, secrets, .. } = config;
        let timeouts = Timeouts { connect: limits.connect_timeout, call: limits.call_timeout };
        let connections = Connections::new(limits.max_idle_connections.min(descriptors.idle));
        let tls = client_config(&site.extra_roots)?;
        let place_limits = PlaceLimits {
            all: limits.max_upstream_calls.min(descriptors.calls),
            per_caller: limits.max_upstream_calls_per_user,
            wait: limits.queue_timeout,
        };
        let places = || Places::new(place_limits);
        let client = |upstream, places: &Places, use_proxy, hosts| {
            let (tls, connections, bounds) = (&tls, &connections, limits.bounds());
            Client::new(upstream, &ClientSettings { timeouts, places, bounds, tls, connections, use_proxy, hosts })
        };
        let ui_auth = secrets.spark_ui_token.as_ref();
        let ui_auth = ui_auth.map(|token| secret_header(&format!("Bearer {}", token.expose_secret()))).transpose()?;
        let master = client(Upstream::Master, &places(), false, None);
        let driver_places = places();
        let hosts = DriverHosts::new(&site.driver_hosts);
        let drivers = DriverApi {
            configured: client(Upstream::Driver, &driver_places, false, None),
            linked: client(Upstream::Driver, &driver_places, false, Some(hosts.clone())),
            master: master.clone(),
            hosts,
            auth: ui_auth.clone(),
            hop_timeout: timeouts.call / 2,
            page_limit: PAGE_LIMIT.min(limits.max_body_bytes),
        };
        let sessions = Sessions {
            mode: site.identity.clone(),
            login_service_is_guessed: site.login_service_is_guessed,
            refuses_changed_names: site.refuses_changed_names,
            auth2: client(Upstream::Auth2, &places(), true, None),
            auth2_url: site.auth2.clone(),
            users: Cached::new(
                CacheLimits {
                    denied_lifetime: Some(limits.rejected_token_lifetime),
                    ..cache_limits(&limits, Upstream::Auth2, Some("user"), limits.identity_lifetime)
                },
                tasks.clone(),
            ),
            keys: TokenKeys::new()?,
            mock: site.mock,
        };
        let cluster_manager = client(Upstream::ClusterManager, &places(), false, None);
        let of = |upstream, what, lifetime| cache_limits(&limits, upstream, Some(what), lifetime);
        let of_driver = |what, lifetime| of(Upstream::Driver, what, lifetime);
        Ok(Self {
            driver_clocks: DriverClocks::new(limits.cache_entries),
            histories: Histories::new(limits.cache_entries),
            rendered: Renderings::new(limits.cache_bytes),
            statuses: Cached::new(
                of(Upstream::ClusterManager, "cluster status", limits.status_lifetime),
                tasks.clone(),
            ),
            masters: Cached::new(of(Upstream::Master, "master state", limits.master_lifetime), tasks.clone()),
            applications: Cached::new(of_driver("applications", limits.master_lifetime), tasks.clone()),
            found: Cached::new(cache_limits(&limits, Upstream::Driver, None, FOUND_LIFETIME), tasks.clone()),
            just_found: Cached::new(
                cache_limits(&limits, Upstream::Driver, None, limits.executors_lifetime),
                tasks.clone(),
            ),
            executor_bytes: Cached::new(
                of_driver("executors, passed through", limits.executors_lifetime),
                tasks.clone(),
            ),
            stage_bytes: Cached::new(of_driver("stages, passed through", limits.stages_lifetime), tasks.clone()),
            executors: Cached::new(of_driver("executors", limits.executors_lifetime), tasks.clone()),
            stages: Cached::new(of_driver("stages", limits.stages_lifetime), tasks.clone()),
            active_stages: Cached::new(of_driver("active stages", limits.stages_lifetime), tasks.clone()),
            lists_operations: Cached::new(cache_limits(&limits, Upstream::Driver, None, LISTS_LIFETIME), tasks.clone()),
            queries: Cached::new(of_driver("queries", limits.stages_lifetime), tasks.clone()),
            site,
            limits,
            sessions,
            cluster_manager,
            master,
            drivers,
            ui_auth,
            connections,
        })
    }

    /// Largest body that a panel route reads, bytes: it keeps only what it shows.
    pub(crate) fn panel_body_limit(&self) -> u64 {
        self.limits.max_body_bytes.saturating_mul(8)
    }
}

fn cache_limits(
    limits: &Limits,
    upstream: Upstream,
    logged_as: Option<&'static str>,
    lifetime: Duration,
) -> CacheLimits {
    CacheLimits {
        logged_as,
        lifetime,
        failure_lifetime: limits.failure_lifetime,
        drop_in_failure_lifetime: limits.drop_in_failure_lifetime,
        denied_lifetime: None,
        patience: limits.patience(),
        upstream,
        entries: limits.cache_entries,
        bytes: limits.cache_bytes,
    }
}
