//! The one table of routes.

use axum::{Json, Router, middleware::map_request_with_state, routing::get};
use tower::ServiceExt;
use utoipa::OpenApi;

use crate::{
    apps, chip, cluster, doctor, error::ApiError, executors, health, history, middleware, queries, stages,
    state::AppState, status,
};

/// Routes that a supervisor asks, without a token.
fn open() -> Router<AppState> {
    Router::new()
        .route("/", get(health::root))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
}

/// Routes for the panel and for what the older extension served.
fn guarded() -> Router<AppState> {
    Router::new()
        .route("/status", get(status::get_status))
        .route("/cluster", get(cluster::get_cluster))
        .route("/app/executors", get(executors::list_executors))
        .route("/app/stages", get(stages::list_stages))
        .route("/panel/chip", get(chip::get_chip))
        .route("/panel/cluster", get(cluster::panel_cluster))
        .route("/panel/apps", get(apps::panel_route::list_apps))
        .route("/panel/executors", get(executors::panel_executors))
        .route("/panel/stages", get(stages::panel_stages))
        .route("/panel/queries", get(queries::list_queries))
        .route("/panel/queries/{query_id}", get(queries::get_query))
        .route("/panel/history", get(history::get_history))
        .route("/doctor", get(doctor::get_doctor))
        .route("/openapi.json", get(|| async { Json(openapi()) }))
}

/// The document of all routes. It takes megabytes while it is made, so it is made for who asks.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "berdl-spark-monitor",
        description = "What a Spark cluster and its queries are doing, for a notebook. All routes are GET.",
    ),
    paths(
        health::root,
        health::healthz,
        health::readyz,
        status::get_status,
        cluster::get_cluster,
        executors::list_executors,
        stages::list_stages,
        chip::get_chip,
        cluster::panel_cluster,
        apps::panel_route::list_apps,
        executors::panel_executors,
        stages::panel_stages,
        queries::list_queries,
        queries::get_query,
        history::get_history,
        doctor::get_doctor,
    )
)]
struct Document;

/// Everything the sidecar serves.
pub fn app(state: AppState) -> Router {
    // On routes only, so that an unknown route and a wrong method win over a missing token.
    let guarded = guarded().route_layer(map_request_with_state(state.clone(), middleware::sidecar_token));
    let routes = guarded
        .merge(open())
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .with_state(state.clone());
    // Looked for again without its last slash only where there is no such route, so that others pay nothing for it.
    let again = routes.clone();
    let routes = routes.fallback(|request| again.oneshot(middleware::without_last_slash(request)));
    middleware::around(routes, &state)
}
