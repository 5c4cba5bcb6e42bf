//! `doctor`: checks every hop to Spark and says what to do about problems.

use std::{sync::Arc, time::Duration};

use axum::{Json, extract::State};
use monitor::{
    Applications, ClusterManager, ClusterState, Error, IdentityMode, Selection, Whose, applications::ListerState,
    cached::Retry, cluster, cluster_state, is_starting,
};
use tokio::time::Instant;
use upstream::{Upstream, UpstreamError, user::User};
use wire::{ChipState, Doctor, Health, Hop, HopName, HopVerdict, MasterStatus};

use crate::{
    http::{ApiError, Session, Sessions},
    words::{Said, doctor as says},
};

/// What is needed to check every hop.
#[derive(Debug)]
pub(crate) struct Hops {
    pub sessions: Arc<Sessions>,
    pub cluster_manager: Option<Arc<ClusterManager>>,
    pub applications: Arc<Applications>,
    /// Time for one hop.
    pub patience: Duration,
}

/// Checks every hop and says what to do. The status is always 200; problems are part of the report.
#[utoipa::path(get, path = "/doctor", tag = "doctor", responses((status = 200, description = "The connection report", body = Doctor)))]
pub(crate) async fn get_doctor(State(hops): State<Arc<Hops>>, session: Session) -> Json<Doctor> {
    Json(hops.report(&session).await)
}

/// The report of a monitor whose configuration cannot work.
pub(crate) fn not_configured(error: &ApiError) -> Doctor {
    let others = [HopName::Identity, HopName::ClusterManager, HopName::Master, HopName::Driver];
    let others = others.map(|name| skipped(name, says::not_asked()));
    doctor([failed(HopName::Sidecar, None, error)].into_iter().chain(others).collect())
}

impl Hops {
    /// The report for one session.
    pub async fn report(&self, session: &Session) -> Doctor {
        let (manager, rest) = tokio::join!(self.cluster_manager(session), self.to_the_driver(session));
        let [identity, master, driver] = rest;
        let hops = vec![self.sidecar(), identity, manager, master, driver];
        doctor(hops)
    }

    /// Checks identity, master and driver, each of which needs the one before.
    async fn to_the_driver(&self, session: &Session) -> [Hop; 3] {
        let (identity, whose) = self.identity(session).await;
        let Some(whose) = whose else {
            let skipped = |name| skipped(name, says::user_unknown());
            return [identity, skipped(HopName::Master), skipped(HopName::Driver)];
        };
        let master = self.master(&whose).await;
        let driver = self.driver(&whose).await;
        [identity, master, driver]
    }

    fn sidecar(&self) -> Hop {
        let found = if self.sessions.mock { says::recorded_data() } else { says::runs() };
        hop(HopName::Sidecar, HopVerdict::Ok, None, found, None)
    }

    async fn identity(&self, session: &Session) -> (Hop, Option<Whose>) {
        let (result, ms) = self.timed(Upstream::Auth2, self.sessions.whose(session, Retry::Usual)).await;
        match (self.sessions.identity.mode(), result) {
            (IdentityMode::None, Ok(whose)) => (skipped(HopName::Identity, says::not_needed()), Some(whose)),
            (_, Ok(whose)) => {
                let found = says::you_are(whose.user().map_or("nobody", User::name));
                (hop(HopName::Identity, HopVerdict::Ok, Some(ms), found, None), Some(whose))
            }
            (_, Err(error)) => (failed(HopName::Identity, Some(ms), &error), None),
        }
    }

    async fn cluster_manager(&self, session: &Session) -> Hop {
        const NAME: HopName = HopName::ClusterManager;
        let Some(manager) = &self.cluster_manager else { return skipped(NAME, says::none_is_set()) };
        let ask = async { Ok::<_, ApiError>(manager.fresh(self.sessions.token(session)?, Retry::Usual).await?) };
        let (result, ms) = self.timed(Upstream::ClusterManager, ask).await;
        let decision =
            match result.and_then(|good| good.value.status().map(cluster_state::by_manager).map_err(ApiError::from)) {
                Ok(decision) => decision,
                Err(error) => return failed(NAME, Some(ms), &error),
            };
        let ClusterState { state, ready, wanted } = decision;
        let workers = says::workers_ready(ready, wanted);
        match state {
            ChipState::Ready | ChipState::ReadyDriver => hop(NAME, HopVerdict::Ok, Some(ms), workers, None),
            ChipState::Starting => {
                hop(NAME, HopVerdict::Warning, Some(ms), workers, Some(says::wait_for_the_cluster()))
            }
            ChipState::NoCluster => {
                hop(NAME, HopVerdict::Warning, Some(ms), says::no_cluster(), Some(says::create_a_cluster()))
            }
            ChipState::Error => {
                let fix = says::create_it_again();
                hop(NAME, HopVerdict::Failed, Some(ms), says::own_error(), Some(fix))
            }
        }
    }

    async fn master(&self, whose: &Whose) -> Hop {
        const NAME: HopName = HopName::Master;
        let Ok(masters) = self.applications.masters() else { return skipped(NAME, says::none_is_set()) };
        let (result, ms) = self.timed(Upstream::Master, masters.fresh(whose, Retry::Usual)).await;
        let answer = match result {
            Ok(good) => good.value,
            Err(error) => return failed(NAME, Some(ms), &error),
        };
        let state = match answer.state() {
            Ok(state) => state,
            Err(error) => return failed(NAME, Some(ms), &error.into()),
        };
        let (alive, wanted) = cluster::worker_counts(state);
        match cluster::master_status(&state.status) {
            MasterStatus::Alive if alive > 0 => {
                let found = says::alive_with_workers(alive, wanted);
                hop(NAME, HopVerdict::Ok, Some(ms), found, None)
            }
            MasterStatus::Alive => {
                let fix = says::wait_for_a_worker();
                hop(NAME, HopVerdict::Warning, Some(ms), says::alive_without_workers(), Some(fix))
            }
            MasterStatus::Standby | MasterStatus::Recovering | MasterStatus::Unknown => {
                let fix = says::wait_for_the_leader();
                hop(NAME, HopVerdict::Warning, Some(ms), says::not_the_leader(), Some(fix))
            }
        }
    }

    async fn driver(&self, whose: &Whose) -> Hop {
        const NAME: HopName = HopName::Driver;
        if self.applications.check_lister().is_err() {
            return skipped(NAME, says::no_master_or_driver());
        }
        // The master has just been asked, so its answer comes from the cache.
        let (result, ms) =
            self.timed(Upstream::Driver, Selection::of(&self.applications, whose, Duration::ZERO, None)).await;
        let selection = match result {
            Ok(selection) => selection.value,
            Err(_) if self.applications.masters().is_ok() => {
                return skipped(NAME, says::no_answer_of_the_master());
            }
            Err(error) => return failed(NAME, Some(ms), &error),
        };
        match selection.apps.lister {
            ListerState::Starting => return starting(ms),
            ListerState::Absent => {
                return skipped(NAME, says::no_session_started());
            }
            ListerState::Answers => {}
        }
        let Some(chosen) = selection.chosen else {
            return skipped(NAME, says::no_application());
        };
        // Search again. Other routes use the address found minutes ago, which may no longer work.
        let find = async { Ok::<_, Error>(chosen.call.find_now().await) };
        let (result, ms) = self.timed(Upstream::Driver, find).await;
        match result {
            Ok(Ok(found)) => hop(NAME, HopVerdict::Ok, Some(ms), says::answers(found.value.hop), None),
            Ok(Err(failure)) if is_starting(&chosen.app, &failure.error.kind) => starting(ms),
            Ok(Err(failure)) => failed(NAME, Some(ms), &failure.into()),
            Err(late) => failed(NAME, Some(ms), &late),
        }
    }

    /// A hop's answer and how long it took. Each hop has its own deadline, so that all of them fit into the time of one
    /// request.
    async fn timed<T, E: Into<ApiError>>(
        &self,
        upstream: Upstream,
        hop: impl Future<Output = Result<T, E>>,
    ) -> (Result<T, ApiError>, u32) {
        let (begin, patience) = (Instant::now(), self.patience);
        let late = |_| Err(UpstreamError::timeout(upstream, patience).into());
        let hop = async { hop.await.map_err(Into::into) };
        let result = tokio::time::timeout(patience, hop).await.unwrap_or_else(late);
        (result, u32::try_from(begin.elapsed().as_millis()).unwrap_or(u32::MAX))
    }
}

fn doctor(hops: Vec<Hop>) -> Doctor {
    Doctor { health: health(&hops), version: env!("CARGO_PKG_VERSION").to_owned(), hops }
}

fn health(hops: &[Hop]) -> Health {
    let is = |hop: &Hop, verdict| hop.verdict == verdict;
    let basis = |hop: &&Hop| matches!(hop.name, HopName::Sidecar | HopName::Identity);
    let shows =
        hops.iter().filter(|hop| !basis(hop)).any(|hop| is(hop, HopVerdict::Ok) || is(hop, HopVerdict::Warning));
    let fails = hops.iter().any(|hop| is(hop, HopVerdict::Failed));
    if hops.iter().filter(basis).any(|hop| is(hop, HopVerdict::Failed)) || (fails && !shows) {
        Health::Broken
    } else if fails || hops.iter().any(|hop| is(hop, HopVerdict::Warning)) {
        Health::Degraded
    } else {
        Health::Well
    }
}

fn starting(ms: u32) -> Hop {
    hop(HopName::Driver, HopVerdict::Warning, Some(ms), says::starting_up(), Some(says::wait_for_the_driver()))
}

fn hop(name: HopName, verdict: HopVerdict, duration_ms: Option<u32>, found: Said, fix: Option<Said>) -> Hop {
    let (found_sentences, fix_sentences) = (found.sentences(), fix.as_ref().map(Said::sentences).unwrap_or_default());
    let (found, fix) = (found.to_string(), fix.map(|fix| fix.to_string()));
    Hop { name, verdict, duration_ms, found, found_sentences, fix, fix_sentences }
}

fn skipped(name: HopName, why: Said) -> Hop {
    hop(name, HopVerdict::Skipped, None, why, None)
}

fn failed(name: HopName, duration_ms: Option<u32>, error: &ApiError) -> Hop {
    hop(name, HopVerdict::Failed, duration_ms, error.error.clone(), Some(error.hint.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_only_when_nothing_can_be_shown() {
        use HopName::{ClusterManager, Driver, Identity, Master, Sidecar};
        use HopVerdict::{Failed, Ok, Skipped, Warning};
        let of = |verdicts: [HopVerdict; 5]| {
            let names = [Sidecar, Identity, ClusterManager, Master, Driver];
            let hops =
                names.into_iter().zip(verdicts).map(|(name, verdict)| hop(name, verdict, None, Said::default(), None));
            health(&hops.collect::<Vec<_>>())
        };
        assert_eq!(of([Ok, Skipped, Skipped, Ok, Skipped]), Health::Well);
        assert_eq!(of([Ok, Ok, Ok, Ok, Failed]), Health::Degraded);
        assert_eq!(of([Ok, Ok, Ok, Failed, Skipped]), Health::Degraded);
        assert_eq!(of([Ok, Ok, Skipped, Warning, Skipped]), Health::Degraded);
        assert_eq!(of([Ok, Skipped, Skipped, Failed, Skipped]), Health::Broken);
        assert_eq!(of([Ok, Failed, Ok, Skipped, Skipped]), Health::Broken);
        assert_eq!(of([Failed, Skipped, Skipped, Skipped, Skipped]), Health::Broken);
        assert_eq!(of([Ok, Skipped, Skipped, Skipped, Skipped]), Health::Well, "no session has been started");
    }
}
