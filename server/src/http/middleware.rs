//! The middleware around all routes, in order.

mod answer_body;

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Json, Router,
    body::{Body, HttpBody, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures_util::{FutureExt, StreamExt};
use http_body_util::LengthLimitError;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use tokio::{sync::Semaphore, time::Instant};
use tracing::Instrument;
use wire::ErrorCode;

use answer_body::AnswerBody;

use super::{ApiError, Session, Sessions};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Identifies the session that was answered, so that a page does not show one user's data to another.
const SESSION: HeaderName = HeaderName::from_static("x-spark-monitor-session");
const SIDECAR_TOKEN: HeaderName = HeaderName::from_static("x-spark-monitor-token");
/// Longest request id that is accepted from a client, characters.
const LONGEST_REQUEST_ID: usize = 64;
/// Limit for all header names and values together, bytes; the same as in Jupyter's own server.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// Up to this size an answer gives its place back at once, bytes. The number of connections limits the memory of such
/// answers.
const SMALL_BODY_BYTES: u64 = 64 * 1024;
/// Largest request body, unless the area has a limit of its own; bytes.
const MOST_BODY_BYTES: usize = 64 * 1024;
/// Largest body of a path that takes large ones, bytes: a notebook of 16 MiB as a text within JSON.
const LARGE_BODY_BYTES: usize = 24 << 20;
/// Large bodies that are in memory at once, with what is made of them. Others wait.
const LARGE_AT_ONCE: usize = 4;

/// How long a large file may take to send: over a slow line much longer than to make it.
const LONG_BODY: Duration = Duration::from_secs(15 * 60);

/// Marks an answer whose body is a file to keep.
#[derive(Clone, Copy)]
pub(crate) struct LongBody;

/// Maximum number of requests in flight while nothing is configured; each is answered at once.
pub const DEFAULT_REQUESTS: usize = 1024;

/// The limits of an area whose requests are larger or take longer than others.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AreaBounds {
    /// How the area's paths begin.
    pub prefix: &'static str,
    pub body_bytes: usize,
    pub time: Duration,
    /// Paths whose bodies are larger. Only a few of these are in memory at once.
    pub large: &'static [&'static str],
}

impl AreaBounds {
    /// The largest body, and the time, of all its other paths.
    pub const fn new(prefix: &'static str, body_bytes: usize, time: Duration) -> Self {
        Self { prefix, body_bytes, time, large: &[] }
    }
}

/// Limits for all requests.
pub(crate) struct Bounds {
    /// Maximum number of requests in flight.
    pub requests: usize,
    /// Total time for one request.
    pub time: Duration,
    /// `None` while nothing is configured.
    pub sessions: Option<Arc<Sessions>>,
    pub areas: &'static [AreaBounds],
    /// What every request must carry, if anything: on TCP every process on the machine can reach us.
    pub sidecar_token: Option<SecretString>,
}

impl Bounds {
    /// The limits while nothing is configured.
    pub const NOT_CONFIGURED: Self =
        Self { requests: DEFAULT_REQUESTS, time: Duration::MAX, sessions: None, areas: &[], sidecar_token: None };
}

/// Puts the middleware around `routes`. It is a single layer, because a router copies its routes once per layer and
/// request.
pub(crate) fn around(routes: Router, bounds: Bounds) -> Router {
    let Bounds { requests, time, sessions, areas, sidecar_token } = bounds;
    let (in_flight, large) = (Arc::new(Semaphore::new(requests)), Arc::new(Semaphore::new(LARGE_AT_ONCE)));
    let limits = Limits { in_flight, large, deadline: time, sessions, areas, sidecar_token };
    routes.layer(from_fn_with_state(limits, serve))
}

#[derive(Clone)]
struct Limits {
    in_flight: Arc<Semaphore>,
    /// Places for large bodies.
    large: Arc<Semaphore>,
    deadline: Duration,
    sessions: Option<Arc<Sessions>>,
    areas: &'static [AreaBounds],
    sidecar_token: Option<SecretString>,
}

/// Marks a request that carries the sidecar's token, or needs none.
#[derive(Clone, Copy)]
struct HasToken;

impl Limits {
    /// Whether a request carries the sidecar's token, or needs none.
    fn has_token(&self, headers: &HeaderMap) -> bool {
        let given = headers.get(SIDECAR_TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        let token = self.sidecar_token.as_ref();
        token.is_none_or(|token| given.ct_eq(token.expose_secret().as_bytes()).into())
    }

    /// Whether a request to this path may have a large body; the largest otherwise; and its time.
    fn of(&self, path: &str) -> (bool, usize, Duration) {
        match self.areas.iter().find(|area| path.starts_with(area.prefix)) {
            Some(area) => (area.large.contains(&path), area.body_bytes, area.time.max(self.deadline)),
            None => (false, MOST_BODY_BYTES, self.deadline),
        }
    }
}

/// Gives every request an id, and every answer its final form, errors and panics included.
async fn serve(State(limits): State<Limits>, mut request: Request, next: Next) -> Response {
    let id = id(request.headers());
    let text = id.to_str().unwrap_or_default();
    let session = Session::of_headers(request.headers());
    let tag = limits.sessions.as_ref().and_then(|sessions| sessions.tag(&session));
    if session.has_token() {
        // The cookies are read only once; handlers take the session from here.
        request.extensions_mut().insert(session);
    }
    // Log only the path: a query or a header may contain secrets.
    let (method, path) = (request.method(), request.uri().path());
    // The span has the highest level, so that every line about a request carries its id at any log level.
    let span = tracing::error_span!("request", %method, path, request.id = %text);
    let answer = async {
        tracing::debug!("Asked");
        let begin = Instant::now();
        // A panic in a handler costs one answer, not the connection.
        let answer = AssertUnwindSafe(limited(&limits, request, next)).catch_unwind().await;
        // The panic itself has been logged by `log::panics`.
        let mut response = answer.unwrap_or_else(|_| Err(ApiError::internal())).into_response();
        let error = response.extensions_mut().remove::<ApiError>();
        let (status, code) = (response.status().as_u16(), error.as_ref().map(|error| error.code));
        let duration_ms = begin.elapsed().as_secs_f64() * 1e3;
        if code == Some(ErrorCode::Internal) {
            // The fault may be in a fetch that another request started; then the line about it carries that request's
            // id.
            tracing::error!(status, ?code, duration_ms, "Answered with a fault of the monitor");
        } else {
            tracing::debug!(status, ?code, duration_ms, "Answered");
        }
        if let Some(error) = error {
            response = with_body(&error, text, response);
        }
        response
    };
    let mut response = answer.instrument(span).await;
    let headers = response.headers_mut();
    // An answer is meant for one user only.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    // A browser must never interpret an upstream's JSON as anything else.
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // On a hub, another user's page may have our origin. If it opens a route in a window, it must not read the content.
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    headers.insert(REQUEST_ID, id);
    if let Some(tag) = tag {
        headers.insert(SESSION, tag);
    }
    response
}

/// The client's request id if it is clean, else a new one.
fn id(headers: &HeaderMap) -> HeaderValue {
    // Ids start at a random number, so that they do not repeat in a log that spans several starts. Without randomness
    // they start at 0, since only readers of the log need them.
    static NEXT: LazyLock<AtomicU64> = LazyLock::new(|| getrandom::u64().unwrap_or_default().into());
    let given = headers.get(REQUEST_ID).filter(|value| is_clean(value.as_bytes())).cloned();
    given.unwrap_or_else(|| {
        let id = format!("{:016x}", NEXT.fetch_add(1, Ordering::Relaxed));
        HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("none"))
    })
}

fn is_clean(id: &[u8]) -> bool {
    let clean = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !id.is_empty() && id.len() <= LONGEST_REQUEST_ID && id.iter().all(clean)
}

/// Replaces the body of an error answer by the final one.
fn with_body(error: &ApiError, id: &str, response: Response) -> Response {
    let (parts, _) = response.into_parts();
    let mut response = (parts.status, Json(error.body(id))).into_response();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = parts.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response
}

/// Refuses requests that are too large, then those beyond the limit, and ends those that take too long. The size is
/// checked first, so that an oversized request takes no place. Place and deadline last until the end of the answer's
/// body, unless it is small.
async fn limited(limits: &Limits, mut request: Request, next: Next) -> Result<Response, ApiError> {
    if limits.has_token(request.headers()) {
        request.extensions_mut().insert(HasToken);
    } else {
        // Its body is neither read nor waited for. The route refuses it.
        *request.body_mut() = Body::empty();
        request.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let (may_be_large, body_bytes, time) = limits.of(request.uri().path());
    // A small one needs no place.
    let is_large = may_be_large && length(request.headers()).is_none_or(|bytes| bytes > body_bytes);
    let body_bytes = if is_large { LARGE_BODY_BYTES } else { body_bytes };
    let deadline = deadline_after(time);
    if let Err(refused) = check_sizes(request.headers(), body_bytes) {
        discard_body(request, deadline).await;
        return Err(refused);
    }
    let Ok(place) = Arc::clone(&limits.in_flight).try_acquire_owned() else { return Err(ApiError::overloaded()) };
    let answer = async {
        // It is given back with the answer, which is smaller.
        let _large = match is_large {
            true => Some(limits.large.acquire().await.map_err(|_| ApiError::internal())?),
            false => None,
        };
        Ok(next.run(with_its_body(request, body_bytes).await?).await)
    };
    let answer = tokio::time::timeout_at(deadline, answer).await;
    let answer = answer.unwrap_or_else(|_| Err(ApiError::request_timeout())).into_response();
    let is_long = answer.extensions().get::<LongBody>().is_some();
    let deadline = if is_long { deadline_after(LONG_BODY) } else { deadline };
    Ok(answer.map(|body| if is_small(&body) { body } else { Body::new(AnswerBody::new(body, place, deadline)) }))
}

/// Whether the whole body is in memory and fits into the socket's buffer, so that it is sent at once with the head.
fn is_small(body: &Body) -> bool {
    body.size_hint().exact().is_some_and(|bytes| bytes <= SMALL_BODY_BYTES)
}

fn deadline_after(time: Duration) -> Instant {
    /// In effect no deadline: longer than any program runs.
    const FAR: Duration = Duration::from_secs(100 * 365 * 86_400);
    Instant::now() + time.min(FAR)
}

fn check_sizes(headers: &HeaderMap, body_bytes: usize) -> Result<(), ApiError> {
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MOST_HEADER_BYTES {
        return Err(ApiError::headers_too_large());
    }
    if length(headers) > Some(body_bytes) {
        return Err(ApiError::body_too_large());
    }
    Ok(())
}

/// The length of the body, if it was said.
fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Removes one slash from the end of the path, because the older extension answered both forms.
pub(crate) fn without_last_slash(mut request: Request) -> Request {
    let uri = request.uri();
    let Some(path) = uri.path().strip_suffix('/').filter(|path| !path.is_empty()) else { return request };
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = path_and_query.parse().ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
    request
}

/// Jupyter's proxy sends the whole body before it reads the answer. If the connection closes before that, the proxy
/// reports an error of its own. It always sends a length; a body without one may be endless.
async fn discard_body(request: Request, deadline: Instant) {
    if request.headers().contains_key(header::CONTENT_LENGTH) {
        let mut body = request.into_body().into_data_stream();
        let discarded = async { while let Some(Ok(_)) = body.next().await {} };
        // A client that is too slow gets the answer before its body is read.
        let _ = tokio::time::timeout_at(deadline, discarded).await;
    }
}

/// Reads the body before the route answers: if an answer arrives before Jupyter's proxy has sent the body, the proxy
/// reports a broken connection.
async fn with_its_body(request: Request, most_bytes: usize) -> Result<Request, ApiError> {
    if request.body().is_end_stream() {
        return Ok(request);
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, most_bytes).await.map_err(|error| match error.into_inner().downcast_ref() {
        Some(LengthLimitError { .. }) => ApiError::body_too_large(),
        None => ApiError::broken_body(),
    })?;
    Ok(Request::from_parts(parts, body.into()))
}

/// Refuses a request that lacks the sidecar's token.
pub(crate) async fn require_token(request: Request) -> Result<Request, ApiError> {
    match request.extensions().get::<HasToken>() {
        Some(HasToken) => Ok(request),
        None => Err(ApiError::sidecar_token_required()),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Seek},
        panic,
    };

    use axum::{body::Body, routing::get};
    use tower::ServiceExt;
    use tracing_subscriber::EnvFilter;

    use super::*;
    use crate::log;
    use monitor::{
        Tasks,
        cached::{CacheLimits, Cached},
    };
    use upstream::{Upstream, UpstreamError};

    type Cache = Arc<Cached<&'static str, bytes::Bytes>>;

    fn cache() -> Cache {
        let second = Duration::from_secs(1);
        let limits = CacheLimits {
            logged_as: Some("a list"),
            lifetime: second,
            failure_lifetime: second,
            soon_failure_lifetime: second,
            denied_lifetime: None,
            patience: second,
            upstream: Upstream::Driver,
            entries: 10,
            bytes: 1_000,
        };
        Arc::new(Cached::new(limits, Tasks::default()))
    }

    async fn failing(State(cache): State<Cache>) -> Result<String, ApiError> {
        let fetch = |_| async { Err(UpstreamError::timeout(Upstream::Driver, Duration::ZERO)) };
        cache.fresh(&"failing", fetch).await?;
        Ok(String::new())
    }

    async fn crashing(State(cache): State<Cache>) -> Result<String, ApiError> {
        cache.fresh(&"crashing", |_| async { panic!("in the fetch") }).await?;
        Ok(String::new())
    }

    /// What is logged at the default level when these routes are requested.
    async fn log_of(routes: &[&str]) -> Vec<String> {
        let written = Arc::new(tempfile::tempfile().unwrap());
        let log = log::subscriber(Arc::clone(&written), EnvFilter::new("info"));
        let _default = tracing::subscriber::set_default(log);
        let app = Router::new()
            .route("/failing", get(failing))
            .route("/crashing", get(crashing))
            .route("/panics", get(|| async { panic!("in the handler") as () }))
            .with_state(cache());
        let app = around(app, Bounds::NOT_CONFIGURED);
        for route in routes {
            let request = Request::get(*route).header(REQUEST_ID, format!("id-of-{route}").replace('/', ""));
            let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
            assert_ne!(response.status(), 200);
        }
        let mut log = String::new();
        (&*written).rewind().unwrap();
        (&*written).read_to_string(&mut log).unwrap();
        log.lines().map(str::to_owned).collect()
    }

    #[tokio::test]
    async fn each_warning_error_and_panic_of_a_request_and_its_fetch_carries_its_id() {
        // Other tests in this process need the previous hook, so call it too.
        let before = panic::take_hook();
        log::panics();
        let ours = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            ours(info);
            before(info);
        }));
        let log = log_of(&["/failing", "/crashing", "/panics"]).await;
        let has = |route: &str, words: &[&str]| {
            let id = format!("request.id=id-of-{route}");
            log.iter().any(|line| line.contains(&id) && words.iter().all(|word| line.contains(word)))
        };
        assert!(has("failing", &["WARN", "Could not be fetched"]), "{log:#?}");
        for (route, text) in [("crashing", "in the fetch"), ("panics", "in the handler")] {
            assert!(has(route, &["ERROR", text, "middleware.rs:"]), "{log:#?}");
            assert!(has(route, &["ERROR", "Answered with a fault"]), "{log:#?}");
        }
        assert!(log.iter().all(|line| line.contains("request.id=id-of-")), "{log:#?}");
    }
}
