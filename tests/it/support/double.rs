//! A scripted upstream that controls every byte of its answers, so that it can also break off, hang or lie.

use std::{
    collections::HashMap,
    io::{self, Read, Write},
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::{Cookie, canary};

/// The reply to one path.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, content type, further headers, body.
    Http(u16, &'static str, String, Vec<u8>),
    /// No answer for a minute.
    Hang,
    /// The head and half of the body, then the connection is closed.
    Cut(String),
    /// The head and half of the body, then nothing for a minute.
    HangInBody(String),
    /// The head, then one byte per second.
    Drip(String),
    /// The whole body, but the head announces half of its length.
    Understated(String),
    /// The beginning of a JSON list, then endless spaces.
    Endless,
    /// The connection is closed without an answer.
    Reset,
    /// Each call gets the next reply; after the last one it starts again.
    InTurn(Vec<Reply>),
}

impl Reply {
    pub fn json(body: &str) -> Self {
        Self::Http(200, "application/json", String::new(), body.as_bytes().to_vec())
    }

    /// What Spark's web server answers until its pages are ready.
    pub fn starting() -> Self {
        let page = b"<html>Spark is starting up. Please wait a while until it's ready.</html>".to_vec();
        Self::Http(200, "text/html", String::new(), page)
    }

    pub fn html(status: u16) -> Self {
        Self::Http(status, "text/html;charset=utf-8", String::new(), b"<html>secret-host.svc</html>".to_vec())
    }

    /// A JSON list after this many spaces, compressed.
    pub fn gzip(blanks: u64) -> Self {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        io::copy(&mut io::repeat(b' ').take(blanks), &mut encoder).unwrap();
        encoder.write_all(b"[]").unwrap();
        Self::Http(200, "application/json", "content-encoding: gzip\r\n".into(), encoder.finish().unwrap())
    }

    pub fn status(status: u16) -> Self {
        Self::Http(status, "application/json", String::new(), br#"{"message": "no"}"#.to_vec())
    }
}

/// A server on a free loopback port. Dropping the value stops it.
pub struct Double {
    pub url: String,
    shared: Arc<Shared>,
    task: Mutex<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    replies: Mutex<HashMap<String, Reply>>,
    requests: Mutex<Vec<String>>,
    delay: Mutex<Duration>,
    longest_endless: Mutex<usize>,
}

impl Double {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        let task = Mutex::new(serve(listener, Arc::clone(&shared)));
        Self { url, shared, task }
    }

    /// Refuses connections for a while, like a server that restarts.
    #[cfg(feature = "long-tests")]
    pub async fn restart(&self, away: Duration) {
        self.task.lock().unwrap().abort();
        tokio::time::sleep(away).await;
        let address = self.url.trim_start_matches("http://");
        let listener = loop {
            match TcpListener::bind(address).await {
                Ok(listener) => break listener,
                // An outgoing connection may hold the port for a moment.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        };
        *self.task.lock().unwrap() = serve(listener, Arc::clone(&self.shared));
    }

    /// The address of a server that does not exist.
    pub async fn absent() -> String {
        let gone = Self::start().await;
        gone.task.lock().unwrap().abort();
        let url = gone.url.clone();
        drop(gone);
        // The port is free once the listener has been dropped with its task.
        tokio::task::yield_now().await;
        url
    }

    /// Sets the reply to `path`, which may include a query.
    pub fn set(&self, path: &str, reply: Reply) {
        self.shared.replies.lock().unwrap().insert(path.to_owned(), reply);
    }

    /// Sets the reply to `path` only for requests with the token of this cookie.
    pub fn set_for(&self, cookie: Cookie<'_>, path: &str, reply: Reply) {
        self.set(&for_token(path, &canary(cookie.0)), reply);
    }

    pub fn json(&self, path: &str, body: &str) {
        self.set(path, Reply::json(body));
    }

    /// Replaces all replies that were set by `reply`.
    pub fn set_all(&self, reply: &Reply) {
        self.shared.replies.lock().unwrap().values_mut().for_each(|old| *old = reply.clone());
    }

    /// Delays each answer.
    pub fn delay(&self, delay: Duration) {
        *self.shared.delay.lock().unwrap() = delay;
    }

    /// The heads of all requests so far.
    pub fn requests(&self) -> Vec<String> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How often `path` was requested.
    pub fn count(&self, path: &str) -> usize {
        self.shared.count(path)
    }

    /// Largest number of bytes sent of an endless body, including those still in the system's buffers.
    pub fn longest_endless(&self) -> usize {
        *self.shared.longest_endless.lock().unwrap()
    }
}

impl Shared {
    fn count(&self, path: &str) -> usize {
        let line = format!("GET {path} HTTP/1.1");
        self.requests.lock().unwrap().iter().filter(|head| head.starts_with(&line)).count()
    }

    /// Any other path gives the master's home page, as on a real master.
    fn reply(&self, head: &str) -> Reply {
        let path = head.split(' ').nth(1).unwrap_or_default();
        let authorization = head.lines().find_map(|line| line.strip_prefix("authorization: "));
        let token = authorization.map(|value| value.trim_start_matches("Bearer ")).unwrap_or_default();
        let replies = self.replies.lock().unwrap();
        let reply = replies.get(&for_token(path, token)).or_else(|| replies.get(path)).cloned();
        match reply.unwrap_or_else(|| Reply::html(200)) {
            Reply::InTurn(replies) => replies[(self.count(path) - 1) % replies.len()].clone(),
            reply => reply,
        }
    }
}

fn for_token(path: &str, token: &str) -> String {
    format!("{path} {token}")
}

impl Drop for Double {
    fn drop(&mut self) {
        if let Ok(task) = self.task.get_mut() {
            task.abort();
        }
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { answer(stream, &shared).await });
        }
    })
}

const MINUTE: Duration = Duration::from_secs(60);

async fn answer(mut stream: TcpStream, shared: &Shared) -> Option<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    shared.requests.lock().unwrap().push(head.clone());
    let delay = *shared.delay.lock().unwrap();
    tokio::time::sleep(delay).await;
    match shared.reply(&head) {
        Reply::Http(status, content_type, more, body) => {
            stream.write_all(head_of(status, content_type, body.len(), &more).as_bytes()).await.ok()?;
            stream.write_all(&body).await.ok()?;
        }
        Reply::Hang => tokio::time::sleep(MINUTE).await,
        Reply::Cut(body) => send_half(&mut stream, &body).await?,
        Reply::HangInBody(body) => {
            send_half(&mut stream, &body).await?;
            tokio::time::sleep(MINUTE).await;
        }
        Reply::Drip(body) => {
            stream.write_all(json_head(body.len()).as_bytes()).await.ok()?;
            for byte in body.bytes() {
                stream.write_u8(byte).await.ok()?;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
        Reply::Understated(body) => {
            stream.write_all(json_head(body.len() / 2).as_bytes()).await.ok()?;
            stream.write_all(body.as_bytes()).await.ok()?;
        }
        Reply::Endless => {
            stream.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\n\r\n[").await.ok()?;
            let blanks = [b' '; 1 << 16];
            let mut sent = 0;
            while stream.write_all(&blanks).await.is_ok() {
                sent += blanks.len();
                let mut longest = shared.longest_endless.lock().unwrap();
                *longest = sent.max(*longest);
            }
        }
        Reply::Reset | Reply::InTurn(_) => {}
    }
    stream.shutdown().await.ok()
}

async fn send_half(stream: &mut TcpStream, body: &str) -> Option<()> {
    if !body.is_empty() {
        stream.write_all(json_head(body.len()).as_bytes()).await.ok()?;
        stream.write_all(&body.as_bytes()[..body.len() / 2]).await.ok()?;
        stream.flush().await.ok()?;
    }
    Some(())
}

fn json_head(length: usize) -> String {
    head_of(200, "application/json", length, "")
}

fn head_of(status: u16, content_type: &str, length: usize, more: &str) -> String {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n{more}connection: close\r\n\r\n"
    )
}
