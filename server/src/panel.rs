//! How a panel answer is made: its age, its polling rate, its ETag, and 304 when the browser has it already.

mod poll;
mod rendered;

use std::{any::Any, sync::Arc};

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
    cache::{Failure, Good, Seen},
    error::ApiError,
    state::Monitor,
};
use rendered::{Part, Rendered};

/// What an answer is made of: when its parts arrived, and what fails now.
#[derive(Clone, Default)]
pub(crate) struct Freshness {
    newest: Option<(Instant, i64)>,
    stale: Option<Stale>,
    made_of: Vec<Part>,
}

impl Freshness {
    /// Counts in one part. The newest part is the answer's age; the first failure is its reason.
    pub fn add<V: Send + Sync + 'static>(&mut self, seen: &Seen<V>) {
        let Seen { good, failure } = seen;
        self.made_of.push(part(&good.value));
        if self.newest.is_none_or(|(newest, _)| newest < good.arrived) {
            self.newest = Some((good.arrived, good.observed_at_ms));
        }
        if let Some(failure) = failure {
            self.made_of.push(part(&failure.error));
            let ApiError { code, error, .. } = ApiError::from(&*failure.error);
            let stale = || {
                let (reason, reason_sentences) = (error.to_string(), error.sentences());
                Stale { code, reason, reason_sentences, since_ms: failure.since_ms }
            };
            self.stale.get_or_insert_with(stale);
        }
    }

    /// Of one part alone.
    pub fn of<V: Send + Sync + 'static>(seen: &Seen<V>) -> Self {
        let mut freshness = Self::default();
        freshness.add(seen);
        freshness
    }

    /// As [`Self::add`], for the first part that a driver tells: while the driver answers, that the list of applications is
    /// old makes nothing of it old, and the cluster's own view says so.
    pub fn add_driver<V: Send + Sync + 'static>(&mut self, seen: &Seen<V>) {
        self.newest = None;
        if seen.failure.is_none() {
            self.stale = None;
        }
        self.add(seen);
    }

    /// That there has been nothing since `failure`.
    pub fn of_nothing(failure: &Failure) -> Self {
        let newest = Some((failure.arrived, failure.since_ms));
        Self { newest, stale: None, made_of: vec![part(&failure.error)] }
    }

    /// Counts in a part that says nothing of how old the rest is.
    pub fn add_extra<V: Send + Sync + 'static>(&mut self, good: &Good<V>) {
        self.made_of.push(part(&good.value));
    }

    /// Counts in something that is not there the next time, so that the body is made anew.
    pub fn add_passing(&mut self) {
        self.made_of.push(part(&Arc::new(())));
    }

    pub fn is_stale(&self) -> bool {
        self.stale.is_some()
    }
}

fn part<V: Send + Sync + 'static>(value: &Arc<V>) -> Part {
    let value: Arc<dyn Any + Send + Sync> = Arc::<V>::clone(value);
    Arc::downgrade(&value)
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
        let slow_ms = monitor.limits.spark_monitor_poll_ms;
        Self { next_ms: slow_ms, busy_ms: slow_ms }
    }

    /// `fast_ms` while something works or a kernel is busy.
    pub fn of_work(monitor: &Monitor, works: bool, fast_ms: u32) -> Self {
        let slow_ms = monitor.limits.spark_monitor_poll_ms;
        let fast_ms = fast_ms.min(slow_ms);
        Self { next_ms: if works { fast_ms } else { slow_ms }, busy_ms: fast_ms }
    }
}

/// A driver that starts is looked at as often as one that works.
pub(crate) fn is_starting(app: &Option<wire::App>) -> bool {
    app.as_ref().is_some_and(|app| app.driver == wire::DriverState::Starting)
}

/// The last answer to the same question, when it was made of the same. Who finds none makes a body for [`answer`].
pub(crate) fn unchanged(monitor: &Monitor, poll: &Poll, freshness: &Freshness) -> Option<Response> {
    let rendered = monitor.rendered.get(&poll.key)?;
    let arrived = freshness.newest.map_or_else(Instant::now, |(arrived, _)| arrived);
    rendered.is_made_of(&freshness.made_of).then(|| respond(poll, arrived, &rendered))
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
    let Freshness { newest, stale, made_of } = freshness;
    let (arrived, observed_at_ms) = newest.unwrap_or_else(|| (Instant::now(), crate::clock::now_ms()));
    let meta = Meta {
        observed_at_ms,
        stale,
        next_poll_ms: rate.next_ms,
        busy_poll_ms: rate.busy_ms,
        demonstration: monitor.site.mock,
    };
    let mut answer = Answer { meta, body };
    let before = monitor.rendered.get(&poll.key).filter(|_| !made_of.is_empty());
    let rendered = before.and_then(|before| again(&before, &mut answer, made_of.clone()));
    let rendered = rendered.or_else(|| {
        answer.meta.observed_at_ms = observed_at_ms;
        let json = serde_json::to_vec(&answer).ok()?;
        let etag = format!("\"{}\"", blake3::hash(&json).to_hex().get(..32).unwrap_or_default());
        Some(Rendered { made_of, observed_at_ms, json: json.into(), etag: HeaderValue::try_from(etag).ok()? })
    });
    let Some(rendered) = rendered.map(Arc::new) else { return ApiError::internal().into_response() };
    monitor.rendered.keep(&poll.key, &rendered);
    respond(poll, arrived, &rendered)
}

/// The body from before, when nothing but the time of the answer differs: it is when this was first seen.
fn again<T: Serialize>(before: &Rendered, answer: &mut Answer<T>, made_of: Vec<Part>) -> Option<Rendered> {
    answer.meta.observed_at_ms = before.observed_at_ms;
    let same = serde_json::to_vec(answer).is_ok_and(|json| json == before.json);
    let Rendered { observed_at_ms, json, etag, .. } = before;
    same.then(|| Rendered { made_of, observed_at_ms: *observed_at_ms, json: json.clone(), etag: etag.clone() })
}

fn respond(poll: &Poll, arrived: Instant, rendered: &Rendered) -> Response {
    let mut response = if poll.knows(&rendered.etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], rendered.json.clone()).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, rendered.etag.clone());
    headers.insert(header::AGE, HeaderValue::from(arrived.elapsed().as_secs()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}
