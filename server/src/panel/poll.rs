//! A request to a panel route: who sent it, how old the answer may be, and which answer the client already has.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::{FromRef, FromRequestParts},
    http::request::Parts,
    response::Response,
};
use headers::{CacheControl, HeaderMapExt, IfNoneMatch};
use monitor::{Observed, TokenKey, Whose, cached::Retry};
use serde::Serialize;
use tokio::sync::OnceCell;

use super::{
    answer::{Panel, respond},
    rate::Rate,
    rendered::RenderedKey,
};
use crate::http::{ApiError, Session, Sessions};

/// One request to a panel route.
pub(crate) struct Poll {
    pub session: Session,
    /// Data up to this age may be used even past its lifetime. A view that polls every half minute needs nothing newer,
    /// so many such views cause no more upstream calls than one.
    pub max_age: Duration,
    pub panel: Arc<Panel>,
    pub sessions: Arc<Sessions>,
    asker: Option<TokenKey>,
    whose: OnceCell<Whose>,
    path_and_query: Box<str>,
    /// The answer that the client already has.
    if_none_match: Option<IfNoneMatch>,
}

impl<S> FromRequestParts<S> for Poll
where
    S: Send + Sync,
    Arc<Panel>: FromRef<S>,
    Arc<Sessions>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let (panel, sessions) = (Arc::<Panel>::from_ref(state), Arc::<Sessions>::from_ref(state));
        let session = Session::of_parts(parts);
        let (asker, whose) = (sessions.key(&session), OnceCell::new_with(sessions.known(&session)));
        let path_and_query = parts.uri.path_and_query().map_or("", |it| it.as_str()).into();
        // No view polls more slowly than this, so data older than this should be fetched again.
        let longest = panel.rates.slow().next_ms;
        let asked: Option<CacheControl> = parts.headers.typed_get();
        let max_age = asked.and_then(|asked| asked.max_age()).unwrap_or_default();
        let max_age = max_age.min(Duration::from_millis(longest.into()));
        let if_none_match = parts.headers.typed_get();
        Ok(Self { session, max_age, panel, sessions, asker, whose, path_and_query, if_none_match })
    }
}

impl Poll {
    /// Repeats the last answer to the same request if nothing newer is available, else answers with the result of
    /// `observe`.
    ///
    /// # Errors
    /// As `observe`.
    pub async fn answer<T: Serialize, Fut>(&self, observe: impl FnOnce() -> Fut) -> Result<Response, ApiError>
    where
        Fut: Future<Output = Result<(Observed<T>, Rate), ApiError>>,
    {
        if let Some(answer) =
            self.whose.get().and_then(|_| self.panel.still_good(&self.key(), self.if_none_match.as_ref()))
        {
            return Ok(answer);
        }
        let (observed, rate) = observe().await?;
        let rendered = self.panel.render(self.key(), self.max_age, observed, rate)?;
        Ok(respond(self.if_none_match(), rendered.arrived, &rendered.body))
    }

    /// Whether the client may stop what runs as this user. It is known who the client is when there are queries.
    pub fn may_stop(&self, user: &str) -> bool {
        self.known_whose().is_some_and(|whose| self.panel.may_stop(whose, user))
    }

    /// Whose cluster the client may see. It stays the same for the whole request.
    ///
    /// # Errors
    /// As [`Sessions::whose`].
    pub async fn whose(&self) -> Result<Whose, ApiError> {
        self.whose.get_or_try_init(|| self.sessions.whose(&self.session, Retry::Usual)).await.cloned()
    }

    /// Whose cluster that is, if it has been found out.
    pub fn known_whose(&self) -> Option<&Whose> {
        self.whose.get()
    }

    /// The answer that the client already has.
    pub fn if_none_match(&self) -> Option<&IfNoneMatch> {
        self.if_none_match.as_ref()
    }

    /// The key under which one view of an answer is remembered, whichever views are beside it; `of` names its
    /// application and query.
    pub fn key_of(&self, view: &str, of: &str) -> RenderedKey {
        RenderedKey { path_and_query: format!("{view} {of}").into(), ..self.key() }
    }

    /// The key under which the answer is remembered. `whose` is the user that this answer is for, even if the token has
    /// passed to another user in the meantime.
    fn key(&self) -> RenderedKey {
        let Self { asker, whose, path_and_query, .. } = self;
        RenderedKey { asker: *asker, whose: whose.get().cloned(), path_and_query: path_and_query.clone() }
    }
}
