//! Places for calls to one kind of upstream. Each user may hold a small share of them, and calls queue with a deadline.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot;

/// The user on whose behalf an upstream is called. While places are free, users do not wait for each other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Caller(Arc<[u8]>);

impl Caller {
    /// `name` tells users apart; it is only compared, never shown.
    #[must_use]
    pub fn new(name: &[u8]) -> Self {
        Self(name.into())
    }
}

/// How many calls may run at once.
#[derive(Clone, Copy, Debug)]
pub struct PlaceLimits {
    /// For all users together.
    pub all: usize,
    /// For one user.
    pub per_caller: usize,
    /// How long a call waits for a place.
    pub wait: Duration,
}

/// The places of one kind of upstream. Cheap to clone; clones share the places.
#[derive(Clone, Debug)]
pub struct Places {
    limits: PlaceLimits,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    by_caller: HashMap<Caller, usize>,
    /// Served in order of arrival, skipping callers that may not have another place yet.
    queue: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    caller: Caller,
    granted: oneshot::Sender<Place>,
}

/// The right to make one call. Dropping it gives the place back.
#[derive(Debug)]
pub struct Place {
    caller: Caller,
    places: Places,
}

impl Places {
    #[must_use]
    pub fn new(limits: PlaceLimits) -> Self {
        let limits = PlaceLimits { all: limits.all.max(1), per_caller: limits.per_caller.max(1), ..limits };
        Self { limits, state: Arc::default() }
    }

    /// Waits for a place; returns `None` when the wait takes too long.
    pub async fn take(&self, caller: &Caller) -> Option<Place> {
        let granted = {
            let mut state = self.state();
            if self.may_have_one(&state, caller) {
                return Some(self.grant(&mut state, caller.clone()));
            }
            let (granted, waiting) = oneshot::channel();
            state.queue.push_back(Waiting { caller: caller.clone(), granted });
            waiting
        };
        tokio::time::timeout(self.limits.wait, granted).await.ok()?.ok()
    }

    /// The more places a caller holds, the more must be free before it gets another. So callers whose upstreams hang
    /// cannot take the last places from a caller whose upstream answers.
    fn may_have_one(&self, state: &State, caller: &Caller) -> bool {
        let held = state.by_caller.get(caller).copied().unwrap_or_default();
        let free = self.limits.all.saturating_sub(state.taken);
        held < self.limits.per_caller.min(free)
    }

    fn grant(&self, state: &mut State, caller: Caller) -> Place {
        state.taken += 1;
        *state.by_caller.entry(caller.clone()).or_default() += 1;
        Place { caller, places: self.clone() }
    }

    /// Takes the first caller that may have a place from the queue and grants it one.
    fn next_in_queue(&self, state: &mut State) -> Option<(oneshot::Sender<Place>, Place)> {
        // Remove callers that gave up waiting.
        state.queue.retain(|waiting| !waiting.granted.is_closed());
        let at = state.queue.iter().position(|waiting| self.may_have_one(state, &waiting.caller))?;
        let Waiting { caller, granted } = state.queue.remove(at)?;
        Some((granted, self.grant(state, caller)))
    }

    fn give_back(&self, caller: &Caller) {
        let mut granted = Vec::new();
        {
            let mut state = self.state();
            state.taken = state.taken.saturating_sub(1);
            if let Some(held) = state.by_caller.get_mut(caller) {
                *held = held.saturating_sub(1);
                if *held == 0 {
                    state.by_caller.remove(caller);
                }
            }
            while let Some(next) = self.next_in_queue(&mut state) {
                granted.push(next);
            }
        }
        for (sender, place) in granted {
            // If the caller has just given up, `send` returns the place, and dropping it gives it back.
            mem::drop(sender.send(place));
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing here panics while it holds the lock, so the state of a poisoned lock is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.give_back(&self.caller);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(all: usize, per_caller: usize) -> Places {
        Places::new(PlaceLimits { all, per_caller, wait: Duration::from_secs(1) })
    }

    fn caller(name: &str) -> Caller {
        Caller::new(name.as_bytes())
    }

    #[tokio::test(start_paused = true)]
    async fn one_caller_gets_its_share_and_then_waits_in_vain() {
        let places = places(100, 2);
        let held = (places.take(&caller("ann")).await, places.take(&caller("ann")).await);
        assert!(held.0.is_some() && held.1.is_some());
        assert!(places.take(&caller("ann")).await.is_none());
        assert!(places.take(&caller("bob")).await.is_some(), "another's share is free");
    }

    #[tokio::test(start_paused = true)]
    async fn callers_that_hold_many_places_leave_the_last_ones_to_others() {
        let places = places(10, 10);
        let mut held = Vec::new();
        while let Some(place) = places.take(&caller("ann")).await {
            held.push(place);
        }
        assert_eq!(held.len(), 5);
        let others = ["bob", "cat", "dan", "eve", "fay"].map(caller);
        for other in &others {
            held.push(places.take(other).await.unwrap());
        }
        assert!(places.take(&caller("gil")).await.is_none(), "all places are taken");
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_is_given_back_goes_to_whoever_may_have_it() {
        let places = places(2, 1);
        let (ann, bob) = (places.take(&caller("ann")).await.unwrap(), places.take(&caller("bob")).await.unwrap());
        let (for_ann, for_cat) = (caller("ann"), caller("cat"));
        let second_of_ann = places.take(&for_ann);
        let first_of_cat = places.take(&for_cat);
        let given_back = async {
            tokio::task::yield_now().await;
            drop(bob);
        };
        let (second_of_ann, first_of_cat, ()) = tokio::join!(second_of_ann, first_of_cat, given_back);
        assert!(second_of_ann.is_none(), "ann holds a place already");
        assert!(first_of_cat.is_some());
        drop((ann, first_of_cat));
        assert_eq!(places.state().taken, 0);
        assert!(places.state().by_caller.is_empty(), "a caller without a place costs no memory");
    }

    #[tokio::test(start_paused = true)]
    async fn a_caller_that_gives_up_waiting_loses_no_place() {
        let places = places(1, 1);
        let held = places.take(&caller("ann")).await.unwrap();
        let bob = caller("bob");
        assert!(tokio::time::timeout(Duration::from_millis(1), places.take(&bob)).await.is_err());
        drop(held);
        assert!(places.take(&caller("cat")).await.is_some());
    }
}
