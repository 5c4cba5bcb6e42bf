//! What a panel route is asked: by whom, how old the answer may be, and what the asker has already.

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

use super::{answer::Panel, rate::Rate, rendered::RenderedKey};
use crate::http::{ApiError, Session, Sessions};

/// One request of a panel route.
pub(crate) struct Poll {
    pub session: Session,
    /// What is no older than this will do, even past its lifetime: a view that polls every half a minute needs nothing
    /// newer, so that many of them cost as many upstream calls as one.
    pub max_age: Duration,
    pub panel: Arc<Panel>,
    pub sessions: Arc<Sessions>,
    asker: Option<TokenKey>,
    whose: OnceCell<Whose>,
    path_and_query: Box<str>,
    /// What the asker has already.
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
        // Nobody polls more rarely, and what is that old should be asked for again.
        let longest = panel.rates.slow().next_ms;
        let asked: Option<CacheControl> = parts.headers.typed_get();
        let max_age = asked.and_then(|asked| asked.max_age()).unwrap_or_default();
        let max_age = max_age.min(Duration::from_millis(longest.into()));
        let if_none_match = parts.headers.typed_get();
        Ok(Self { session, max_age, panel, sessions, asker, whose, path_and_query, if_none_match })
    }
}

impl Poll {
    /// Answers with what `observe` finds, or with the last answer to the same question while it is as new as any could be.
    ///
    /// # Errors
    /// Those of `observe`.
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
        Ok(self.panel.answer(self.key(), self.if_none_match.as_ref(), observed, rate))
    }

    /// Whose cluster the asker may look at: the same for all of one answer.
    ///
    /// # Errors
    /// As [`Sessions::whose`].
    pub async fn whose(&self) -> Result<Whose, ApiError> {
        self.whose.get_or_try_init(|| self.sessions.whose(&self.session, Retry::Usual)).await.cloned()
    }

    /// What the answer is kept under. The asker is the one that the answer was made for, even if the token has become
    /// another's meanwhile.
    fn key(&self) -> RenderedKey {
        let Self { asker, whose, path_and_query, .. } = self;
        RenderedKey { asker: *asker, whose: whose.get().cloned(), path_and_query: path_and_query.clone() }
    }
}
