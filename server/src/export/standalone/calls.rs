//! Calls of the REST submission server: built from nothing, to the configured origin only, with a deadline and a limit.

use std::time::Duration;

use reqwest::{
    RequestBuilder, Response, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue},
    redirect::Policy,
};
use rustls::ClientConfig;
use secrecy::ExposeSecret;
use serde_json::Value;
use tokio::time::timeout;
use upstream::{Caller, PlaceLimits, Places, Timeouts, chain, secret_header, url_path};
use url::Url;

use super::{
    answers::{Answer, Status},
    error::SubmissionError,
};
use crate::{
    config::StandaloneSite,
    export::airflow::refusal::{content_type, short},
};

/// Calls at once: a few jobs that are followed, and a person who looks.
const AT_ONCE: usize = 16;
/// Calls at once for one person.
const PER_CALLER: usize = 8;
/// How long a call waits for its place.
const WAIT: Duration = Duration::from_secs(1);
/// Largest answer, bytes; Spark sends a whole stack trace with an error.
const MOST_BYTES: u64 = 256 * 1024;
/// How much longer a submission may take than another call: after it, nobody knows whether the job was submitted.
const SUBMISSION_PATIENCE: u32 = 4;

/// The REST submission server, for one caller. Cheap to clone; clones share connections and places.
#[derive(Clone, Debug)]
pub(crate) struct Submissions {
    base: Url,
    http: reqwest::Client,
    timeouts: Timeouts,
    places: Places,
    caller: Caller,
    authorization: Option<HeaderValue>,
}

impl Submissions {
    /// # Errors
    /// When no HTTP client can be made, or the token cannot be sent in a header.
    pub(crate) fn new(site: &StandaloneSite, tls: &ClientConfig, timeouts: Timeouts) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .user_agent(concat!("berdl-spark-monitor/", env!("CARGO_PKG_VERSION")))
            .redirect(Policy::none())
            .connect_timeout(timeouts.connect)
            .referer(false)
            .no_proxy()
            // On a connection of its own, a request that finds none was surely not sent.
            .pool_max_idle_per_host(0)
            .tls_backend_preconfigured(tls.clone())
            .build()?;
        let places = Places::new(PlaceLimits { all: AT_ONCE, per_caller: PER_CALLER, wait: WAIT });
        let bearer = |token: &secrecy::SecretString| secret_header(&format!("Bearer {}", token.expose_secret()));
        let authorization = site.token.as_ref().map(bearer).transpose()?;
        Ok(Self { base: site.rest_url.clone(), http, timeouts, places, caller: Caller::default(), authorization })
    }

    /// The same, whose calls count towards this caller's share.
    pub(crate) fn on_behalf_of(&self, caller: &Caller) -> Self {
        Self { caller: caller.clone(), ..self.clone() }
    }

    /// Asks who answers, and whether the master takes submissions; returns its version.
    ///
    /// # Errors
    /// When no REST submission server answers, or it takes none now.
    pub(crate) async fn ready(&self) -> Result<String, SubmissionError> {
        let answer = self.call(self.http.get(self.url(&["readyz"])), 1).await;
        let answer = match answer {
            // Servers before Spark 4 do not have this route, but say who they are.
            Err(Failed { version: Some(version), .. }) => return Ok(version),
            answer => answer.map_err(|failed| failed.error)?,
        };
        let version = short(answer.server_spark_version.as_deref().unwrap_or_default(), 40);
        if answer.success == Some(false) {
            Err(SubmissionError::Refused { detail: answer.detail() })
        } else {
            Ok(version)
        }
    }

    /// Submits a job; returns the name of its driver. It must not be called again after a failure of which
    /// [`SubmissionError::submitted_nothing`] is false.
    ///
    /// # Errors
    /// When the master did not take it, or nobody knows whether it did.
    pub(crate) async fn create(&self, request: &Value) -> Result<String, SubmissionError> {
        // Spark reads a body of another type too, but says that it wants this one.
        let post = self.http.post(self.url(&["create"])).header(CONTENT_TYPE, "application/json;charset=UTF-8");
        let answer = self.call(post.body(request.to_string()), SUBMISSION_PATIENCE).await;
        let answer = answer.map_err(|failed| failed.error)?;
        if answer.success == Some(false) {
            return Err(SubmissionError::Refused { detail: answer.detail() });
        }
        answer.submission_id()
    }

    /// What the master says of a driver.
    ///
    /// # Errors
    /// When it does not say.
    pub(crate) async fn status(&self, id: &str) -> Result<Status, SubmissionError> {
        let answer = self.call(self.http.get(self.url(&["status", id])), 1).await;
        answer.map_err(|failed| failed.error)?.status()
    }

    /// Asks the master to kill a driver. One that has ended stays as it is.
    ///
    /// # Errors
    /// When the master does not take it.
    pub(crate) async fn kill(&self, id: &str) -> Result<(), SubmissionError> {
        let answer = self.call(self.http.post(self.url(&["kill", id])), 1).await.map_err(|failed| failed.error)?;
        // Of a driver that has ended, the status says it; a master that does not lead has killed nothing.
        let detail = answer.detail();
        if answer.success == Some(false) && detail.contains("not alive") {
            return Err(SubmissionError::StateUnknown { detail });
        }
        Ok(())
    }

    fn url(&self, path: &[&str]) -> Url {
        url_path::join(&self.base, &[&["v1", "submissions"], path].concat())
    }

    /// An answer with a status of success.
    async fn call(&self, request: RequestBuilder, patience: u32) -> Result<Answer, Failed> {
        let _place = self.places.take(&self.caller).await.ok_or(SubmissionError::Overloaded)?;
        let deadline = self.timeouts.call * patience;
        let request = match &self.authorization {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        };
        let answer = async { answer(self.send(request.header(ACCEPT, "application/json")).await?).await };
        timeout(deadline, answer).await.unwrap_or_else(|_| Err(late(deadline).into()))
    }

    async fn send(&self, request: RequestBuilder) -> Result<Response, SubmissionError> {
        request.send().await.map_err(|error| {
            let is_connecting = error.is_connect();
            // The URL names internal hosts.
            let cause = chain(&error.without_url());
            match is_connecting {
                true => SubmissionError::Unreachable { cause },
                false => SubmissionError::Lost { cause },
            }
        })
    }
}

/// A call that failed.
struct Failed {
    error: SubmissionError,
    /// The version of a REST submission server that does not know the route.
    version: Option<String>,
}

impl From<SubmissionError> for Failed {
    fn from(error: SubmissionError) -> Self {
        Self { error, version: None }
    }
}

async fn answer(response: Response) -> Result<Answer, Failed> {
    let status = response.status();
    let kind = content_type(&response);
    if kind != "application/json" {
        return Err(no_server(status, &kind).into());
    }
    let body = body(response).await?;
    let decoded = serde_json::from_slice::<Answer>(&body);
    let answer = match decoded {
        Ok(answer) => answer,
        Err(_) if !status.is_success() => return Err(no_server(status, &kind).into()),
        Err(error) => {
            let reason = format!("{:?} error, line {} column {}", error.classify(), error.line(), error.column());
            return Err(SubmissionError::Shape { reason }.into());
        }
    };
    match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => {
            Err(SubmissionError::Forbidden { status: status.as_u16() }.into())
        }
        // It is ready to say that it is not ready.
        _ if answer.action != "ErrorResponse" && (status.is_success() || answer.success == Some(false)) => Ok(answer),
        _ if status.is_server_error() => Err(SubmissionError::Status { status: status.as_u16() }.into()),
        _ => {
            let version = answer.server_spark_version.as_deref().map(|version| short(version, 40));
            Err(Failed { error: SubmissionError::Rejected { detail: answer.detail() }, version })
        }
    }
}

/// What else than a REST submission server answered.
fn no_server(status: StatusCode, kind: &str) -> SubmissionError {
    match status.as_u16() {
        401 | 403 => SubmissionError::Forbidden { status: status.as_u16() },
        // What understood the request and answers so may have passed it on.
        429 | 500.. => SubmissionError::Status { status: status.as_u16() },
        200..300 => {
            let seen = if kind.is_empty() { "no content type".to_owned() } else { kind.to_owned() };
            SubmissionError::Shape { reason: seen }
        }
        _ => SubmissionError::NotServer { seen: format!("status {status}") },
    }
}

async fn body(mut response: Response) -> Result<Vec<u8>, SubmissionError> {
    let mut body = Vec::new();
    let lost = |error: reqwest::Error| SubmissionError::Lost { cause: chain(&error.without_url()) };
    while let Some(chunk) = response.chunk().await.map_err(lost)? {
        if (body.len() + chunk.len()) as u64 > MOST_BYTES {
            return Err(SubmissionError::TooLarge { limit: MOST_BYTES });
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn late(after: Duration) -> SubmissionError {
    SubmissionError::Timeout { after_ms: u64::try_from(after.as_millis()).unwrap_or(u64::MAX) }
}
