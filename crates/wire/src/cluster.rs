//! `panel/cluster`: the master, its workers, and what is in use.

use serde::{Deserialize, Serialize};

use crate::{Meter, Sentences};

/// Where the data about the cluster comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ClusterKind {
    /// A Spark standalone master.
    Master,
    /// No master is configured: the executors of one driver are the cluster.
    DriverOnly,
}

/// The master's own state (`RecoveryState` in Spark).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MasterStatus {
    Alive,
    Standby,
    /// The master became the leader and waits for its workers to report back.
    Recovering,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Master {
    pub status: MasterStatus,
    /// The address that sessions connect to: `spark://host:7077`.
    pub url: String,
}

/// Spark's `WorkerState`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WorkerState {
    Alive,
    Dead,
    Decommissioned,
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Worker {
    pub worker_id: String,
    pub host: String,
    pub state: WorkerState,
    pub cores: Meter,
    pub memory_mib: Meter,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub last_heartbeat_ms: i64,
}

/// The cluster as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cluster {
    pub kind: ClusterKind,
    /// When it was last seen alive, if its source does not answer now; milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_alive_ms: Option<i64>,
    /// Null for a driver without a master.
    pub master: Option<Master>,
    /// The first workers: ALIVE ones first.
    pub workers: Vec<Worker>,
    /// Number of workers left out of `workers`.
    pub workers_not_shown: u32,
    pub workers_alive: u32,
    /// Workers that are not DEAD or DECOMMISSIONED.
    pub workers_wanted: u32,
    /// Cores of ALIVE workers: those granted to applications, and all.
    pub cores: Meter,
    /// Memory of ALIVE workers: granted to applications, and all; MiB. Null when unknown (driver only).
    pub memory_mib: Option<Meter>,
    pub apps_running: u32,
    pub apps_waiting: u32,
    /// Python that starts a session on this site; null while no session could connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start_code: Option<String>,
    /// What is wrong with it, in a form that can be translated; absent while it is well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trouble: Sentences,
}

impl Cluster {
    /// Whether it was alive when it was last seen: a standby cannot be used, and a master in an unknown state hardly. A
    /// driver without a master is alive if it answers.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let status = self.master.as_ref().map(|master| master.status);
        matches!(status, None | Some(MasterStatus::Alive | MasterStatus::Recovering))
    }
}
