//! The session of a request, and whose cluster it may see. Only this module and `monitor::Identity` see a raw token.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header::COOKIE, request::Parts},
};
use monitor::{Error, Identity, Token, TokenKey, Whose, cached::Retry};
use secrecy::SecretString;
use tokio::sync::watch;

use crate::http::ApiError;

/// Cookies that may contain a session token; the first one with a token wins.
const COOKIES: [&str; 2] = ["kbase_session", "kbase_session_backup"];
/// Longest token that is accepted, bytes.
const LONGEST: usize = 4096;

/// The session token of a request, if it has one.
#[derive(Clone, Default)]
pub struct Session {
    token: Option<Arc<Token>>,
}

impl Session {
    /// A session with this token, if there is one.
    #[must_use]
    pub fn of(token: Option<SecretString>) -> Self {
        Self { token: token.map(|secret| Arc::new(Token::new(secret))) }
    }

    /// The session that a request's cookies name.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        Self::of(COOKIES.iter().find_map(|name| cookie(headers, name)))
    }

    /// Whether there is a session token.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The session that the middleware read from the request's cookies.
    pub(crate) fn of_parts(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_default()
    }
}

/// Resolves sessions to users.
#[derive(Debug)]
pub(crate) struct Sessions {
    pub identity: Identity,
    /// True when users sign in at the default login service although that may be wrong for this site.
    pub login_service_is_guessed: bool,
    /// True for recorded data, which needs no session.
    pub mock: bool,
    /// The first user whose session was valid.
    pub first: watch::Sender<Option<Whose>>,
}

impl Sessions {
    /// The session's token and its key in caches.
    ///
    /// # Errors
    /// 401 when there is none.
    pub fn token(&self, session: &Session) -> Result<(TokenKey, Arc<Token>), ApiError> {
        let demonstration = || self.mock.then(|| Arc::new(Token::new("demonstration".into())));
        let token = session.token.clone().or_else(demonstration);
        let token = token.ok_or_else(|| self.explained(Error::NoSession))?;
        Ok((self.identity.key(&token), token))
    }

    /// The key of the session's token in caches, if there is a token.
    pub fn key(&self, session: &Session) -> Option<TokenKey> {
        session.token.as_ref().map(|token| self.identity.key(token))
    }

    /// A tag that differs from session to session.
    pub fn tag(&self, session: &Session) -> Option<HeaderValue> {
        Some(self.key(session)?.tag().into())
    }

    /// Whose cluster this session may see, if that is known without calling an upstream.
    pub fn known(&self, session: &Session) -> Option<Whose> {
        self.identity.known(session.token.as_deref())
    }

    /// Whose cluster this session may see.
    ///
    /// # Errors
    /// As [`Identity::whose`].
    pub async fn whose(&self, session: &Session, retry: Retry) -> Result<Whose, ApiError> {
        let whose = self.identity.whose(session.token.as_ref(), retry).await.map_err(|error| self.explained(error))?;
        self.first.send_if_modified(|first| {
            let is_first = first.is_none();
            if is_first {
                *first = Some(whose.clone());
            }
            is_first
        });
        Ok(whose)
    }

    /// The first user whose session was valid; without sessions, the one whom the configuration names. It stays the
    /// same as long as the sidecar runs.
    pub async fn proven(&self) -> Option<Whose> {
        if let Some(whose) = self.identity.known(None) {
            return Some(whose);
        }
        let mut first = self.first.subscribe();
        first.wait_for(Option::is_some).await.ok()?.clone()
    }

    fn explained(&self, error: Error) -> ApiError {
        let guessed = self.login_service_is_guessed && !matches!(error, Error::ChangedName(_));
        let error = ApiError::from(error);
        if guessed { error.of_guessed_login_service() } else { error }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of_parts(parts))
    }
}

/// The token as text, for fuzzing.
#[cfg(feature = "fuzz")]
pub(crate) fn token_of(headers: &HeaderMap) -> Option<String> {
    Session::of_headers(headers).token.map(|token| token.text().to_owned())
}

/// A cookie's last clean value: Tornado and the older extension use the last one too. A cookie header may contain any
/// byte, so it is split as bytes, and one bad cookie cannot hide another.
fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let pairs = headers.get_all(COOKIE).into_iter().flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        clean_text(unquoted.unwrap_or(value))
    });
    values.next_back()
}

/// The value as a token; `None` if it is not clean text.
fn clean_text(value: &[u8]) -> Option<SecretString> {
    let clean = !value.is_empty() && value.len() <= LONGEST && value.iter().all(u8::is_ascii_graphic);
    let text = std::str::from_utf8(value).ok().filter(|_| clean)?;
    Some(text.to_owned().into())
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn token(cookies: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(COOKIE, HeaderValue::from_bytes(value).unwrap());
        }
        COOKIES.iter().find_map(|name| cookie(&headers, name)).map(|token| token.expose_secret().to_owned())
    }

    #[test]
    fn the_session_cookie_wins_over_its_backup() {
        assert_eq!(token(&[b"a=1; kbase_session_backup=B; kbase_session=A"]).as_deref(), Some("A"));
        assert_eq!(token(&[b"a=1", b"kbase_session_backup=B"]).as_deref(), Some("B"));
        assert_eq!(token(&[b"kbase_session=\"quoted\""]).as_deref(), Some("quoted"));
    }

    #[test]
    fn of_several_session_cookies_the_last_clean_one_counts() {
        assert_eq!(token(&[b"kbase_session=old; kbase_session=new"]).as_deref(), Some("new"));
        assert_eq!(token(&[b"kbase_session=old", b"kbase_session=new"]).as_deref(), Some("new"));
        assert_eq!(token(&[b"kbase_session=old; kbase_session=a b; kbase_session="]).as_deref(), Some("old"));
    }

    #[test]
    fn what_is_not_clean_text_is_no_token() {
        for bad in [&b"kbase_session="[..], b"kbase_session=a b", b"kbase_session=\xff\xfe", b"xkbase_session=A", b""] {
            assert_eq!(token(&[bad]), None, "{bad:?}");
        }
        assert_eq!(token(&[b"x=\xff; kbase_session=A"]).as_deref(), Some("A"), "another cookie's bytes do not matter");
        assert_eq!(token(&[b"kbase_session=a b; kbase_session_backup=B"]).as_deref(), Some("B"));
    }
}
