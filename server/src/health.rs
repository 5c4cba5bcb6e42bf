//! Is the sidecar there, can it work? `GET /`, `healthz`, `readyz`.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use wire::ErrorBody;

use crate::{error::ApiError, state::AppState};

/// Routes that need no token: a supervisor asks them.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(root)).routes(routes!(healthz)).routes(routes!(readyz))
}

#[derive(Serialize, ToSchema)]
struct Alive {
    /// `ok`.
    status: &'static str,
    version: &'static str,
}

const OK: Alive = Alive { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// jupyter-server-proxy waits for this before it sends requests.
#[utoipa::path(get, path = "/", responses((status = 200, description = "It serves", body = Alive)))]
async fn root() -> Json<Alive> {
    Json(OK)
}

/// The process answers; no upstream is asked.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "It serves", body = Alive)))]
async fn healthz() -> Json<Alive> {
    Json(OK)
}

/// The configuration can work; no upstream is asked.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "It can work", body = Alive),
    (status = 503, description = "Why it cannot", body = ErrorBody),
))]
async fn readyz(State(state): State<AppState>) -> Result<Json<Alive>, ApiError> {
    state.monitor().map(|_| Json(OK))
}
