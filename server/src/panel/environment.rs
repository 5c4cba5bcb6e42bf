//! `panel/environment`: the settings and versions of one application.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppEnvironment, Applications};
use wire::{Answer, Environment, ErrorBody};

use super::{poll::Poll, rate::is_starting, selected};
use crate::http::{ApiError, AskedApp};

/// The settings with which one application was started, without secrets, and the versions of Spark, Java and Scala: the
/// driver's `environment` and the application's own entry.
#[utoipa::path(get, path = "/panel/environment", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The settings; `app` is null when no application runs", body = Answer<Environment>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_environment(
    State(environment): State<Arc<AppEnvironment>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let seen = environment.of_app(&selection).await?;
        let seen = seen.map(|seen| Environment { app: poll.panel.links.of_app(poll.known_whose(), seen.app), ..seen });
        let rates = poll.panel.rates;
        let rate = if is_starting(&seen.value.app) { rates.stages(true) } else { rates.slow() };
        Ok((seen, rate))
    })
    .await
}
