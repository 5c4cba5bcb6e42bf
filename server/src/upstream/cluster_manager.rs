//! The cluster manager: do master and workers exist, are they ready? `GET {base}/clusters`.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{Client, Upstream, UpstreamError, UpstreamErrorKind, secret_header, shape::Object};
use crate::{cache::Weight, url_path};

/// What the cluster manager says, as it came and as we read it.
#[derive(Debug)]
pub struct ClusterStatus {
    pub bytes: Bytes,
    status: Result<Status, String>,
}

impl ClusterStatus {
    /// # Errors
    /// When a body is not what a pass-through route accepts.
    pub(crate) fn of(bytes: Bytes) -> Result<Self, UpstreamError> {
        super::body::from_slice::<Accepted>(Upstream::ClusterManager, &bytes)?;
        let status = super::body::from_slice(Upstream::ClusterManager, &bytes).map_err(|error| error.kind.to_string());
        Ok(Self { bytes, status })
    }

    /// The answer as we read it: stricter than what a pass-through route accepts.
    ///
    /// # Errors
    /// When a field we use is of another type.
    pub fn status(&self) -> Result<&Status, UpstreamError> {
        self.status.as_ref().map_err(|reason| UpstreamError::shape(Upstream::ClusterManager, reason))
    }
}

/// What a body must be to be passed through.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only their types are checked")]
struct Accepted {
    master: Object,
    workers: Object,
}

/// Body of `/clusters`.
#[derive(Clone, Debug, Deserialize)]
pub struct Status {
    pub master: Deployment,
    pub workers: Deployment,
    #[serde(default)]
    error: Reported,
}

/// One Kubernetes deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deployment {
    pub exists: bool,
    pub is_ready: bool,
    pub ready_replicas: u32,
    pub replicas: u32,
    error: Reported,
}

/// What an `error` field says: a flag or a text today, and whatever it becomes, it must not hide master and workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Value")]
enum Reported {
    /// False, null, zero or empty.
    #[default]
    Nothing,
    /// `true`: something is wrong, and a deployment says what.
    Flag,
    /// Kubernetes has no such deployment: its errors begin with the status, `(404)\nReason: Not Found`.
    NotFound,
    Other,
}

impl From<Value> for Reported {
    fn from(error: Value) -> Self {
        let is_empty = match &error {
            Value::Null => true,
            Value::Bool(flag) => !flag,
            Value::Number(number) => number.as_f64() == Some(0.0),
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(fields) => fields.is_empty(),
        };
        match error {
            _ if is_empty => Self::Nothing,
            Value::Bool(_) => Self::Flag,
            Value::String(text) if text.starts_with("(404)") => Self::NotFound,
            _ => Self::Other,
        }
    }
}

impl Deployment {
    /// True when the manager could not find out whether the deployment exists: Kubernetes refused, or did not answer.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        !self.exists && matches!(self.error, Reported::Flag | Reported::Other)
    }
}

impl Status {
    /// True when the manager reports an error. It also does so while a cluster starts and the workers' deployment does
    /// not exist yet, which is no error.
    #[must_use]
    pub fn has_error(&self) -> bool {
        let (master, workers) = (&self.master, &self.workers);
        let workers_are_to_come = master.exists
            && !workers.exists
            && (self.error, master.error, workers.error) == (Reported::Flag, Reported::Nothing, Reported::NotFound);
        self.error != Reported::Nothing && !workers_are_to_come
    }
}

impl Weight for ClusterStatus {
    fn weight_bytes(&self) -> usize {
        self.bytes.len() + size_of::<Self>()
    }
}

/// Asks for the cluster of the token's user.
///
/// # Errors
/// When the manager rejects the token, fails, or answers another shape.
pub async fn status(
    client: &Client,
    base: &Url,
    token: &SecretString,
    limit: u64,
) -> Result<ClusterStatus, UpstreamError> {
    let auth = secret_header(&format!("Bearer {}", token.expose_secret())).map_err(|_| {
        UpstreamError::new(Upstream::ClusterManager, UpstreamErrorKind::Shape("the token is no header".into()))
    })?;
    let bytes = client.json_bytes(&url_path::join(base, &["clusters"]), Some(&auth), limit).await?;
    ClusterStatus::of(bytes)
}
