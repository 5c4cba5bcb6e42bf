//! Asking an application's driver by the way that was found, and finding another when that one stops working.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use url::Url;
use wire::DriverState;

use crate::{
    cache::{Failure, Route, Seen},
    clock::{self, DriverTime},
    error::ApiError,
    panel::Freshness,
    state::{DriverKey, Monitor},
};
use upstream::{
    UpstreamError, UpstreamErrorKind,
    discovery::{DriverApi, Found, Wanted},
    driver_path::DriverPath,
    rows::FromRows,
};

/// How to ask one application's driver.
#[derive(Clone, Debug)]
pub(crate) struct DriverCall {
    pub key: DriverKey,
    /// The web page of the master that lists the application.
    pub master: Option<Url>,
    /// How old an answer may be, even past its lifetime.
    pub max_age: Duration,
    pub route: Route,
}

/// Up to this long after its start a driver that cannot be asked is taken to be starting; milliseconds.
const STARTING_MS: i64 = 60_000;

impl DriverCall {
    /// The bytes of one path's array, once its rows are found to be such.
    ///
    /// # Errors
    /// What the driver answered, or that no way leads to it.
    pub async fn bytes<Row: DeserializeOwned + 'static>(
        &self,
        monitor: &Monitor,
        path: DriverPath,
    ) -> Result<Bytes, UpstreamError> {
        let limit = monitor.limits.max_body_bytes;
        let (drivers, app_id) = (&self.drivers(monitor), &self.key.app_id);
        let call = |found: Found| async move { drivers.bytes::<Row>(&found, app_id, path, limit).await };
        self.through(monitor, path, call).await
    }

    /// One path's array, decoded while it is read.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub async fn rows<Rows: FromRows>(&self, monitor: &Monitor, path: DriverPath) -> Result<Rows, UpstreamError> {
        let limit = monitor.panel_body_limit();
        let (drivers, app_id) = (&self.drivers(monitor), &self.key.app_id);
        self.through(monitor, path, |found: Found| async move { drivers.rows(&found, app_id, path, limit).await }).await
    }

    /// One path's small answer, decoded.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub async fn json<T: DeserializeOwned>(&self, monitor: &Monitor, path: DriverPath) -> Result<T, UpstreamError> {
        let (drivers, app_id) = (&self.drivers(monitor), &self.key.app_id);
        let limit = drivers.page_limit;
        self.through(monitor, path, |found: Found| async move { drivers.json(&found, app_id, path, limit).await }).await
    }

    async fn through<T, F, Fut>(&self, monitor: &Monitor, path: DriverPath, call: F) -> Result<T, UpstreamError>
    where
        F: Fn(Found) -> Fut,
        Fut: Future<Output = Result<T, UpstreamError>>,
    {
        let found = self.find(monitor).await?;
        let error = match call((*found).clone()).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        // The way is good, for a driver of Spark has answered, or nothing was learnt about it.
        if error.is_ours()
            || matches!(error.kind, UpstreamErrorKind::TooLarge(_) | UpstreamErrorKind::Shape(_))
            || (path.is_optional() && matches!(error.kind, UpstreamErrorKind::Status { status: 404, .. }))
        {
            return Err(error);
        }
        // It answered well when it was found, so it has moved or gone; the next request looks for it again.
        monitor.found.forget(&self.key, &found);
        // What was slow once would be slow twice, and there is no time for it in one request.
        if matches!(error.kind, UpstreamErrorKind::Timeout(_)) {
            return Err(error);
        }
        match self.find(monitor).await? {
            same if same.is_same_way(&found) => Err(error),
            other => call((*other).clone()).await,
        }
    }

    /// The clients, whose calls count as those of the application's owner.
    pub fn drivers(&self, monitor: &Monitor) -> DriverApi {
        monitor.drivers.on_behalf_of(&self.key.whose.caller())
    }

    /// Whose driver is looked for.
    pub fn wanted(&self, monitor: &Monitor) -> Wanted {
        let DriverKey { whose, app_id } = self.key.clone();
        let configured = monitor.site.spark.driver().and_then(|url| url.fill(whose.user(), Some(&app_id)));
        Wanted { app_id, configured, master: self.master.clone() }
    }

    /// The way to the driver, remembered or found now.
    ///
    /// # Errors
    /// That no way leads to it.
    pub async fn find(&self, monitor: &Monitor) -> Result<Arc<Found>, UpstreamError> {
        let look = |_| {
            let (drivers, wanted) = (self.drivers(monitor), self.wanted(monitor));
            let (clocks, key) = (monitor.driver_clocks.clone(), self.key.clone());
            async move {
                let found = drivers.find(&wanted).await?;
                clocks.record(&key, found.clock_ahead_ms);
                Ok(found)
            }
        };
        let found = monitor.found.fresh_for(self.route, &self.key, look).await;
        match found {
            Ok(good) => {
                tracing::debug!(app.id = %self.key.app_id, hop = ?good.value.hop, "The driver is known");
                Ok(good.value)
            }
            Err(failure) => Err((*failure.error).clone()),
        }
    }

    /// A moment of ours, milliseconds since 1970, by the driver's clock.
    pub fn driver_time(&self, monitor: &Monitor, our_ms: i64) -> DriverTime {
        DriverTime::at(our_ms, monitor.driver_clocks.ahead_ms(&self.key))
    }
}

/// What asking an application's driver brought.
pub(crate) enum Driver<V> {
    /// The master lists the application seconds before its driver answers: a state of its own, not an error.
    Starting(wire::App),
    Answers(wire::App, Seen<V>),
}

impl<V> Driver<V> {
    /// Counts it in.
    ///
    /// # Errors
    /// The failure of a driver that is not starting.
    pub fn of(app: &wire::App, seen: Result<Seen<V>, Failure>, freshness: &mut Freshness) -> Result<Self, ApiError> {
        match seen {
            Ok(seen) => {
                freshness.add_driver(&seen);
                Ok(Self::Answers(wire::App { driver: DriverState::Ready, ..app.clone() }, seen))
            }
            Err(failure) if is_starting(app, &failure.error.kind) => {
                freshness.add_passing();
                Ok(Self::Starting(wire::App { driver: DriverState::Starting, ..app.clone() }))
            }
            Err(failure) => Err(failure.into()),
        }
    }
}

/// Whether a failure only says that the driver is starting.
pub(crate) fn is_starting(app: &wire::App, kind: &UpstreamErrorKind) -> bool {
    // By our own clock: one that is far ahead must not make it young for ever.
    let young = || (-STARTING_MS..STARTING_MS).contains(&clock::now_ms().saturating_sub(app.started_at_ms));
    match kind {
        UpstreamErrorKind::Starting => true,
        UpstreamErrorKind::Unreachable(_)
        | UpstreamErrorKind::Timeout(_)
        | UpstreamErrorKind::NotJson(_)
        | UpstreamErrorKind::NoAddress => young(),
        // 500 while its lists are not there yet.
        UpstreamErrorKind::Status { status, .. } => matches!(status, 404 | 500 | 502 | 503) && young(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use wire::ApplicationState;

    use super::*;

    #[test]
    fn a_driver_that_cannot_answer_yet_is_starting_for_a_minute() {
        let kind = UpstreamErrorKind::Status { status: 500, retry_after_seconds: None, message: None };
        let starting = |age_ms| {
            let started_at_ms = clock::now_ms() - age_ms;
            let (app_id, name) = ("app-1".to_owned(), "ETL".to_owned());
            let (state, driver) = (ApplicationState::Running, DriverState::NotAsked);
            is_starting(&wire::App { app_id, name, state, cores: None, started_at_ms, driver }, &kind)
        };
        assert!(starting(0));
        assert!(!starting(STARTING_MS));
    }
}
