//! `Cached<K, V>`: one upstream call per key and lifetime for any number of callers, and the last good value if it
//! fails.

mod limits;
mod slot;

use std::{collections::hash_map::RandomState, fmt, hash::Hash, sync::Arc, time::Duration};

use moka::{ops::compute::Op, policy::EvictionPolicy, sync::Cache};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{Failure, Good, Observed, Tasks};
pub use limits::{CacheLimits, Retry};
use slot::{Accept, Flight, Next, Slot};
use upstream::{UpstreamError, Weight};

/// How long an unused entry is kept, including its last good value.
pub const IDLE: Duration = Duration::from_secs(15 * 60);

/// A cache on top of Moka, which enforces the bounds. The fetch is a task of its own, so it continues when the client
/// that caused it disconnects, and all waiting callers share its result.
pub struct Cached<K, V> {
    slots: Cache<K, Arc<Slot<V>>, RandomState>,
    limits: CacheLimits,
    tasks: Tasks,
}

impl<K, V> fmt::Debug for Cached<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cached").field("limits", &self.limits).finish_non_exhaustive()
    }
}

impl<K, V> Cached<K, V>
where
    K: Clone + Eq + Hash + Send + Sync + 'static,
    V: Weight + Send + Sync + 'static,
{
    #[must_use]
    pub fn new(limits: CacheLimits, tasks: Tasks) -> Self {
        // Moka bounds a single sum. Giving each entry at least its share of the bytes bounds the number of entries too.
        let least = u32::try_from(limits.bytes / limits.entries.max(1)).unwrap_or(u32::MAX).max(1);
        let slots = Cache::builder()
            .max_capacity(limits.bytes.max(1))
            .weigher(move |_, slot: &Arc<Slot<V>>| u32::try_from(slot.weight_bytes()).unwrap_or(u32::MAX).max(least))
            // The default policy may refuse a new key, and then callers would not share its fetch.
            .eviction_policy(EvictionPolicy::lru())
            .time_to_idle(IDLE)
            .build();
        Self { slots, limits, tasks }
    }

    /// A value within its lifetime, or the failure. `fetch` is called only when needed and gets the last good value.
    ///
    /// # Errors
    /// The newest failure within its lifetime.
    pub async fn fresh<F, Fut>(&self, key: &K, fetch: F) -> Result<Good<V>, Failure>
    where
        F: FnOnce(Option<Good<V>>) -> Fut,
        Fut: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        self.fresh_for(Retry::Usual, key, fetch).await
    }

    /// Like [`Self::fresh`], but `retry` decides how soon a failure is retried.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub async fn fresh_for<F, Fut>(&self, retry: Retry, key: &K, fetch: F) -> Result<Good<V>, Failure>
    where
        F: FnOnce(Option<Good<V>>) -> Fut,
        Fut: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let accept = Accept { lifetime: self.limits.lifetime, retry, max_age: Duration::ZERO };
        self.lookup(key, accept, fetch).1.result().await
    }

    /// A value no older than its lifetime or `max_age`, whichever is longer; otherwise the last good one together with
    /// the failure; otherwise the failure. If there is a good value, a late fetch counts as a failure, but continues
    /// for later callers.
    ///
    /// # Errors
    /// The failure if there is no good value or the caller is not allowed in.
    pub async fn last_good<F, Fut>(&self, key: &K, max_age: Duration, fetch: F) -> Result<Observed<Arc<V>>, Failure>
    where
        F: FnOnce(Option<Good<V>>) -> Fut,
        Fut: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let accept = Accept { lifetime: self.limits.lifetime, retry: Retry::Usual, max_age };
        let (slot, lookup) = self.lookup(key, accept, fetch);
        let CacheLimits { upstream, patience, .. } = self.limits;
        let result = match slot.last_good() {
            None => lookup.result().await,
            Some(_) => match tokio::time::timeout(patience, lookup.result()).await {
                Ok(result) => result,
                Err(_) => Err(slot.late(upstream, patience)),
            },
        };
        match result {
            Ok(good) => Ok(good.into()),
            Err(failure) if failure.error.is_denied() => Err(failure),
            Err(failure) => match slot.last_good() {
                Some(good) => Ok(Observed::last(good, failure)),
                None => Err(failure),
            },
        }
    }

    /// A value that arrives after this call, whatever the age of the known one, or the failure. Shares a fetch in
    /// flight.
    ///
    /// # Errors
    /// As [`Self::fresh`].
    pub async fn renewed<F, Fut>(&self, key: &K, fetch: F) -> Result<Good<V>, Failure>
    where
        F: FnOnce(Option<Good<V>>) -> Fut,
        Fut: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let accept = Accept { lifetime: Duration::ZERO, retry: Retry::Usual, max_age: Duration::ZERO };
        self.lookup(key, accept, fetch).1.result().await
    }

    /// The value, if it is within its lifetime.
    pub fn known(&self, key: &K) -> Option<Good<V>> {
        self.last(key).filter(|good| Instant::now() < good.good_until)
    }

    /// The last good value, whatever its age.
    pub fn last(&self, key: &K) -> Option<Good<V>> {
        self.slots.get(key)?.last_good()
    }

    /// Forgets a value unless a newer one has replaced it.
    pub fn forget(&self, key: &K, value: &Arc<V>) {
        if let Some(slot) = self.slots.get(key) {
            slot.forget(value);
        }
    }

    fn lookup<F, Fut>(&self, key: &K, accept: Accept, fetch: F) -> (Arc<Slot<V>>, Lookup<V>)
    where
        F: FnOnce(Option<Good<V>>) -> Fut,
        Fut: Future<Output = Result<V, UpstreamError>> + Send + 'static,
    {
        let slot = self.slots.get_with_by_ref(key, || Arc::new(Slot::default()));
        let lookup = match slot.next(&self.limits, accept) {
            Next::Answer(result) => Lookup::Answer(result),
            Next::Wait(flight) => Lookup::Flight(flight),
            Next::Fetch { landing, flight, last_good } => {
                let answer = fetch(last_good);
                let limits = self.limits;
                let (slots, key, landed_in) = (self.slots.clone(), key.clone(), Arc::clone(&slot));
                let task = |end: CancellationToken| async move {
                    // At shutdown nobody waits for the answer.
                    let Some(result) = end.run_until_cancelled(answer).await else { return };
                    landed_in.land(landing, result, &limits);
                    // Stored again so that Moka weighs the new value. An evicted entry stays evicted.
                    slots.entry(key).and_compute_with(|kept| match kept {
                        Some(kept) if Arc::ptr_eq(kept.value(), &landed_in) => Op::Put(landed_in),
                        _ => Op::Nop,
                    });
                };
                // The fetch logs the id of the request that started it.
                self.tasks.spawn(|end| task(end).in_current_span());
                Lookup::Flight(flight)
            }
        };
        (slot, lookup)
    }
}

/// What a caller gets.
enum Lookup<V> {
    Answer(Result<Good<V>, Failure>),
    Flight(Flight<V>),
}

impl<V> Lookup<V> {
    async fn result(self) -> Result<Good<V>, Failure> {
        match self {
            Self::Answer(result) => result,
            Self::Flight(flight) => flight.landed().await,
        }
    }
}

#[cfg(test)]
mod tests;
