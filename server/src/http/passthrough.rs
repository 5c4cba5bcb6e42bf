//! A pass-through answer: the upstream's bytes, unchanged.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;

/// Number of headers of an answer, including those that the middleware adds.
const HEADERS: usize = 8;

/// What the older extension answers instead of executors when no application is active; its frontend relies on it.
pub(crate) const NO_EXECUTORS: Bytes =
    Bytes::from_static(br#"{"executors": [], "message": "No active Spark session"}"#);

/// What it answers instead of stages.
pub(crate) const NO_STAGES: Bytes = Bytes::from_static(br#"{"stages": [], "message": "No active Spark session"}"#);

/// 200 with the upstream's body.
pub(crate) fn answer(bytes: &Bytes) -> Response {
    let mut headers = HeaderMap::with_capacity(HEADERS);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    let mut response = Response::new(Body::from(bytes.clone()));
    *response.headers_mut() = headers;
    response
}
