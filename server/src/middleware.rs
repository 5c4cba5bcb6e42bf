//! The layers around all routes, in order.

use std::{any::Any, sync::Arc, time::Duration};

use axum::{
    Json, Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::{Next, from_fn, from_fn_with_state},
    response::{IntoResponse, Response},
};
use http_body_util::LengthLimitError;
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use tower::ServiceBuilder;
use tower_http::{catch_panic::CatchPanicLayer, trace::TraceLayer};
use tracing::Instrument;

use crate::{error::ApiError, state::AppState};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const SIDECAR_TOKEN: HeaderName = HeaderName::from_static("x-spark-monitor-token");
/// Longest request id that is taken over from a client, characters.
const LONGEST_REQUEST_ID: usize = 64;
/// All header names and values together, bytes: Jupyter's own server takes as much.
const MOST_HEADER_BYTES: usize = 64 * 1024;
/// Bytes.
const MOST_BODY_BYTES: usize = 64 * 1024;

/// Puts the layers around `routes`, in the order in which a request meets them. As one layer, because a router copies its
/// routes for each request, once for each layer that it was given.
pub(crate) fn around(routes: Router, state: &AppState) -> Router {
    let limits =
        Limits { in_flight: Arc::new(Semaphore::new(state.max_requests())), deadline: state.request_timeout() };
    let layers = ServiceBuilder::new()
        // Outermost: every answer carries its id, errors of the layers below included.
        .layer(from_fn(request_id))
        // Upstream failures are logged where they are seen; a failed answer is not logged again.
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        // A bug in a handler is one answer, not the end of the connection.
        .layer(CatchPanicLayer::custom(panicked))
        // Nearest to the routes, so that what it ends has been counted and logged.
        .layer(from_fn_with_state(limits, limit));
    routes.layer(layers)
}

#[derive(Clone)]
struct Limits {
    in_flight: Arc<Semaphore>,
    deadline: Duration,
}

#[derive(Clone)]
struct RequestId(String);

/// Gives every request an id and writes the final body of every error.
async fn request_id(mut request: Request, next: Next) -> Response {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok()).filter(|id| is_clean(id));
    let id = given.map_or_else(new_id, str::to_owned);
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        tracing::debug!(request.id = %id, status = response.status().as_u16(), code = ?error.code, "Answered an error");
        let (parts, _) = response.into_parts();
        response = Json(error.body(&id)).into_response();
        *response.status_mut() = parts.status;
        for name in [header::RETRY_AFTER, header::ALLOW] {
            if let Some(value) = parts.headers.get(&name) {
                response.headers_mut().insert(name, value.clone());
            }
        }
    }
    // What is said to one is nobody else's.
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    // Whatever an upstream called JSON must never be run as anything else.
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

fn is_clean(id: &str) -> bool {
    let clean = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    !id.is_empty() && id.len() <= LONGEST_REQUEST_ID && id.bytes().all(clean)
}

fn new_id() -> String {
    // Without randomness the request is still answered; nothing but the log's reader needs its id.
    getrandom::u64().map_or_else(|_| "none".to_owned(), |id| format!("{id:016x}"))
}

/// Only the path: a query or a header may hold what a log must not.
fn span(request: &Request) -> tracing::Span {
    let id = request.extensions().get::<RequestId>().map(|id| id.0.as_str()).unwrap_or_default();
    tracing::debug_span!("request", method = %request.method(), path = request.uri().path(), request.id = id)
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(panic = text.unwrap_or("of unknown type"), "A handler failed; this is a bug");
    ApiError::internal().into_response()
}

/// Refuses what is too large, then what is too much, and ends what takes too long: a greedy request must not take a place,
/// and one that is turned away costs nothing.
async fn limit(State(limits): State<Limits>, request: Request, next: Next) -> Result<Response, ApiError> {
    check_sizes(request.headers())?;
    let Ok(_place) = limits.in_flight.try_acquire() else { return Err(ApiError::overloaded()) };
    let answer = async { Ok(next.run(with_its_body(request).await?).await) };
    let answer = tokio::time::timeout(limits.deadline, answer.in_current_span()).await;
    answer.unwrap_or_else(|_| Err(ApiError::request_timeout()))
}

fn check_sizes(headers: &HeaderMap) -> Result<(), ApiError> {
    if headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>() > MOST_HEADER_BYTES {
        return Err(ApiError::headers_too_large());
    }
    let length = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length > Some(MOST_BODY_BYTES) {
        return Err(ApiError::body_too_large());
    }
    Ok(())
}

/// No route reads a body yet, but Jupyter's proxy sends it after the headers, and an answer in between is a broken
/// connection to it.
async fn with_its_body(request: Request) -> Result<Request, ApiError> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, MOST_BODY_BYTES).await.map_err(|error| match error.into_inner().downcast_ref() {
        Some(LengthLimitError { .. }) => ApiError::body_too_large(),
        None => ApiError::broken_body(),
    })?;
    Ok(Request::from_parts(parts, body.into()))
}

/// On TCP every process of the machine can reach us, so each request must show that it may.
pub(crate) async fn sidecar_token(State(state): State<AppState>, request: Request) -> Result<Request, ApiError> {
    if let Some(token) = &state.sidecar_token {
        let given = request.headers().get(SIDECAR_TOKEN).map(HeaderValue::as_bytes).unwrap_or_default();
        if !bool::from(given.ct_eq(token.expose_secret().as_bytes())) {
            return Err(ApiError::sidecar_token_required());
        }
    }
    Ok(request)
}
