//! Auth2 tells whose session a token belongs to: `GET {base}api/V2/me`.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{Client, Upstream, UpstreamError, secret_header};
use crate::{url_path, user::User};

/// Largest body, bytes. Auth2 also lists the user's roles and identities; 256 KiB is far more than any user has.
const LIMIT: u64 = 256 * 1024;

/// The part of Auth2's `Me` that we need.
#[derive(Deserialize)]
struct Me {
    user: String,
}

/// Resolves a session token to its user.
///
/// # Errors
/// When Auth2 rejects the token or fails, or when the Kubernetes rule leaves no character of the name.
pub async fn user(client: &Client, base: &Url, token: &SecretString) -> Result<User, UpstreamError> {
    let auth = secret_header(token.expose_secret()).map_err(|_| invalid("the token is no header"))?;
    let body: Bytes = client.json_bytes(&url_path::join(base, &["api", "V2", "me"]), Some(&auth), LIMIT).await?;
    user_of(&body)
}

/// The user that an answer names.
///
/// # Errors
/// When the JSON has another shape, or when the Kubernetes rule leaves no character of the name.
pub fn user_of(body: &[u8]) -> Result<User, UpstreamError> {
    let me: Me = super::body::from_slice(Upstream::Auth2, body)?;
    User::new(&me.user).ok_or_else(|| invalid("the user's name has no letter or digit"))
}

fn invalid(reason: &str) -> UpstreamError {
    UpstreamError::shape(Upstream::Auth2, reason)
}
