//! The selected application, and calls to its driver.

use std::{sync::Arc, time::Duration};

use wire::DriverState;

use crate::{
    DriverCall, DriverKey, Error, Failure, Observed, Whose,
    applications::{Applications, Apps},
    cached::Retry,
    drivers::is_starting,
};

/// The applications, and the selected one.
#[derive(Debug)]
pub struct Selection {
    pub apps: Apps,
    /// None if no application is active and none was requested.
    pub chosen: Option<Chosen>,
}

/// An application and how to call its driver.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub app: wire::App,
    pub call: DriverCall,
}

/// An answer of the selected application's driver.
#[derive(Clone, Debug)]
pub struct OfApp<V> {
    /// None if no application is active.
    pub app: Option<wire::App>,
    /// None while the driver is starting.
    pub known: Option<V>,
}

impl Selection {
    /// Selects the requested application, or the newest RUNNING one, or the newest WAITING one, from a list up to
    /// `max_age` old.
    ///
    /// # Errors
    /// As [`Applications::last_good`]; or the requested application is not active: it has ended or is unknown.
    pub async fn of(
        applications: &Applications,
        whose: &Whose,
        max_age: Duration,
        asked: Option<&str>,
    ) -> Result<Observed<Self>, Error> {
        let apps = applications.last_good(whose, max_age).await?;
        apps.try_map(|apps| Ok(Self { chosen: choose(applications, &apps, max_age, asked)?, apps }))
    }

    /// Selects for clients that retry soon, never from an old list.
    ///
    /// # Errors
    /// As [`Applications::fresh`] and [`Self::of`].
    pub async fn call_soon(
        applications: &Applications,
        whose: &Whose,
        asked: Option<&str>,
    ) -> Result<Option<DriverCall>, Error> {
        let apps = applications.fresh(whose).await?.value;
        let chosen = choose(applications, &apps, Duration::ZERO, asked)?;
        Ok(chosen.map(|chosen| DriverCall { retry: Retry::Soon, ..chosen.call }))
    }
}

fn choose(
    applications: &Applications,
    apps: &Apps,
    max_age: Duration,
    asked: Option<&str>,
) -> Result<Option<Chosen>, Error> {
    let app = match asked {
        None => apps.default_app(),
        Some(id) => match apps.active.iter().find(|app| app.app_id == id) {
            None if apps.has_finished(id) => return Err(Error::AppFinished),
            None => return Err(Error::UnknownApp),
            found => found,
        },
    };
    let call = |app: &wire::App| DriverCall {
        drivers: Arc::clone(applications.drivers()),
        key: DriverKey { whose: apps.whose().clone(), app_id: app.app_id.clone() },
        master: apps.master.clone(),
        max_age,
        retry: Retry::Usual,
    };
    Ok(app.map(|app| Chosen { app: app.clone(), call: call(app) }))
}

/// Asks the selected application's driver. The master lists an application seconds before its driver answers: that is a
/// state of its own, not an error.
///
/// # Errors
/// The failure of a driver that is not starting.
pub(crate) async fn ask<V, Fut>(
    selection: &Observed<Selection>,
    ask: impl FnOnce(DriverCall) -> Fut,
) -> Result<Observed<OfApp<V>>, Error>
where
    Fut: Future<Output = Result<Observed<V>, Failure>>,
{
    let nothing = |app| selection.as_ref().map(|_| OfApp { app, known: None });
    let Some(Chosen { app, call }) = &selection.value.chosen else { return Ok(nothing(None)) };
    let with = |driver| Some(wire::App { driver, ..app.clone() });
    match ask(call.clone()).await {
        Ok(seen) => {
            Ok(seen.found_by(&selection.age).map(|value| OfApp { app: with(DriverState::Ready), known: Some(value) }))
        }
        Err(failure) if is_starting(app, &failure.error.kind) => Ok(nothing(with(DriverState::Starting)).passing()),
        Err(failure) => Err(failure.into()),
    }
}
