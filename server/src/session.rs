//! Who asks: the only module that sees a raw token.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header::COOKIE, request::Parts},
};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use crate::{
    cache::{Cached, Route},
    config::IdentityMode,
    error::ApiError,
};
use upstream::{Caller, Client, auth2, user::User};

/// The cookies that may hold a session, the first that does wins.
const COOKIES: [&str; 2] = ["kbase_session", "kbase_session_backup"];
/// Longest token that is believed, bytes.
const LONGEST: usize = 4096;

/// What a request says about who sent it.
#[derive(Clone, Default)]
pub struct Session {
    token: Option<Arc<Token>>,
}

/// A session's token, and its name in caches once that was made.
pub struct Token {
    pub secret: SecretString,
    key: OnceLock<TokenKey>,
}

/// Names a token without being it: a hash under a key that lives as long as this process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenKey([u8; 32]);

/// Whose cluster a cached value belongs to, so that nobody is shown another's.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whose(Option<User>);

impl Session {
    /// A session that did not come with a request.
    #[must_use]
    pub fn of(token: Option<SecretString>) -> Self {
        Self { token: token.map(|secret| Arc::new(Token::new(secret))) }
    }

    /// The session that a request's cookies name.
    pub(crate) fn of_headers(headers: &HeaderMap) -> Self {
        Self::of(COOKIES.iter().find_map(|name| cookie(headers, name)))
    }

    /// Whether the request named a session at all.
    pub(crate) fn has_token(&self) -> bool {
        self.token.is_some()
    }

    /// The session of a request, as it was read when the request came in.
    pub(crate) fn of_parts(parts: &Parts) -> Self {
        parts.extensions.get().cloned().unwrap_or_default()
    }
}

impl Token {
    fn new(secret: SecretString) -> Self {
        Self { secret, key: OnceLock::new() }
    }
}

impl TokenKey {
    /// The caller, while it is not known yet who that is.
    pub fn caller(&self) -> Caller {
        Caller::new(&self.0)
    }
}

impl Whose {
    /// The user, where the site tells users apart.
    #[must_use]
    pub fn user(&self) -> Option<&User> {
        self.0.as_ref()
    }

    /// On whose behalf upstreams are called.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::new(self.user().map(User::name).unwrap_or_default().as_bytes())
    }
}

/// Resolves sessions to users.
#[derive(Debug)]
pub struct Sessions {
    pub mode: IdentityMode,
    pub login_service_is_guessed: bool,
    pub refuses_changed_names: bool,
    pub auth2: Client,
    pub auth2_url: Url,
    pub users: Cached<TokenKey, User>,
    pub keys: TokenKeys,
    /// Recorded data needs no session.
    pub mock: bool,
}

impl Sessions {
    /// The session's token and its name in caches.
    ///
    /// # Errors
    /// 401 when there is none.
    pub fn token(&self, session: &Session) -> Result<(TokenKey, Arc<Token>), ApiError> {
        let demonstration = || self.mock.then(|| Arc::new(Token::new("demonstration".into())));
        let token = session.token.clone().or_else(demonstration);
        let token = token.ok_or_else(|| self.explained(ApiError::no_session_token()))?;
        Ok((self.keys.of(&token), token))
    }

    fn explained(&self, error: ApiError) -> ApiError {
        if self.login_service_is_guessed { error.of_guessed_login_service() } else { error }
    }

    fn admit(&self, user: &User) -> Result<Whose, ApiError> {
        if self.refuses_changed_names && user.is_changed() {
            return Err(ApiError::changed_name(user.name()));
        }
        Ok(Whose(Some(user.clone())))
    }

    /// The name of the session's token in caches, where there is one.
    pub fn key(&self, session: &Session) -> Option<TokenKey> {
        session.token.as_ref().map(|token| self.keys.of(token))
    }

    /// Changes when another session asks: the beginning of the token's key.
    pub fn tag(&self, session: &Session) -> Option<HeaderValue> {
        let TokenKey([a, b, c, d, ..]) = self.key(session)?;
        Some(u32::from_be_bytes([a, b, c, d]).into())
    }

    /// Whose cluster this session may look at, where nobody has to be asked.
    pub fn known(&self, session: &Session) -> Option<Whose> {
        match &self.mode {
            IdentityMode::None => Some(Whose(None)),
            IdentityMode::JupyterHub(user) => Some(Whose(Some(user.clone()))),
            IdentityMode::Auth2 => {
                let (key, _) = self.token(session).ok()?;
                self.admit(&self.users.known(&key)?.value).ok()
            }
        }
    }

    /// Whose cluster this session may look at.
    ///
    /// # Errors
    /// 401 without a valid session; Auth2's failure; a name that cannot be told from another user's. Never a name that
    /// has expired.
    pub async fn whose(&self, session: &Session, route: Route) -> Result<Whose, ApiError> {
        if let Some(whose) = self.known(session) {
            return Ok(whose);
        }
        let (key, token) = self.token(session)?;
        let (client, url) = (self.auth2.on_behalf_of(&key.caller()), self.auth2_url.clone());
        let fetch = |_| async move { auth2::user(&client, &url, &token.secret).await };
        let user = self.users.fresh_for(route, &key, fetch).await;
        self.admit(&user.map_err(|failure| self.explained(failure.into()))?.value)
    }
}

/// Makes [`TokenKey`]s.
pub struct TokenKeys([u8; 32]);

impl TokenKeys {
    /// # Errors
    /// When the system has no randomness to give.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(key))
    }

    /// Made once for each token of a request.
    fn of(&self, token: &Token) -> TokenKey {
        let hash = || TokenKey(*blake3::keyed_hash(&self.0, token.secret.expose_secret().as_bytes()).as_bytes());
        *token.key.get_or_init(hash)
    }
}

impl fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKeys")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Session {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self::of_parts(parts))
    }
}

/// The token as text, for fuzzing.
#[cfg(fuzzing)]
pub(crate) fn token_of(headers: &HeaderMap) -> Option<String> {
    Session::of_headers(headers).token.map(|token| token.secret.expose_secret().to_owned())
}

/// A cookie's last clean value, as Tornado and the older extension take it. A cookie header may hold any byte, so it is
/// split as bytes: one bad cookie must not hide another.
fn cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let pairs = headers.get_all(COOKIE).into_iter().flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    let mut values = pairs.filter_map(|pair| {
        let value = pair.trim_ascii().strip_prefix(name.as_bytes())?.strip_prefix(b"=")?;
        let unquoted = value.strip_prefix(b"\"").and_then(|value| value.strip_suffix(b"\""));
        clean_text(unquoted.unwrap_or(value))
    });
    values.next_back()
}

/// A value that is not clean text is no token.
fn clean_text(value: &[u8]) -> Option<SecretString> {
    let clean = !value.is_empty() && value.len() <= LONGEST && value.iter().all(u8::is_ascii_graphic);
    let text = std::str::from_utf8(value).ok().filter(|_| clean)?;
    Some(text.to_owned().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(cookies: &[&[u8]]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in cookies {
            headers.append(COOKIE, HeaderValue::from_bytes(value).unwrap());
        }
        Session::of_headers(&headers).token.map(|token| token.secret.expose_secret().to_owned())
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

    #[test]
    fn a_key_tells_tokens_apart_only_within_this_process() {
        let token = |name: &str| Token::new(name.into());
        let keys = TokenKeys::new().unwrap();
        assert!(keys.of(&token("ann")) == keys.of(&token("ann")));
        assert!(keys.of(&token("ann")) != keys.of(&token("bob")));
        assert!(keys.of(&token("ann")) != TokenKeys::new().unwrap().of(&token("ann")));
    }
}
