//! How a panel answer is made: its age, its polling rate, its ETag, and 304 when the browser has it already.

mod poll;
mod rendered;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::time::Instant;
use wire::{Answer, Meta, Stale};

pub(crate) use poll::Poll;
pub(crate) use rendered::Renderings;

use crate::{
    cache::{Failure, Seen},
    error::ApiError,
    passthrough,
    state::Monitor,
};
use poll::IfNoneMatch;
use rendered::{Body, Rendered};

/// How old the parts of an answer are, and what fails now.
#[derive(Clone, Default)]
pub(crate) struct Freshness {
    /// When the oldest part arrived, and the same in milliseconds since 1970.
    oldest: Option<(Instant, i64)>,
    stale: Option<Stale>,
    /// Until then the same parts would make the same answer.
    good_until: Option<Instant>,
}

impl Freshness {
    /// Adds one part. The oldest part decides the answer's age; the first failure is its reason.
    pub fn add<V>(&mut self, seen: &Seen<V>) {
        let Seen { good, failure } = seen;
        self.add_until(good.good_until);
        if self.oldest.is_none_or(|(oldest, _)| good.arrived < oldest) {
            self.oldest = Some((good.arrived, good.observed_at_ms));
        }
        if let Some(failure) = failure {
            self.add_passing();
            let ApiError { code, error, .. } = ApiError::from(&*failure.error);
            let stale = || {
                let (reason, reason_sentences) = (error.to_string(), error.sentences());
                Stale { code, reason, reason_sentences, since_ms: failure.since_ms }
            };
            self.stale.get_or_insert_with(stale);
        }
    }

    /// Of one part alone.
    pub fn of<V>(seen: &Seen<V>) -> Self {
        let mut freshness = Self::default();
        freshness.add(seen);
        freshness
    }

    /// As [`Self::add`], for the first part that a driver tells: while the driver answers, that the list of applications is
    /// old makes nothing of it old, and the cluster's own view says so.
    pub fn add_driver<V>(&mut self, seen: &Seen<V>) {
        self.oldest = None;
        if seen.failure.is_none() {
            self.stale = None;
        }
        self.add(seen);
    }

    /// That there has been nothing since `failure`.
    pub fn of_nothing(failure: &Failure) -> Self {
        let oldest = Some((failure.arrived, failure.since_ms));
        Self { oldest, stale: None, good_until: Some(failure.arrived) }
    }

    /// Adds an expiry without changing the answer's age.
    pub fn add_parts_of(&mut self, other: &Self) {
        if let Some(until) = other.good_until {
            self.add_until(until);
        }
    }

    /// Makes the answer expire now, because a part of it is gone at the next request.
    pub fn add_passing(&mut self) {
        self.add_until(Instant::now());
    }

    fn add_until(&mut self, until: Instant) {
        self.good_until = Some(self.good_until.map_or(until, |before| before.min(until)));
    }

    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }
}

/// How long a browser waits until it asks again; milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub next_ms: u32,
    pub busy_ms: u32,
}

impl Rate {
    /// For what changes slowly, whatever the kernels do.
    pub fn slow(monitor: &Monitor) -> Self {
        let slow_ms = monitor.limits.poll_ms;
        Self { next_ms: slow_ms, busy_ms: slow_ms }
    }

    /// `fast_ms` while something works or a kernel is busy.
    pub fn of_work(monitor: &Monitor, works: bool, fast_ms: u32) -> Self {
        let slow_ms = monitor.limits.poll_ms;
        let fast_ms = fast_ms.min(slow_ms);
        Self { next_ms: if works { fast_ms } else { slow_ms }, busy_ms: fast_ms }
    }
}

/// A driver that starts is looked at as often as one that works.
pub(crate) fn is_starting(app: &Option<wire::App>) -> bool {
    app.as_ref().is_some_and(|app| app.driver == wire::DriverState::Starting)
}

/// The answer of a panel route, or 304 when the request names the same one.
pub(crate) fn answer<T: Serialize>(
    monitor: &Monitor,
    poll: &Poll,
    freshness: Freshness,
    rate: Rate,
    body: T,
) -> Response {
    // Whatever worked, it cannot be seen now; a dead upstream is not asked at the pace of a busy one.
    let rate = if freshness.stale.is_some() { Rate::slow(monitor) } else { rate };
    let Freshness { oldest, stale, good_until } = freshness;
    let (arrived, observed_at_ms) = oldest.unwrap_or_else(|| (Instant::now(), crate::clock::now_ms()));
    let good_until = good_until.unwrap_or(arrived);
    let meta = Meta {
        observed_at_ms,
        stale,
        next_poll_ms: rate.next_ms,
        busy_poll_ms: rate.busy_ms,
        demonstration: monitor.site.mock,
    };
    let mut answer = Answer { meta, body };
    // An answer that is made of nothing tells the time.
    let key = poll.key();
    let before = oldest.and_then(|_| monitor.rendered.get(&key));
    let body = before.and_then(|before| again(&before.body, &mut answer));
    let body = body.or_else(|| {
        answer.meta.observed_at_ms = observed_at_ms;
        let json = serde_json::to_vec(&answer).ok()?;
        let etag = format!("\"{}\"", blake3::hash(&json).to_hex().get(..32).unwrap_or_default());
        Some(Body { observed_at_ms, json: json.into(), etag: HeaderValue::try_from(etag).ok()? })
    });
    let Some(body) = body else { return ApiError::internal().into_response() };
    let response = respond(&poll.if_none_match, arrived, &body);
    monitor.rendered.keep(key, Rendered { arrived, good_until, body });
    response
}

/// The body from before, when nothing but the time of the answer differs: it is when this was first seen.
fn again<T: Serialize>(before: &Body, answer: &mut Answer<T>) -> Option<Body> {
    answer.meta.observed_at_ms = before.observed_at_ms;
    serde_json::to_vec(answer).is_ok_and(|json| json == before.json).then(|| before.clone())
}

fn respond(if_none_match: &IfNoneMatch, arrived: Instant, body: &Body) -> Response {
    let mut response = passthrough::answer(&body.json);
    let headers = response.headers_mut();
    headers.insert(header::ETAG, body.etag.clone());
    headers.insert(header::AGE, HeaderValue::from(arrived.elapsed().as_secs()));
    if if_none_match.names(&body.etag) {
        headers.remove(header::CONTENT_TYPE);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = axum::body::Body::empty();
    }
    response
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Duration};

    use super::*;
    use crate::cache::Good;

    #[test]
    fn an_answer_is_as_old_as_its_oldest_part_and_good_as_long_as_its_shortest() {
        let begin = Instant::now();
        let part = |arrived_s: u64, lifetime_s: u64| {
            let arrived = begin + Duration::from_secs(arrived_s);
            let good_until = arrived + Duration::from_secs(lifetime_s);
            let good = Good { value: Arc::new(()), arrived, good_until, observed_at_ms: 1000 * arrived_s as i64 };
            Seen { good, failure: None }
        };
        for parts in [[part(1, 30), part(3, 4)], [part(3, 4), part(1, 30)]] {
            let mut freshness = Freshness::default();
            parts.iter().for_each(|seen| freshness.add(seen));
            assert_eq!(freshness.oldest.map(|(_, ms)| ms), Some(1000));
            assert_eq!(freshness.good_until, Some(begin + Duration::from_secs(7)));
        }
    }
}
