//! The state of the cluster for the chip, from the cluster manager if there is one, otherwise from the master or the
//! driver.

use std::time::Duration;

use upstream::{cluster_manager::Status, master::MasterState};
use wire::ChipState;

use crate::{
    Applications, Error, Observed, Whose,
    applications::ListerState,
    cluster::{self, ClusterCondition},
};

/// The cluster's state and its workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterState {
    pub state: ChipState,
    /// Workers that are ready, …
    pub ready: u32,
    /// … and workers that there should be.
    pub wanted: u32,
}

/// The state according to the master, or to a driver without one.
///
/// # Errors
/// Not configured, or the failure if the state is unknown.
pub async fn of_spark(
    applications: &Applications,
    whose: &Whose,
    max_age: Duration,
) -> Result<Observed<ClusterState>, Error> {
    let of = |state| ClusterState { state, ready: 0, wanted: 0 };
    let masters = match applications.masters() {
        Ok(masters) => masters,
        Err(_) => {
            let apps = applications.last_good(whose, max_age).await?;
            return Ok(apps.map(|apps| {
                of(match apps.lister {
                    ListerState::Answers => ChipState::ReadyDriver,
                    ListerState::Starting => ChipState::Starting,
                    ListerState::Absent => ChipState::NoCluster,
                })
            }));
        }
    };
    let seen = masters.last_good(whose, max_age).await;
    let failure = match &seen {
        Ok(seen) => seen.age.failure.as_ref(),
        Err(failure) => Some(failure),
    };
    match failure {
        // A master exists only while it answers, so the last good state of one that is gone would be wrong.
        Some(failure) if failure.error.is_absent() => Ok(Observed::since(failure, of(ChipState::NoCluster))),
        _ => seen?.try_map(|answer| Ok(by_master(answer.state()?))),
    }
}

/// The first matching line of the table in the product's contract.
#[must_use]
pub fn by_manager(status: &Status) -> ClusterState {
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
    ClusterState { state, ready, wanted }
}

#[must_use]
pub fn by_master(state: &MasterState) -> ClusterState {
    let (ready, wanted) = cluster::worker_counts(state);
    let state = match cluster::condition(state) {
        ClusterCondition::Well => ChipState::Ready,
        ClusterCondition::AllDead => ChipState::Error,
        _ => ChipState::Starting,
    };
    ClusterState { state, ready, wanted }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::bounds::Bounds;

    fn in_short(ClusterState { state, ready, wanted }: ClusterState) -> (ChipState, u32, u32) {
        (state, ready, wanted)
    }

    fn manager(json: serde_json::Value) -> (ChipState, u32, u32) {
        in_short(by_manager(&serde_json::from_value(json).unwrap()))
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
            in_short(by_master(&MasterState::decode(json.as_bytes(), &Bounds::DEFAULT).unwrap()))
        };
        assert_eq!(master("ALIVE", &["ALIVE", "DEAD"]), (ChipState::Ready, 1, 1));
        assert_eq!(master("ALIVE", &["ALIVE", "UNKNOWN"]), (ChipState::Starting, 1, 2));
        assert_eq!(master("ALIVE", &["DEAD", "DEAD"]), (ChipState::Error, 0, 0), "nothing starts any more");
        assert_eq!(master("ALIVE", &[]), (ChipState::Starting, 0, 0));
        assert_eq!(master("STANDBY", &["ALIVE"]), (ChipState::Starting, 1, 1));
    }
}
