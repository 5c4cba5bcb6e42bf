//! A pass-through answer: the upstream's bytes as they came.

use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};
use bytes::Bytes;

/// Headers of an answer, those that are added around all routes included.
const HEADERS: usize = 8;

/// What the older extension answers instead of executors when no application is active; its frontend reads it.
pub(crate) const NO_EXECUTORS: Bytes =
    Bytes::from_static(br#"{"executors": [], "message": "No active Spark session"}"#);

/// The same instead of stages.
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
