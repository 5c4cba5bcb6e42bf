//! The sidecar's routes, asked without a network, on behalf of whoever sent the request.

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{header::CONTENT_TYPE, request::Parts},
};
use serde_json::Value;
use tower::ServiceExt;

use super::tools::{Asked, Failure, Sidecar};
use crate::http::Session;

/// The largest answer that is read, bytes.
const MOST_BYTES: usize = 16 << 20;

#[derive(Clone, Debug)]
pub(super) struct Mounted(pub Router);

impl Sidecar for Mounted {
    async fn ask(&self, of: Option<&Parts>, asked: Asked) -> Result<Value, Failure> {
        let mut request = Request::builder().method(asked.method).uri(asked.path_and_query);
        request = request.header(CONTENT_TYPE, "application/json");
        // The middleware has read it from the cookies, and nothing else of the request counts.
        if let Some(session) = of.and_then(|parts| parts.extensions.get::<Session>()) {
            request = request.extension(session.clone());
        }
        let body = asked.body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        let request = request.body(body).map_err(|error| Failure::of_request(&error))?;
        let Ok(response) = self.0.clone().oneshot(request).await;
        let status = response.status();
        let body = to_bytes(response.into_body(), MOST_BYTES).await.map_err(|error| Failure::of_request(&error))?;
        Failure::or_value(status, &body)
    }
}
