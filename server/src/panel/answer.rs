//! Builds a panel answer: its age, polling rate and ETag, or 304 when the browser already has it.

use std::{sync::Arc, time::Duration};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use headers::{HeaderMapExt, IfNoneMatch};
use monitor::{Age, Failure, Moment, Observed, Whose, clock};
use serde::Serialize;
use tokio::time::Instant;
use upstream::user::User;
use wire::{Answer, Meta, Stale};

use super::{
    links::Links,
    rate::{Rate, Rates},
    rendered::{Body, Rendered, RenderedKey, Renderings},
};
use crate::{
    config::{ConnectUser, StartCode},
    http::{ApiError, passthrough},
};

/// How long a remembered fact keeps its moment if nothing was added to it: as long as an upstream's answer is good.
const REMEMBERED: Duration = Duration::from_secs(5);

/// What the site's settings say about the panel.
pub(crate) struct OfSite {
    /// True for recorded data.
    pub demonstration: bool,
    pub start_code: StartCode,
    pub links: Links,
    /// As whom an operation of a caller may be stopped, where that is possible.
    pub connect_user: Option<ConnectUser>,
}

/// What all panel routes share.
#[derive(Debug)]
pub(crate) struct Panel {
    pub rates: Rates,
    /// How long a driver may take for its views of a snapshot.
    pub patience: Duration,
    /// True for recorded data.
    demonstration: bool,
    pub start_code: StartCode,
    /// As whom an operation of a caller may be stopped, where that is possible.
    connect_user: Option<ConnectUser>,
    pub links: Links,
    rendered: Renderings,
}

impl Panel {
    /// Remembers at most `bytes` of answers.
    pub fn new(rates: Rates, patience: Duration, site: OfSite, bytes: u64) -> Self {
        let OfSite { demonstration, start_code, links, connect_user } = site;
        let rendered = Renderings::new(bytes);
        Self { rates, patience, demonstration, start_code, links, connect_user, rendered }
    }

    /// Whether the caller may stop what runs as this user.
    pub fn may_stop(&self, caller: &Whose, user: &str) -> bool {
        let caller = caller.user().map(User::name);
        self.connect_user.as_ref().is_some_and(|site| site.of(caller) == user)
    }

    /// The answer with this fact. It is remembered under `key`. A client that accepts an answer as old as `max_age` gets
    /// the last one of a remembered fact that has not changed since.
    ///
    /// # Errors
    /// 500 if it cannot be written as JSON.
    pub(super) fn render<T: Serialize>(
        &self,
        key: RenderedKey,
        max_age: Duration,
        observed: Observed<T>,
        rate: Rate,
    ) -> Result<Arc<Rendered>, ApiError> {
        let Observed { value: body, age: Age { oldest, failure, good_until } } = observed;
        // Poll a failing upstream slowly, even if something was running before it failed.
        let rate = if failure.is_some() { self.rates.slow() } else { rate };
        let Moment { arrived, at_ms: observed_at_ms } =
            oldest.unwrap_or_else(|| Moment { arrived: Instant::now(), at_ms: clock::now_ms() });
        let meta = Meta {
            observed_at_ms,
            stale: failure.map(|failure| stale(&failure)),
            next_poll_ms: rate.next_ms,
            busy_poll_ms: rate.busy_ms,
            demonstration: self.demonstration,
        };
        let mut answer = Answer { meta, body };
        let before = self.rendered.get(&key);
        let body = before.as_ref().and_then(|before| again(&before.body, &mut answer));
        // Without `oldest`, the answer shows the current time, so after a while it changes even if nothing else does.
        let young = before.filter(|before| before.arrived.elapsed() <= max_age.max(REMEMBERED));
        let body = match (oldest, body, young) {
            (None, Some(_), Some(young)) => return Ok(young),
            (None, ..) => None,
            (Some(_), body, _) => body,
        };
        let body = body.or_else(|| {
            answer.meta.observed_at_ms = observed_at_ms;
            Body::new(observed_at_ms, serde_json::to_vec(&answer).ok()?)
        });
        let rendered = Arc::new(Rendered { arrived, good_until, body: body.ok_or_else(ApiError::internal)? });
        self.rendered.keep(key, Arc::clone(&rendered));
        Ok(rendered)
    }

    /// The last answer under this key, if all its parts are within their lifetimes, so that no upstream would be asked.
    pub fn still_good(&self, key: &RenderedKey, if_none_match: Option<&IfNoneMatch>) -> Option<Response> {
        let rendered = self.rendered.get(key).filter(|rendered| Instant::now() < rendered.good_until)?;
        Some(respond(if_none_match, rendered.arrived, &rendered.body))
    }
}

/// Why an answer is old.
fn stale(failure: &Failure) -> Stale {
    let ApiError { code, error, .. } = ApiError::from(&*failure.error);
    Stale { code, reason: error.to_string(), reason_sentences: error.sentences(), since_ms: failure.since_ms }
}

/// The previous body, if only `observed_at_ms` differs. That then says when the sidecar first had this data.
fn again<T: Serialize>(before: &Body, answer: &mut Answer<T>) -> Option<Body> {
    answer.meta.observed_at_ms = before.observed_at_ms;
    serde_json::to_vec(answer).is_ok_and(|json| json == before.json).then(|| before.clone())
}

pub(super) fn respond(if_none_match: Option<&IfNoneMatch>, arrived: Instant, body: &Body) -> Response {
    let mut response = passthrough::answer(&body.json);
    let headers = response.headers_mut();
    headers.typed_insert(body.etag.clone());
    headers.insert(header::AGE, HeaderValue::from(arrived.elapsed().as_secs()));
    if if_none_match.is_some_and(|given| !given.precondition_passes(&body.etag)) {
        headers.remove(header::CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = axum::body::Body::empty();
    }
    response
}
