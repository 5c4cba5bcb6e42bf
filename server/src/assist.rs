//! Checks code before it runs, and says what agents may have checked.
//!
//! `checks.rs` keeps the checks within limits, `program.rs` makes one program of a notebook's cells, `agents.rs` keeps a
//! person's decision about agents. What the routes answer is defined in `wire::assist`.

mod agents;
mod checks;
mod program;

use std::{path::PathBuf, sync::Arc, time::Duration};

use axum::{
    Router,
    middleware::map_request,
    routing::{get, post},
};
use connect_client::{ConnectError, Session};
use monitor::{Tasks, Whose};
use tokio::sync::Semaphore;
use utoipa::OpenApi;

use self::{agents::Permissions, checks::Checks};
use crate::{
    audit::Audit,
    config::AssistSite,
    http::{HasSessions, Sessions, middleware::AreaBounds, same_site::same_site},
    ladder::RehearsalSite,
    per_owner::PerOwner,
    sql::Sql,
};

/// A program may be as large as `check::MAX_BYTES`, and JSON makes it larger.
pub(crate) const BOUNDS: AreaBounds = AreaBounds::new("/assistant", 1 << 20, Duration::from_secs(30));

/// Everything that the routes need.
#[derive(Debug)]
pub(crate) struct Assist {
    callers: Arc<Sessions>,
    rehearsal: RehearsalSite,
    /// Spark Connect, if it is configured.
    sql: Option<Arc<Sql>>,
    checks: Checks,
    /// The turn of each owner to rehearse.
    rehearsals: PerOwner<Semaphore>,
    permissions: Permissions,
    audit: Arc<Audit>,
    has_mcp: bool,
    tasks: Tasks,
}

impl HasSessions for Assist {
    fn sessions(&self) -> &Sessions {
        &self.callers
    }
}

impl Assist {
    pub(crate) fn new(
        site: AssistSite,
        has_mcp: bool,
        callers: Arc<Sessions>,
        sql: Option<Arc<Sql>>,
        (audit, state_folder): (Arc<Audit>, Option<PathBuf>),
        tasks: &Tasks,
    ) -> Arc<Self> {
        let AssistSite { python, search_path, seconds } = site;
        Arc::new(Self {
            callers,
            rehearsal: RehearsalSite { python, search_path, seconds: Some(seconds) },
            sql,
            checks: Checks::default(),
            rehearsals: PerOwner::default(),
            permissions: Permissions::new(state_folder),
            audit,
            has_mcp,
            tasks: tasks.clone(),
        })
    }

    /// A new Spark session of the caller, which is used for one check; none if Spark Connect is not configured.
    fn session(&self, whose: &Whose) -> Result<Option<Session>, ConnectError> {
        self.sql.as_ref().map(|sql| sql.new_session(whose)).transpose()
    }
}

/// The routes.
pub(crate) fn routes(assist: Arc<Assist>) -> Router {
    let reads = Router::new()
        .route("/assistant/check/{id}", get(checks::get_check))
        .route("/assistant/agents", get(agents::get_agents));
    let writes = Router::new()
        .route("/assistant/check", post(checks::check))
        .route("/assistant/agents", axum::routing::put(agents::allow_agents));
    reads.merge(writes.route_layer(map_request(same_site))).with_state(assist)
}

/// The routes' part of the OpenAPI document.
pub(crate) fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(paths(checks::check, checks::get_check, agents::get_agents, agents::allow_agents))]
struct Document;
