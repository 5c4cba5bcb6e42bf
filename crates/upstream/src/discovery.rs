//! Finds the driver's REST API: at the configured address, behind the master's reverse proxy, or by the link in the
//! master's page.
//!
//! The master itself does not serve that API (SPARK-12299) but answers 200 with a web page. So a hop counts as working
//! only when `…/api/v1/applications/{app_id}` is JSON with that id.

use std::time::Duration;

use bytes::Bytes;
use reqwest::header::HeaderValue;
use serde::de::DeserializeOwned;
use url::Url;

use super::{
    Caller, Client, Dated, Hop, Upstream, UpstreamError, UpstreamErrorKind,
    driver::ApplicationRow,
    driver_hosts::DriverHosts,
    driver_path::DriverPath,
    master_page,
    rows::{FirstRows, FromRows},
};
use crate::{Weight, url_path};

/// Default limit for one application's entry and for the master's page, both small; bytes.
pub const PAGE_LIMIT: u64 = 4 << 20;

/// A driver that answers.
#[derive(Clone, Debug)]
pub struct Found {
    pub base: Url,
    pub hop: Hop,
    /// Milliseconds by which the driver's clock was ahead of ours when the driver was found.
    pub clock_ahead_ms: i64,
}

/// The application whose driver to find.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub app_id: String,
    /// `SPARK_APP_UI_URL` with its placeholders filled in.
    pub configured: Option<Url>,
    /// The web page of the master that lists the application.
    pub master: Option<Url>,
}

/// Everything needed to call drivers.
#[derive(Clone, Debug)]
pub struct DriverApi {
    /// Client for configured addresses and the master's reverse proxy.
    pub configured: Client,
    /// Client for addresses known only from a link: it checks names again after resolution and sends no token.
    pub linked: Client,
    pub master: Client,
    pub hosts: DriverHosts,
    /// `SPARK_UI_TOKEN`, for configured origins only.
    pub auth: Option<HeaderValue>,
    /// Deadline for one hop, short enough for all hops to fit into one request.
    pub hop_timeout: Duration,
    /// Largest application entry or master page that is read, bytes.
    pub page_limit: u64,
}

impl Found {
    /// Whether both have the same hop and address.
    #[must_use]
    pub fn is_same_way(&self, other: &Self) -> bool {
        (self.hop, &self.base) == (other.hop, &other.base)
    }
}

impl Weight for Found {
    fn weight_bytes(&self) -> usize {
        self.base.as_str().len()
    }
}

impl DriverApi {
    /// The same API, whose calls count towards this caller's share.
    #[must_use]
    pub fn on_behalf_of(&self, caller: &Caller) -> Self {
        Self {
            configured: self.configured.on_behalf_of(caller),
            linked: self.linked.on_behalf_of(caller),
            master: self.master.on_behalf_of(caller),
            ..self.clone()
        }
    }

    /// The first hop that works.
    ///
    /// # Errors
    /// The failure of the most informative hop; `tried` has those of all hops.
    pub async fn find(&self, wanted: &Wanted) -> Result<Found, UpstreamError> {
        let mut failures: Vec<(Hop, UpstreamError)> = Vec::new();
        let configured = wanted.configured.clone().map(|base| (Hop::Configured, base));
        let proxy = wanted
            .master
            .as_ref()
            .map(|master| (Hop::ReverseProxy, url_path::join(master, &["proxy", &wanted.app_id])));
        for (hop, base) in configured.into_iter().chain(proxy) {
            match self.check(hop, &base, &wanted.app_id).await {
                Ok(clock_ahead_ms) => return Ok(Found { base, hop, clock_ahead_ms }),
                // This hop was not even asked, so it may still be the best one: do not go on to worse ones.
                Err(error) if error.is_ours() => return Err(error),
                Err(error) => failures.push((hop, error)),
            }
        }
        if let Some(master) = &wanted.master {
            let known = |link: &Url| {
                let same = |base: &Url| base.as_str().trim_end_matches('/') == link.as_str().trim_end_matches('/');
                same(&url_path::join(master, &["proxy", &wanted.app_id]))
                    || wanted.configured.as_ref().is_some_and(same)
            };
            match self.link(master, &wanted.app_id).await {
                Ok(base) if known(&base) => {}
                Ok(base) => match self.check(Hop::Link, &base, &wanted.app_id).await {
                    Ok(clock_ahead_ms) => return Ok(Found { base, hop: Hop::Link, clock_ahead_ms }),
                    Err(error) if error.is_ours() => return Err(error),
                    Err(error) => failures.push((Hop::Link, error)),
                },
                Err(error) if error.is_ours() => return Err(error),
                Err(error) => failures.push((Hop::Link, error)),
            }
        }
        Err(most_telling(failures))
    }

    /// The bytes of one path's array, after a check that each element is a `Row`.
    ///
    /// # Errors
    /// As [`Client::checked`].
    pub async fn bytes<Row: DeserializeOwned + 'static>(
        &self,
        found: &Found,
        app_id: &str,
        path: DriverPath,
        limit: u64,
    ) -> Result<Bytes, UpstreamError> {
        let (client, auth) = self.client(found.hop);
        client.checked::<Row>(&url_of(&found.base, app_id, path), auth, limit).await
    }

    /// One path's array, decoded while it is read.
    ///
    /// # Errors
    /// As [`Client::rows`].
    pub async fn rows<Rows: FromRows>(
        &self,
        found: &Found,
        app_id: &str,
        path: DriverPath,
        limit: u64,
    ) -> Result<Rows, UpstreamError> {
        let (client, auth) = self.client(found.hop);
        client.rows(&url_of(&found.base, app_id, path), auth, limit).await
    }

    /// One path's small answer, decoded.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn json<T>(&self, found: &Found, app_id: &str, path: DriverPath, limit: u64) -> Result<T, UpstreamError>
    where
        T: DeserializeOwned,
    {
        let (client, auth) = self.client(found.hop);
        client.json(&url_of(&found.base, app_id, path), auth, limit).await
    }

    /// The applications of a driver that no master lists.
    ///
    /// # Errors
    /// As [`Client::rows`].
    pub async fn applications(&self, base: &Url) -> Result<FirstRows<ApplicationRow>, UpstreamError> {
        let url = url_path::join(base, &["api", "v1", "applications"]);
        self.configured.rows(&url, self.auth.as_ref(), self.page_limit).await
    }

    /// The applications that a history server knows to have ended, the last ended first.
    ///
    /// # Errors
    /// As [`Client::rows`].
    pub async fn ended(&self, base: &Url, most: u32) -> Result<FirstRows<ApplicationRow>, UpstreamError> {
        let mut url = url_path::join(base, &["api", "v1", "applications"]);
        url.query_pairs_mut().append_pair("status", "completed").append_pair("limit", &most.to_string());
        self.configured.rows(&url, self.auth.as_ref(), self.page_limit).await
    }

    /// The entry of one application; none if it is not known there.
    ///
    /// # Errors
    /// As [`Client::json`].
    pub async fn application(&self, base: &Url, app_id: &str) -> Result<Option<ApplicationRow>, UpstreamError> {
        let url = url_path::join(base, &["api", "v1", "applications", app_id]);
        match self.configured.json::<ApplicationRow>(&url, self.auth.as_ref(), self.page_limit).await {
            Ok(row) => Ok(Some(row).filter(|row| row.id == app_id)),
            Err(UpstreamError { kind: UpstreamErrorKind::Status { status: 404, .. }, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn client(&self, hop: Hop) -> (&Client, Option<&HeaderValue>) {
        match hop {
            Hop::Configured | Hop::ReverseProxy => (&self.configured, self.auth.as_ref()),
            Hop::Link => (&self.linked, None),
        }
    }

    /// Checks that the application's driver answers there. Returns the milliseconds by which its clock is ahead of
    /// ours.
    async fn check(&self, hop: Hop, base: &Url, app_id: &str) -> Result<i64, UpstreamError> {
        let (client, auth) = self.client(hop);
        let url = url_path::join(base, &["api", "v1", "applications", app_id]);
        let client = client.within(self.hop_timeout);
        let found: Dated<ApplicationRow> = client.dated_json(&url, auth, self.page_limit).await?;
        if found.value.id == app_id {
            Ok(found.clock_ahead_ms)
        } else {
            Err(UpstreamError::shape(Upstream::Driver, "another application"))
        }
    }

    async fn link(&self, master: &Url, app_id: &str) -> Result<Url, UpstreamError> {
        let mut url = url_path::join(master, &["app", ""]);
        url.query_pairs_mut().append_pair("appId", app_id);
        let master = self.master.within(self.hop_timeout);
        let page = master.page(&url, self.auth.as_ref(), self.page_limit).await?;
        let no_address = || UpstreamError::new(Upstream::Driver, UpstreamErrorKind::NoAddress);
        let link = master_page::driver_link(&page, &url).ok_or_else(no_address)?;
        if self.hosts.allows(&link) {
            return Ok(link);
        }
        tracing::warn!(
            app.id = app_id,
            "The master's link names a host that SPARK_MONITOR_DRIVER_HOSTS does not allow"
        );
        Err(no_address())
    }
}

fn url_of(base: &Url, app_id: &str, path: DriverPath) -> Url {
    let path_segments = path.segments();
    let segments = ["api", "v1", "applications", app_id].into_iter().chain(path_segments.iter().map(String::as_str));
    let mut url = url_path::join(base, &segments.collect::<Vec<_>>());
    url.set_query(path.query());
    url
}

/// The failure to report. "The driver is starting" comes first. Next come the hops that lead to the driver itself: the
/// link, the configured address, the reverse proxy. A failure of the master's page comes after them, because it is
/// about the master. Two answers of a reverse proxy count least: a web page means that there is no proxy, and 403 that
/// it does not know the application, as when a session has just ended.
fn most_telling(failures: Vec<(Hop, UpstreamError)>) -> UpstreamError {
    let tried = failures.iter().map(|(hop, error)| (*hop, error.kind.clone())).collect();
    let rank = |(hop, error): &&(Hop, UpstreamError)| match (hop, error.upstream, &error.kind) {
        (_, _, UpstreamErrorKind::Starting) => 5,
        (_, _, UpstreamErrorKind::NoAddress) => 0,
        (Hop::Link, Upstream::Master, _) => 1,
        (Hop::Link, _, _) => 4,
        (Hop::Configured, _, _) => 3,
        (Hop::ReverseProxy, _, UpstreamErrorKind::NotJson(_) | UpstreamErrorKind::Status { status: 403, .. }) => -1,
        (Hop::ReverseProxy, _, _) => 2,
    };
    let telling = failures.iter().max_by_key(rank).map(|(_, error)| error.clone());
    let telling = telling.unwrap_or_else(|| UpstreamError::new(Upstream::Driver, UpstreamErrorKind::NoAddress));
    UpstreamError { tried, ..telling }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(hop: Hop, kind: UpstreamErrorKind) -> (Hop, UpstreamError) {
        (hop, UpstreamError::new(Upstream::Driver, kind))
    }

    #[test]
    fn the_hop_to_the_driver_itself_decides_and_all_are_told() {
        let error = most_telling(vec![
            failure(Hop::ReverseProxy, UpstreamErrorKind::NotJson("text/html".into())),
            failure(Hop::Link, UpstreamErrorKind::Unreachable("refused".into())),
        ]);
        assert!(error.is_absent());
        assert!(matches!(
            *error.tried,
            [(Hop::ReverseProxy, UpstreamErrorKind::NotJson(_)), (Hop::Link, UpstreamErrorKind::Unreachable(_))]
        ));
    }

    #[test]
    fn a_driver_that_starts_is_told_whatever_else_failed() {
        let error = most_telling(vec![
            failure(Hop::ReverseProxy, UpstreamErrorKind::Starting),
            failure(Hop::Link, UpstreamErrorKind::Unreachable("refused".into())),
        ]);
        assert!(matches!(error.kind, UpstreamErrorKind::Starting));
    }

    #[test]
    fn a_proxy_that_does_not_know_the_application_says_nothing() {
        let forbidden = UpstreamErrorKind::Status { status: 403, retry_after_seconds: None, message: None };
        let error = most_telling(vec![
            failure(Hop::ReverseProxy, forbidden.clone()),
            failure(Hop::Link, UpstreamErrorKind::NoAddress),
        ]);
        assert!(matches!(error.kind, UpstreamErrorKind::NoAddress), "the session has ended: {error}");
        let error = most_telling(vec![
            failure(Hop::ReverseProxy, forbidden.clone()),
            (Hop::Link, UpstreamError::new(Upstream::Master, forbidden)),
        ]);
        assert_eq!(error.to_string(), "the Spark Master: answered 403", "nobody is let in");
    }

    #[test]
    fn the_masters_page_is_not_the_driver() {
        let page = UpstreamError::timeout(Upstream::Master, Duration::from_secs(1));
        let error = most_telling(vec![
            failure(Hop::Configured, UpstreamErrorKind::Unreachable("refused".into())),
            (Hop::Link, page.clone()),
        ]);
        assert!(error.is_absent() && error.upstream == Upstream::Driver, "{error}");
        let not_proxied = failure(Hop::ReverseProxy, UpstreamErrorKind::NotJson("text/html".into()));
        assert_eq!(most_telling(vec![not_proxied, (Hop::Link, page)]).upstream, Upstream::Master);
    }
}
