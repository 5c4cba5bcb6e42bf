//! What a panel route is asked: by whom, how old the answer may be, and what the asker has already.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use tokio::time::Instant;

use super::{rendered::RenderedKey, respond};
use crate::{
    error::ApiError,
    session::{Session, Whose},
    state::{AppState, Monitor},
};

/// One request of a panel route that the last answer to the same question does not answer too.
pub(crate) struct Poll {
    pub session: Session,
    /// What is no older than this will do, even past its lifetime: a view that polls every half a minute needs nothing
    /// newer, so that many of them cost as many upstream calls as one.
    pub max_age: Duration,
    pub(super) key: RenderedKey,
    pub(super) if_none_match: IfNoneMatch,
}

impl FromRequestParts<AppState> for Poll {
    /// The last answer, where it is still as new as any could be.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let session = Session::of_headers(&parts.headers);
        let monitor = state.monitor().ok();
        let asker = monitor.and_then(|monitor| monitor.sessions.key(&session));
        let whose = monitor.and_then(|monitor| monitor.sessions.known(&session));
        let path_and_query = parts.uri.path_and_query().map_or("", |it| it.as_str()).into();
        let key = RenderedKey { asker, whose, path_and_query };
        let if_none_match = IfNoneMatch::of(&parts.headers);
        if let Some(answer) = monitor.and_then(|monitor| still_good(monitor, &key, &if_none_match)) {
            return Err(answer);
        }
        // Nobody polls more rarely, and what is that old should be asked for again.
        let longest = monitor.map_or(0, |monitor| monitor.limits.spark_monitor_poll_ms);
        let max_age = max_age(&parts.headers).min(Duration::from_millis(longest.into()));
        Ok(Self { session, max_age, key, if_none_match })
    }
}

impl Poll {
    /// Whose cluster the asker may look at: the same for all of one answer.
    ///
    /// # Errors
    /// As [`crate::session::Sessions::whose`].
    pub async fn whose(&self, monitor: &Monitor) -> Result<Whose, ApiError> {
        match &self.key.whose {
            Some(whose) => Ok(whose.clone()),
            None => monitor.sessions.whose(&self.session).await,
        }
    }
}

/// The last answer to the same question, while each part of it is within its lifetime: then no upstream would be asked.
fn still_good(monitor: &Monitor, key: &RenderedKey, if_none_match: &IfNoneMatch) -> Option<Response> {
    key.whose.as_ref()?;
    let rendered = monitor.rendered.get(key).filter(|rendered| Instant::now() < rendered.good_until)?;
    Some(respond(if_none_match, rendered.arrived, &rendered.body))
}

/// What the asker has already.
pub(super) struct IfNoneMatch(Vec<HeaderValue>);

impl IfNoneMatch {
    fn of(headers: &HeaderMap) -> Self {
        Self(headers.get_all(header::IF_NONE_MATCH).into_iter().cloned().collect())
    }

    /// Whether `etag` is among it.
    pub fn names(&self, etag: &HeaderValue) -> bool {
        self.0.iter().any(|value| names(value.as_bytes(), etag.as_bytes()))
    }
}

/// `Cache-Control: max-age=<seconds>` (RFC 9111, 5.2.1.1); none is zero.
fn max_age(headers: &HeaderMap) -> Duration {
    let values = headers.get_all(header::CACHE_CONTROL).into_iter().filter_map(|value| value.to_str().ok());
    let mut ages = values.flat_map(|value| value.split(',')).filter_map(|part| part.trim().strip_prefix("max-age="));
    Duration::from_secs(ages.next().and_then(|seconds| seconds.parse::<u32>().ok()).unwrap_or(0).into())
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
    use super::*;

    #[test]
    fn an_etag_is_found_alone_in_a_list_weak_or_as_a_star() {
        for value in [&b"\"a\""[..], b"\"b\", \"a\"", b"W/\"a\"", b"*"] {
            assert!(names(value, b"\"a\""), "{value:?}");
        }
        assert!(!names(b"\"b\"", b"\"a\"") && !names(b"", b"\"a\""));
    }

    #[test]
    fn what_is_no_age_is_none() {
        let of = |value| max_age(&HeaderMap::from_iter([(header::CACHE_CONTROL, HeaderValue::from_static(value))]));
        assert_eq!(of("no-transform, max-age=30"), Duration::from_secs(30));
        for value in ["no-cache", "max-age=", "max-age=-1", "max-age=99999999999", "s-maxage=30"] {
            assert_eq!(of(value), Duration::ZERO, "{value}");
        }
    }
}
