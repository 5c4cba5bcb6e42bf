//! Calls to one kind of upstream: no redirects, gzip, and for each call a deadline and a place.

use std::{error::Error, io, marker::PhantomData, sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use jiff::Timestamp;
use reqwest::{
    Response,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    Caller, Connections, Places, Upstream, UpstreamError, UpstreamErrorKind, body, bounds::Bounds, clock, connections,
    driver_hosts::DriverHosts, rows::FromRows, unwanted,
};

/// Longest `Retry-After` that is passed on to a client, seconds.
const LONGEST_RETRY_AFTER: u32 = 60;

/// Deadlines of one call.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// The whole call, including the body and a second attempt.
    pub call: Duration,
}

/// An upstream's answer, and how its clock differs from ours.
#[derive(Clone, Copy, Debug)]
pub struct Dated<T> {
    pub value: T,
    /// Milliseconds; negative when the upstream's clock is behind, zero when the difference is too small to tell.
    pub clock_ahead_ms: i64,
}

/// Asks one kind of upstream on behalf of one caller. Cheap to clone; clones share places and connections.
#[derive(Clone, Debug)]
pub struct Client {
    upstream: Upstream,
    http: Arc<Http>,
    timeouts: Timeouts,
    // Each kind has its own, so that a slow upstream cannot take the places of another kind.
    places: Places,
    caller: Caller,
    bounds: Bounds,
}

/// How a client is built.
pub struct ClientSettings<'a> {
    pub timeouts: Timeouts,
    pub places: &'a Places,
    pub tls: &'a ClientConfig,
    pub connections: &'a Connections,
    /// How much of an answer is kept.
    pub bounds: Bounds,
    /// Whether to honour `HTTPS_PROXY`; only for services outside the cluster.
    pub use_proxy: bool,
    /// The hosts that may be called, checked after name resolution; `None` allows any host.
    pub hosts: Option<DriverHosts>,
}

/// Builds the HTTP client of each host.
#[derive(Debug)]
struct Http {
    connect_timeout: Duration,
    tls: ClientConfig,
    use_proxy: bool,
    hosts: Option<DriverHosts>,
    connections: Connections,
    /// Tells apart clients of one host that are built differently.
    kind: usize,
}

impl Http {
    /// The client that holds the connections to this URL's host.
    fn client(&self, url: &Url) -> reqwest::Result<reqwest::Client> {
        self.connections.client(self.kind, url, || {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(self.connect_timeout)
                .referer(false)
                .tls_backend_preconfigured(self.tls.clone());
            if !self.use_proxy {
                builder = builder.no_proxy();
            }
            if let Some(hosts) = &self.hosts {
                builder = builder.dns_resolver(Arc::new(hosts.clone()));
            }
            connections::keep_few(builder).build()
        })
    }
}

impl Client {
    #[must_use]
    pub fn new(upstream: Upstream, settings: &ClientSettings<'_>) -> Self {
        let ClientSettings { timeouts, places, bounds, tls, connections, use_proxy, ref hosts } = *settings;
        let http = Http {
            connect_timeout: timeouts.connect,
            tls: tls.clone(),
            use_proxy,
            hosts: hosts.clone(),
            connections: connections.clone(),
            kind: connections.next_kind(),
        };
        Self { upstream, http: Arc::new(http), timeouts, bounds, places: places.clone(), caller: Caller::default() }
    }

    /// The same client, whose calls count towards this caller's share.
    #[must_use]
    pub fn on_behalf_of(&self, caller: &Caller) -> Self {
        Self { caller: caller.clone(), ..self.clone() }
    }

    /// The same client with another deadline for each call.
    #[must_use]
    pub fn within(&self, call: Duration) -> Self {
        Self { timeouts: Timeouts { call, ..self.timeouts }, ..self.clone() }
    }

    /// The bytes of a JSON answer, unchanged (after gzip).
    ///
    /// # Errors
    /// Anything but status 200 with a JSON content type and a complete body within `limit`.
    pub async fn json_bytes(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<Bytes, UpstreamError> {
        self.dated_json_bytes(url, auth, limit).await.map(|dated| dated.value)
    }

    /// As [`Self::json_bytes`], with the difference of the upstream's clock.
    ///
    /// # Errors
    /// As [`Self::json_bytes`].
    pub async fn dated_json_bytes(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        limit: u64,
    ) -> Result<Dated<Bytes>, UpstreamError> {
        self.in_time(async {
            let sent = Timestamp::now();
            let response = self.expect_json(self.get(url, auth, "application/json").await?).await?;
            let clock_ahead_ms = clock::ahead_ms(&response, sent);
            Ok(Dated { value: body::read(self.upstream, response, limit).await?, clock_ahead_ms })
        })
        .await
    }

    /// A small JSON answer, decoded.
    ///
    /// # Errors
    /// As [`Self::json_bytes`], and JSON of another shape.
    pub async fn json<T>(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<T, UpstreamError>
    where
        T: DeserializeOwned,
    {
        self.dated_json(url, auth, limit).await.map(|dated| dated.value)
    }

    /// As [`Self::json`], with the difference of the upstream's clock.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub async fn dated_json<T>(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        limit: u64,
    ) -> Result<Dated<T>, UpstreamError>
    where
        T: DeserializeOwned,
    {
        let Dated { value, clock_ahead_ms } = self.dated_json_bytes(url, auth, limit).await?;
        let value = body::from_slice_within(self.upstream, &value, &self.bounds, PhantomData)?;
        Ok(Dated { value, clock_ahead_ms })
    }

    /// How much of an answer is kept.
    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The bytes of a JSON array, unchanged, after a check that each element is a `Row`.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub async fn checked<Row>(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<Bytes, UpstreamError>
    where
        Row: DeserializeOwned + 'static,
    {
        self.in_time(async {
            let response = self.expect_json(self.get(url, auth, "application/json").await?).await?;
            body::checked::<Row>(self.upstream, response, limit, &self.bounds).await
        })
        .await
    }

    /// A JSON array, decoded while it is read, so that only the kept rows take memory.
    ///
    /// # Errors
    /// As [`Self::json`].
    pub async fn rows<Rows>(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<Rows, UpstreamError>
    where
        Rows: FromRows,
    {
        self.in_time(async {
            let response = self.expect_json(self.get(url, auth, "application/json").await?).await?;
            body::rows(self.upstream, response, limit, &self.bounds).await
        })
        .await
    }

    /// A page of text, with any content type.
    ///
    /// # Errors
    /// Anything but status 200 with a complete body within `limit`.
    pub async fn page(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<String, UpstreamError> {
        self.in_time(async {
            let response = self.expect_ok(self.get(url, auth, "text/html").await?).await?;
            let bytes = body::read(self.upstream, response, limit).await?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
        .await
    }

    /// One deadline for the whole call: both attempts and the body. The wait for a place has its own, because it says
    /// nothing about the upstream.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, UpstreamError>>) -> Result<T, UpstreamError> {
        let Some(_place) = self.places.take(&self.caller).await else {
            return Err(UpstreamError::new(self.upstream, UpstreamErrorKind::Overloaded));
        };
        let late = |_| Err(UpstreamError::timeout(self.upstream, self.timeouts.call));
        tokio::time::timeout(self.timeouts.call, call).await.unwrap_or_else(late)
    }

    async fn get(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        accept: &'static str,
    ) -> Result<Response, UpstreamError> {
        let attempt = || async {
            let mut request = self.http.client(url)?.get(url.clone()).header(ACCEPT, accept);
            if let Some(auth) = auth {
                request = request.header(AUTHORIZATION, auth);
            }
            request.send().await
        };
        let is_worth_a_retry = |error: &reqwest::Error| {
            if lacks_descriptors(error) {
                self.http.connections.close_idle();
                return true;
            }
            // Retry only after a reset connection: a dead or slow upstream must cost a single attempt.
            error.is_request() && !error.is_connect() && !error.is_timeout()
        };
        attempt
            .retry(ExponentialBuilder::default().with_jitter().with_max_times(1).with_min_delay(RETRY_DELAY))
            .when(is_worth_a_retry)
            .await
            .map_err(|error| UpstreamError::from_reqwest(self.upstream, error, self.timeouts.connect))
    }

    async fn expect_ok(&self, response: Response) -> Result<Response, UpstreamError> {
        let status = response.status().as_u16();
        if status == 200 {
            return Ok(response);
        }
        let retry_after_seconds = response
            .headers()
            .get(RETRY_AFTER)
            .and_then(|value| value.to_str().ok()?.trim().parse::<u32>().ok())
            .map(|seconds| seconds.min(LONGEST_RETRY_AFTER));
        let message = match self.upstream {
            Upstream::ClusterManager => unwanted::error_message(response).await,
            _ => None,
        };
        Err(UpstreamError::status(self.upstream, status, retry_after_seconds, message))
    }

    /// The master's `/api/v1` answers 200 with a web page, so the content type decides, not the status.
    async fn expect_json(&self, response: Response) -> Result<Response, UpstreamError> {
        let response = self.expect_ok(response).await?;
        let content_type = body::content_type(&response);
        if body::is_json(&content_type) {
            return Ok(response);
        }
        let kind = match unwanted::says_starting(response).await {
            true => UpstreamErrorKind::Starting,
            false => UpstreamErrorKind::NotJson(content_type),
        };
        Err(UpstreamError::new(self.upstream, kind))
    }
}

const RETRY_DELAY: Duration = Duration::from_millis(50);

/// Whether this process, or the whole machine, cannot open any more files and sockets.
fn lacks_descriptors(error: &reqwest::Error) -> bool {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.filter_map(|cause| cause.downcast_ref::<io::Error>()).any(crate::descriptors::are_short)
}
