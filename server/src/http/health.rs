//! Whether the sidecar runs, and whether it can work: `GET /`, `healthz`, `readyz`.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;
use wire::ErrorBody;

#[derive(Serialize, ToSchema)]
pub(crate) struct Alive {
    /// `ok`.
    status: &'static str,
    version: &'static str,
}

const OK: Alive = Alive { status: "ok", version: env!("CARGO_PKG_VERSION") };

/// jupyter-server-proxy waits for this before it sends requests.
#[utoipa::path(get, path = "/", tag = "health", responses((status = 200, description = "It serves", body = Alive)))]
pub(crate) async fn root() -> Json<Alive> {
    Json(OK)
}

/// Shows that the process answers; asks no upstream.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "It serves", body = Alive)))]
pub(crate) async fn healthz() -> Json<Alive> {
    Json(OK)
}

/// Shows that the configuration is valid; asks no upstream.
#[utoipa::path(get, path = "/readyz", tag = "health", responses(
    (status = 200, description = "It can work", body = Alive),
    (status = 503, description = "Why it cannot", body = ErrorBody),
))]
pub(crate) async fn readyz() -> Json<Alive> {
    Json(OK)
}
