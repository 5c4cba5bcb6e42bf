//! The applications, and the selected one.

mod lone_driver;

use std::{sync::Arc, time::Duration};

use upstream::{
    driver::ApplicationRow,
    master::{MasterAnswer, MasterApp},
    rows::FirstRows,
};
use url::Url;
use wire::{ApplicationState as State, DriverState};

pub use lone_driver::ListerState;

use crate::{
    Drivers, Error, Limits, Masters, Observed, Tasks, Whose,
    cached::Retry,
    clock,
    cluster::{self, ClusterCores},
    is_app_id, text,
};

use lone_driver::{Listed, LoneDriver};

/// The source of the list of applications, and the drivers that run them.
#[derive(Debug)]
pub struct Applications {
    lister: Lister,
    drivers: Arc<Drivers>,
}

#[derive(Debug)]
enum Lister {
    Masters(Box<Masters>),
    Driver(Box<LoneDriver>),
    Nobody,
}

/// The applications at one moment.
#[derive(Debug)]
pub struct Apps {
    whose: Whose,
    /// RUNNING ones first, then WAITING ones; each newest first.
    pub active: Vec<wire::App>,
    finished: Vec<String>,
    /// Active ones that were not kept; for a lone driver, all that were not kept.
    pub left_out: u32,
    finished_left_out: u32,
    /// Web page of the master that lists them.
    pub(crate) master: Option<Url>,
    /// Cores of the cluster; none for a driver without a master.
    pub cores: Option<ClusterCores>,
    pub lister: ListerState,
}

impl Applications {
    /// Applications of a standalone cluster.
    #[must_use]
    pub fn of_masters(masters: Masters, drivers: Arc<Drivers>) -> Self {
        Self { lister: Lister::Masters(Box::new(masters)), drivers }
    }

    /// Applications of a driver without a master.
    #[must_use]
    pub fn of_driver(drivers: Arc<Drivers>, limits: &Limits, tasks: &Tasks) -> Self {
        Self { lister: Lister::Driver(Box::new(LoneDriver::new(limits, tasks))), drivers }
    }

    /// For a site that has only a cluster manager: no applications.
    #[must_use]
    pub fn of_nobody(drivers: Arc<Drivers>) -> Self {
        Self { lister: Lister::Nobody, drivers }
    }

    /// Whether there is a source to ask.
    ///
    /// # Errors
    /// When no source of applications is configured.
    pub fn check_lister(&self) -> Result<(), Error> {
        if matches!(self.lister, Lister::Nobody) { Err(Error::NoLister) } else { Ok(()) }
    }

    /// The masters of the cluster.
    ///
    /// # Errors
    /// When none is set.
    pub fn masters(&self) -> Result<&Masters, Error> {
        match &self.lister {
            Lister::Masters(masters) => Ok(masters),
            Lister::Driver(_) => Err(Error::NoMaster),
            Lister::Nobody => Err(Error::NoLister),
        }
    }

    pub(crate) fn drivers(&self) -> &Arc<Drivers> {
        &self.drivers
    }

    /// The applications within their lifetime, for clients that retry soon.
    ///
    /// # Errors
    /// Not configured, or the source's failure.
    pub async fn fresh(&self, whose: &Whose) -> Result<Observed<Apps>, Error> {
        match &self.lister {
            Lister::Masters(masters) => Apps::of_master(whose, masters.fresh(whose, Retry::Soon).await?.into()),
            Lister::Driver(driver) => Ok(Apps::of_driver(whose, driver.fresh(&self.drivers, whose).await?)),
            Lister::Nobody => Err(Error::NoLister),
        }
    }

    /// The applications, old ones if nothing newer is available. A driver that is absent or starting lists none.
    ///
    /// # Errors
    /// Not configured, or the failure if there is no old list either.
    pub async fn last_good(&self, whose: &Whose, max_age: Duration) -> Result<Observed<Apps>, Error> {
        match &self.lister {
            Lister::Masters(masters) => Apps::of_master(whose, masters.last_good(whose, max_age).await?),
            Lister::Driver(driver) => match driver.last_good(&self.drivers, whose, max_age).await? {
                Listed::Applications(seen) => Ok(Apps::of_driver(whose, seen)),
                Listed::Nothing(failure, lister) => Ok(Observed::since(&failure, Apps::none(whose, lister))),
            },
            Lister::Nobody => Err(Error::NoLister),
        }
    }
}

impl Apps {
    /// The newest RUNNING one, otherwise the newest WAITING one.
    #[must_use]
    pub fn default_app(&self) -> Option<&wire::App> {
        self.active.iter().find(|app| matches!(app.state, State::Running | State::Waiting))
    }

    #[must_use]
    pub fn whose(&self) -> &Whose {
        &self.whose
    }

    #[must_use]
    pub fn has_finished(&self, app_id: &str) -> bool {
        self.finished.iter().any(|finished| finished == app_id)
    }

    #[must_use]
    pub fn finished(&self) -> u32 {
        u32::try_from(self.finished.len()).unwrap_or(u32::MAX).saturating_add(self.finished_left_out)
    }

    fn of_master(whose: &Whose, seen: Observed<Arc<MasterAnswer>>) -> Result<Observed<Self>, Error> {
        seen.try_map(|answer| {
            let state = answer.state()?;
            let mut active = active_apps(&state.activeapps);
            // The master's times follow its own clock.
            active
                .iter_mut()
                .for_each(|app| app.started_at_ms = clock::to_ours(app.started_at_ms, answer.clock_ahead_ms));
            Ok(Self {
                active,
                finished: state.completedapps.iter().map(|app| app.id.clone()).collect(),
                left_out: state.activeapps.left_out,
                finished_left_out: state.completedapps.left_out,
                master: Some(answer.base.clone()),
                cores: Some(cluster::cores(state)),
                ..Self::none(whose, ListerState::Answers)
            })
        })
    }

    fn of_driver(whose: &Whose, seen: Observed<Arc<FirstRows<ApplicationRow>>>) -> Observed<Self> {
        seen.map(|rows| {
            let believed = rows.iter().filter(|row| is_app_id(&row.id));
            let (ended, active): (Vec<_>, Vec<_>) = believed.partition(|row| is_completed(row));
            let mut active: Vec<_> = active.into_iter().map(app_of_driver).collect();
            active.sort_by_key(|app| std::cmp::Reverse(app.started_at_ms));
            Self {
                active,
                finished: ended.into_iter().map(|row| row.id.clone()).collect(),
                left_out: rows.left_out,
                ..Self::none(whose, ListerState::Answers)
            }
        })
    }

    pub(crate) fn none(whose: &Whose, lister: ListerState) -> Self {
        Self {
            whose: whose.clone(),
            active: Vec::new(),
            finished: Vec::new(),
            left_out: 0,
            finished_left_out: 0,
            master: None,
            cores: None,
            lister,
        }
    }
}

/// Cluster owners control these ids, and the ids end up in URLs that are requested with the site's token.
#[must_use]
pub fn active_apps(rows: &[MasterApp]) -> Vec<wire::App> {
    let mut apps: Vec<_> = rows.iter().filter(|row| is_app_id(&row.id)).map(app_of_master).collect();
    apps.sort_by_key(|app| {
        (app.state != State::Running, app.state != State::Waiting, app.started_at_ms.saturating_neg())
    });
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
        link: None,
    }
}

/// A Connect server without a name is shown by its class name.
fn name_of(name: &str) -> String {
    match name {
        "org.apache.spark.sql.connect.service.SparkConnectServer" => "Spark Connect server".to_owned(),
        other => text::name(other),
    }
}

pub(crate) fn app_of_driver(row: &ApplicationRow) -> wire::App {
    wire::App {
        app_id: row.id.clone(),
        name: name_of(&row.name),
        state: State::Running,
        cores: None,
        started_at_ms: row.attempts.first().map_or(0, |attempt| attempt.start_time.0),
        driver: DriverState::NotAsked,
        link: None,
    }
}

pub(crate) fn is_completed(row: &ApplicationRow) -> bool {
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
