//! The cluster manager: do master and workers exist, are they ready? `GET {base}/clusters`.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{
    Client, Upstream, UpstreamError, UpstreamErrorKind, secret_header,
    shape::{Object, Truth},
};
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
    /// A flag today, a text in older versions; whatever else it becomes, it must not hide master and workers.
    #[serde(default)]
    error: Truth,
}

/// One Kubernetes deployment.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Deployment {
    pub exists: bool,
    pub is_ready: bool,
    pub ready_replicas: u32,
    pub replicas: u32,
}

impl Status {
    /// True when the manager reports an error of its own: anything but false, nothing and zero.
    #[must_use]
    pub fn has_error(&self) -> bool {
        self.error.0
    }
}

impl Weight for ClusterStatus {
    fn weight_bytes(&self) -> usize {
        self.bytes.weight_bytes() + self.status.as_ref().err().map_or(0, Weight::weight_bytes)
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
