//! Collects the views of one answer, with the tag and the age of each.

use std::collections::BTreeMap;

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};
use monitor::Observed;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::Instant;
use wire::View;

use crate::{
    http::ApiError,
    panel::{
        answer::respond,
        poll::Poll,
        rate::Rate,
        rendered::{Body, Rendered},
    },
};

/// The age of each view, seconds. A header, because the body of an unchanged answer must stay the same.
const AGES: HeaderName = HeaderName::from_static("x-spark-monitor-ages");

pub(super) struct Views<'a> {
    poll: &'a Poll,
    /// The application and the query that were asked for.
    of: String,
    views: BTreeMap<&'static str, View<Box<RawValue>>>,
    arrived: Vec<(&'static str, Instant)>,
}

impl<'a> Views<'a> {
    pub fn new(poll: &'a Poll, of: String) -> Self {
        Self { poll, of, views: BTreeMap::new(), arrived: Vec::new() }
    }

    /// Adds a view, or why it is missing.
    pub fn add<T: Serialize>(&mut self, name: &'static str, seen: Result<(Observed<T>, Rate), ApiError>) {
        match seen.and_then(|(observed, rate)| self.good(name, observed, rate)) {
            Ok(view) => _ = self.views.insert(name, view),
            Err(error) => self.fail(name, &error),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.views.contains_key(name)
    }

    /// Adds why a view is missing.
    pub fn fail(&mut self, name: &'static str, error: &ApiError) {
        // The answer's header has the request's id.
        self.views.insert(name, View::Failed(error.body("")));
    }

    /// Adds the views of another collection.
    pub fn join(&mut self, other: Self) {
        self.views.extend(other.views);
        self.arrived.extend(other.arrived);
    }

    fn good<T: Serialize>(
        &mut self,
        name: &'static str,
        observed: Observed<T>,
        rate: Rate,
    ) -> Result<View<Box<RawValue>>, ApiError> {
        let rendered = self.poll.panel.render(self.poll.key_of(name, &self.of), self.poll.max_age, observed, rate)?;
        let Rendered { arrived, body: Body { json, tag, .. }, .. } = &*rendered;
        let answer = serde_json::from_slice(json).map_err(|_| ApiError::internal())?;
        self.arrived.push((name, *arrived));
        Ok(View::Good { etag: tag.to_string(), answer })
    }

    /// The answer, or 304 if the client has it.
    ///
    /// # Errors
    /// 500 if it cannot be written as JSON.
    pub fn answer(self) -> Result<Response, ApiError> {
        let ages: Vec<String> =
            self.arrived.iter().map(|(name, arrived)| format!("{name}={}", arrived.elapsed().as_secs())).collect();
        let ages = HeaderValue::try_from(ages.join(",")).map_err(|_| ApiError::internal())?;
        let json = serde_json::to_vec(&self.views).map_err(|_| ApiError::internal())?;
        let oldest = self.arrived.iter().map(|(_, arrived)| *arrived).min().unwrap_or_else(Instant::now);
        let body = Body::new(0, json).ok_or_else(ApiError::internal)?;
        let mut response = respond(self.poll.if_none_match(), oldest, &body);
        response.headers_mut().insert(AGES, ages);
        Ok(response)
    }
}
