//! Builds the parts of a monitor in order. Only this file and the router know all areas; a handler takes the parts that
//! it needs.

use std::{sync::Arc, time::Duration};

use axum::extract::FromRef;
use monitor::{
    AppEnvironment, AppExecutors, AppFindings, AppPlans, AppQueries, AppStages, AppStorage, Applications,
    ClusterManager, Drivers, HistoryServer, Identity, IdentityMode, Masters, Samples, Spark, Tasks, TokenKeys,
};
use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;
use upstream::{
    Client, Connections, PlaceLimits, Places, Timeouts, Upstream,
    client::ClientSettings,
    client_config,
    descriptors::Descriptors,
    discovery::{DriverApi, PAGE_LIMIT},
    driver_hosts::DriverHosts,
    secret_header,
};

#[cfg(feature = "sql")]
use crate::{assist::Assist, mcp, sql::Sql};
use crate::{
    audit::Audit,
    config::{Config, Limits, Secrets, Site},
    contract,
    export::{
        self, Exports,
        airflow::Airflow,
        git::Api,
        shipments::{Delivery, Standalone},
        standalone::Submissions,
    },
    history::{self, History},
    http::{
        Session, Sessions,
        middleware::{AreaBounds, Bounds},
    },
    panel::{Links, OfSite, Panel, Rates, doctor::Hops},
};

/// How long Spark's history server may take, within what a request of the history may.
const LONGEST_REPLAY: Duration = Duration::from_secs(20);

/// The areas with limits of their own.
const AREAS: &[AreaBounds] = &[
    export::BOUNDS,
    contract::pipelines::BOUNDS,
    history::BOUNDS,
    #[cfg(feature = "sql")]
    crate::sql::BOUNDS,
    #[cfg(feature = "sql")]
    crate::assist::BOUNDS,
    #[cfg(feature = "sql")]
    mcp::BOUNDS,
];

/// A monitor with a valid configuration. Cheap to clone, because each request clones it.
#[derive(Clone, Debug)]
pub struct App(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    limits: Limits,
    /// Connections to all upstreams.
    connections: Connections,
    sessions: Arc<Sessions>,
    cluster_manager: Option<Arc<ClusterManager>>,
    applications: Arc<Applications>,
    executors: Arc<AppExecutors>,
    stages: Arc<AppStages>,
    queries: Arc<AppQueries>,
    plans: Arc<AppPlans>,
    storage: Arc<AppStorage>,
    environment: Arc<AppEnvironment>,
    findings: Arc<AppFindings>,
    samples: Arc<Samples>,
    panel: Arc<Panel>,
    hops: Arc<Hops>,
    history: Option<Arc<History>>,
    exports: Option<Arc<Exports>>,
    #[cfg(feature = "sql")]
    sql: Option<Arc<Sql>>,
    #[cfg(feature = "sql")]
    assist: Option<Arc<Assist>>,
    /// Whether agents may ask.
    has_mcp: bool,
}

/// Lets handlers extract single parts of the app.
macro_rules! parts {
    ($($part:ident: $type:ty),+ $(,)?) => {$(
        impl FromRef<App> for $type {
            fn from_ref(app: &App) -> Self {
                app.0.$part.clone()
            }
        }
    )+};
}

parts! {
    sessions: Arc<Sessions>,
    cluster_manager: Option<Arc<ClusterManager>>,
    applications: Arc<Applications>,
    executors: Arc<AppExecutors>,
    stages: Arc<AppStages>,
    queries: Arc<AppQueries>,
    plans: Arc<AppPlans>,
    storage: Arc<AppStorage>,
    environment: Arc<AppEnvironment>,
    findings: Arc<AppFindings>,
    samples: Arc<Samples>,
    panel: Arc<Panel>,
    hops: Arc<Hops>,
}

impl App {
    /// # Errors
    /// When TLS or the system's randomness is not available, or a secret cannot be sent in a header.
    pub fn new(config: Config, tasks: &Tasks, descriptors: Descriptors) -> anyhow::Result<Self> {
        let Config { site, limits, secrets, .. } = config;
        let facts = limits.of_facts();
        let clients = Clients::new(&site, &limits, &secrets, descriptors)?;
        let of_auth2 = (clients.auth2, site.auth2.clone());
        let identity =
            Identity::new(site.identity, site.refuses_changed_names, of_auth2, TokenKeys::new()?, &facts, tasks);
        let login_service_is_guessed = site.login_service_is_guessed;
        let first = watch::Sender::new(None);
        let sessions = Arc::new(Sessions { identity, login_service_is_guessed, mock: site.mock, first });
        let cluster_manager = site.cluster_manager;
        let cluster_manager =
            cluster_manager.map(|url| ClusterManager::new(clients.cluster_manager, url, &facts, tasks));
        let cluster_manager = cluster_manager.map(Arc::new);
        let drivers = Arc::new(Drivers::new(clients.drivers, site.spark.driver().cloned(), &facts, tasks));
        let applications = Arc::new(match site.spark {
            Spark::Cluster { masters, .. } => {
                let masters = Masters::new(clients.master, masters, clients.ui_auth, &facts, tasks);
                Applications::of_masters(masters, drivers)
            }
            Spark::Driver(_) => Applications::of_driver(drivers, &facts, tasks),
            Spark::NotSet => Applications::of_nobody(drivers),
        });
        let executors = Arc::new(AppExecutors::new(&facts, tasks));
        let stages = Arc::new(AppStages::new(Arc::clone(&executors), &facts, tasks));
        let queries = AppQueries::new(Arc::clone(&stages), Arc::clone(&executors), &facts, tasks);
        let queries = Arc::new(queries);
        let storage = AppStorage::new(Arc::clone(&executors), &facts, tasks);
        let of_findings = (Arc::clone(&queries), Arc::clone(&executors));
        let findings = AppFindings::new(of_findings, site.muted, &facts, tasks);
        // On TCP several people may share this sidecar, and Spark takes whoever asks at their word.
        let is_shared = *sessions.identity.mode() == IdentityMode::Auth2 && secrets.sidecar_token.is_some();
        let history = site.history.filter(|_| !is_shared && applications.check_lister().is_ok()).map(|site| {
            let (applications, executors) = (Arc::clone(&applications), Arc::clone(&executors));
            let server = site.server.as_ref();
            let server = server.map(|server| HistoryServer::new(clients.history, server.url.clone(), &facts, tasks));
            let facts = history::Facts { applications, executors, queries: Arc::clone(&queries), server };
            History::new(site, Arc::clone(&sessions), facts)
        });
        let audit = Arc::new(Audit::new(site.state_folder.clone()));
        let exports = site.export.map(|export| {
            let standalone = site.standalone.zip(clients.submissions);
            let delivery = Delivery {
                git: site.git,
                api: clients.git,
                site: site.airflow,
                airflow: clients.airflow,
                standalone: standalone.map(|(site, submissions)| Standalone { site, submissions }),
            };
            let folder = site.state_folder.as_deref();
            Exports::new(export, Arc::clone(&sessions), Arc::clone(&audit), is_shared, delivery, folder, tasks)
        });
        let hops = Hops {
            sessions: Arc::clone(&sessions),
            cluster_manager: cluster_manager.clone(),
            applications: Arc::clone(&applications),
            patience: limits.patience(),
        };
        #[cfg(feature = "sql")]
        let connect_user = site.sql.as_ref().map(|site| site.user.clone());
        #[cfg(not(feature = "sql"))]
        let connect_user = None;
        #[cfg(feature = "sql")]
        let sql = site.sql.map(|site| {
            let facts = (Arc::clone(&applications), Arc::clone(&executors), Arc::clone(&stages));
            Sql::new(site, &limits.sql, Arc::clone(&sessions), Arc::clone(&audit), facts, !is_shared, tasks)
        });
        let has_mcp = cfg!(feature = "sql") && site.mcp;
        #[cfg(feature = "sql")]
        let assist = site.assist.map(|assist| {
            let kept = (audit, site.state_folder.clone());
            Assist::new(assist, has_mcp, Arc::clone(&sessions), sql.clone(), kept, tasks)
        });
        Ok(Self(Arc::new(Parts {
            history,
            exports,
            #[cfg(feature = "sql")]
            sql,
            #[cfg(feature = "sql")]
            assist,
            has_mcp,
            sessions,
            cluster_manager,
            applications,
            executors,
            stages,
            queries,
            plans: Arc::new(AppPlans::new(&facts, tasks)),
            storage: Arc::new(storage),
            environment: Arc::new(AppEnvironment::new(&facts, tasks)),
            findings: Arc::new(findings),
            samples: Arc::new(Samples::new(limits.cache_entries)),
            panel: Arc::new(Panel::new(
                Rates::new(&limits),
                limits.request_timeout / 10 * 8,
                OfSite {
                    demonstration: site.mock,
                    start_code: site.start_code,
                    links: Links::new(site.links),
                    connect_user: connect_user.filter(|_| !is_shared),
                },
                limits.cache_bytes,
            )),
            hops: Arc::new(hops),
            connections: clients.connections,
            limits,
        })))
    }

    /// Maximum number of requests in flight.
    #[must_use]
    pub fn max_requests(&self) -> usize {
        self.0.limits.max_requests
    }

    /// Starts what goes on without a request.
    pub fn begin(&self, tasks: &Tasks) {
        if let Some(history) = &self.0.history {
            history.begin(tasks);
        }
        if let Some(exports) = &self.0.exports {
            exports.begin();
        }
    }

    /// What is remembered, if anything is.
    pub(crate) fn history(&self) -> Option<Arc<History>> {
        self.0.history.clone()
    }

    /// What may be done with a notebook, if anything may.
    pub(crate) fn exports(&self) -> Option<Arc<Exports>> {
        self.0.exports.clone()
    }

    /// Closes idle connections to upstreams, because file descriptors run short.
    pub fn close_idle_connections(&self) {
        self.0.connections.close_idle();
    }

    /// The connection report for one session.
    pub async fn report(&self, session: &Session) -> wire::Doctor {
        self.0.hops.report(session).await
    }

    /// SQL on Spark Connect, if it is configured.
    #[cfg(feature = "sql")]
    pub(crate) fn sql(&self) -> Option<Arc<Sql>> {
        self.0.sql.clone()
    }

    /// The check of code, if it is switched on.
    #[cfg(feature = "sql")]
    pub(crate) fn assist(&self) -> Option<Arc<Assist>> {
        self.0.assist.clone()
    }

    /// Whether agents may ask.
    pub(crate) fn has_mcp(&self) -> bool {
        self.0.has_mcp
    }

    /// The limits of all requests, which must carry `sidecar_token` if there is one.
    pub(crate) fn bounds(&self, sidecar_token: Option<SecretString>) -> Bounds {
        let Limits { max_requests, request_timeout, .. } = self.0.limits;
        let sessions = Some(Arc::clone(&self.0.sessions));
        Bounds { requests: max_requests, time: request_timeout, sessions, areas: AREAS, sidecar_token }
    }
}

/// One client for each kind of upstream; they share their connections.
struct Clients {
    connections: Connections,
    auth2: Client,
    cluster_manager: Client,
    master: Client,
    drivers: DriverApi,
    history: DriverApi,
    /// None if none is configured.
    airflow: Option<Airflow>,
    /// None if no standalone master is configured.
    submissions: Option<Submissions>,
    /// None if jobs go to no repository, or by the program git.
    git: Option<Api>,
    /// `SPARK_UI_TOKEN` as a header.
    ui_auth: Option<HeaderValue>,
}

impl Clients {
    fn new(site: &Site, limits: &Limits, secrets: &Secrets, descriptors: Descriptors) -> anyhow::Result<Self> {
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
        let history = DriverApi {
            // It reads an application's whole log before its first answer about it.
            configured: client(Upstream::HistoryServer, &places(), false, None).within(LONGEST_REPLAY),
            hop_timeout: LONGEST_REPLAY,
            ..drivers.clone()
        };
        let auth2 = client(Upstream::Auth2, &places(), true, None);
        let cluster_manager = client(Upstream::ClusterManager, &places(), false, None);
        let airflow = site.airflow.api.as_ref().filter(|_| site.export.is_some());
        let airflow = airflow.map(|api| Airflow::new(api, &tls, timeouts)).transpose()?;
        let standalone = site.standalone.as_ref().filter(|_| site.export.is_some());
        let submissions = standalone.map(|site| Submissions::new(site, &tls, timeouts)).transpose()?;
        let git = site.git.as_ref().filter(|_| site.export.is_some());
        let git = git.map(|git| Api::of(git, &tls)).transpose()?.flatten();
        Ok(Self { connections, auth2, cluster_manager, master, drivers, history, airflow, submissions, git, ui_auth })
    }
}
