//! One HTTP client per upstream: no redirects, deadlines, gzip, its own number of calls at once.

use std::{marker::PhantomData, sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use bytes::Bytes;
use reqwest::{
    Certificate, Response,
    dns::Resolve,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use serde::de::DeserializeOwned;
use tokio::sync::Semaphore;
use url::Url;

use super::{Upstream, UpstreamError, UpstreamErrorKind, body, bounds::Bounds, rows::FromRows, unwanted};

/// Longest wait that is passed on to a client, seconds.
const LONGEST_RETRY_AFTER: u32 = 60;

/// Deadlines of one call.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    pub connect: Duration,
    /// The whole call, its body and a second attempt included.
    pub call: Duration,
}

/// Asks one kind of upstream.
#[derive(Clone, Debug)]
pub struct Client {
    upstream: Upstream,
    http: reqwest::Client,
    timeouts: Timeouts,
    bounds: Bounds,
    // One slow upstream must not take the workers of another.
    permits: Arc<Semaphore>,
}

/// How a client is built; the defaults are those of a call within the cluster.
pub struct ClientSettings<'a> {
    pub timeouts: Timeouts,
    pub calls_at_once: usize,
    /// How much of an answer is kept.
    pub bounds: Bounds,
    pub extra_roots: &'a [Certificate],
    /// Honour `HTTPS_PROXY`; only for services outside the cluster.
    pub use_proxy: bool,
    /// Looks names up instead of the system.
    pub resolver: Option<Arc<dyn Resolve>>,
}

impl Client {
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(upstream: Upstream, settings: &ClientSettings<'_>) -> Result<Self, reqwest::Error> {
        // Ring builds with a C compiler alone; a second installation finds the first one in place.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let mut builder = reqwest::Client::builder()
                .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
                .redirect(Policy::none())
                .connect_timeout(settings.timeouts.connect)
                .referer(false);
            if !settings.use_proxy {
                builder = builder.no_proxy();
            }
            if let Some(resolver) = &settings.resolver {
                builder = builder.dns_resolver(Arc::clone(resolver));
            }
            builder
        };
        let roots = || settings.extra_roots.iter().cloned();
        // A small image may hold no certificate authority at all; plain http must still work there.
        let http = builder().tls_certs_merge(roots()).build().or_else(|_| builder().tls_certs_only(roots()).build())?;
        Ok(Self {
            upstream,
            http,
            timeouts: settings.timeouts,
            bounds: settings.bounds,
            permits: Arc::new(Semaphore::new(settings.calls_at_once.max(1))),
        })
    }

    /// The bytes of a JSON answer, exactly as they came (after gzip).
    ///
    /// # Errors
    /// Anything but 200 with a JSON content type and a whole body within `limit`.
    pub async fn json_bytes(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<Bytes, UpstreamError> {
        self.in_time(async {
            let response = self.expect_json(self.get(url, auth, "application/json").await?).await?;
            body::read(self.upstream, response, limit).await
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
        let bytes = self.json_bytes(url, auth, limit).await?;
        body::from_slice_within(self.upstream, &bytes, &self.bounds, PhantomData)
    }

    /// How much of an answer is kept.
    pub(super) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// The bytes of a JSON array, exactly as they came, once its rows are found to be such.
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

    /// A JSON array, decoded while it is read, so that memory holds only what is kept of its rows.
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

    /// A page of text, whatever its type.
    ///
    /// # Errors
    /// Anything but 200 with a whole body within `limit`.
    pub async fn page(&self, url: &Url, auth: Option<&HeaderValue>, limit: u64) -> Result<String, UpstreamError> {
        self.in_time(async {
            let response = self.expect_ok(self.get(url, auth, "text/html").await?).await?;
            let bytes = body::read(self.upstream, response, limit).await?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        })
        .await
    }

    /// One deadline for all of a call: the wait for a place, both attempts, and the body.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, UpstreamError>>) -> Result<T, UpstreamError> {
        let late = |_| Err(UpstreamError::timeout(self.upstream, self.timeouts.call));
        let call = async {
            // The semaphore is never closed.
            let _permit = self.permits.acquire().await;
            call.await
        };
        tokio::time::timeout(self.timeouts.call, call).await.unwrap_or_else(late)
    }

    async fn get(
        &self,
        url: &Url,
        auth: Option<&HeaderValue>,
        accept: &'static str,
    ) -> Result<Response, UpstreamError> {
        let attempt = || async {
            let mut request = self.http.get(url.clone()).header(ACCEPT, accept);
            if let Some(auth) = auth {
                request = request.header(AUTHORIZATION, auth);
            }
            request.send().await
        };
        // Only a connection that was reset is worth a second try: a dead upstream costs one attempt, a slow one too.
        attempt
            .retry(ExponentialBuilder::default().with_jitter().with_max_times(1).with_min_delay(RETRY_DELAY))
            .when(|error| error.is_request() && !error.is_connect() && !error.is_timeout())
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

    /// The master's `/api/v1` answers 200 with a page, so a status proves nothing: the content type decides.
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
