//! `panel/executors`: the executors of one application.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppExecutors, Applications, Observed, Samples, Selection, executors::beside_stages, samples::TasksOf};
use wire::{Answer, DriverState, ErrorBody, Executors, Meter};

use super::{
    poll::Poll,
    rate::{Rate, is_starting},
    selected,
};
use crate::http::{ApiError, AskedApp};

/// Executors of one application, dead ones included, and its driver in a field of its own.
#[utoipa::path(get, path = "/panel/executors", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The executors; `app` is null when no application runs", body = Answer<Executors>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_executors(
    State(executors): State<Arc<AppExecutors>>,
    State(applications): State<Arc<Applications>>,
    State(samples): State<Arc<Samples>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        observe(&executors, &samples, &poll, &asked, &selection, 0).await
    })
    .await
}

/// The executors, beside stages that run `running` tasks.
pub(super) async fn observe(
    executors: &AppExecutors,
    samples: &Samples,
    poll: &Poll,
    asked: &AskedApp,
    selection: &Observed<Selection>,
    running: u32,
) -> Result<(Observed<Executors>, Rate), ApiError> {
    let seen = executors.list(selection).await?.map(|executors| beside_stages(executors, running));
    let Executors { app, active_tasks, task_slots, .. } = &seen.value;
    if let Some(app) = app.as_ref().filter(|app| app.driver == DriverState::Ready) {
        // Record it under its id and, if the request named no application, also as the newest one.
        for app_id in [Some(app.app_id.as_str()), asked.checked()?] {
            let of = TasksOf { whose: poll.whose().await?, app_id: app_id.map(str::to_owned) };
            let tasks = Meter::new((*active_tasks).into(), (*task_slots).into());
            samples.record_tasks(&of, seen.observed_at_ms(), tasks);
        }
    }
    let rate = poll.panel.rates.executors(*active_tasks > 0 || is_starting(app));
    let seen = seen
        .map(|executors| Executors { app: poll.panel.links.of_app(poll.known_whose(), executors.app), ..executors });
    Ok((seen, rate))
}
