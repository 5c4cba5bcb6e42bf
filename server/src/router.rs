//! The table of all routes.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    middleware::map_request,
    routing::{MethodRouter, get},
};
use secrecy::SecretString;
use tower::ServiceExt;
use utoipa::OpenApi;

use crate::{
    app::App,
    areas, contract, export, history,
    http::{
        ApiError, health,
        middleware::{self, Bounds},
    },
    panel,
    words::errors,
};
#[cfg(feature = "sql")]
use crate::{assist, mcp, sql};

pub use crate::http::middleware::DEFAULT_REQUESTS;

const READY: &str = "/readyz";
const DOCTOR: &str = "/doctor";
const OPENAPI: &str = "/openapi.json";

/// Routes of the panel and of the older extension. On TCP they need the sidecar's token.
fn guarded() -> [(&'static str, MethodRouter<App>); 24] {
    [
        ("/status", get(contract::status::get_status)),
        ("/cluster", get(contract::cluster::get_cluster)),
        ("/app/executors", get(contract::executors::list_executors)),
        ("/app/stages", get(contract::stages::list_stages)),
        ("/panel/chip", get(panel::chip::get_chip)),
        ("/panel/cluster", get(panel::cluster::panel_cluster)),
        ("/panel/apps", get(panel::apps::list_apps)),
        ("/panel/executors", get(panel::executors::panel_executors)),
        ("/panel/stages", get(panel::stages::panel_stages)),
        ("/panel/queries", get(panel::queries::list_queries)),
        ("/panel/queries/{query_id}", get(panel::queries::get_query)),
        ("/panel/queries/{query_id}/plan", get(panel::plans::get_plan)),
        ("/panel/queries/{query_id}/tasks", get(panel::tasks::get_tasks)),
        ("/panel/queries/{query_id}/batches", get(panel::batches::get_batches)),
        ("/panel/queries/{query_id}/report", get(panel::report::get_report)),
        ("/panel/storage", get(panel::storage::get_storage)),
        ("/panel/environment", get(panel::environment::get_environment)),
        ("/panel/cell-query", get(panel::cell_query::get_cell_query)),
        ("/panel/findings", get(panel::findings::list_findings)),
        ("/panel/history", get(panel::history::get_history)),
        ("/snapshot", get(panel::snapshot::get_snapshot)),
        ("/areas", get(areas::get_areas)),
        (DOCTOR, get(panel::doctor::get_doctor)),
        (OPENAPI, get(openapi_json)),
    ]
}

/// Routes for a supervisor; they need no token.
fn open(ready: MethodRouter) -> Router {
    Router::new().route("/", get(health::root)).route("/healthz", get(health::healthz)).route(READY, ready)
}

/// All routes of the sidecar. On TCP, requests must carry `sidecar_token`.
pub fn router(app: &App, sidecar_token: Option<SecretString>) -> Router {
    let routes = guarded().into_iter().fold(Router::new(), |routes, (path, route)| routes.route(path, route));
    let routes = routes.with_state(app.clone());
    let routes = match app.history() {
        Some(history) => routes.merge(history::routes(history)),
        None => routes,
    };
    let routes = match app.exports() {
        Some(exports) => routes.merge(export::routes(Arc::clone(&exports))).merge(contract::pipelines::routes(exports)),
        None => routes,
    };
    #[cfg(feature = "sql")]
    let routes = match app.sql() {
        Some(sql) => routes.merge(sql::routes(sql)),
        None => routes,
    };
    #[cfg(feature = "sql")]
    let routes = match app.assist() {
        Some(assist) => routes.merge(assist::routes(assist)),
        None => routes,
    };
    #[cfg(feature = "sql")]
    let routes = if app.has_mcp() { routes.clone().merge(mcp::routes(routes)) } else { routes };
    // A route layer, so that an unknown route and a wrong method win over a missing token.
    let routes = routes.route_layer(map_request(middleware::require_token));
    complete(routes.merge(open(get(health::readyz))), app.bounds(sidecar_token))
}

/// The same routes for a configuration that cannot work; each of them answers with the reason.
pub fn not_configured(reason: &str) -> Router {
    let error = ApiError::not_configured(errors::configuration(reason));
    let report = Json(panel::doctor::not_configured(&error));
    let refuse = async move || error;
    let reasons = guarded().into_iter().fold(Router::new(), |routes, (path, _)| match path {
        DOCTOR | OPENAPI => routes,
        _ => routes.route(path, get(refuse.clone())),
    });
    let routes =
        reasons.route(DOCTOR, get(async move || report)).route(OPENAPI, get(async || Json(Document::openapi())));
    complete(routes.merge(open(get(refuse))), Bounds::NOT_CONFIGURED)
}

/// Adds the fallbacks and the middleware that all routes share.
fn complete(routes: Router, bounds: Bounds) -> Router {
    let routes = routes
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() });
    // A path is tried again without its last slash only if no route matches, so that other requests are not slowed
    // down.
    let again = routes.clone();
    let routes = routes.fallback(|request| again.oneshot(middleware::without_last_slash(request)));
    middleware::around(routes, bounds)
}

/// Building the document takes megabytes of memory, so it is built only on request, and then without the routes of areas
/// that are not configured.
async fn openapi_json(State(app): State<App>) -> Json<utoipa::openapi::OpenApi> {
    let document = Document::openapi();
    let document = match app.history() {
        Some(_) => document.merge_from(history::openapi()),
        None => document,
    };
    let document = match app.exports() {
        Some(_) => document.merge_from(export::openapi()),
        None => document,
    };
    #[cfg(feature = "sql")]
    let document = match app.sql() {
        Some(_) => document.merge_from(sql::openapi()),
        None => document,
    };
    #[cfg(feature = "sql")]
    let document = match app.assist() {
        Some(_) => document.merge_from(assist::openapi()),
        None => document,
    };
    Json(document)
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "berdl-spark-monitor",
        description = "What a Spark cluster and its queries are doing, for a notebook. Routes beneath `/sql` exist where \
                       Spark Connect is configured; of the others, only \
                       `DELETE /history` and those beneath `/export` and `/jupyterlab-pipelines` change something.",
    ),
    paths(
        health::root,
        health::healthz,
        health::readyz,
        contract::status::get_status,
        contract::cluster::get_cluster,
        contract::executors::list_executors,
        contract::stages::list_stages,
        panel::chip::get_chip,
        panel::cluster::panel_cluster,
        panel::apps::list_apps,
        panel::executors::panel_executors,
        panel::stages::panel_stages,
        panel::queries::list_queries,
        panel::queries::get_query,
        panel::plans::get_plan,
        panel::tasks::get_tasks,
        panel::batches::get_batches,
        panel::report::get_report,
        panel::storage::get_storage,
        panel::environment::get_environment,
        panel::cell_query::get_cell_query,
        panel::findings::list_findings,
        panel::history::get_history,
        panel::snapshot::get_snapshot,
        panel::doctor::get_doctor,
        areas::get_areas,
    )
)]
struct Document;
