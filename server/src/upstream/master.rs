//! The Spark Master: `GET {master}/json/`, from the one of several that is ALIVE.

use bytes::Bytes;
use futures_util::future::join_all;
use reqwest::header::HeaderValue;
use serde::Deserialize;
use url::Url;

use super::{Client, Upstream, UpstreamError, shape::ArrayOf};
use crate::{cache::Weight, url_path};

/// What the master says, as it came and as we read it.
#[derive(Debug)]
pub struct MasterAnswer {
    pub bytes: Bytes,
    /// The web page of the master that answered.
    pub base: Url,
    state: Result<MasterState, String>,
}

/// Body of `/json/` (`JsonProtocol.writeMasterState` in Spark): all names in lower case, memory in MiB.
#[derive(Clone, Debug, Deserialize)]
pub struct MasterState {
    /// `spark://host:7077`.
    #[serde(default)]
    pub url: String,
    #[serde(default)]
    pub workers: Vec<MasterWorker>,
    #[serde(default)]
    pub activeapps: Vec<MasterApp>,
    #[serde(default)]
    pub completedapps: Vec<MasterApp>,
    /// ALIVE, STANDBY, RECOVERING or COMPLETING_RECOVERY.
    #[serde(default)]
    pub status: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MasterWorker {
    pub id: String,
    pub host: String,
    /// ALIVE, DEAD, DECOMMISSIONED or UNKNOWN.
    pub state: String,
    pub cores: u64,
    /// A DEAD worker keeps its old value.
    pub coresused: u64,
    /// MiB.
    pub memory: u64,
    /// MiB.
    pub memoryused: u64,
    /// Milliseconds since 1970.
    pub lastheartbeat: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MasterApp {
    pub id: String,
    pub name: String,
    /// RUNNING or WAITING among the active ones.
    pub state: String,
    pub cores: u32,
    /// Milliseconds since 1970.
    pub starttime: i64,
}

/// What a body must be to be passed through.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only their types are checked")]
struct Accepted {
    workers: ArrayOf<serde::de::IgnoredAny>,
    activeapps: ArrayOf<serde::de::IgnoredAny>,
}

impl MasterAnswer {
    /// The answer as we read it: stricter than what a pass-through route accepts.
    ///
    /// # Errors
    /// When a field we use is of another type.
    pub fn state(&self) -> Result<&MasterState, UpstreamError> {
        self.state.as_ref().map_err(|reason| UpstreamError::shape(Upstream::Master, reason))
    }

    fn is_alive(&self) -> bool {
        self.state.as_ref().is_ok_and(|state| state.status == "ALIVE")
    }
}

impl Weight for MasterAnswer {
    fn weight_bytes(&self) -> usize {
        // The decoded lists are about as large as the text they came from.
        2 * self.bytes.len() + size_of::<Self>()
    }
}

/// Asks all masters at once: the ALIVE one's answer, else the first that answered.
///
/// # Errors
/// The first master's failure when none answered.
pub async fn state(
    client: &Client,
    masters: &[Url],
    auth: Option<&HeaderValue>,
    limit: u64,
) -> Result<MasterAnswer, UpstreamError> {
    let answers = join_all(masters.iter().map(|base| ask(client, base, auth, limit))).await;
    let mut fallback = None;
    for answer in answers {
        match (&answer, &fallback) {
            (Ok(answered), _) if answered.is_alive() => return answer,
            (Ok(_), None | Some(Err(_))) | (Err(_), None) => fallback = Some(answer),
            _ => {}
        }
    }
    fallback.unwrap_or_else(|| Err(UpstreamError::shape(Upstream::Master, "no master is configured")))
}

async fn ask(
    client: &Client,
    base: &Url,
    auth: Option<&HeaderValue>,
    limit: u64,
) -> Result<MasterAnswer, UpstreamError> {
    let bytes = client.json_bytes(&url_path::join(base, &["json", ""]), auth, limit).await?;
    super::body::from_slice::<Accepted>(Upstream::Master, &bytes)?;
    let state = super::body::from_slice(Upstream::Master, &bytes).map_err(|error| error.kind.to_string());
    Ok(MasterAnswer { bytes, base: base.clone(), state })
}
