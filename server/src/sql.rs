//! SQL on Spark Connect: sessions, statements with their results, plans, and the catalogue.
//!
//! A request names a session and a statement; whose they are says only the caller's identity. `statement.rs` runs one
//! statement, `store.rs` keeps all of them within limits, `open.rs` keeps the sessions. What the routes answer is
//! defined in `wire::sql`.

mod approval;
mod audit;
mod catalog;
pub(crate) mod csv;
mod downloads;
mod errors;
mod held;
mod history;
mod interrupt;
mod mine;
mod open;
mod places;
mod plan_tree;
mod plans;
mod profile;
mod queries;
mod reaper;
mod rows;
mod run;
mod seen;
mod sessions;
mod statement;
mod store;

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    Router,
    middleware::map_request,
    routing::{delete, get, post},
};
use connect_client::{Client, ConnectError, Session};
use monitor::{AppExecutors, AppStages, Applications, Tasks, Whose};
use upstream::user::User;
use utoipa::OpenApi;
use wire::sql::SqlMode;

use self::{
    history::Histories,
    open::{OpenSession, OpenSessions},
    store::Statements,
};
use crate::{
    audit::Audit,
    config::{SqlLimits, SqlSite},
    http::{ApiError, HasSessions, Sessions, middleware::AreaBounds, same_site::same_site},
};

/// Statements are longer than other requests, and Spark takes its time to analyse them.
pub(crate) const BOUNDS: AreaBounds = AreaBounds::new("/sql", 256 * 1024, Duration::from_secs(30));

/// Longest statement, bytes.
const SQL_BYTES: usize = 64 * 1024;
/// Rows of a preview.
const PREVIEW_ROWS: u32 = 100;
/// Longest text of a cell in a page of rows, bytes.
const CELL_BYTES: usize = 4 * 1024;
/// Most rows of a page.
const PAGE_ROWS: usize = 1_000;

/// Everything that the routes need.
#[derive(Debug)]
pub(crate) struct Sql {
    callers: Arc<Sessions>,
    site: SqlSite,
    limits: SqlLimits,
    /// Made with the first session, because a connection needs memory.
    client: OnceLock<Client>,
    open: OpenSessions,
    statements: Statements,
    histories: Histories,
    audit: Arc<Audit>,
    applications: Arc<Applications>,
    executors: Arc<AppExecutors>,
    stages: Arc<AppStages>,
    /// Whether an operation of a notebook's session may be stopped: not where several people share the sidecar.
    stops_notebooks: bool,
    tasks: Tasks,
}

impl HasSessions for Sql {
    fn sessions(&self) -> &Sessions {
        &self.callers
    }
}

impl Sql {
    pub(crate) fn new(
        site: SqlSite,
        limits: &SqlLimits,
        callers: Arc<Sessions>,
        audit: Arc<Audit>,
        (applications, executors, stages): (Arc<Applications>, Arc<AppExecutors>, Arc<AppStages>),
        stops_notebooks: bool,
        tasks: &Tasks,
    ) -> Arc<Self> {
        Arc::new(Self {
            callers,
            audit,
            site,
            limits: limits.clone(),
            client: OnceLock::new(),
            open: OpenSessions::default(),
            statements: Statements::new(limits.running, !stops_notebooks),
            histories: Histories::default(),
            applications,
            executors,
            stages,
            stops_notebooks,
            tasks: tasks.clone(),
        })
    }

    fn client(&self) -> Result<Client, ConnectError> {
        if let Some(client) = self.client.get() {
            return Ok(client.clone());
        }
        let client = Client::new(self.site.address.clone(), &self.site.roots)?;
        Ok(self.client.get_or_init(|| client).clone())
    }

    /// Whom Spark takes the caller for.
    pub(crate) fn user_id<'a>(&'a self, whose: &'a Whose) -> &'a str {
        self.site.user.of(whose.user().map(User::name))
    }

    /// A session of the caller beside the open ones, for somebody who releases it.
    pub(crate) fn new_session(&self, whose: &Whose) -> Result<Session, ConnectError> {
        Ok(Session::of_user(self.client()?, self.user_id(whose)))
    }

    /// The caller's open session.
    fn session(&self, whose: &Whose, session_id: &str) -> Result<Arc<OpenSession>, ApiError> {
        self.open.get(whose, session_id).ok_or_else(errors::unknown_session)
    }

    /// A session that was just opened.
    fn opened(&self, owner: Whose, session: Session, copy_of: Option<String>) -> OpenSession {
        let places_of_owner = self.statements.places_of(&owner);
        OpenSession::new(owner, session, copy_of, self.limits.running_per_session, places_of_owner)
    }

    /// Which statements are run.
    pub fn mode(&self) -> SqlMode {
        self.site.mode
    }

    fn may_write(&self) -> bool {
        self.mode() == SqlMode::Write
    }
}

/// The routes.
pub(crate) fn routes(sql: Arc<Sql>) -> Router {
    let reads = Router::new()
        .route("/sql", get(sessions::get_sql))
        .route("/sql/sessions/{session_id}/config/{key}", get(sessions::get_config))
        .route("/sql/queries/{id}", get(queries::get_query))
        .route("/sql/queries/{id}/rows", get(rows::get_rows))
        .route("/sql/queries/{id}/cell", get(rows::get_cell))
        .route("/sql/queries/{id}/result.csv", get(downloads::get_csv))
        .route("/sql/queries/{id}/result.arrow", get(downloads::get_arrow))
        .route("/sql/catalog", get(catalog::get_catalog))
        .route("/sql/history", get(history::get_history));
    let writes = Router::new()
        .route("/sql/sessions", post(sessions::open_session))
        .route("/sql/sessions/{session_id}", delete(sessions::close_session))
        .route("/sql/sessions/{session_id}/config/{key}", axum::routing::put(sessions::set_config))
        .route("/sql/queries", post(queries::submit))
        .route("/sql/queries/{id}", delete(queries::forget))
        .route("/sql/queries/{id}/approve", post(queries::approve))
        .route("/sql/queries/{id}/cancel", post(queries::cancel))
        .route("/sql/explain", post(plans::explain))
        .route("/sql/schema", post(plans::schema))
        .route("/sql/profile", post(profile::profile));
    let writes = if sql.stops_notebooks { writes.route("/sql/interrupt", post(interrupt::interrupt)) } else { writes };
    reads.merge(writes.route_layer(map_request(same_site))).with_state(sql)
}

/// The routes' part of the OpenAPI document.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(
    sessions::get_sql,
    sessions::open_session,
    sessions::close_session,
    sessions::get_config,
    sessions::set_config,
    queries::submit,
    queries::get_query,
    queries::approve,
    queries::cancel,
    queries::forget,
    rows::get_rows,
    rows::get_cell,
    downloads::get_csv,
    downloads::get_arrow,
    interrupt::interrupt,
    plans::explain,
    plans::schema,
    catalog::get_catalog,
    profile::profile,
    history::get_history,
))]
struct Document;
