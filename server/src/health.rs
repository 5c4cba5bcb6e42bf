//! Is the sidecar there, can it work? `GET /`, `healthz`, `readyz`.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;
use wire::ErrorBody;

use crate::{error::ApiError, state::AppState};

#[derive(Serialize, ToSchema)]
pub(crate) struct Alive {
    /// `ok`.
    status: &'static str,
    version: &'static str,
}

const OK: Alive = Alive { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// jupyter-server-proxy waits for this before it sends requests.
#[utoipa::path(get, path = "/", responses((status = 200, description = "It serves", body = Alive)))]
pub(crate) async fn root() -> Json<Alive> {
    Json(OK)
}

/// The process answers; no upstream is asked.
#[utoipa::path(get, path = "/healthz", responses((status = 200, description = "It serves", body = Alive)))]
pub(crate) async fn healthz() -> Json<Alive> {
    Json(OK)
}

/// The configuration can work; no upstream is asked.
#[utoipa::path(get, path = "/readyz", responses(
    (status = 200, description = "It can work", body = Alive),
    (status = 503, description = "Why it cannot", body = ErrorBody),
))]
pub(crate) async fn readyz(State(state): State<AppState>) -> Result<Json<Alive>, ApiError> {
    state.monitor().map(|_| Json(OK))
}
