//! Executors of one application: `app/executors` passes the driver's words through, `panel/executors` shows them.

mod rows;

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use wire::{Answer, Cluster, ClusterKind, ErrorBody, Executors, Meter};

pub(crate) use rows::ExecutorsSeen;

use crate::{
    app_id::AskedApp,
    apps::{self, Apps, Chosen, Driver},
    cache::Route,
    error::ApiError,
    history::TasksOf,
    panel::{self, Freshness, Poll},
    passthrough,
    session::{Session, Whose},
    state::{AppState, Monitor},
};
use upstream::{
    driver::{AcceptedExecutor, ExecutorRow},
    driver_path::DriverPath,
    rows::FirstRows,
};

/// Executors that are listed one by one.
const SHOWN: usize = 1000;

/// The driver's `executors`, byte for byte.
#[utoipa::path(get, path = "/app/executors",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "Executors, as the driver tells them; without `app` and with no active application an object with an empty list and a message", content_type = "application/json"),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_executors(
    State(state): State<AppState>,
    asked: AskedApp,
    session: Session,
) -> Result<Response, ApiError> {
    let (monitor, call) = apps::for_passthrough(&state, &asked, &session).await?;
    let Some(call) = call else { return Ok(passthrough::answer(&passthrough::NO_EXECUTORS)) };
    let key = call.key.clone();
    let fetch = {
        let monitor = Arc::clone(&monitor);
        |_| async move { call.bytes::<AcceptedExecutor>(&monitor, DriverPath::Executors).await }
    };
    let good = monitor.executor_bytes.fresh_for(Route::DropIn, &key, fetch).await?;
    Ok(passthrough::answer(&good.value))
}

/// Executors of one application, dead ones too; the driver apart.
#[utoipa::path(get, path = "/panel/executors",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The executors; `app` is null when no application runs", body = Answer<Executors>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_executors(
    State(state): State<AppState>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    let (monitor, apps, chosen) = apps::for_panel(&state, &asked, &poll).await?;
    let mut freshness = apps.freshness.clone();
    let (app, good) = match chosen {
        None => (None, None),
        Some(chosen) => match seen(&monitor, &chosen, &mut freshness).await? {
            Driver::Starting(app) => (Some(app), None),
            Driver::Answers(app, seen) => (Some(app), Some(seen.good)),
        },
    };
    let body = match (app, good) {
        (Some(app), Some(good)) => {
            // Once under its own name, and once as the newest, if that is what was asked for.
            for app_id in [Some(app.app_id.as_str()), asked.checked()?] {
                let of = TasksOf { whose: apps.whose().clone(), app_id: app_id.map(str::to_owned) };
                monitor.histories.record_tasks(&of, good.observed_at_ms, good.value.slots());
            }
            good.value.shown(app, SHOWN)
        }
        (app, _) => nothing(app),
    };
    let fast_ms = monitor.limits.poll_executors_ms;
    let rate = panel::Rate::of_work(&monitor, body.active_tasks > 0 || panel::is_starting(&body.app), fast_ms);
    Ok(panel::answer(&monitor, &poll, freshness, rate, body))
}

/// Task slots of the application's living executors; none when nobody knows.
pub(crate) async fn task_slots(monitor: &Arc<Monitor>, chosen: &Chosen) -> Option<u64> {
    match seen(monitor, chosen, &mut Freshness::default()).await.ok()? {
        Driver::Answers(_, seen) => Some(seen.good.value.slots().total),
        Driver::Starting(_) => None,
    }
}

/// A driver without a master: its own executors are the cluster.
///
/// # Errors
/// As for the panel's executors.
pub(crate) async fn as_cluster(
    monitor: &Arc<Monitor>,
    whose: &Whose,
    max_age: Duration,
) -> Result<(Freshness, Cluster), ApiError> {
    let apps = Apps::last_good(monitor, whose, max_age).await?;
    let mut freshness = apps.freshness.clone();
    let mut cores = Meter::default();
    let mut of_driver = Freshness::default();
    if let Some(chosen) = apps.choose(None)?
        && let Driver::Answers(_, seen) = seen(monitor, &chosen, &mut of_driver).await?
    {
        freshness.add(&seen);
        cores = seen.good.value.slots();
    }
    freshness.add_parts_of(&of_driver);
    let cluster = Cluster {
        kind: ClusterKind::DriverOnly,
        master: None,
        workers: Vec::new(),
        workers_not_shown: 0,
        workers_alive: 0,
        workers_wanted: 0,
        cores,
        memory_mib: None,
        apps_running: u32::try_from(apps.active.len()).unwrap_or(u32::MAX),
        apps_waiting: 0,
    };
    Ok((freshness, cluster))
}

async fn seen(
    monitor: &Arc<Monitor>,
    chosen: &Chosen,
    freshness: &mut Freshness,
) -> Result<Driver<ExecutorsSeen>, ApiError> {
    let (call, asks) = (chosen.call.clone(), Arc::clone(monitor));
    let seen = monitor.executors.last_good(&chosen.call.key, chosen.call.max_age, |before| async move {
        let rows: FirstRows<ExecutorRow> = call.rows(&asks, DriverPath::AllExecutors).await?;
        Ok(ExecutorsSeen::new(rows, before.as_ref().map(|good| &*good.value)))
    });
    Driver::of(&chosen.app, seen.await, freshness)
}

fn nothing(app: Option<wire::App>) -> Executors {
    Executors { app, driver: None, executors: Vec::new(), executors_not_shown: 0, active_tasks: 0, task_slots: 0 }
}
