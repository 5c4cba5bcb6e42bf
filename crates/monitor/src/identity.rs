//! Resolves a session's token to the user whose cluster it may see.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use secrecy::{ExposeSecret, SecretString};
use upstream::{Caller, Client, Upstream, auth2, user::User};
use url::Url;

use crate::{
    Error, Limits, Tasks, Whose,
    cached::{CacheLimits, Cached, Retry},
};

/// How callers are identified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityMode {
    /// The session cookie, resolved by Auth2.
    Auth2,
    /// One user, named by JupyterHub.
    JupyterHub(User),
    /// Callers are not identified; everybody sees the same cluster.
    None,
}

/// A session's token, with its name in caches once that is computed.
pub struct Token {
    pub(crate) secret: SecretString,
    key: OnceLock<TokenKey>,
}

/// Names a token without revealing it: a hash with a key that lives as long as this process.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenKey([u8; 32]);

/// See the module's sentence.
#[derive(Debug)]
pub struct Identity {
    mode: IdentityMode,
    /// Whether to refuse a name that the Kubernetes rule changes.
    refuses_changed_names: bool,
    auth2: Client,
    auth2_url: Url,
    users: Cached<TokenKey, User>,
    keys: TokenKeys,
}

impl Identity {
    #[must_use]
    pub fn new(
        mode: IdentityMode,
        refuses_changed_names: bool,
        (auth2, auth2_url): (Client, Url),
        keys: TokenKeys,
        limits: &Limits,
        tasks: &Tasks,
    ) -> Self {
        let of_users = CacheLimits {
            denied_lifetime: Some(limits.rejected_token_lifetime),
            ..limits.cache(Upstream::Auth2, Some("user"), limits.identity_lifetime)
        };
        Self { mode, refuses_changed_names, auth2, auth2_url, users: Cached::new(of_users, tasks.clone()), keys }
    }

    #[must_use]
    pub fn mode(&self) -> &IdentityMode {
        &self.mode
    }

    /// The token's name in caches.
    #[must_use]
    pub fn key(&self, token: &Token) -> TokenKey {
        self.keys.of(token)
    }

    /// Whose cluster the token's owner may see, if that needs no upstream call.
    #[must_use]
    pub fn known(&self, token: Option<&Token>) -> Option<Whose> {
        match &self.mode {
            IdentityMode::None => Some(Whose::EVERYBODY),
            IdentityMode::JupyterHub(user) => Some(Whose(Some(user.clone()))),
            IdentityMode::Auth2 => self.admit(&self.users.known(&self.key(token?))?.value).ok(),
        }
    }

    /// Whose cluster the token's owner may see.
    ///
    /// # Errors
    /// No valid token; Auth2's failure; a name that may be confused with another user's. Never an expired name.
    pub async fn whose(&self, token: Option<&Arc<Token>>, retry: Retry) -> Result<Whose, Error> {
        if let Some(whose) = self.known(token.map(|token| &**token)) {
            return Ok(whose);
        }
        let token = Arc::clone(token.ok_or(Error::NoSession)?);
        let key = self.key(&token);
        let (client, url) = (self.auth2.on_behalf_of(&key.caller()), self.auth2_url.clone());
        let fetch = |_| async move { auth2::user(&client, &url, &token.secret).await };
        self.admit(&self.users.fresh_for(retry, &key, fetch).await?.value)
    }

    fn admit(&self, user: &User) -> Result<Whose, Error> {
        if self.refuses_changed_names && user.is_changed() {
            return Err(Error::ChangedName(user.name().to_owned()));
        }
        Ok(Whose(Some(user.clone())))
    }
}

impl Token {
    #[must_use]
    pub fn new(secret: SecretString) -> Self {
        Self { secret, key: OnceLock::new() }
    }

    /// The token as text, for fuzzing.
    #[cfg(feature = "fuzz")]
    #[must_use]
    pub fn text(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl TokenKey {
    /// The caller, while the user is not known yet.
    #[must_use]
    pub fn caller(&self) -> Caller {
        Caller::new(&self.0)
    }

    /// The start of the key: changes if the session changes.
    #[must_use]
    pub fn tag(&self) -> u32 {
        let [a, b, c, d, ..] = self.0;
        u32::from_be_bytes([a, b, c, d])
    }
}

/// Makes [`TokenKey`]s.
pub struct TokenKeys([u8; 32]);

impl TokenKeys {
    /// # Errors
    /// When the system has no randomness available.
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(key))
    }

    /// Called once for each token of a request.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_tokens_apart_only_within_this_process() {
        let token = |name: &str| Token::new(name.into());
        let keys = TokenKeys::new().unwrap();
        assert!(keys.of(&token("ann")) == keys.of(&token("ann")));
        assert!(keys.of(&token("ann")) != keys.of(&token("bob")));
        assert!(keys.of(&token("ann")) != TokenKeys::new().unwrap().of(&token("ann")));
    }
}
