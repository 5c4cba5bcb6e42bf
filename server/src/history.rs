//! The history of a person's Spark: a task that takes samples, and routes that show what is remembered.
//!
//! `collector.rs` samples, `shape.rs` removes literals, the crate `history-store` stores. A sidecar that several people
//! share remembers nothing.

pub(crate) mod applications;
pub(crate) mod collector;
mod ended;
mod error_class;
mod forget;
mod owner;
pub(crate) mod queries;
mod redact;
pub(crate) mod series;
mod shape;
pub(crate) mod status;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    middleware::map_request,
    routing::{delete, get},
};
use history_store::{Kept, Local, Places, Recorder, Retention, Store, StoreError, writer};
use monitor::{AppExecutors, AppQueries, Applications, HistoryServer, Tasks, Whose, clock, queries::QueryRun};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;
use upstream::user::User;
use utoipa::OpenApi;
use wire::ErrorCode;

use self::collector::Collector;
use crate::{
    config::{HistoryPlaces, HistorySite, OwnQueries},
    http::{ApiError, HasSessions, Sessions, middleware::AreaBounds, same_site::same_site},
    words::history,
};

/// A database is written anew when it is forgotten.
pub(crate) const BOUNDS: AreaBounds = AreaBounds::new("/history", 64 * 1024, Duration::from_secs(30));

/// Queries, and lost executors, of an answer about one application.
const MOST: i64 = 50;

/// What is sampled.
#[derive(Debug)]
pub(crate) struct Facts {
    pub applications: Arc<Applications>,
    pub executors: Arc<AppExecutors>,
    pub queries: Arc<AppQueries>,
    /// Knows applications that nobody remembers here.
    pub server: Option<HistoryServer>,
}

/// Everything that the task and the routes need.
#[derive(Debug)]
pub(crate) struct History {
    callers: Arc<Sessions>,
    site: HistorySite,
    facts: Facts,
    /// Opened when it is first needed.
    store: OnceCell<Arc<Store>>,
    /// Adds changes; there is one as long as the task runs.
    recorder: OnceLock<Recorder>,
    /// Whether this sidecar takes the samples.
    samples: AtomicBool,
}

impl HasSessions for History {
    fn sessions(&self) -> &Sessions {
        &self.callers
    }
}

impl History {
    pub fn new(site: HistorySite, callers: Arc<Sessions>, facts: Facts) -> Arc<Self> {
        let (store, recorder, samples) = (OnceCell::new(), OnceLock::new(), AtomicBool::new(false));
        Arc::new(Self { callers, site, facts, store, recorder, samples })
    }

    pub fn is_memory_only(&self) -> bool {
        self.site.places.memory_only
    }

    /// Starts the task that samples and writes, as soon as it is known whose Spark this is.
    pub fn begin(self: &Arc<Self>, tasks: &Tasks) {
        let history = Arc::clone(self);
        tasks.spawn(|end| async move { history.run(end).await });
    }

    async fn run(&self, end: CancellationToken) {
        let Some(Some(whose)) = end.run_until_cancelled(self.callers.proven()).await else { return };
        let Some(store) = end.run_until_cancelled(self.store()).await else { return };
        let store = match store {
            Ok(store) => store,
            Err(error) => return tracing::warn!(%error, "There is no history"),
        };
        let local = store.local();
        match local.map(Local::kept) {
            Some(Kept::Memory(reason)) => tracing::info!(%reason, "The history is kept in memory"),
            Some(Kept::Home | Kept::Copied) | None => {
                let file = local.and_then(Local::file).map(|file| file.display().to_string()).unwrap_or_default();
                tracing::info!(
                    file,
                    "Samples and runs of queries are remembered; SPARK_MONITOR_HISTORY=off stops this"
                );
            }
        }
        let (recorder, writer) = writer(Arc::clone(&store), Retention::default());
        let _ = self.recorder.set(recorder.clone());
        let sampled = CancellationToken::new();
        let sampling = async {
            Collector::new(self, whose, recorder, &store).run(&end).await;
            sampled.cancel();
        };
        tokio::join!(sampling, writer.run(sampled.cancelled(), clock::now_ms));
        self.samples.store(false, Ordering::Relaxed);
    }

    async fn store(&self) -> Result<Arc<Store>, StoreError> {
        let places = places(&self.site.places);
        let open = async || Ok(Arc::new(Store::open(&places, clock::now_ms()).await?));
        self.store.get_or_try_init(open).await.cloned()
    }

    /// The store, for a route.
    async fn read(&self) -> Result<Arc<Store>, ApiError> {
        self.store().await.map_err(unreadable)
    }

    /// Whether a query is the person's own.
    fn is_own(&self, whose: &Whose, run: &QueryRun) -> bool {
        match &self.site.own {
            OwnQueries::All => true,
            // A classic driver does not say whose its queries are.
            OwnQueries::OfUser(site) => run.session_id.is_some() && site.of(whose.user().map(User::name)) == run.user,
        }
    }
}

/// The places as the store wants them.
pub(crate) fn places(places: &HistoryPlaces) -> Places {
    Places {
        state_folder: places.state_folder.clone(),
        runtime_folder: Some(places.runtime_folder.clone()),
        memory_only: places.memory_only,
        cap_bytes: places.most_bytes,
    }
}

/// An error of the store as an answer. The log has the cause.
fn unreadable(error: StoreError) -> ApiError {
    tracing::warn!(%error, "The history cannot be read");
    ApiError::explained(ErrorCode::Internal, history::cannot_read())
}

/// Under which name a person's rows are stored; empty where users are not told apart.
fn owner(whose: &Whose) -> String {
    whose.user().map(User::name).unwrap_or_default().to_owned()
}

/// The routes.
pub(crate) fn routes(history: Arc<History>) -> Router {
    let reads = Router::new()
        .route("/history/collector", get(status::get_collector))
        .route("/history/cluster", get(series::get_cluster))
        .route("/history/queries", get(queries::list_queries))
        .route("/history/queries/{shape_id}", get(queries::list_runs))
        .route("/history/applications", get(applications::list_applications))
        .route("/history/applications/{app_id}", get(applications::get_application));
    let writes = Router::new().route("/history", delete(forget::forget)).route_layer(map_request(same_site));
    reads.merge(writes).with_state(history)
}

/// The routes' part of the OpenAPI document.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(
    status::get_collector,
    series::get_cluster,
    queries::list_queries,
    queries::list_runs,
    applications::list_applications,
    applications::get_application,
    forget::forget,
))]
struct Document;
