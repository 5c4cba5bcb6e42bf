//! `app/stages`: the driver's answer, passed through.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppStages, Applications};
use wire::ErrorBody;

use super::driver;
use crate::http::{ApiError, AskedApp, Session, Sessions, passthrough};

/// The driver's `stages`, byte for byte.
#[utoipa::path(get, path = "/app/stages", tag = "drop-in",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The stages in the driver's own format. If no application is active and `app` is absent, an object with an empty list and a message", content_type = "application/json"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_stages(
    State(stages): State<Arc<AppStages>>,
    State(applications): State<Arc<Applications>>,
    State(sessions): State<Arc<Sessions>>,
    asked: AskedApp,
    session: Session,
) -> Result<Response, ApiError> {
    match driver(&applications, &sessions, &asked, &session).await? {
        Some(call) => Ok(passthrough::answer(&*stages.bytes(call).await?)),
        None => Ok(passthrough::answer(&passthrough::NO_STAGES)),
    }
}
