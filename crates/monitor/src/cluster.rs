//! The cluster as the Spark Master reports it: workers, cores, memory.

use upstream::master::{MasterState, MasterWorker};
use wire::{Cluster, ClusterKind, Master, MasterStatus, Meter, Worker, WorkerState};

use crate::{Observed, clock, text};

/// Workers that are listed individually.
const SHOWN: usize = 100;

/// Cores that the master can assign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterCores {
    pub used: u32,
    pub total: u32,
    pub workers_alive: u32,
    pub workers_wanted: u32,
}

/// ALIVE workers, and workers that there should be.
#[must_use]
pub fn worker_counts(state: &MasterState) -> (u32, u32) {
    let states = || state.workers.iter().map(state_of);
    let alive = states().filter(|state| *state == WorkerState::Alive).count();
    let wanted = states().filter(|state| !matches!(state, WorkerState::Dead | WorkerState::Decommissioned)).count();
    (u32::try_from(alive).unwrap_or(u32::MAX), u32::try_from(wanted).unwrap_or(u32::MAX))
}

/// Whether there were workers and all of them are DEAD.
#[must_use]
pub fn all_workers_are_dead(state: &MasterState) -> bool {
    !state.workers.is_empty() && state.workers.iter().all(|worker| state_of(worker) == WorkerState::Dead)
}

/// Cores of the ALIVE workers.
#[must_use]
pub fn cores(state: &MasterState) -> ClusterCores {
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

/// A DEAD worker stays listed with its old numbers, so only ALIVE ones count.
fn sum_of_alive(state: &MasterState, of: fn(&MasterWorker) -> u64) -> u64 {
    let alive = state.workers.iter().filter(|worker| state_of(worker) == WorkerState::Alive);
    alive.map(of).fold(0, u64::saturating_add)
}

/// Workers, cores and memory. The master's clock is `ahead_ms` ahead of ours.
#[must_use]
pub fn summary(state: &MasterState, ahead_ms: i64) -> Cluster {
    let (workers_alive, workers_wanted) = worker_counts(state);
    let sum = |of| sum_of_alive(state, of);
    let mut workers: Vec<Worker> = state.workers.iter().map(|row| worker(row, ahead_ms)).collect();
    workers.sort_by_key(|worker| worker.state != WorkerState::Alive);
    let workers_not_shown = u32::try_from(workers.len().saturating_sub(SHOWN)).unwrap_or(u32::MAX);
    let workers_not_shown = workers_not_shown.saturating_add(state.workers.left_out);
    workers.truncate(SHOWN);
    Cluster {
        kind: ClusterKind::Master,
        last_seen_alive_ms: None,
        trouble: Vec::new(),
        master: Some(Master { status: master_status(&state.status), url: state.url.clone() }),
        workers,
        workers_not_shown,
        workers_alive,
        workers_wanted,
        cores: Meter::new(sum(|worker| worker.coresused), sum(|worker| worker.cores)),
        memory_mib: Some(Meter::new(sum(|worker| worker.memoryused), sum(|worker| worker.memory))),
        apps_running: apps_in(state, "RUNNING"),
        apps_waiting: apps_waiting(state),
        start_code: None,
    }
}

/// Applications that wait for cores.
#[must_use]
pub fn apps_waiting(state: &MasterState) -> u32 {
    apps_in(state, "WAITING")
}

fn apps_in(state: &MasterState, wanted: &str) -> u32 {
    let apps = state.activeapps.iter().filter(|app| app.state == wanted).count();
    u32::try_from(apps).unwrap_or(u32::MAX)
}

/// How well a cluster is: the first that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterCondition {
    /// The master reports a state that is not known.
    Unknown,
    /// The master waits to become the leader. No session can connect to it.
    Standby,
    /// The master became the leader and waits for its workers to report back.
    Recovering,
    /// Workers had joined, and all of them are DEAD.
    AllDead,
    /// No worker has joined, or Spark has forgotten those that died.
    NoWorkers,
    /// Some workers are not there yet.
    Starting {
        ready: u32,
        wanted: u32,
    },
    Well,
}

/// How well the cluster is, as its master reports it.
#[must_use]
pub fn condition(state: &MasterState) -> ClusterCondition {
    let (ready, wanted) = worker_counts(state);
    match master_status(&state.status) {
        MasterStatus::Unknown => ClusterCondition::Unknown,
        MasterStatus::Standby => ClusterCondition::Standby,
        MasterStatus::Recovering => ClusterCondition::Recovering,
        MasterStatus::Alive if all_workers_are_dead(state) => ClusterCondition::AllDead,
        MasterStatus::Alive if wanted == 0 => ClusterCondition::NoWorkers,
        MasterStatus::Alive if ready < wanted => ClusterCondition::Starting { ready, wanted },
        MasterStatus::Alive => ClusterCondition::Well,
    }
}

/// While the source does not answer, nothing says that anything is still alive: the numbers stay, the states do not.
#[must_use]
pub fn with_honest_states(seen: Observed<Cluster>) -> Observed<Cluster> {
    if seen.age.failure.is_none() {
        return seen;
    }
    let seen_at_ms = seen.observed_at_ms();
    seen.map(|mut cluster| {
        let last_seen_alive_ms = cluster.is_alive().then_some(seen_at_ms);
        cluster.workers.iter_mut().for_each(|worker| worker.state = WorkerState::Unknown);
        let master = cluster.master.map(|master| Master { status: MasterStatus::Unknown, ..master });
        Cluster { trouble: Vec::new(), last_seen_alive_ms, master, ..cluster }
    })
}

fn worker(row: &MasterWorker, ahead_ms: i64) -> Worker {
    Worker {
        worker_id: row.id.clone(),
        host: text::host(&row.host),
        state: state_of(row),
        cores: Meter::new(row.coresused, row.cores),
        memory_mib: Meter::new(row.memoryused, row.memory),
        last_heartbeat_ms: clock::to_ours(row.lastheartbeat, ahead_ms),
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
#[must_use]
pub fn master_status(text: &str) -> MasterStatus {
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
        let cluster = summary(&state(&[("DEAD", 8), ("ALIVE", 2), ("UNKNOWN", 4), ("DECOMMISSIONED", 1)]), 0);
        assert_eq!((cluster.workers_alive, cluster.workers_wanted), (1, 2));
        assert_eq!((cluster.cores.used, cluster.cores.total), (2, 2));
        assert_eq!(cluster.memory_mib.unwrap().total, 4096);
        assert_eq!(cluster.workers.first().unwrap().state, WorkerState::Alive);
    }

    #[test]
    fn the_condition_is_the_first_that_holds() {
        let of = |status: &str, workers: &[&str]| {
            let mut state = state(&workers.iter().map(|state| (*state, 2)).collect::<Vec<_>>());
            state.status = status.to_owned();
            condition(&state)
        };
        assert_eq!(of("STANDBY", &[]), ClusterCondition::Standby);
        assert_eq!(of("COMPLETING_RECOVERY", &["UNKNOWN"]), ClusterCondition::Recovering);
        assert_eq!(of("ALIVE", &["DEAD"]), ClusterCondition::AllDead);
        assert_eq!(of("ALIVE", &[]), ClusterCondition::NoWorkers);
        let starting = ClusterCondition::Starting { ready: 1, wanted: 2 };
        assert_eq!(of("ALIVE", &["ALIVE", "UNKNOWN", "DEAD"]), starting);
        assert_eq!(of("ALIVE", &["ALIVE", "DEAD"]), ClusterCondition::Well);
        assert_eq!(of("NEW", &["ALIVE"]), ClusterCondition::Unknown);
    }

    #[test]
    fn what_does_not_answer_is_not_alive_any_more_and_keeps_its_numbers() {
        let mut seen = Observed::remembered(summary(&state(&[("ALIVE", 2)]), 0));
        assert_eq!(with_honest_states(seen.clone()).value, seen.value, "it answers");
        let error = upstream::UpstreamError::timeout(upstream::Upstream::Master, std::time::Duration::ZERO);
        let arrived = tokio::time::Instant::now();
        seen.age.failure = Some(crate::Failure { error: std::sync::Arc::new(error), arrived, since_ms: 0 });
        let honest = with_honest_states(seen).value;
        assert_eq!(honest.workers.first().unwrap().state, WorkerState::Unknown);
        assert_eq!(honest.master.unwrap().status, MasterStatus::Unknown);
        assert!(honest.last_seen_alive_ms.is_some());
        assert_eq!(honest.cores.total, 2);
    }

    #[test]
    fn a_thousand_workers_are_summed_but_not_all_listed() {
        let cluster = summary(&state(&[("ALIVE", 2); 1000]), 0);
        assert_eq!(cluster.cores.total, 2000);
        assert_eq!((cluster.workers.len(), cluster.workers_not_shown), (100, 900));
    }
}
