//! `panel/chip`: the cluster in one word, for the status bar.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, response::Response};
use tokio::time;
use wire::{Answer, Chip, ChipState, ErrorBody, MasterStatus};

use crate::{
    apps::{self, Apps, ListerState},
    cache::Seen,
    cluster,
    config::Spark,
    error::ApiError,
    panel::{self, Freshness, Poll},
    stages::StageDigest,
    state::{AppState, Monitor},
    status::StatusFetch,
};
use upstream::{cluster_manager::Status, driver_path::DriverPath, master::MasterState};

/// How long the chip waits to hear what runs. It goes on being asked; the next poll has it.
const ACTIVITY_PATIENCE: Duration = Duration::from_secs(1);

/// State of the cluster and what runs.
#[utoipa::path(get, path = "/panel/chip", responses(
    (status = 200, description = "The state of the cluster in one word", body = Answer<Chip>),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_chip(State(state): State<AppState>, poll: Poll) -> Result<Response, ApiError> {
    let monitor = state.monitor()?;
    let (cluster, active) = tokio::join!(cluster_state(monitor, &poll), active_stages(monitor, &poll));
    let ((chip_state, ready, wanted), mut freshness) = cluster?;
    match &active {
        Some(active) => freshness.add_parts_of(&active.freshness),
        None => freshness.add_passing(),
    }
    let activity = active.and_then(|active| active.stages.activity(&active.app_name));
    let chip = Chip { state: chip_state, ready, wanted, activity };
    let works = chip.activity.is_some() || chip.state == ChipState::Starting;
    let rate = panel::Rate::of_work(monitor, works, monitor.limits.poll_stages_ms);
    Ok(panel::answer(monitor, &poll, freshness, rate, chip))
}

type Decision = (ChipState, u32, u32);

const NO_CLUSTER: Decision = (ChipState::NoCluster, 0, 0);

async fn cluster_state(monitor: &Arc<Monitor>, poll: &Poll) -> Result<(Decision, Freshness), ApiError> {
    if let Some(fetch) = StatusFetch::of(monitor) {
        let seen = fetch.last_good(monitor, poll).await?;
        return Ok((by_manager(seen.good.value.status()?), Freshness::of(&seen)));
    }
    let whose = poll.whose(monitor).await?;
    if !matches!(monitor.site.spark, Spark::Cluster { .. }) {
        let apps = Apps::last_good(monitor, &whose, poll.max_age).await?;
        let state = match apps.lister {
            ListerState::Answers => ChipState::ReadyDriver,
            ListerState::Starting => ChipState::Starting,
            ListerState::Absent => ChipState::NoCluster,
        };
        return Ok(((state, 0, 0), apps.freshness));
    }
    match apps::master_last_good(monitor, &whose, poll.max_age).await {
        // A master exists when it answers: the last good word of one that is gone would be a lie.
        Ok(Seen { failure: Some(failure), .. }) | Err(failure) if failure.error.is_absent() => {
            // The same answer as long as it stays away.
            Ok((NO_CLUSTER, Freshness::of_nothing(&failure)))
        }
        Ok(seen) => Ok((by_master(seen.good.value.state()?), Freshness::of(&seen))),
        Err(failure) => Err(failure.into()),
    }
}

/// The first line of the table in the product's contract that holds.
pub(crate) fn by_manager(status: &Status) -> Decision {
    let (ready, wanted) = (status.workers.ready_replicas, status.workers.replicas);
    let (master, workers) = (&status.master, &status.workers);
    let none_exists = !master.exists && !workers.exists;
    let state = if none_exists && (status.names_an_error() || master.is_unknown() || workers.is_unknown()) {
        ChipState::Error
    } else if none_exists {
        ChipState::NoCluster
    } else if status.has_error() {
        ChipState::Error
    } else if !status.master.exists {
        ChipState::NoCluster
    } else if status.master.is_ready && status.workers.is_ready {
        ChipState::Ready
    } else {
        ChipState::Starting
    };
    (state, ready, wanted)
}

fn by_master(state: &MasterState) -> Decision {
    let (ready, wanted) = cluster::worker_counts(state);
    let alive = cluster::master_status(&state.status) == MasterStatus::Alive;
    let all_there = alive && wanted > 0 && ready == wanted;
    (if all_there { ChipState::Ready } else { ChipState::Starting }, ready, wanted)
}

/// What runs, and what that was found by.
struct Active {
    app_name: String,
    stages: Arc<StageDigest>,
    freshness: Freshness,
}

/// What runs; a slow or dead login service or driver must not delay the chip, nor turn it into an error.
async fn active_stages(monitor: &Arc<Monitor>, poll: &Poll) -> Option<Active> {
    time::timeout(ACTIVITY_PATIENCE, ask_active_stages(monitor, poll)).await.ok()?
}

async fn ask_active_stages(monitor: &Arc<Monitor>, poll: &Poll) -> Option<Active> {
    let whose = poll.whose(monitor).await.ok()?;
    let apps = Apps::last_good(monitor, &whose, poll.max_age).await.ok()?;
    let chosen = apps.choose(None).ok()?.filter(|_| !apps.freshness.is_stale())?;
    let (call, asks) = (chosen.call.clone(), Arc::clone(monitor));
    let fetch = |_| async move { call.rows(&asks, DriverPath::ActiveStages).await };
    let seen = monitor.active_stages.last_good(&chosen.call.key, poll.max_age, fetch).await.ok()?;
    // What ran before the driver failed may be long over.
    seen.failure.is_none().then(|| {
        let mut freshness = apps.freshness;
        freshness.add(&seen);
        Active { app_name: chosen.app.name, stages: seen.good.value, freshness }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::bounds::Bounds;

    fn manager(json: serde_json::Value) -> Decision {
        by_manager(&serde_json::from_value(json).unwrap())
    }

    #[test]
    fn the_managers_table_line_by_line() {
        use serde_json::json;
        let none = json!({"exists": false, "error": "(404)\nReason: Not Found\n"});
        let silent = json!({"exists": false});
        let forbidden = json!({"exists": false, "error": "(403)\nReason: Forbidden\n"});
        let unreadable = json!({"exists": false, "error": "HTTPSConnectionPool: Read timed out."});
        let up = json!({"exists": true, "is_ready": true, "ready_replicas": 4, "replicas": 4});
        let half = json!({"exists": true, "is_ready": false, "ready_replicas": 1, "replicas": 4});
        let state = |master, workers, error| manager(json!({"master": master, "workers": workers, "error": error})).0;
        assert_eq!(state(&none, &none, json!(true)), ChipState::NoCluster, "whatever `error` says");
        assert_eq!(state(&silent, &silent, json!(true)), ChipState::NoCluster, "no text at all");
        assert_eq!(state(&silent, &silent, json!("(403) Forbidden")), ChipState::Error, "it may not know");
        for unknown in [&forbidden, &unreadable] {
            assert_eq!(state(unknown, unknown, json!(true)), ChipState::Error, "it cannot know");
            assert_eq!(state(&none, unknown, json!(true)), ChipState::Error);
            assert_eq!(state(&up, unknown, json!(true)), ChipState::Error);
            assert_eq!(state(unknown, &up, json!(true)), ChipState::Error);
        }
        assert_eq!(state(&up, &none, json!(true)), ChipState::Starting, "the workers are still to come");
        assert_eq!(state(&up, &none, json!("quota")), ChipState::Error);
        assert_eq!(state(&none, &up, json!(true)), ChipState::Error, "workers without a master");
        assert_eq!(state(&up, &up, json!(true)), ChipState::Error);
        assert_eq!(state(&up, &up, json!("quota")), ChipState::Error);
        for other in [json!(10040), json!({"reason": "quota"}), json!(["quota"])] {
            assert_eq!(state(&up, &up, other), ChipState::Error);
        }
        for nothing in [json!(0), json!({}), json!([]), json!("")] {
            assert_eq!(state(&up, &up, nothing), ChipState::Ready);
        }
        assert_eq!(state(&up, &up, json!(null)), ChipState::Ready);
        assert_eq!(state(&none, &up, json!(false)), ChipState::NoCluster);
        assert_eq!(state(&up, &none, json!(false)), ChipState::Starting);
        assert_eq!(manager(json!({"master": up, "workers": half, "error": false})), (ChipState::Starting, 1, 4));
        assert_eq!(manager(json!({"master": up, "workers": up})), (ChipState::Ready, 4, 4));
    }

    #[test]
    fn without_a_manager_the_master_speaks() {
        let master = |status: &str, workers: &[&str]| {
            let workers: Vec<_> = workers.iter().map(|state| serde_json::json!({"state": state})).collect();
            let json = serde_json::json!({"status": status, "workers": workers}).to_string();
            by_master(&MasterState::decode(json.as_bytes(), &Bounds::DEFAULT).unwrap())
        };
        assert_eq!(master("ALIVE", &["ALIVE", "DEAD"]), (ChipState::Ready, 1, 1));
        assert_eq!(master("ALIVE", &["ALIVE", "UNKNOWN"]), (ChipState::Starting, 1, 2));
        assert_eq!(master("ALIVE", &[]), (ChipState::Starting, 0, 0));
        assert_eq!(master("STANDBY", &["ALIVE"]), (ChipState::Starting, 1, 1));
    }
}
