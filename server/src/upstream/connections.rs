//! Connections that are kept open between calls: a few to each host, a bound for all hosts together, and a way to close
//! them all.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lru::LruCache;
use url::{Origin, Url};

/// Kept to one host: a panel's calls follow each other, and rarely more than two run at once.
const PER_HOST: usize = 2;
/// Longer than the slowest regular poll, so that polls find their connection open.
const IDLE: Duration = Duration::from_secs(45);

/// The HTTP clients of all upstreams, one for each host that was called of late. A client keeps its idle connections;
/// dropping it closes them. Cheap to clone; clones share the clients.
#[derive(Clone, Debug)]
pub struct Connections {
    clients: Arc<Mutex<LruCache<Key, reqwest::Client>>>,
    kinds: Arc<AtomicUsize>,
}

/// A host as one kind of client calls it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: usize,
    origin: Origin,
}

impl Connections {
    /// Keeps at most `idle` connections open that no call uses.
    #[must_use]
    pub fn new(idle: usize) -> Self {
        let hosts = NonZeroUsize::new(idle / PER_HOST).unwrap_or(NonZeroUsize::MIN);
        Self { clients: Arc::new(Mutex::new(LruCache::new(hosts))), kinds: Arc::default() }
    }

    /// A number for clients that are built alike, different from all others.
    pub(super) fn next_kind(&self) -> usize {
        self.kinds.fetch_add(1, Ordering::Relaxed)
    }

    /// The client for a URL's host, which `make` builds when there is none. The one that was used longest ago makes room.
    ///
    /// # Errors
    /// Those of `make`.
    pub(super) fn client(
        &self,
        kind: usize,
        url: &Url,
        make: impl FnOnce() -> reqwest::Result<reqwest::Client>,
    ) -> reqwest::Result<reqwest::Client> {
        let key = Key { kind, origin: url.origin() };
        if let Some(client) = self.clients().get(&key) {
            return Ok(client.clone());
        }
        let client = make()?;
        self.clients().put(key, client.clone());
        Ok(client)
    }

    /// Closes all connections that no call uses, because descriptors run short.
    pub fn close_idle(&self) {
        self.clients().clear();
    }

    fn clients(&self) -> MutexGuard<'_, LruCache<Key, reqwest::Client>> {
        // Nothing in here panics while it holds the lock, so a poisoned one is still whole.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many connections a client of one host keeps, and how long.
pub(super) fn keep_few(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.pool_max_idle_per_host(PER_HOST).pool_idle_timeout(IDLE)
}
