//! `panel/apps`: the applications a panel can show.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{Applications, Observed, applications::Apps};
use wire::{Answer, ErrorBody};

use super::{poll::Poll, rate::Rate};
use crate::http::ApiError;

/// Number of applications that are listed; a longer list would be of no use.
const SHOWN: usize = 50;

/// The active applications and the default one.
#[utoipa::path(get, path = "/panel/apps", tag = "panel", responses(
    (status = 200, description = "The applications", body = Answer<wire::Apps>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_apps(State(applications): State<Arc<Applications>>, poll: Poll) -> Result<Response, ApiError> {
    poll.answer(async || observe(&applications, &poll).await).await
}

pub(super) async fn observe(
    applications: &Applications,
    poll: &Poll,
) -> Result<(Observed<wire::Apps>, Rate), ApiError> {
    applications.check_lister()?;
    let whose = poll.whose().await?;
    let apps = applications.last_good(&whose, poll.max_age).await?;
    Ok((apps.map(shown), poll.panel.rates.slow()))
}

fn shown(seen: Apps) -> wire::Apps {
    let (app, finished) = (seen.default_app().cloned(), seen.finished());
    let mut apps = seen.active;
    let not_shown = u32::try_from(apps.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    apps.truncate(SHOWN);
    wire::Apps { app, apps, apps_not_shown: not_shown.saturating_add(seen.left_out), finished }
}
