//! An upstream that answers what it is told, byte by byte, so that it can also break off, hang or lie.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// What is answered to one path.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, content type, further headers, body.
    Http(u16, &'static str, String, Vec<u8>),
    /// Nothing, for a minute.
    Hang,
    /// The head, half of the body, and the end.
    Cut(String),
    /// The head, half of the body, and nothing for a minute.
    HangInBody(String),
    /// The connection is closed without a word.
    Reset,
    /// Each call gets the next one; after the last one it begins again.
    InTurn(Vec<Reply>),
}

impl Reply {
    pub fn json(body: &str) -> Self {
        Self::Http(200, "application/json", String::new(), body.as_bytes().to_vec())
    }

    pub fn html(status: u16) -> Self {
        Self::Http(status, "text/html;charset=utf-8", String::new(), b"<html>secret-host.svc</html>".to_vec())
    }

    pub fn status(status: u16) -> Self {
        Self::Http(status, "application/json", String::new(), br#"{"message": "no"}"#.to_vec())
    }
}

/// A server on a free loopback port. It ends with the value.
pub struct Double {
    pub url: String,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    requests: Mutex<Vec<String>>,
    delay: Mutex<Duration>,
}

impl Double {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address: SocketAddr = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let serving = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let shared = Arc::clone(&serving);
                tokio::spawn(async move { answer(stream, &shared).await });
            }
        });
        Self { url: format!("http://{address}"), shared, task }
    }

    /// The address of a server that is not there.
    pub async fn absent() -> String {
        let gone = Self::start().await;
        gone.task.abort();
        let url = gone.url.clone();
        drop(gone);
        // The port is free again once the listener has been dropped with its task.
        tokio::task::yield_now().await;
        url
    }

    /// Answers `path`, with its query when it has one.
    pub fn set(&self, path: &str, reply: Reply) {
        self.shared.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    pub fn json(&self, path: &str, body: &str) {
        self.set(path, Reply::json(body));
    }

    /// Answers every path that was set with `reply` instead.
    pub fn set_all(&self, reply: &Reply) {
        self.shared.replies.lock().unwrap().values_mut().for_each(|old| *old = reply.clone());
    }

    /// Waits before each answer.
    pub fn delay(&self, delay: Duration) {
        *self.shared.delay.lock().unwrap() = delay;
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How often `path` was asked for.
    pub fn count(&self, path: &str) -> usize {
        self.shared.count(path)
    }
}

impl Shared {
    fn count(&self, path: &str) -> usize {
        let line = format!("GET {path} HTTP/1.1");
        self.requests.lock().unwrap().iter().filter(|head| head.starts_with(&line)).count()
    }
}

impl Drop for Double {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn answer(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    shared.requests.lock().unwrap().push(head);
    let delay = *shared.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    // Every path that nobody set is the master's home page, as on a real one.
    let mut reply = shared.replies.lock().unwrap().get(&path).cloned().unwrap_or_else(|| Reply::html(200));
    if let Reply::InTurn(replies) = reply {
        reply = replies[(shared.count(&path) - 1) % replies.len()].clone();
    }
    let head = |status: u16, content_type: &str, length: usize, more: &str| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n"
        )
    };
    let minute = Duration::from_secs(60);
    match reply {
        Reply::Http(status, content_type, more, body) => {
            stream.write_all(head(status, content_type, body.len(), &more).as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Reply::Hang => tokio::time::sleep(minute).await,
        Reply::Cut(body) | Reply::HangInBody(body) if body.is_empty() => {}
        Reply::Cut(ref body) | Reply::HangInBody(ref body) => {
            stream.write_all(head(200, "application/json", body.len(), "").as_bytes()).await.ok()?;
            stream.write_all(&body.as_bytes()[..body.len() / 2]).await.ok()?;
            stream.flush().await.ok()?;
            if matches!(reply, Reply::HangInBody(_)) {
                tokio::time::sleep(minute).await;
            }
        }
        Reply::Reset | Reply::InTurn(_) => {}
    }
    stream.shutdown().await.ok()
}
