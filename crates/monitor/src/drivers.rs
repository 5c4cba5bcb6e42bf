//! Calls an application's driver at the address that was found, and finds another when that one stops working.

mod clocks;

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use serde::de::DeserializeOwned;
use upstream::{
    Upstream, UpstreamError, UpstreamErrorKind,
    discovery::{DriverApi, Found, Wanted},
    driver::ApplicationRow,
    driver_path::DriverPath,
    rows::{FirstRows, FromRows},
};
use url::Url;

use crate::{
    DriverKey, Failure, Good, Limits, Tasks, UrlTemplate, Whose,
    cached::{Cached, Retry},
    clock::{self, DriverTime},
};
use clocks::DriverClocks;

/// How long a driver's working address is remembered.
const FOUND_LIFETIME: Duration = Duration::from_secs(600);

/// For this long after its start, a driver that cannot be reached counts as starting; milliseconds.
pub(crate) const STARTING_MS: i64 = 60_000;

/// The addresses of all drivers.
#[derive(Debug)]
pub struct Drivers {
    api: DriverApi,
    /// `SPARK_APP_UI_URL`.
    configured: Option<UrlTemplate>,
    found: Cached<DriverKey, Found>,
    /// For callers that need a recently checked address.
    just_found: Cached<DriverKey, Found>,
    clocks: DriverClocks,
    max_body_bytes: u64,
}

/// How to call one application's driver.
#[derive(Clone, Debug)]
pub struct DriverCall {
    pub(crate) drivers: Arc<Drivers>,
    pub key: DriverKey,
    /// Web page of the master that lists the application.
    pub master: Option<Url>,
    /// How old an answer may be, even past its lifetime.
    pub max_age: Duration,
    pub retry: Retry,
}

impl Drivers {
    #[must_use]
    pub fn new(api: DriverApi, configured: Option<UrlTemplate>, limits: &Limits, tasks: &Tasks) -> Self {
        // Not logged, because the caches of the drivers' answers log the same failure.
        let ways = |lifetime| Cached::new(limits.cache(Upstream::Driver, None, lifetime), tasks.clone());
        Self {
            api,
            configured,
            found: ways(FOUND_LIFETIME),
            just_found: ways(limits.executors_lifetime),
            clocks: DriverClocks::new(limits.cache_entries),
            max_body_bytes: limits.max_body_bytes,
        }
    }

    /// The applications of a driver without a master.
    pub(crate) fn applications(
        &self,
        whose: &Whose,
    ) -> impl Future<Output = Result<FirstRows<ApplicationRow>, UpstreamError>> + Send + use<> {
        let api = self.api.on_behalf_of(&whose.caller());
        let base = self.configured.as_ref().and_then(|url| url.fill(whose.user(), None));
        async move {
            match base {
                Some(base) => api.applications(&base).await,
                None => Ok(FirstRows::default()),
            }
        }
    }

    /// Asks a server that knows applications which have ended; none if it has no address.
    pub(crate) fn of_history(&self, whose: &Whose) -> Option<(DriverApi, Url)> {
        let base = self.configured.as_ref()?.fill(whose.user(), None)?;
        Some((self.api.on_behalf_of(&whose.caller()), base))
    }
}

impl DriverCall {
    /// One path's array as bytes, after checking its rows.
    ///
    /// # Errors
    /// The driver's error, or that it has no working address.
    pub async fn bytes<Row: DeserializeOwned + 'static>(&self, path: DriverPath) -> Result<Bytes, UpstreamError> {
        let limit = self.drivers.max_body_bytes;
        let (api, app_id) = (&self.api(), &self.key.app_id);
        self.through(path, |found: Found| async move { api.bytes::<Row>(&found, app_id, path, limit).await }).await
    }

    /// One path's array, decoded while it is read.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub async fn rows<Rows: FromRows>(&self, path: DriverPath) -> Result<Rows, UpstreamError> {
        // More than the limit for pass-through, because only what is shown is kept.
        let limit = self.drivers.max_body_bytes.saturating_mul(8);
        let (api, app_id) = (&self.api(), &self.key.app_id);
        self.through(path, |found: Found| async move { api.rows(&found, app_id, path, limit).await }).await
    }

    /// One path's small answer, decoded.
    ///
    /// # Errors
    /// As [`Self::bytes`].
    pub async fn json<T: DeserializeOwned>(&self, path: DriverPath) -> Result<T, UpstreamError> {
        let (api, app_id) = (&self.api(), &self.key.app_id);
        let limit = api.page_limit;
        self.through(path, |found: Found| async move { api.json(&found, app_id, path, limit).await }).await
    }

    async fn through<T, F, Fut>(&self, path: DriverPath, call: F) -> Result<T, UpstreamError>
    where
        F: Fn(Found) -> Fut,
        Fut: Future<Output = Result<T, UpstreamError>>,
    {
        let found = self.find().await?;
        let error = match call((*found).clone()).await {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        // The address is good, because a Spark driver answered, or the error says nothing about it.
        if error.is_ours()
            || matches!(error.kind, UpstreamErrorKind::TooLarge(_) | UpstreamErrorKind::Shape(_))
            || (path.is_optional() && matches!(error.kind, UpstreamErrorKind::Status { status: 404, .. }))
        {
            return Err(error);
        }
        // It worked when it was found, so the driver has moved or is gone; the next request looks for it again.
        self.drivers.found.forget(&self.key, &found);
        // A retry after a timeout would time out too, and the request has no time left for it.
        if matches!(error.kind, UpstreamErrorKind::Timeout(_)) {
            return Err(error);
        }
        match self.find().await? {
            same if same.is_same_way(&found) => Err(error),
            other => call((*other).clone()).await,
        }
    }

    /// The driver's address, remembered or just found.
    async fn find(&self) -> Result<Arc<Found>, UpstreamError> {
        let look = |_| {
            let (search, key, drivers) = (self.search(), self.key.clone(), Arc::clone(&self.drivers));
            async move {
                let found = search.await?;
                drivers.clocks.record(&key, found.clock_ahead_ms);
                Ok(found)
            }
        };
        match self.drivers.found.fresh_for(self.retry, &self.key, look).await {
            Ok(good) => {
                tracing::debug!(app.id = %self.key.app_id, hop = ?good.value.hop, "The driver is known");
                Ok(good.value)
            }
            Err(failure) => Err((*failure.error).clone()),
        }
    }

    /// The driver's address, found within the last seconds.
    ///
    /// # Errors
    /// That the driver has no working address.
    pub async fn find_now(&self) -> Result<Good<Found>, Failure> {
        self.drivers.just_found.fresh(&self.key, |_| self.search()).await
    }

    fn search(&self) -> impl Future<Output = Result<Found, UpstreamError>> + Send + use<> {
        let DriverKey { whose, app_id } = self.key.clone();
        let configured = self.drivers.configured.as_ref().and_then(|url| url.fill(whose.user(), Some(&app_id)));
        let (api, wanted) = (self.api(), Wanted { app_id, configured, master: self.master.clone() });
        async move { api.find(&wanted).await }
    }

    /// The clients; their calls count as calls of the application's owner.
    fn api(&self) -> DriverApi {
        self.drivers.api.on_behalf_of(&self.key.whose.caller())
    }

    /// Converts one of our times, milliseconds since 1970, to the driver's clock.
    #[must_use]
    pub fn driver_time(&self, our_ms: i64) -> DriverTime {
        DriverTime::at(our_ms, self.drivers.clocks.ahead_ms(&self.key))
    }
}

/// Whether a failure only says that the driver is starting.
#[must_use]
pub fn is_starting(app: &wire::App, kind: &UpstreamErrorKind) -> bool {
    // Both limits, because a clock that is far ahead must not make the driver young for ever.
    let young = || (-STARTING_MS..STARTING_MS).contains(&clock::now_ms().saturating_sub(app.started_at_ms));
    match kind {
        UpstreamErrorKind::Starting => true,
        UpstreamErrorKind::Unreachable(_)
        | UpstreamErrorKind::Timeout(_)
        | UpstreamErrorKind::NotJson(_)
        | UpstreamErrorKind::NoAddress => young(),
        // 500 while its lists do not exist yet.
        UpstreamErrorKind::Status { status, .. } => matches!(status, 404 | 500 | 502 | 503) && young(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use wire::{ApplicationState, DriverState};

    use super::*;

    #[test]
    fn a_driver_that_cannot_answer_yet_is_starting_for_a_minute() {
        let kind = UpstreamErrorKind::Status { status: 500, retry_after_seconds: None, message: None };
        let starting = |age_ms| {
            let started_at_ms = clock::now_ms() - age_ms;
            let (app_id, name) = ("app-1".to_owned(), "ETL".to_owned());
            let (state, driver) = (ApplicationState::Running, DriverState::NotAsked);
            is_starting(&wire::App { app_id, name, state, cores: None, started_at_ms, driver, link: None }, &kind)
        };
        assert!(starting(0));
        assert!(!starting(STARTING_MS));
    }
}
