//! Calls of Airflow's API: built from nothing, to the configured origin only, with a deadline and a limit.

use std::time::Duration;

use reqwest::{
    Method, RequestBuilder, Response,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE},
    redirect::Policy,
};
use rustls::ClientConfig;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::timeout;
use upstream::{Caller, PlaceLimits, Places, Timeouts, url_path};
use url::Url;

use super::{
    error::{AirflowError, Right},
    login::Login,
    refusal::{self, refused},
};
use crate::config::AirflowApi;

/// Calls at once: a few jobs that are followed, and a person who looks.
const AT_ONCE: usize = 16;
/// Calls at once for one person.
const PER_CALLER: usize = 4;
/// How long a call waits for its place.
const WAIT: Duration = Duration::from_secs(1);
/// Largest answer, bytes; a workflow's text is the longest.
const MOST_BYTES: u64 = 4 << 20;

/// Airflow's API, for one caller. Cheap to clone; clones share connections, places and token.
#[derive(Clone, Debug)]
pub(super) struct Calls {
    base: Url,
    http: reqwest::Client,
    timeouts: Timeouts,
    places: Places,
    caller: Caller,
    login: Login,
}

/// One request.
#[derive(Debug)]
pub(super) struct Call<'a> {
    pub right: Right,
    pub method: Method,
    pub path: &'a [&'a str],
    pub query: &'a [(&'a str, &'a str)],
    pub body: Option<Value>,
}

impl<'a> Call<'a> {
    /// A request that changes nothing.
    pub(super) fn get(right: Right, path: &'a [&'a str]) -> Self {
        Self { right, method: Method::GET, path, query: &[], body: None }
    }
}

impl Calls {
    /// # Errors
    /// When no HTTP client can be made.
    pub(super) fn new(api: &AirflowApi, tls: &ClientConfig, timeouts: Timeouts) -> Result<Self, AirflowError> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(timeouts.connect)
            .referer(false)
            .no_proxy()
            .pool_max_idle_per_host(2)
            .tls_backend_preconfigured(tls.clone())
            .build()
            .map_err(|error| refusal::unreachable(error, timeouts.connect))?;
        let places = Places::new(PlaceLimits { all: AT_ONCE, per_caller: PER_CALLER, wait: WAIT });
        let login = Login::new(&api.login);
        Ok(Self { base: api.url.clone(), http, timeouts, places, caller: Caller::default(), login })
    }

    /// The same, whose calls count towards this caller's share.
    pub(super) fn on_behalf_of(&self, caller: &Caller) -> Self {
        Self { caller: caller.clone(), ..self.clone() }
    }

    /// The answer, decoded.
    pub(super) async fn json<T: DeserializeOwned>(&self, call: &Call<'_>) -> Result<T, AirflowError> {
        self.in_time(async {
            let response = self.answer(call, "application/json").await?;
            refusal::decoded(&json_body(response, MOST_BYTES).await?)
        })
        .await
    }

    /// The answer's body, as it arrives. Its head has the deadline; the body is the caller's to limit.
    pub(super) async fn stream(&self, call: &Call<'_>) -> Result<Response, AirflowError> {
        self.in_time(async {
            let response = self.answer(call, "application/x-ndjson").await?;
            let kind = refusal::content_type(&response);
            // Airflow 3.3 gives the stream of a run's states no type at all.
            match kind.as_str() {
                "" | "application/x-ndjson" => Ok(response),
                _ => Err(AirflowError::NotAirflow { seen: kind }),
            }
        })
        .await
    }

    /// Whether the monitor signs in with a name, and with which.
    pub(super) fn user(&self) -> Option<&str> {
        self.login.user()
    }

    /// How long one call may take.
    pub(super) fn deadline(&self) -> Duration {
        self.timeouts.call
    }

    /// One deadline for all of a call, a new token included.
    async fn in_time<T>(&self, call: impl Future<Output = Result<T, AirflowError>>) -> Result<T, AirflowError> {
        let _place = self.places.take(&self.caller).await.ok_or(AirflowError::Overloaded)?;
        let late = |_| Err(refusal::late(self.timeouts.call));
        timeout(self.timeouts.call, call).await.unwrap_or_else(late)
    }

    /// An answer with a status of success. A token that Airflow no longer accepts is renewed, once.
    async fn answer(&self, call: &Call<'_>, accept: &'static str) -> Result<Response, AirflowError> {
        let (token, is_new) = match self.login.token() {
            Some(token) => (token, false),
            None => (self.sign_in().await?, true),
        };
        let first = self.send(self.request(call, accept).header(AUTHORIZATION, token.clone())).await?;
        let refusal = match refused(first, call.right).await {
            Ok(response) => return Ok(response),
            Err(refusal) => refusal,
        };
        if refusal != AirflowError::TokenRefused || is_new || self.login.forget(&token).is_none() {
            return Err(refusal);
        }
        let token = self.sign_in().await?;
        refused(self.send(self.request(call, accept).header(AUTHORIZATION, token)).await?, call.right).await
    }

    /// Asks for a token, and keeps it in memory. A password that Airflow refuses is not tried again for a while.
    async fn sign_in(&self) -> Result<reqwest::header::HeaderValue, AirflowError> {
        let _turn = self.login.turn().await;
        if let Some(token) = self.login.token() {
            return Ok(token);
        }
        if self.login.is_refused() {
            return Err(AirflowError::LoginRefused);
        }
        let body = self.login.credentials().ok_or(AirflowError::TokenRefused)?;
        let url = url_path::join(&self.base, &["auth", "token"]);
        let request = self.http.post(url).header(ACCEPT, "application/json").header(CONTENT_TYPE, "application/json");
        let response = refused(self.send(request.body(body)).await?, Right::SignIn).await;
        let response = response.inspect_err(|error| {
            if *error == AirflowError::LoginRefused {
                self.login.refuse();
            }
        })?;
        self.login.keep(&json_body(response, MOST_BYTES).await?)
    }

    fn request(&self, call: &Call<'_>, accept: &'static str) -> RequestBuilder {
        let mut url = url_path::join(&self.base, call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let request = self.http.request(call.method.clone(), url).header(ACCEPT, accept);
        match &call.body {
            Some(body) => request.header(CONTENT_TYPE, "application/json").body(body.to_string()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, AirflowError> {
        request.send().await.map_err(|error| refusal::unreachable(error, self.timeouts.connect))
    }
}

/// The body of an answer that must be JSON: something in front of Airflow may answer 200 with a web page.
async fn json_body(mut response: Response, limit: u64) -> Result<Vec<u8>, AirflowError> {
    let kind = refusal::content_type(&response);
    if kind != "application/json" {
        return Err(AirflowError::NotAirflow { seen: if kind.is_empty() { "no content type".into() } else { kind } });
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(refusal::cut)? {
        if (body.len() + chunk.len()) as u64 > limit {
            return Err(AirflowError::TooLarge { limit });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
