//! The one table of routes.

use std::sync::Arc;

use axum::{Json, Router, middleware::map_request_with_state, routing::get};
use utoipa::openapi::{InfoBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    apps, chip, cluster, doctor, error::ApiError, executors, health, history, middleware, queries, stages,
    state::AppState, status,
};

/// Routes that a supervisor asks, without a token.
fn open() -> OpenApiRouter<AppState> {
    health::router()
}

/// Routes for the panel and for what the older extension served.
fn guarded() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(status::router()) // status
        .merge(cluster::router()) // cluster, panel/cluster
        .merge(executors::router()) // app/executors, panel/executors
        .merge(stages::router()) // app/stages, panel/stages
        .merge(queries::router()) // panel/queries, panel/queries/{query_id}
        .merge(chip::router()) // panel/chip
        .merge(apps::router()) // panel/apps
        .merge(history::router()) // panel/history
        .merge(doctor::router()) // doctor
}

/// Everything the sidecar serves.
pub fn app(state: AppState) -> Router {
    let document = Arc::new(openapi());
    let (guarded, _) = guarded().split_for_parts();
    let guarded = guarded.route("/openapi.json", get(move || async move { Json((*document).clone()) }));
    // On routes only, so that an unknown route and a wrong method win over a missing token.
    let guarded = guarded.route_layer(map_request_with_state(state.clone(), middleware::sidecar_token));
    let (open, _) = open().split_for_parts();
    let routes = guarded
        .merge(open)
        .fallback(|| async { ApiError::not_found() })
        .method_not_allowed_fallback(|| async { ApiError::method_not_allowed() })
        .with_state(state.clone());
    middleware::around(routes, &state)
}

/// The document of all routes.
#[must_use]
pub fn openapi() -> OpenApi {
    let (_, mut document) = open().merge(guarded()).split_for_parts();
    document.info = InfoBuilder::new()
        .title("berdl-spark-monitor")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some("What a Spark cluster and its queries are doing, for a notebook. All routes are GET."))
        .build();
    document
}
