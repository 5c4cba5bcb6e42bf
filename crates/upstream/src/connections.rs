//! Connections that stay open between calls: a few to each host, with a limit for all hosts together.

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

/// Idle connections kept to one host: a panel's calls rarely run more than two at once.
const PER_HOST: usize = 2;
/// How long a connection may be idle: longer than the slowest polling interval, so that polls find their connection
/// open.
const IDLE: Duration = Duration::from_secs(45);

/// The HTTP clients of all upstreams, one for each recently called host. A client holds its idle connections, and
/// dropping it closes them. Cheap to clone; clones share the clients.
#[derive(Clone, Debug)]
pub struct Connections {
    /// Maximum number of clients.
    hosts: NonZeroUsize,
    clients: Arc<Mutex<LruCache<Key, reqwest::Client>>>,
    kinds: Arc<AtomicUsize>,
}

/// A host together with the kind of client that calls it.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Key {
    kind: usize,
    origin: Origin,
}

impl Connections {
    /// Keeps at most `idle` idle connections.
    #[must_use]
    pub fn new(idle: usize) -> Self {
        let hosts = NonZeroUsize::new(idle / PER_HOST).unwrap_or(NonZeroUsize::MIN);
        Self { hosts, clients: Arc::new(Mutex::new(LruCache::new(hosts))), kinds: Arc::default() }
    }

    /// A new number that identifies clients built in the same way.
    pub(super) fn next_kind(&self) -> usize {
        self.kinds.fetch_add(1, Ordering::Relaxed)
    }

    /// The client for a URL's host; `make` builds it if there is none. The least recently used client makes room.
    ///
    /// # Errors
    /// As `make`.
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

    /// Closes all idle connections, because file descriptors run short.
    pub fn close_idle(&self) {
        let clients = std::mem::replace(&mut *self.clients(), LruCache::new(self.hosts));
        if !clients.is_empty() {
            tracing::warn!(hosts = clients.len(), "File descriptors run short; idle connections are closed");
        }
    }

    fn clients(&self) -> MutexGuard<'_, LruCache<Key, reqwest::Client>> {
        // Nothing here panics while it holds the lock, so the state of a poisoned lock is still consistent.
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Limits how many idle connections a client keeps, and for how long.
pub(super) fn keep_few(builder: reqwest::ClientBuilder) -> reqwest::ClientBuilder {
    builder.pool_max_idle_per_host(PER_HOST).pool_idle_timeout(IDLE)
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// Calls a new host once and returns the host's end of the connection, which stays open.
    async fn call(connections: &Connections) -> TcpStream {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let tls = crate::client_config(&[]).unwrap();
        let make = || keep_few(reqwest::Client::builder().no_proxy().tls_backend_preconfigured(tls.clone())).build();
        let client = connections.client(0, &url, make).unwrap();
        let answer = async {
            let mut stream = listener.accept().await.unwrap().0;
            let mut head = [0; 1024];
            assert!(stream.read(&mut head).await.unwrap() > 0);
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
            stream
        };
        let (response, stream) = tokio::join!(client.get(url).send(), answer);
        assert_eq!(response.unwrap().bytes().await.unwrap().len(), 0);
        stream
    }

    /// Returns once the other end is closed.
    async fn closed(mut stream: TcpStream) {
        assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
    }

    #[tokio::test]
    async fn when_descriptors_run_short_all_idle_connections_are_closed() {
        let connections = Connections::new(128);
        let (first, second) = (call(&connections).await, call(&connections).await);
        connections.close_idle();
        closed(first).await;
        closed(second).await;
    }

    #[tokio::test]
    async fn the_host_called_longest_ago_makes_room() {
        let connections = Connections::new(2 * PER_HOST);
        let first = call(&connections).await;
        let (second, _third) = (call(&connections).await, call(&connections).await);
        closed(first).await;
        assert!(second.try_read(&mut [0]).is_err(), "it is open, and nothing has come");
    }
}
