//! Entry points for fuzzing: decoders without an HTTP answer, and a client with answers from memory.

use std::{
    io::{Read, Write},
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use serde::de::DeserializeOwned;
use tokio::runtime::Runtime;
use url::Url;

use super::{
    Client, Connections, PlaceLimits, Places, Timeouts, Upstream, UpstreamError, body,
    bounds::Bounds,
    client::ClientSettings,
    client_config,
    rows::{FromRows, RowDecoder},
};

/// Largest body that is read, bytes.
const LIMIT: u64 = 64 * 1024;

/// Decodes one document.
///
/// # Errors
/// When the document has another shape.
pub fn slice<T: DeserializeOwned>(upstream: Upstream, bytes: &[u8]) -> Result<T, UpstreamError> {
    body::from_slice(upstream, bytes)
}

/// Decodes the rows of an array twice: in one piece, and in pieces so small that every row is split. Both must agree.
///
/// # Panics
/// When they disagree.
pub fn rows<Rows: FromRows>(bytes: &[u8]) -> Option<Rows> {
    // Small enough for the fuzzer to reach.
    let bounds = Bounds { rows: 10, row_bytes: 1000, string_bytes: 50, list_bytes: 10_000 };
    let mut whole = RowDecoder::<Rows>::new(&bounds);
    let whole = whole.read(bytes).and_then(|()| whole.finish());
    let mut pieces = RowDecoder::<Rows>::new(&bounds);
    let length = bytes.first().map_or(1, |byte| usize::from(*byte % 61) + 1);
    let pieces = bytes.chunks(length).try_for_each(|piece| pieces.read(piece)).and_then(|()| pieces.finish());
    assert_eq!(whole.is_ok(), pieces.is_ok(), "{:?} {:?}", whole.as_ref().err(), pieces.as_ref().err());
    whole.ok()
}

/// A client, and a server that answers with any bytes as a gzip body.
pub struct Answers {
    runtime: Runtime,
    client: Client,
    url: Url,
    body: Arc<Mutex<Vec<u8>>>,
}

impl Answers {
    /// # Panics
    /// When the server or the client cannot be started.
    #[expect(clippy::unwrap_used, reason = "without a server and a client there is nothing to fuzz")]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let body = Arc::new(Mutex::new(Vec::new()));
        let served = Arc::clone(&body);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut head = [0; 4096];
                // Serve this connection until the client closes it.
                while stream.read(&mut head).is_ok_and(|length| length > 0) {
                    let body = served.lock().unwrap_or_else(PoisonError::into_inner).clone();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\
                         content-length: {}\r\n\r\n",
                        body.len()
                    );
                    // One write: with two, Nagle's algorithm and delayed acknowledgements would slow each answer down.
                    if stream.write_all(&[head.as_bytes(), &body].concat()).is_err() {
                        break;
                    }
                }
            }
        });
        let timeouts = Timeouts { connect: Duration::from_secs(1), call: Duration::from_secs(2) };
        let places = Places::new(PlaceLimits { all: 1, per_caller: 1, wait: timeouts.call });
        let (tls, connections) = (client_config(&[]).unwrap(), Connections::new(1));
        let settings = ClientSettings {
            timeouts,
            places: &places,
            bounds: Bounds::DEFAULT,
            tls: &tls,
            connections: &connections,
            use_proxy: false,
            hosts: None,
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = Client::new(Upstream::Driver, &settings);
        Self { runtime, client, url, body }
    }

    /// # Panics
    /// When the client returns more than the limit, or runs into its deadline.
    pub fn read(&self, bytes: &[u8]) {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.body.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        match self.runtime.block_on(self.client.json_bytes(&self.url, None, LIMIT)) {
            Ok(read) => assert!(read.len() as u64 <= LIMIT),
            Err(error) => assert!(!error.to_string().contains("no answer within"), "{error}"),
        }
    }
}
