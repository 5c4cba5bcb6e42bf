//! How a panel answer is made: its age, its polling rate, its ETag, and 304 when the browser has it already.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use tokio::time::Instant;
use wire::{Answer, Meta, Stale};

use crate::{cache::Failure, error::ApiError, state::Monitor};

/// When the parts of an answer arrived, and what fails now.
#[derive(Default)]
pub(crate) struct Freshness {
    newest: Option<(Instant, i64)>,
    stale: Option<Stale>,
}

impl Freshness {
    /// Counts in one part. The newest part is the answer's age; the first failure is its reason.
    pub fn add(&mut self, arrived: Instant, observed_at_ms: i64, failure: Option<&Failure>) {
        if self.newest.is_none_or(|(newest, _)| newest < arrived) {
            self.newest = Some((arrived, observed_at_ms));
        }
        if let (None, Some(failure)) = (&self.stale, failure) {
            let ApiError { code, error, .. } = ApiError::from(&*failure.error);
            let (reason, reason_sentences) = (error.to_string(), error.sentences());
            self.stale = Some(Stale { code, reason, reason_sentences, since_ms: failure.since_ms });
        }
    }

    /// As [`Self::add`], for the first part that a driver tells: while the driver answers, that the list of applications is
    /// old makes nothing of it old, and the cluster's own view says so.
    pub fn add_driver(&mut self, arrived: Instant, observed_at_ms: i64, failure: Option<&Failure>) {
        if failure.is_none() {
            self.stale = None;
        }
        self.add(arrived, observed_at_ms, failure);
    }

    /// Counts in the parts of another answer.
    pub fn merge(&mut self, other: Self) {
        if let Some((arrived, observed_at_ms)) = other.newest {
            self.add(arrived, observed_at_ms, None);
        }
        self.stale = self.stale.take().or(other.stale);
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

/// The answer of a panel route, or 304 when the request names the same one.
pub(crate) fn answer<T: Serialize>(
    monitor: &Monitor,
    request: &HeaderMap,
    freshness: Freshness,
    rate: Rate,
    body: T,
) -> Response {
    // Whatever worked, it cannot be seen now; a dead upstream is not asked at the pace of a busy one.
    let rate = if freshness.stale.is_some() { Rate::slow(monitor) } else { rate };
    let (arrived, observed_at_ms) = freshness.newest.unwrap_or_else(|| (Instant::now(), crate::clock::now_ms()));
    let meta = Meta {
        observed_at_ms,
        stale: freshness.stale,
        next_poll_ms: rate.next_ms,
        busy_poll_ms: rate.busy_ms,
        demonstration: monitor.site.mock,
    };
    let Ok(json) = serde_json::to_vec(&Answer { meta, body }) else {
        return ApiError::internal().into_response();
    };
    let etag = format!("\"{}\"", blake3::hash(&json).to_hex().get(..32).unwrap_or_default());
    let known = request.get_all(header::IF_NONE_MATCH).iter().any(|value| names(value.as_bytes(), etag.as_bytes()));
    let mut response = if known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], json).into_response()
    };
    let headers = response.headers_mut();
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        headers.insert(header::ETAG, etag);
    }
    headers.insert(header::AGE, HeaderValue::from(arrived.elapsed().as_secs()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

/// Whether an `If-None-Match` names `etag`; the comparison is weak, as RFC 9110 asks for.
fn names(if_none_match: &[u8], etag: &[u8]) -> bool {
    if_none_match.split(|byte| *byte == b',').any(|part| {
        let part = part.trim_ascii();
        part == b"*" || part.strip_prefix(b"W/").unwrap_or(part) == etag
    })
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn an_etag_is_found_alone_in_a_list_weak_or_as_a_star() {
        for value in [&b"\"a\""[..], b"\"b\", \"a\"", b"W/\"a\"", b"*"] {
            assert!(names(value, b"\"a\""), "{value:?}");
        }
        assert!(!names(b"\"b\"", b"\"a\"") && !names(b"", b"\"a\""));
    }
}
