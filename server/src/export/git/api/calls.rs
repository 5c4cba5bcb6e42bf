//! Calls of a git host's API: beneath the configured repository only, with its token, a deadline and a limit, and without
//! following redirects.

use std::time::Duration;

use monitor::clock;
use reqwest::{
    Method, NoProxy, Proxy, RequestBuilder, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER},
    redirect::Policy,
};
use rustls::ClientConfig;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;
use upstream::{secret_header, url_path};
use url::Url;

use super::super::{cleaned::cleaned, error::GitError, verdict::NotTaken};
use crate::config::{GitAccount, GitSite};

/// Largest answer, bytes: the listing of a folder is the longest.
const MOST_BYTES: u64 = 8 << 20;
/// How long a connection may take to be made.
const CONNECT: Duration = Duration::from_secs(10);

#[derive(Clone, Debug)]
pub(super) struct Calls {
    /// The repository's address in the API.
    root: Url,
    http: reqwest::Client,
    authorization: HeaderValue,
    token: SecretString,
    deadline: Duration,
    most_bytes: u64,
    /// Nothing is asked: what the environment names as a proxy cannot be used, and past it nothing may go.
    has_bad_proxy: bool,
}

/// An answer's head and its JSON.
pub(super) struct Answer<T> {
    pub headers: HeaderMap,
    pub body: T,
}

/// An answer that is none of success.
#[derive(Debug)]
pub(super) struct Refused {
    pub status: u16,
    /// The host's words, cleaned.
    pub message: String,
    pub error: GitError,
}

impl Calls {
    pub(super) fn new(root: &Url, account: &GitAccount, site: &GitSite, tls: &ClientConfig) -> Result<Self, GitError> {
        let mut http = reqwest::Client::builder()
            .no_proxy()
            .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(CONNECT.min(site.deadline))
            .referer(false)
            .pool_max_idle_per_host(1)
            .tls_backend_preconfigured(tls.clone());
        let (proxy, has_bad_proxy) = proxy(root, site).map_or((None, true), |proxy| (proxy, false));
        if let Some(proxy) = proxy {
            http = http.proxy(proxy);
        }
        let http = http.build().map_err(|_| GitError::Unreachable)?;
        // All three take tokens of every kind so.
        let authorization = secret_header(&format!("Bearer {}", account.token.expose_secret()));
        Ok(Self {
            root: root.clone(),
            http,
            authorization: authorization.map_err(|_| GitError::SignIn)?,
            token: account.token.clone(),
            deadline: site.deadline,
            most_bytes: MOST_BYTES.min(site.most_bytes),
            has_bad_proxy,
        })
    }

    pub(super) async fn get<T: DeserializeOwned>(&self, path: &[&str], query: &[(&str, &str)]) -> Result<T, GitError> {
        self.get_with_head(path, query).await.map(|answer| answer.body)
    }

    pub(super) async fn get_with_head<T: DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Answer<T>, GitError> {
        self.json(self.request(Method::GET, path, query)).await.map_err(|refused| refused.error)
    }

    /// The beginning of a JSON answer, and whether it is longer.
    pub(super) async fn beginning(&self, path: &[&str], most_bytes: u64) -> Result<(Vec<u8>, bool), GitError> {
        let read = self.in_time(async {
            let response = self.answer(self.request(Method::GET, path, &[])).await?;
            if !is_json(response.headers()) {
                return Err(strange().into());
            }
            Ok(self.first(response, most_bytes).await?)
        });
        read.await.map_err(|refused| refused.error)
    }

    /// The answer's head alone.
    pub(super) async fn head(&self, path: &[&str], query: &[(&str, &str)]) -> Result<HeaderMap, GitError> {
        let answer = self.in_time(async { self.answer(self.request(Method::HEAD, path, query)).await }).await;
        answer.map(|response| response.headers().clone()).map_err(|refused| refused.error)
    }

    /// Sends JSON.
    pub(super) async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &[&str],
        body: &Value,
    ) -> Result<T, Refused> {
        let request = self.request(method, path, &[]).header(CONTENT_TYPE, "application/json").body(body.to_string());
        self.json(request).await.map(|answer| answer.body)
    }

    /// Most that is read of an answer.
    pub(super) fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = url_path::join(&self.root, path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.http.request(method, url).header(ACCEPT, "application/json");
        request.header(AUTHORIZATION, self.authorization.clone())
    }

    async fn json<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<Answer<T>, Refused> {
        self.in_time(async {
            let response = self.answer(request).await?;
            let headers = response.headers().clone();
            if !is_json(&headers) {
                return Err(strange().into());
            }
            let body = self.body(response).await?;
            let body = serde_json::from_slice(&body).map_err(|_| strange())?;
            Ok(Answer { headers, body })
        })
        .await
    }

    async fn in_time<T>(&self, call: impl Future<Output = Result<T, Refused>>) -> Result<T, Refused> {
        if self.has_bad_proxy {
            return Err(GitError::Proxy.into());
        }
        let late = |_| Err(GitError::Timeout { after: self.deadline }.into());
        timeout(self.deadline, call).await.unwrap_or_else(late)
    }

    async fn answer(&self, request: RequestBuilder) -> Result<Response, Refused> {
        let response = request.send().await.map_err(|error| self.unreachable(&error))?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = self.body(response).await.unwrap_or_default();
        let message = if is_json(&headers) { self.words(&body) } else { String::new() };
        let error = self.error(status, &headers, &message);
        Err(Refused { status, message, error })
    }

    async fn body(&self, response: Response) -> Result<Vec<u8>, GitError> {
        match self.first(response, self.most_bytes).await? {
            (body, false) => Ok(body),
            (_, true) => Err(GitError::TooLarge { most_bytes: self.most_bytes }),
        }
    }

    /// The first bytes of an answer, and whether there are more.
    async fn first(&self, mut response: Response, most_bytes: u64) -> Result<(Vec<u8>, bool), GitError> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.unreachable(&error))? {
            if (body.len() + chunk.len()) as u64 > most_bytes {
                return Ok((body, true));
            }
            body.extend_from_slice(&chunk);
        }
        Ok((body, false))
    }

    fn unreachable(&self, error: &reqwest::Error) -> GitError {
        let causes = upstream::chain(error);
        match () {
            () if error.is_timeout() => GitError::Timeout { after: self.deadline },
            () if causes.contains("certificate") => GitError::Certificate,
            () if causes.contains("dns error") || causes.contains("failed to lookup") => GitError::HostUnknown,
            () => GitError::Unreachable,
        }
    }

    fn error(&self, status: u16, headers: &HeaderMap, message: &str) -> GitError {
        let has_calls_left = headers.get("x-ratelimit-remaining").is_none_or(|left| left != "0");
        match status {
            401 => GitError::SignIn,
            429 => GitError::RateLimited { after: wait(headers) },
            // GitHub's way to say it.
            403 if !has_calls_left || headers.contains_key(RETRY_AFTER) => {
                GitError::RateLimited { after: wait(headers) }
            }
            403 => GitError::Forbidden,
            404 => GitError::RepositoryMissing,
            409 if message.to_lowercase().contains("repository is empty") => GitError::EmptyRepository,
            300..=399 => GitError::Redirect,
            500.. => GitError::HostFailed,
            _ if message.is_empty() => strange(),
            _ => GitError::Declined { message: message.to_owned() },
        }
    }

    /// The host's words: all three have them in `message`, GitLab some in `error`.
    fn words(&self, body: &[u8]) -> String {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let said = body.get("message").or_else(|| body.get("error"));
        let text = said.map(|said| said.as_str().map_or_else(|| said.to_string(), str::to_owned));
        cleaned(&text.unwrap_or_default(), Some(self.token.expose_secret()))
    }
}

impl From<GitError> for Refused {
    fn from(error: GitError) -> Self {
        Self { status: 0, message: String::new(), error }
    }
}

impl Refused {
    /// What it means for a commit. `has_moved` says which refusals come from a branch that others changed.
    pub(super) fn verdict(self, has_moved: impl FnOnce(&Self) -> bool) -> NotTaken {
        if has_moved(&self) {
            return NotTaken::Moved;
        }
        match self.error {
            GitError::Timeout { .. } | GitError::Unreachable | GitError::HostFailed | GitError::NotApi => {
                NotTaken::Unclear(self.error)
            }
            error => NotTaken::Refused(error),
        }
    }

    pub(super) fn says(&self, parts: &[&str]) -> bool {
        let message = self.message.to_lowercase();
        parts.iter().any(|part| message.contains(part))
    }
}

/// The proxy that the environment names, as git finds it too. There is none for `http://`, which is for this machine: it
/// would get the token unencrypted.
fn proxy(root: &Url, site: &GitSite) -> Result<Option<Proxy>, GitError> {
    let variable = |name: &&str| {
        let found = site.environment.iter().find(|(known, _)| known == name);
        found.and_then(|(_, value)| value.to_str()).map(str::trim).filter(|value| !value.is_empty())
    };
    let names = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let Some(address) = names.iter().find_map(variable).filter(|_| root.scheme() == "https") else { return Ok(None) };
    let address = if address.contains("://") { address.to_owned() } else { format!("http://{address}") };
    if !(address.starts_with("http://") || address.starts_with("https://")) {
        return Err(GitError::Proxy);
    }
    let none = ["no_proxy", "NO_PROXY"].iter().find_map(variable).and_then(NoProxy::from_string);
    Proxy::all(address).map(|proxy| Some(proxy.no_proxy(none))).map_err(|_| GitError::Proxy)
}

/// An answer that no such host gives.
pub(super) fn strange() -> GitError {
    GitError::NotApi
}

/// How long the host wants us to wait: in seconds, or until a moment.
fn wait(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let now = u64::try_from(clock::now_ms() / 1000).unwrap_or_default();
    let until = ["x-ratelimit-reset", "ratelimit-reset"].into_iter().find_map(number);
    let seconds = number(RETRY_AFTER.as_str()).or_else(|| until.map(|until| until.saturating_sub(now)));
    seconds.map(Duration::from_secs)
}

fn is_json(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
}
