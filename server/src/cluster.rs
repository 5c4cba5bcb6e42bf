//! The Spark Master: `cluster` passes its words through, `panel/cluster` sums them up.

use axum::{extract::State, response::Response};
use wire::{Answer, Cluster, ClusterKind, ErrorBody, Master, MasterStatus, Meter, Worker, WorkerState};

use crate::{
    apps::{self, ClusterCores},
    cache::Route,
    clock,
    config::Spark,
    error::ApiError,
    executors,
    history::ClusterSample,
    panel::{self, Freshness, Poll},
    passthrough,
    session::Session,
    state::AppState,
};
use upstream::master::{MasterState, MasterWorker};

/// Workers that are listed one by one.
const SHOWN: usize = 100;

/// The master's `/json/`, byte for byte.
#[utoipa::path(get, path = "/cluster", responses(
    (status = 200, description = "State of the master, as it tells it (memory in MiB)", content_type = "application/json"),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_cluster(State(state): State<AppState>, session: Session) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    apps::master_is_configured(monitor)?;
    let whose = monitor.sessions.whose(&session, Route::DropIn).await?;
    let good = apps::master_fresh(monitor, Route::DropIn, &whose).await?;
    Ok(passthrough::answer(&good.value.bytes))
}

/// Workers, cores and memory.
#[utoipa::path(get, path = "/panel/cluster", responses(
    (status = 200, description = "The cluster as a whole", body = Answer<Cluster>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn panel_cluster(State(state): State<AppState>, poll: Poll) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    apps::lister_is_configured(monitor)?;
    let whose = poll.whose(monitor).await?;
    let (freshness, body) = match monitor.site.spark {
        Spark::Driver(_) | Spark::NotSet => executors::as_cluster(monitor, &whose, poll.max_age).await?,
        Spark::Cluster { .. } => {
            let seen = apps::master_last_good(monitor, &whose, poll.max_age).await?;
            let freshness = Freshness::of(&seen);
            let mut cluster = summary(seen.good.value.state()?);
            // The master's times are by its own clock.
            let ahead_ms = seen.good.value.clock_ahead_ms;
            cluster.workers.iter_mut().for_each(|worker| {
                worker.last_heartbeat_ms = clock::to_ours(worker.last_heartbeat_ms, ahead_ms);
            });
            if let Some(memory_mib) = cluster.memory_mib {
                let sample = ClusterSample { cores: cluster.cores, memory_mib };
                monitor.histories.record_cluster(&whose, seen.good.observed_at_ms, sample);
            }
            (freshness, cluster)
        }
    };
    Ok(panel::answer(monitor, &poll, freshness, panel::Rate::slow(monitor), body))
}

/// Workers that answer, and workers that are meant to be there.
pub(crate) fn worker_counts(state: &MasterState) -> (u32, u32) {
    let states = || state.workers.iter().map(state_of);
    let alive = states().filter(|state| *state == WorkerState::Alive).count();
    let wanted = states().filter(|state| !matches!(state, WorkerState::Dead | WorkerState::Decommissioned)).count();
    (u32::try_from(alive).unwrap_or(u32::MAX), u32::try_from(wanted).unwrap_or(u32::MAX))
}

/// Cores of the workers that answer.
pub(crate) fn cores(state: &MasterState) -> ClusterCores {
    let (workers_alive, workers_wanted) = worker_counts(state);
    let small = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
    let sum = |of| small(sum_of_alive(state, of));
    ClusterCores {
        used: sum(|worker| worker.coresused),
        total: sum(|worker| worker.cores),
        workers_alive,
        workers_wanted,
    }
}

/// A DEAD worker stays listed with its old numbers, so sums are over ALIVE ones only.
fn sum_of_alive(state: &MasterState, of: fn(&MasterWorker) -> u64) -> u64 {
    let alive = state.workers.iter().filter(|worker| state_of(worker) == WorkerState::Alive);
    alive.map(of).fold(0, u64::saturating_add)
}

pub(crate) fn summary(state: &MasterState) -> Cluster {
    let (workers_alive, workers_wanted) = worker_counts(state);
    let sum = |of| sum_of_alive(state, of);
    let mut workers: Vec<Worker> = state.workers.iter().map(worker).collect();
    workers.sort_by_key(|worker| worker.state != WorkerState::Alive);
    let workers_not_shown = u32::try_from(workers.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    let workers_not_shown = workers_not_shown.saturating_add(state.workers.left_out);
    workers.truncate(SHOWN);
    let apps_in = |wanted: &str| {
        let apps = state.activeapps.iter().filter(|app| app.state == wanted).count();
        u32::try_from(apps).unwrap_or(u32::MAX)
    };
    Cluster {
        kind: ClusterKind::Master,
        master: Some(Master { status: master_status(&state.status), url: state.url.clone() }),
        workers,
        workers_not_shown,
        workers_alive,
        workers_wanted,
        cores: Meter::new(sum(|worker| worker.coresused), sum(|worker| worker.cores)),
        memory_mib: Some(Meter::new(sum(|worker| worker.memoryused), sum(|worker| worker.memory))),
        apps_running: apps_in("RUNNING"),
        apps_waiting: apps_in("WAITING"),
    }
}

fn worker(row: &MasterWorker) -> Worker {
    Worker {
        worker_id: row.id.clone(),
        host: row.host.clone(),
        state: state_of(row),
        cores: Meter::new(row.coresused, row.cores),
        memory_mib: Meter::new(row.memoryused, row.memory),
        last_heartbeat_ms: row.lastheartbeat,
    }
}

fn state_of(row: &MasterWorker) -> WorkerState {
    match row.state.as_str() {
        "ALIVE" => WorkerState::Alive,
        "DEAD" => WorkerState::Dead,
        "DECOMMISSIONED" => WorkerState::Decommissioned,
        _ => WorkerState::Unknown,
    }
}

/// The master's `RecoveryState`.
pub(crate) fn master_status(text: &str) -> MasterStatus {
    match text {
        "ALIVE" => MasterStatus::Alive,
        "STANDBY" => MasterStatus::Standby,
        "RECOVERING" | "COMPLETING_RECOVERY" => MasterStatus::Recovering,
        _ => MasterStatus::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::bounds::Bounds;

    fn state(workers: &[(&str, u64)]) -> MasterState {
        let workers = workers.iter().map(|(state, cores)| {
            serde_json::json!({"state": state, "cores": cores, "coresused": cores, "memory": 4096, "memoryused": 1024})
        });
        let json = serde_json::json!({"workers": workers.collect::<Vec<_>>(), "status": "ALIVE"});
        MasterState::decode(json.to_string().as_bytes(), &Bounds::DEFAULT).unwrap()
    }

    #[test]
    fn dead_workers_are_listed_last_and_counted_nowhere() {
        let cluster = summary(&state(&[("DEAD", 8), ("ALIVE", 2), ("UNKNOWN", 4), ("DECOMMISSIONED", 1)]));
        assert_eq!((cluster.workers_alive, cluster.workers_wanted), (1, 2));
        assert_eq!((cluster.cores.used, cluster.cores.total), (2, 2));
        assert_eq!(cluster.memory_mib.unwrap().total, 4096);
        assert_eq!(cluster.workers.first().unwrap().state, WorkerState::Alive);
    }

    #[test]
    fn a_thousand_workers_are_summed_but_not_all_listed() {
        let cluster = summary(&state(&[("ALIVE", 2); 1000]));
        assert_eq!(cluster.cores.total, 2000);
        assert_eq!((cluster.workers.len(), cluster.workers_not_shown), (100, 900));
    }
}
