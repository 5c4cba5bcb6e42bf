//! One entry of a cache: the last good value, the last failure, and the fetch in flight.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::Instant};

use super::limits::{CacheLimits, Retry};
use crate::{Failure, Good, clock};
use upstream::{Upstream, UpstreamError, Weight};

type Outcome<V> = Result<Good<V>, Failure>;

/// Never held across an await.
pub(super) struct Slot<V>(Mutex<State<V>>);

struct State<V> {
    good: Option<Good<V>>,
    failure: Option<Failure>,
    flight: Option<Flight<V>>,
}

impl<V> Default for Slot<V> {
    fn default() -> Self {
        Self(Mutex::new(State { good: None, failure: None, flight: None }))
    }
}

/// Which known answers a caller accepts.
#[derive(Clone, Copy)]
pub(super) struct Accept {
    /// How long a value is good after its arrival; zero for a caller that wants a new one.
    pub lifetime: Duration,
    pub retry: Retry,
    /// Values up to this age are good even past their lifetime.
    pub max_age: Duration,
}

/// A fetch in flight, as a waiting caller sees it.
pub(super) struct Flight<V>(watch::Receiver<Option<Outcome<V>>>);

/// The same, as the fetch itself sees it.
pub(super) type Landing<V> = watch::Sender<Option<Outcome<V>>>;

pub(super) enum Next<V> {
    Answer(Outcome<V>),
    Wait(Flight<V>),
    Fetch { landing: Landing<V>, flight: Flight<V>, last_good: Option<Good<V>> },
}

impl<V> Flight<V> {
    pub(super) async fn landed(mut self) -> Outcome<V> {
        // The sender is dropped without a value only if the fetch panicked.
        let lost =
            || Failure { error: Arc::new(UpstreamError::lost()), arrived: Instant::now(), since_ms: clock::now_ms() };
        match self.0.wait_for(Option::is_some).await {
            Ok(outcome) => outcome.clone().unwrap_or_else(|| Err(lost())),
            Err(_) => Err(lost()),
        }
    }
}

impl<V> Slot<V> {
    /// What to do for a caller.
    pub(super) fn next(&self, limits: &CacheLimits, Accept { lifetime, retry, max_age }: Accept) -> Next<V> {
        let mut state = self.state();
        // A failure here is newer than the value, so the value is good only for its own lifetime.
        let good_for = if state.failure.is_some() { lifetime } else { lifetime.max(max_age) };
        if let Some(good) = state.good.as_ref().filter(|good| good.arrived.elapsed() < good_for) {
            return Next::Answer(Ok(good.clone()));
        }
        // If the sender is gone, the fetch has panicked; it must not block its key for ever.
        if let Some(flight) = state.flight.as_ref().filter(|flight| flight.0.has_changed().is_ok()) {
            return Next::Wait(Flight(flight.0.clone()));
        }
        if let Some(failure) = &state.failure
            && failure.arrived.elapsed() < failure_lifetime(&failure.error, limits, retry, max_age)
        {
            return Next::Answer(Err(failure.clone()));
        }
        let (landing, receiver) = watch::channel(None);
        state.flight = Some(Flight(receiver.clone()));
        Next::Fetch { landing, flight: Flight(receiver), last_good: state.good.clone() }
    }

    /// Stores the result of the fetch and wakes the waiting callers.
    pub(super) fn land(&self, landing: Landing<V>, result: Result<V, UpstreamError>, limits: &CacheLimits) {
        let CacheLimits { logged_as, lifetime, .. } = *limits;
        let mut state = self.state();
        let (arrived, now_ms) = (Instant::now(), clock::now_ms());
        let outcome = match result {
            Ok(value) => {
                if let (Some(what), Some(_)) = (logged_as, state.failure.take()) {
                    tracing::info!(what, "Is fetched again");
                }
                let good_until = arrived + lifetime;
                let good = Good { value: Arc::new(value), arrived, good_until, observed_at_ms: now_ms };
                state.good = Some(good.clone());
                Ok(good)
            }
            Err(error) => {
                // Logged when the upstream starts failing, not at every poll.
                match logged_as {
                    Some(what) if state.failure.is_none() => {
                        tracing::warn!(what, upstream = %error.upstream, cause = %error.kind, "Could not be fetched");
                    }
                    _ => tracing::debug!(upstream = %error.upstream, cause = %error.kind, "Could not be fetched"),
                }
                // A caller that is no longer allowed in must not see the old value.
                if error.is_denied() {
                    state.good = None;
                }
                let since_ms = state.failure.as_ref().map_or(now_ms, |failure| failure.since_ms);
                let failure = Failure { error: Arc::new(error), arrived, since_ms };
                state.failure = Some(failure.clone());
                Err(failure)
            }
        };
        state.flight = None;
        drop(state);
        landing.send_replace(Some(outcome));
    }

    pub(super) fn last_good(&self) -> Option<Good<V>> {
        self.state().good.clone()
    }

    /// The flight stays, so that all callers that find the value gone share the next fetch.
    pub(super) fn forget(&self, value: &Arc<V>) {
        let mut state = self.state();
        if state.good.as_ref().is_some_and(|good| Arc::ptr_eq(&good.value, value)) {
            state.good = None;
        }
    }

    /// The failure to return while the fetch continues: its previous failure, or that it is late.
    pub(super) fn late(&self, upstream: Upstream, after: Duration) -> Failure {
        let late = || Failure {
            error: Arc::new(UpstreamError::timeout(upstream, after)),
            arrived: Instant::now(),
            since_ms: clock::now_ms(),
        };
        self.state().failure.clone().unwrap_or_else(late)
    }

    fn state(&self) -> MutexGuard<'_, State<V>> {
        // Nothing panics while it holds the lock, so a poisoned one is still consistent.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn failure_lifetime(error: &UpstreamError, limits: &CacheLimits, retry: Retry, max_age: Duration) -> Duration {
    let usual = match limits.denied_lifetime {
        Some(lifetime) if error.is_denied() => return lifetime,
        _ if error.is_denied() => limits.failure_lifetime,
        _ => limits.failure_lifetime.max(max_age),
    };
    match retry {
        Retry::Usual => usual,
        Retry::Soon => usual.min(limits.soon_failure_lifetime),
    }
}

impl<V: Weight> Slot<V> {
    pub(super) fn weight_bytes(&self) -> usize {
        self.state().good.as_ref().map_or(0, |good| size_of::<V>() + good.value.weight_bytes())
    }
}
