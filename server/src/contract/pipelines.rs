//! `jupyterlab-pipelines/…`: the routes of the older pipelines extension, as aliases onto the export.
//!
//! Field names and documented behaviour are the older extension's; `docs/pipelines.md` says what of a request is
//! honoured, ignored and refused. Tokens and passwords of a request are never read.

mod answer;
mod body;
mod cells;
mod dag_exists;
mod export;
mod features;
mod history;
mod ilum;
mod params;
mod paths;
mod payload;
mod place;
mod rejected;
mod secrets;
mod trigger;

use std::{sync::Arc, time::Duration};

use axum::{
    Json, Router,
    middleware::{map_request, map_response},
    routing::{delete, get, post, put},
};
use serde_json::{Value, json};

use crate::{
    export::Exports,
    http::{middleware::AreaBounds, same_site::same_site},
};

/// A delivery is waited for; an edited text or a history may be as long as a notebook.
pub(crate) const BOUNDS: AreaBounds = AreaBounds {
    large: &["/jupyterlab-pipelines/export", "/jupyterlab-pipelines/history/save"],
    ..AreaBounds::new("/jupyterlab-pipelines", 64 * 1024, Duration::from_secs(120))
};

/// The routes.
pub(crate) fn routes(exports: Arc<Exports>) -> Router {
    let reads = Router::new()
        .route("/health", get(get_health))
        .route("/features", get(features::get_features))
        .route("/trigger-status", get(trigger::get_status))
        .route("/history", get(history::get_history));
    let writes = Router::new()
        .route("/export", post(export::export))
        .route("/airflow/dag-exists", post(dag_exists::dag_exists))
        .route("/notebook/scrape-params", post(params::scrape))
        .route("/history/save", put(history::save))
        .route("/run-ilum-job", post(ilum::missing))
        .route("/ilum/service/execute", post(ilum::missing))
        .route("/ilum/service/status", post(ilum::missing))
        .route("/ilum/service/delete", delete(ilum::missing))
        .route("/ilum/clusters", post(ilum::no_clusters))
        .route("/ilum/presets", post(ilum::no_presets));
    let routes = reads.merge(writes.route_layer(map_request(same_site)));
    // Outermost, so that refusals of the layers and extractors have the older shape too.
    let routes = routes.route_layer(map_response(answer::in_older_shape));
    Router::new().nest("/jupyterlab-pipelines", routes.with_state(exports))
}

/// `GET health`: that the routes are there.
async fn get_health() -> Json<Value> {
    Json(json!({ "status": "ok", "extension": "jupyterlab-pipelines" }))
}
