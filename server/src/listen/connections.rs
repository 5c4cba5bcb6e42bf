//! Limits of client connections: how many there may be, and how long a client may take to send its request and to read
//! the answer.

use std::{io, sync::Arc, time::Duration};

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::sync::Semaphore;
use tokio_io_timeout::TimeoutWriter;
use tokio_util::sync::CancellationToken;

use super::door::{Door, Stream};
use upstream::descriptors;

/// Pause after a connection could not be accepted, for example for lack of file descriptors.
const REST: Duration = Duration::from_millis(200);

/// How long a slow client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the start of the connection, or its last answer, to the end of the next request's headers.
    pub head: Duration,
    /// Without reading a byte of the answer.
    pub stalled: Duration,
}

impl Default for Patience {
    /// Generous, because Jupyter runs on the same machine and sends its headers in one piece.
    fn default() -> Self {
        Self { head: Duration::from_secs(30), stalled: Duration::from_secs(30) }
    }
}

/// Serves until `stop`, and returns the connections that are still open then. When file descriptors run short,
/// `on_short_descriptors` may close some that are not in use.
pub(super) async fn serve(
    mut door: Door,
    app: Router,
    stop: &CancellationToken,
    most: usize,
    patience: Patience,
    on_short_descriptors: impl Fn(),
) -> GracefulShutdown {
    let open = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(most.max(1)));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head);
    let service = TowerToHyperService::new(app);
    loop {
        let next = async {
            // With no place free, new connections wait in the socket's queue.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, door.accept().await)
        };
        let (place, stream) = tokio::select! {
            () = stop.cancelled() => return open,
            next = next => next,
        };
        match stream {
            Ok(stream) => {
                let connection = http.serve_connection(TokioIo::new(patient(stream, patience)), service.clone());
                let connection = open.watch(connection);
                tokio::spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(%error, "A connection broke off");
                    }
                    drop(place);
                });
            }
            Err(error) => {
                if descriptors::are_short(&error) {
                    on_short_descriptors();
                }
                refused(&error).await;
            }
        }
    }
}

async fn refused(error: &io::Error) {
    tracing::warn!(%error, "Cannot accept a connection");
    tokio::time::sleep(REST).await;
}

fn patient(stream: Stream, patience: Patience) -> std::pin::Pin<Box<TimeoutWriter<Stream>>> {
    let mut writer = TimeoutWriter::new(stream);
    writer.set_timeout(Some(patience.stalled));
    Box::pin(writer)
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// More than all buffers between client and server can hold.
    const LARGE: usize = 32 << 20;

    async fn started(most: usize) -> (std::net::SocketAddr, CancellationToken) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
        let app =
            Router::new().route("/", get(|| async { "here" })).route("/large", get(|| async { vec![b'x'; LARGE] }));
        let patience = Patience { head: Duration::from_millis(200), stalled: Duration::from_millis(200) };
        let stopped = stop.clone();
        tokio::spawn(
            async move { serve(Door::Tcp(listener), app, &stopped, most, patience, || ()).await.shutdown().await },
        );
        (address, stop)
    }

    async fn ask(address: std::net::SocketAddr) -> String {
        let mut client = TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        answer
    }

    /// Fails the test instead of waiting for ever.
    async fn in_time<T>(what: impl Future<Output = T>) -> T {
        tokio::time::timeout(Duration::from_secs(60), what).await.unwrap()
    }

    #[tokio::test]
    async fn who_sends_headers_without_end_is_put_out() {
        let (address, _stop) = started(10).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        let mut rest = Vec::new();
        // The client is told that it was too slow, or is disconnected.
        let _ = in_time(slow.read_to_end(&mut rest)).await;
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"));
    }

    #[tokio::test]
    async fn who_does_not_read_its_answer_is_put_out() {
        let (address, _stop) = started(1).await;
        let mut greedy = TcpStream::connect(address).await.unwrap();
        greedy.write_all(b"GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        // There is only one place, so the next client is served only after the greedy one is disconnected.
        assert!(in_time(ask(address)).await.ends_with("here"));
        drop(greedy);
    }

    #[tokio::test]
    async fn who_finds_no_place_waits_at_the_door() {
        let (address, _stop) = started(2).await;
        let idle = (TcpStream::connect(address).await.unwrap(), TcpStream::connect(address).await.unwrap());
        assert!(in_time(ask(address)).await.ends_with("here"));
        drop(idle);
    }

    #[tokio::test]
    async fn when_it_is_told_to_stop_nobody_is_let_in_any_more() {
        let (address, stop) = started(2).await;
        assert!(ask(address).await.ends_with("here"));
        stop.cancel();
        let refused = async {
            while TcpStream::connect(address).await.is_ok() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        in_time(refused).await;
    }
}
