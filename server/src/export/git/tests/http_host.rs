//! A git host over HTTP: `git http-backend` behind a password, with faults to order.

use std::{
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use tokio::{io::AsyncWriteExt, net::TcpListener, process::Command, task::JoinHandle};

use super::repository::{Bare, clean};

/// What goes wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    #[default]
    None,
    /// Everything is redirected to another host.
    Redirects,
    /// Reading is allowed, pushing is not.
    ReadOnly,
    /// The connection breaks before a push arrives.
    BreaksBefore,
    /// The push arrives, and the answer does not.
    BreaksAfter,
    /// A status that no git host should give.
    Fails,
}

/// `oauth2:CANARY-token`, as Basic authentication writes it.
const BASIC: &str = "Basic b2F1dGgyOkNBTkFSWS10b2tlbg==";

/// What [`BASIC`] holds.
pub const TOKEN: &str = "CANARY-token";

struct Host {
    root: PathBuf,
    fault: Fault,
    pushes: AtomicUsize,
    /// The headers of all requests.
    heard: Mutex<Vec<HeaderMap>>,
}

/// The host, until it is dropped.
pub struct HttpHost {
    pub url: String,
    host: Arc<Host>,
    task: JoinHandle<()>,
}

impl HttpHost {
    pub async fn start(bare: &Bare, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/jobs.git", listener.local_addr().unwrap());
        let root = bare.folder.path().to_owned();
        let host = Arc::new(Host { root, fault, pushes: AtomicUsize::new(0), heard: Mutex::default() });
        let routes = Router::new().fallback(serve).with_state(host.clone());
        let task = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self { url, host, task }
    }

    /// How many pushes have arrived.
    pub fn pushes(&self) -> usize {
        self.host.pushes.load(Ordering::SeqCst)
    }

    /// How many requests had a user and a password.
    pub fn signed_in(&self) -> usize {
        self.host.heard.lock().unwrap().iter().filter(|headers| headers.contains_key(header::AUTHORIZATION)).count()
    }
}

impl Drop for HttpHost {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(State(host): State<Arc<Host>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 64 << 20).await.unwrap();
    host.heard.lock().unwrap().push(head.headers.clone());
    let is_push = head.method == "POST" && head.uri.path().ends_with("git-receive-pack");
    match host.fault {
        Fault::Redirects => {
            return (StatusCode::FOUND, [(header::LOCATION, "http://127.0.0.1:9/jobs.git")]).into_response();
        }
        Fault::Fails => return (StatusCode::INTERNAL_SERVER_ERROR, "remote: CANARY-token").into_response(),
        _ => {}
    }
    if head.headers.get(header::AUTHORIZATION).is_none_or(|sent| sent != BASIC) {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"git\"")]).into_response();
    }
    let is_write = head.uri.to_string().contains("git-receive-pack");
    match host.fault {
        Fault::ReadOnly if is_write => return StatusCode::FORBIDDEN.into_response(),
        Fault::BreaksBefore if is_push => return broken(),
        _ => {}
    }
    let answer = backend(&host, &head, &body).await;
    if is_push {
        host.pushes.fetch_add(1, Ordering::SeqCst);
        if host.fault == Fault::BreaksAfter {
            return broken();
        }
    }
    answer
}

/// The beginning of an answer, then nothing.
fn broken() -> Response {
    let parts = [Ok(Bytes::from_static(b"00")), Err(std::io::Error::other("broken"))];
    let body = Body::from_stream(futures_util::stream::iter(parts));
    ([(header::CONTENT_TYPE, "application/x-git-receive-pack-result")], body).into_response()
}

/// Runs git's own CGI program.
async fn backend(host: &Host, head: &axum::http::request::Parts, body: &[u8]) -> Response {
    let mut program = std::process::Command::new("git");
    clean(&mut program, &host.root);
    let mut program = Command::from(program);
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    program.arg("http-backend").env("GIT_PROJECT_ROOT", &host.root).env("GIT_HTTP_EXPORT_ALL", "1");
    program.env("REQUEST_METHOD", head.method.as_str()).env("PATH_INFO", head.uri.path());
    program.env("QUERY_STRING", head.uri.query().unwrap_or_default()).env("REMOTE_USER", "ann");
    program.env("CONTENT_TYPE", text("content-type")).env("CONTENT_LENGTH", body.len().to_string());
    program.env("HTTP_CONTENT_ENCODING", text("content-encoding")).env("GIT_PROTOCOL", text("git-protocol"));
    program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = program.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let (_, done) =
        tokio::join!(
            async move { stdin.write_all(body).await },
            async move { child.wait_with_output().await.unwrap() }
        );
    let end = done.stdout.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let (lines, rest) = done.stdout.split_at(end);
    let mut response = Response::new(Body::from(rest[4..].to_vec()));
    for line in std::str::from_utf8(lines).unwrap().lines() {
        let (name, value) = line.split_once(": ").unwrap();
        if name == "Status" {
            *response.status_mut() = value[..3].parse().unwrap();
        } else {
            response.headers_mut().insert(name.parse::<header::HeaderName>().unwrap(), value.parse().unwrap());
        }
    }
    response
}
