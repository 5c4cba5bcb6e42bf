//! Applications: which there are, and which one is looked at.

mod driver_calls;
mod driver_clocks;
pub(crate) mod panel_route;
mod requests;

use std::time::Duration;

use url::Url;
use wire::{ApplicationState as State, DriverState};

pub(crate) use driver_calls::{Driver, DriverCall, is_starting};
pub(crate) use driver_clocks::DriverClocks;
pub(crate) use requests::{for_panel, for_passthrough};

use crate::{
    app_id::is_app_id,
    cache::{Failure, Good, Route, Seen},
    clock, cluster,
    config::Spark,
    error::ApiError,
    panel::Freshness,
    session::Whose,
    state::{DriverKey, Monitor},
    words::say,
};
use upstream::{
    UpstreamError, UpstreamErrorKind,
    driver::ApplicationRow,
    master::{self, MasterAnswer, MasterApp},
    rows::FirstRows,
};

/// The applications at one moment.
pub(crate) struct Apps {
    whose: Whose,
    /// RUNNING ones first, then WAITING ones; each newest first.
    pub active: Vec<wire::App>,
    finished: Vec<String>,
    /// Active ones that were not kept, or of a driver any.
    pub left_out: u32,
    finished_left_out: u32,
    /// The web page of the master that lists them.
    master: Option<Url>,
    /// How old an answer about them may be.
    max_age: Duration,
    /// Their age, and why they are old.
    pub freshness: Freshness,
    /// Of the cluster; none for a driver without a master.
    pub cores: Option<ClusterCores>,
    pub lister: ListerState,
}

/// Whether the lister of the applications is there; a master always is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListerState {
    Answers,
    /// A driver without a master whose web server is not ready yet.
    Starting,
    /// A driver without a master that is not there: no session has been started.
    Absent,
}

/// What the master has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ClusterCores {
    pub used: u32,
    pub total: u32,
    pub workers_alive: u32,
    pub workers_wanted: u32,
}

/// An application and the way to ask its driver.
#[derive(Clone, Debug)]
pub(crate) struct Chosen {
    pub app: wire::App,
    pub call: DriverCall,
}

impl Apps {
    /// The applications within their lifetime, for a drop-in route.
    ///
    /// # Errors
    /// Not configured, or the failure of who lists them.
    pub async fn fresh(monitor: &Monitor, whose: &Whose) -> Result<Self, ApiError> {
        match monitor.site.spark {
            Spark::Cluster { .. } => {
                let good = master_fresh(monitor, Route::DropIn, whose).await?;
                Self::of_master(whose, Duration::ZERO, Seen { good, failure: None })
            }
            Spark::Driver(_) => {
                let fetch = |_| list_of_driver(monitor, whose);
                let good = monitor.applications.fresh_for(Route::DropIn, whose, fetch).await?;
                Ok(Self::of_driver(whose, Duration::ZERO, Seen { good, failure: None }))
            }
            Spark::NotSet => Err(nobody_lists_applications()),
        }
    }

    /// The same, old ones where there is nothing newer. A driver that is not there, or starts, lists nothing.
    ///
    /// # Errors
    /// Not configured, or the failure when there is nothing old either.
    pub async fn last_good(monitor: &Monitor, whose: &Whose, max_age: Duration) -> Result<Self, ApiError> {
        match monitor.site.spark {
            Spark::Cluster { .. } => Self::of_master(whose, max_age, master_last_good(monitor, whose, max_age).await?),
            Spark::Driver(_) => {
                let seen = monitor.applications.last_good(whose, max_age, |_| list_of_driver(monitor, whose)).await;
                let failure = match &seen {
                    Ok(seen) => seen.failure.as_ref(),
                    Err(failure) => Some(failure),
                };
                if let Some((failure, lister)) = failure.and_then(|failure| Some((failure, not_there(failure)?))) {
                    return Ok(Self::none(whose, max_age, failure, lister));
                }
                Ok(Self::of_driver(whose, max_age, seen?))
            }
            Spark::NotSet => Err(nobody_lists_applications()),
        }
    }

    /// The asked application, or the newest RUNNING one, or the newest WAITING one; none when nothing is active.
    ///
    /// # Errors
    /// 404 for an id that is not active: ended, or never heard of.
    pub fn choose(&self, asked: Option<&str>) -> Result<Option<Chosen>, ApiError> {
        let app = match asked {
            None => self.default_app(),
            Some(id) => match self.active.iter().find(|app| app.app_id == id) {
                None if self.finished.iter().any(|finished| finished == id) => return Err(ApiError::app_finished()),
                None => return Err(ApiError::unknown_app()),
                found => found,
            },
        };
        Ok(app.map(|app| Chosen { app: app.clone(), call: self.call(app) }))
    }

    /// The newest RUNNING one, else the newest WAITING one.
    pub fn default_app(&self) -> Option<&wire::App> {
        self.active.iter().find(|app| matches!(app.state, State::Running | State::Waiting))
    }

    pub fn whose(&self) -> &Whose {
        &self.whose
    }

    pub fn finished(&self) -> u32 {
        u32::try_from(self.finished.len()).unwrap_or(u32::MAX).saturating_add(self.finished_left_out)
    }

    fn call(&self, app: &wire::App) -> DriverCall {
        DriverCall {
            key: DriverKey { whose: self.whose.clone(), app_id: app.app_id.clone() },
            master: self.master.clone(),
            max_age: self.max_age,
            route: Route::Panel,
        }
    }

    fn of_master(whose: &Whose, max_age: Duration, seen: Seen<MasterAnswer>) -> Result<Self, ApiError> {
        let state = seen.good.value.state()?;
        let mut active = active_apps(&state.activeapps);
        // The master's times are by its own clock.
        active
            .iter_mut()
            .for_each(|app| app.started_at_ms = clock::to_ours(app.started_at_ms, seen.good.value.clock_ahead_ms));
        Ok(Self {
            whose: whose.clone(),
            max_age,
            active,
            finished: state.completedapps.iter().map(|app| app.id.clone()).collect(),
            left_out: state.activeapps.left_out,
            finished_left_out: state.completedapps.left_out,
            master: Some(seen.good.value.base.clone()),
            cores: Some(cluster::cores(state)),
            freshness: Freshness::of(&seen),
            lister: ListerState::Answers,
        })
    }

    fn of_driver(whose: &Whose, max_age: Duration, seen: Seen<FirstRows<ApplicationRow>>) -> Self {
        let believed = seen.good.value.iter().filter(|row| is_app_id(&row.id));
        let (ended, active): (Vec<_>, Vec<_>) = believed.partition(|row| is_completed(row));
        let mut active: Vec<_> = active.into_iter().map(app_of_driver).collect();
        active.sort_by_key(|app| std::cmp::Reverse(app.started_at_ms));
        Self {
            whose: whose.clone(),
            max_age,
            active,
            finished: ended.into_iter().map(|row| row.id.clone()).collect(),
            left_out: seen.good.value.left_out,
            finished_left_out: 0,
            master: None,
            cores: None,
            freshness: Freshness::of(&seen),
            lister: ListerState::Answers,
        }
    }

    /// Since `failure` there is nothing: the same answer until something comes.
    fn none(whose: &Whose, max_age: Duration, failure: &Failure, lister: ListerState) -> Self {
        let freshness = Freshness::of_nothing(failure);
        Self {
            whose: whose.clone(),
            max_age,
            active: Vec::new(),
            finished: Vec::new(),
            left_out: 0,
            finished_left_out: 0,
            master: None,
            cores: None,
            freshness,
            lister,
        }
    }
}

/// Without a master, no driver simply means that no session has been started.
fn not_there(failure: &Failure) -> Option<ListerState> {
    match failure.error.kind {
        UpstreamErrorKind::Starting => Some(ListerState::Starting),
        _ if failure.error.is_absent() => Some(ListerState::Absent),
        _ => None,
    }
}

fn nobody_lists_applications() -> ApiError {
    ApiError::not_configured(say!("No Spark Master is set (BERDL_JUPYTERHUB_NAMESPACE or SPARK_MASTER_UI_URL)."))
}

/// The master's answer within its lifetime.
///
/// # Errors
/// The master's failure.
pub(crate) async fn master_fresh(
    monitor: &Monitor,
    route: Route,
    whose: &Whose,
) -> Result<Good<MasterAnswer>, Failure> {
    monitor.masters.fresh_for(route, whose, |before| ask_master(monitor, whose, before)).await
}

/// The master's answer, the last good one where there is nothing newer.
///
/// # Errors
/// Its failure when there is no good one.
pub(crate) async fn master_last_good(
    monitor: &Monitor,
    whose: &Whose,
    max_age: Duration,
) -> Result<Seen<MasterAnswer>, Failure> {
    monitor.masters.last_good(whose, max_age, |before| ask_master(monitor, whose, before)).await
}

/// # Errors
/// 503 when nobody is set who could list applications.
pub(crate) fn lister_is_configured(monitor: &Monitor) -> Result<(), ApiError> {
    match monitor.site.spark {
        Spark::Cluster { .. } | Spark::Driver(_) => Ok(()),
        Spark::NotSet => Err(nobody_lists_applications()),
    }
}

/// # Errors
/// 503 without a master.
pub(crate) fn master_is_configured(monitor: &Monitor) -> Result<(), ApiError> {
    match monitor.site.spark {
        Spark::Cluster { .. } => Ok(()),
        Spark::Driver(_) => {
            Err(ApiError::not_configured(say!("No Spark Master is set, only a driver (SPARK_APP_UI_URL).")))
        }
        Spark::NotSet => Err(nobody_lists_applications()),
    }
}

fn ask_master(
    monitor: &Monitor,
    whose: &Whose,
    before: Option<Good<MasterAnswer>>,
) -> impl Future<Output = Result<MasterAnswer, UpstreamError>> + Send + use<> {
    let client = monitor.master.on_behalf_of(&whose.caller());
    let bases: Vec<Url> = monitor.site.spark.masters().iter().filter_map(|url| url.fill(whose.user(), None)).collect();
    let (auth, limit) = (monitor.ui_auth.clone(), monitor.limits.max_body_bytes);
    async move {
        let mut answer = master::state(&client, &bases, auth.as_ref(), limit).await?;
        let before_ms = before.map_or(0, |good| good.value.clock_ahead_ms);
        answer.clock_ahead_ms = upstream::settled(before_ms, answer.clock_ahead_ms);
        Ok(answer)
    }
}

fn list_of_driver(
    monitor: &Monitor,
    whose: &Whose,
) -> impl Future<Output = Result<FirstRows<ApplicationRow>, UpstreamError>> + Send + use<> {
    let drivers = monitor.drivers.on_behalf_of(&whose.caller());
    let base = monitor.site.spark.driver().and_then(|url| url.fill(whose.user(), None));
    async move {
        match base {
            Some(base) => drivers.applications(&base).await,
            None => Ok(FirstRows::default()),
        }
    }
}

/// Ids come from a cluster that its user owns, and stand in addresses that are asked with the site's token.
pub(crate) fn active_apps(rows: &[MasterApp]) -> Vec<wire::App> {
    let mut apps: Vec<_> = rows.iter().filter(|row| is_app_id(&row.id)).map(app_of_master).collect();
    apps.sort_by_key(|app| (app.state != State::Running, app.state != State::Waiting, -app.started_at_ms));
    apps
}

fn app_of_master(row: &MasterApp) -> wire::App {
    wire::App {
        app_id: row.id.clone(),
        name: name_of(&row.name),
        state: match row.state.as_str() {
            "RUNNING" => State::Running,
            "WAITING" => State::Waiting,
            "FINISHED" | "FAILED" | "KILLED" => State::Finished,
            _ => State::Unknown,
        },
        cores: Some(row.cores),
        started_at_ms: row.starttime,
        driver: DriverState::NotAsked,
    }
}

/// A Connect server that nobody named is called by its class.
fn name_of(name: &str) -> String {
    match name {
        "org.apache.spark.sql.connect.service.SparkConnectServer" => "Spark Connect server".to_owned(),
        other => other.to_owned(),
    }
}

fn app_of_driver(row: &ApplicationRow) -> wire::App {
    wire::App {
        app_id: row.id.clone(),
        name: name_of(&row.name),
        state: State::Running,
        cores: None,
        started_at_ms: row.attempts.first().map_or(0, |attempt| attempt.start_time.0),
        driver: DriverState::NotAsked,
    }
}

fn is_completed(row: &ApplicationRow) -> bool {
    row.attempts.first().is_some_and(|attempt| attempt.completed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_running_application_comes_before_any_waiting_one() {
        let row = |id: &str, state: &str, starttime| MasterApp {
            id: id.into(),
            state: state.into(),
            starttime,
            ..MasterApp::default()
        };
        let rows = [row("w", "WAITING", 9), row("old", "RUNNING", 1), row("new", "RUNNING", 5), row("x", "ODD", 99)];
        let ids: Vec<_> = active_apps(&rows).into_iter().map(|app| app.app_id).collect();
        assert_eq!(ids, ["new", "old", "w", "x"], "one in an odd state is listed, but never shown unasked");
    }
}
