//! What a panel route is asked: by whom, how old the answer may be, and what the asker has already.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::Response,
};
use tokio::{sync::OnceCell, time::Instant};

use super::{rendered::RenderedKey, respond};
use crate::{
    cache::Route,
    error::ApiError,
    session::{Session, TokenKey, Whose},
    state::{AppState, Monitor},
};

/// One request of a panel route that the last answer to the same question does not answer too.
pub(crate) struct Poll {
    pub session: Session,
    /// What is no older than this will do, even past its lifetime: a view that polls every half a minute needs nothing
    /// newer, so that many of them cost as many upstream calls as one.
    pub max_age: Duration,
    asker: Option<TokenKey>,
    whose: OnceCell<Whose>,
    path_and_query: Box<str>,
    pub(super) if_none_match: IfNoneMatch,
}

impl FromRequestParts<AppState> for Poll {
    /// The last answer, where it is still as new as any could be.
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let session = Session::of_parts(parts);
        let monitor = state.monitor().ok();
        let asker = monitor.and_then(|monitor| monitor.sessions.key(&session));
        let whose = monitor.and_then(|monitor| monitor.sessions.known(&session));
        let path_and_query = parts.uri.path_and_query().map_or("", |it| it.as_str()).into();
        // Nobody polls more rarely, and what is that old should be asked for again.
        let longest = monitor.map_or(0, |monitor| monitor.limits.poll_ms);
        let max_age = max_age(&parts.headers).min(Duration::from_millis(longest.into()));
        let if_none_match = IfNoneMatch::of(&parts.headers);
        let whose = OnceCell::new_with(whose);
        let poll = Self { session, max_age, asker, whose, path_and_query, if_none_match };
        match monitor.and_then(|monitor| poll.still_good(monitor)) {
            Some(answer) => Err(answer),
            None => Ok(poll),
        }
    }
}

impl Poll {
    /// Whose cluster the asker may look at: the same for all of one answer.
    ///
    /// # Errors
    /// As [`crate::session::Sessions::whose`].
    pub async fn whose(&self, monitor: &Monitor) -> Result<Whose, ApiError> {
        self.whose.get_or_try_init(|| monitor.sessions.whose(&self.session, Route::Panel)).await.cloned()
    }

    /// What the answer is kept under. The asker is the one that the answer was made for, even if the token has become
    /// another's meanwhile.
    pub(super) fn key(&self) -> RenderedKey {
        let Self { asker, whose, path_and_query, .. } = self;
        RenderedKey { asker: *asker, whose: whose.get().cloned(), path_and_query: path_and_query.clone() }
    }

    /// The last answer to the same question, while each part of it is within its lifetime: then no upstream would be asked.
    fn still_good(&self, monitor: &Monitor) -> Option<Response> {
        self.whose.get()?;
        let rendered = monitor.rendered.get(&self.key()).filter(|rendered| Instant::now() < rendered.good_until)?;
        Some(respond(&self.if_none_match, rendered.arrived, &rendered.body))
    }
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
