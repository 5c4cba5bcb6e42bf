//! `panel/stages`: the active stages of one application, and how much was spilled.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppStages, Applications, Observed};
use wire::{Answer, ErrorBody, Stages};

use super::{
    poll::Poll,
    rate::{Rate, is_starting},
    selected,
};
use crate::http::{ApiError, AskedApp};

/// Active stages, and how much was spilled.
#[utoipa::path(get, path = "/panel/stages", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The stages; `app` is null when no application runs", body = Answer<Stages>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_stages(
    State(stages): State<Arc<AppStages>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let seen = stages.list(&selection).await?;
        Ok(with_rate(&poll, seen))
    })
    .await
}

pub(super) fn with_rate(poll: &Poll, seen: Observed<Stages>) -> (Observed<Stages>, Rate) {
    let seen = seen.map(|stages| poll.panel.links.of_stages(poll.known_whose(), stages));
    let works = !seen.value.active.is_empty() || is_starting(&seen.value.app);
    (seen, poll.panel.rates.stages(works))
}
