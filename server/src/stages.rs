//! Stages of one application: `app/stages` passes the driver's words through, `panel/stages` shows what matters.

mod digest;

use std::sync::Arc;

use axum::{extract::State, response::Response};
use wire::{Answer, ErrorBody, Stages};

pub(crate) use digest::{KeptStage, StageDigest, TaskTime};

use crate::{
    app_id::AskedApp,
    apps::{self, Driver, DriverCall},
    cache::{Failure, Route, Seen},
    clock::{self, DriverTime},
    error::ApiError,
    panel::{self, Poll},
    passthrough,
    session::Session,
    state::{AppState, Monitor},
};
use upstream::{driver::AcceptedStage, driver_path::DriverPath};

/// The driver's `stages`, byte for byte.
#[utoipa::path(get, path = "/app/stages",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "Stages, as the driver tells them; without `app` and with no active application an object with an empty list and a message", content_type = "application/json"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_stages(
    State(state): State<AppState>,
    asked: AskedApp,
    session: Session,
) -> Result<Response, ApiError> {
    let (monitor, call) = apps::for_passthrough(&state, &asked, &session).await?;
    let Some(call) = call else { return Ok(passthrough::answer(&passthrough::NO_STAGES)) };
    let key = call.key.clone();
    let fetch = {
        let monitor = Arc::clone(&monitor);
        |_| async move { call.bytes::<AcceptedStage>(&monitor, DriverPath::Stages).await }
    };
    let good = monitor.stage_bytes.fresh_for(Route::DropIn, &key, fetch).await?;
    Ok(passthrough::answer(&good.value))
}

/// Active stages, and what spilled.
#[utoipa::path(get, path = "/panel/stages",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The stages; `app` is null when no application runs", body = Answer<Stages>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_stages(
    State(state): State<AppState>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    let (monitor, apps, chosen) = apps::for_panel(&state, &asked, &poll).await?;
    let mut freshness = apps.freshness;
    let (app, good) = match chosen {
        None => (None, None),
        Some(chosen) => match Driver::of(&chosen.app, seen(&monitor, &chosen.call).await, &mut freshness)? {
            Driver::Starting(app) => (Some(app), None),
            Driver::Answers(app, seen) => {
                let time = chosen.call.driver_time(&monitor, seen.good.observed_at_ms);
                (Some(app), Some((seen.good.value, time)))
            }
        },
    };
    let body = match good {
        None => StageDigest::default().shown(app, DriverTime::at(clock::now_ms(), 0)),
        Some((stages, time)) => stages.shown(app, time),
    };
    let rate = panel::Rate::of_work(
        &monitor,
        !body.active.is_empty() || panel::is_starting(&body.app),
        monitor.limits.poll_stages_ms,
    );
    Ok(panel::answer(&monitor, &poll, freshness, rate, body))
}

/// The application's stages, shared by all that is made of them.
///
/// # Errors
/// What the driver answered when there is nothing old either.
pub(crate) async fn seen(monitor: &Arc<Monitor>, call: &DriverCall) -> Result<Seen<StageDigest>, Failure> {
    let (asks, asked) = (Arc::clone(monitor), call.clone());
    monitor
        .stages
        .last_good(&call.key, call.max_age, |_| async move { asked.rows(&asks, DriverPath::Stages).await })
        .await
}
