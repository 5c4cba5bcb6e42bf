//! The answer of the Spark Master; if there are several, of the ALIVE one.

use std::{sync::Arc, time::Duration};

use reqwest::header::HeaderValue;
use upstream::{
    Client, Upstream, UpstreamError,
    master::{self, MasterAnswer},
};
use url::Url;

use crate::{
    Failure, Good, Limits, Observed, Tasks, UrlTemplate, Whose,
    cached::{Cached, Retry},
};

/// See the module's sentence.
#[derive(Debug)]
pub struct Masters {
    client: Client,
    pages: Vec<UrlTemplate>,
    /// `SPARK_UI_TOKEN` as a header.
    auth: Option<HeaderValue>,
    max_body_bytes: u64,
    answers: Cached<Whose, MasterAnswer>,
}

impl Masters {
    #[must_use]
    pub fn new(
        client: Client,
        pages: Vec<UrlTemplate>,
        auth: Option<HeaderValue>,
        limits: &Limits,
        tasks: &Tasks,
    ) -> Self {
        let of_answers = limits.cache(Upstream::Master, Some("master state"), limits.master_lifetime);
        let answers = Cached::new(of_answers, tasks.clone());
        Self { client, pages, auth, max_body_bytes: limits.max_body_bytes, answers }
    }

    /// The answer within its lifetime.
    ///
    /// # Errors
    /// The master's failure.
    pub async fn fresh(&self, whose: &Whose, retry: Retry) -> Result<Good<MasterAnswer>, Failure> {
        self.answers.fresh_for(retry, whose, |before| self.ask(whose, before)).await
    }

    /// The answer, or the last good one if nothing newer is available.
    ///
    /// # Errors
    /// The master's failure if there is no good answer.
    pub async fn last_good(&self, whose: &Whose, max_age: Duration) -> Result<Observed<Arc<MasterAnswer>>, Failure> {
        self.answers.last_good(whose, max_age, |before| self.ask(whose, before)).await
    }

    fn ask(
        &self,
        whose: &Whose,
        before: Option<Good<MasterAnswer>>,
    ) -> impl Future<Output = Result<MasterAnswer, UpstreamError>> + Send + use<> {
        let client = self.client.on_behalf_of(&whose.caller());
        let bases: Vec<Url> = self.pages.iter().filter_map(|url| url.fill(whose.user(), None)).collect();
        let (auth, limit) = (self.auth.clone(), self.max_body_bytes);
        async move {
            let mut answer = master::state(&client, &bases, auth.as_ref(), limit).await?;
            let before_ms = before.map_or(0, |good| good.value.clock_ahead_ms);
            answer.clock_ahead_ms = upstream::settled(before_ms, answer.clock_ahead_ms);
            Ok(answer)
        }
    }
}
