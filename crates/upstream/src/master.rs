//! The Spark Master: `GET {master}/json/`. Of several masters, the ALIVE one is used.

use std::{fmt, marker::PhantomData};

use bytes::Bytes;
use futures_util::future::join_all;
use reqwest::header::HeaderValue;
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor},
};
use url::Url;

use super::{
    Client, Dated, Upstream, UpstreamError,
    bounds::Bounds,
    driver::NAME,
    rows::{FirstRows, RowsWithin},
    shape::{ArrayOf, Text, text},
};
use crate::{Weight, url_path};

/// The master's answer: its bytes, and their decoded form.
#[derive(Debug)]
pub struct MasterAnswer {
    pub bytes: Bytes,
    /// URL of the web UI of the master that answered.
    pub base: Url,
    /// Milliseconds by which the master's clock is ahead of ours.
    pub clock_ahead_ms: i64,
    state: Result<MasterState, String>,
}

/// Body of `/json/` (`JsonProtocol.writeMasterState` in Spark): all names in lower case, memory in MiB.
#[derive(Clone, Debug, Default)]
pub struct MasterState {
    /// `spark://host:7077`.
    pub url: String,
    pub workers: FirstRows<MasterWorker>,
    pub activeapps: FirstRows<MasterApp>,
    pub completedapps: FirstRows<MasterApp>,
    /// ALIVE, STANDBY, RECOVERING or COMPLETING_RECOVERY.
    pub status: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct MasterWorker {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub host: String,
    /// ALIVE, DEAD, DECOMMISSIONED or UNKNOWN.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub state: String,
    pub cores: u64,
    /// A DEAD worker keeps its last value.
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
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub name: String,
    /// RUNNING or WAITING for active applications.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub state: String,
    pub cores: u32,
    /// Milliseconds since 1970.
    pub starttime: i64,
}

impl Weight for MasterWorker {
    fn weight_bytes(&self) -> usize {
        self.id.weight_bytes() + self.host.weight_bytes() + self.state.weight_bytes()
    }
}

impl Weight for MasterApp {
    fn weight_bytes(&self) -> usize {
        self.id.weight_bytes() + self.name.weight_bytes() + self.state.weight_bytes()
    }
}

impl MasterState {
    /// # Errors
    /// When a field that we use has another type.
    pub fn decode(bytes: &[u8], bounds: &Bounds) -> Result<Self, UpstreamError> {
        super::body::from_slice_within(Upstream::Master, bytes, bounds, StateWithin(bounds))
    }
}

/// Decodes a [`MasterState`] and applies the bounds to its lists.
struct StateWithin<'a>(&'a Bounds);

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Field {
    Url,
    Workers,
    ActiveApps,
    CompletedApps,
    Status,
    #[serde(other)]
    Other,
}

impl<'de> DeserializeSeed<'de> for StateWithin<'_> {
    type Value = MasterState;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<MasterState, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for StateWithin<'_> {
    type Value = MasterState;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the master's state")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MasterState, A::Error> {
        let mut state = MasterState::default();
        while let Some(field) = map.next_key()? {
            match field {
                Field::Url => state.url = map.next_value::<Text<NAME>>()?.0,
                Field::Workers => state.workers = map.next_value_seed(RowsWithin(self.0, PhantomData))?,
                Field::ActiveApps => state.activeapps = map.next_value_seed(RowsWithin(self.0, PhantomData))?,
                Field::CompletedApps => state.completedapps = map.next_value_seed(RowsWithin(self.0, PhantomData))?,
                Field::Status => state.status = map.next_value::<Text<NAME>>()?.0,
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(state)
    }
}

/// What a body must contain before it is passed through.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only their types are checked")]
struct Accepted {
    workers: ArrayOf<IgnoredAny>,
    activeapps: ArrayOf<IgnoredAny>,
}

impl MasterAnswer {
    /// The decoded answer. Decoding is stricter than the check for a pass-through route.
    ///
    /// # Errors
    /// When a field that we use has another type.
    pub fn state(&self) -> Result<&MasterState, UpstreamError> {
        self.state.as_ref().map_err(|reason| UpstreamError::shape(Upstream::Master, reason))
    }

    fn is_alive(&self) -> bool {
        self.state.as_ref().is_ok_and(|state| state.status == "ALIVE")
    }
}

impl Weight for MasterAnswer {
    fn weight_bytes(&self) -> usize {
        let lists = |state: &MasterState| {
            let apps = state.activeapps.weight_bytes() + state.completedapps.weight_bytes();
            state.workers.weight_bytes() + apps + state.url.weight_bytes() + state.status.weight_bytes()
        };
        self.bytes.weight_bytes() + self.state.as_ref().map_or_else(Weight::weight_bytes, lists)
    }
}

/// Asks all masters at once. Returns the ALIVE one's answer, else that of the first in the list that answered.
///
/// # Errors
/// The first master's failure, when none answered.
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
    let url = url_path::join(base, &["json", ""]);
    let Dated { value: bytes, clock_ahead_ms } = client.dated_json_bytes(&url, auth, limit).await?;
    super::body::from_slice::<Accepted>(Upstream::Master, &bytes)?;
    let state = MasterState::decode(&bytes, client.bounds()).map_err(|error| error.kind.to_string());
    Ok(MasterAnswer { bytes, base: base.clone(), clock_ahead_ms, state })
}
