//! The applications of a driver without a master, which lists only its own.

use std::{sync::Arc, time::Duration};

use moka::sync::Cache;
use upstream::{UpstreamErrorKind, driver::ApplicationRow, rows::FirstRows};

use crate::{
    Drivers, Failure, Limits, Observed, Tasks, Whose,
    cached::{Cached, IDLE, Retry},
    clock,
    drivers::STARTING_MS,
};

/// Whether the source of the applications is up; a master always counts as up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListerState {
    Answers,
    /// A driver without a master whose web server is not ready yet.
    Starting,
    /// A driver without a master that is absent, because no session has been started.
    Absent,
}

/// See the module's sentence.
#[derive(Debug)]
pub(super) struct LoneDriver {
    lists: Cached<Whose, FirstRows<ApplicationRow>>,
    /// When each driver was last seen absent or starting, milliseconds since 1970.
    not_there: Cache<Whose, i64>,
}

/// What the driver lists.
pub(super) enum Listed {
    Applications(Observed<Arc<FirstRows<ApplicationRow>>>),
    /// Without a master, an absent driver simply means that no session has been started.
    Nothing(Failure, ListerState),
}

impl LoneDriver {
    pub fn new(limits: &Limits, tasks: &Tasks) -> Self {
        let lists = Cached::new(limits.driver_cache("applications", limits.master_lifetime), tasks.clone());
        Self { lists, not_there: Cache::builder().max_capacity(limits.cache_entries).time_to_idle(IDLE).build() }
    }

    /// The list within its lifetime, for clients that retry soon.
    pub async fn fresh(
        &self,
        drivers: &Drivers,
        whose: &Whose,
    ) -> Result<Observed<Arc<FirstRows<ApplicationRow>>>, Failure> {
        Ok(self.lists.fresh_for(Retry::Soon, whose, |_| drivers.applications(whose)).await?.into())
    }

    /// The list, or the last good one if nothing newer is available.
    pub async fn last_good(&self, drivers: &Drivers, whose: &Whose, max_age: Duration) -> Result<Listed, Failure> {
        let seen = self.lists.last_good(whose, max_age, |_| drivers.applications(whose)).await;
        let failure = match &seen {
            Ok(seen) => seen.age.failure.clone(),
            Err(failure) => Some(failure.clone()),
        };
        match failure.and_then(|failure| Some((self.state(whose, &failure, seen.is_ok())?, failure))) {
            Some((state, failure)) => Ok(Listed::Nothing(failure, state)),
            None => Ok(Listed::Applications(seen?)),
        }
    }

    /// What a failure means for the driver's state; none if it is just a failure.
    fn state(&self, whose: &Whose, failure: &Failure, has_answered: bool) -> Option<ListerState> {
        let now_ms = clock::now_ms();
        // While a driver starts, it may hang for seconds or answer with a web page before it lists itself.
        let began_ms = self.not_there.get(whose).unwrap_or(0);
        let is_young = |since_ms: i64| (now_ms.saturating_sub(since_ms) < STARTING_MS).then_some(ListerState::Starting);
        let state = match failure.error.kind {
            UpstreamErrorKind::Starting => ListerState::Starting,
            _ if failure.error.is_absent() => ListerState::Absent,
            UpstreamErrorKind::Timeout(_) if !has_answered => return is_young(began_ms.max(failure.since_ms)),
            UpstreamErrorKind::Timeout(_)
            | UpstreamErrorKind::NotJson(_)
            | UpstreamErrorKind::Status { status: 404 | 500 | 502 | 503, .. } => return is_young(began_ms),
            _ => return None,
        };
        self.not_there.insert(whose.clone(), now_ms);
        Some(state)
    }
}
