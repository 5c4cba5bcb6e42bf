//! `panel/apps`: the applications a panel can look at.

use axum::{extract::State, response::Response};
use wire::{Answer, ErrorBody};

use super::Apps;
use crate::{
    error::ApiError,
    panel::{self, Poll},
    state::AppState,
};

/// Applications that are listed; more than that is no list for a person.
const SHOWN: usize = 50;

/// The active applications and the one that is shown by default.
#[utoipa::path(get, path = "/panel/apps", tag = "apps", responses(
    (status = 200, description = "The applications", body = Answer<wire::Apps>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_apps(State(state): State<AppState>, poll: Poll) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    super::lister_is_configured(monitor)?;
    let whose = poll.whose(monitor).await?;
    let mut seen = Apps::last_good(monitor, &whose, poll.max_age).await?;
    let finished = seen.finished();
    let app = seen.default_app().cloned();
    let apps_not_shown = seen.active.len().saturating_sub(SHOWN);
    let mut apps = std::mem::take(&mut seen.active);
    apps.truncate(SHOWN);
    let body = wire::Apps {
        app,
        apps,
        apps_not_shown: u32::try_from(apps_not_shown).unwrap_or(u32::MAX).saturating_add(seen.left_out),
        finished,
    };
    Ok(panel::answer(monitor, &poll, seen.freshness, panel::Rate::slow(monitor), body))
}
