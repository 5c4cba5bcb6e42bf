//! A pass-through answer: the upstream's bytes as they came.

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;

/// 200 with the upstream's body.
pub(crate) fn answer(bytes: &Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
    ];
    (headers, bytes.clone()).into_response()
}
