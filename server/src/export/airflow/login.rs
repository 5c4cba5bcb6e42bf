//! The token with which the monitor signs its calls. It is in memory only, and nothing prints it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::header::HeaderValue;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::time::Instant;
use upstream::secret_header;

use super::{answers::Token, error::AirflowError, refusal};
use crate::config::AirflowLogin;

/// How long a password that Airflow refused is not tried again: many attempts lock a user out.
const REFUSED: Duration = Duration::from_secs(10 * 60);

/// How the monitor signs in, and the token that Airflow has given. Clones share it.
#[derive(Clone, Debug)]
pub(super) struct Login {
    given: Arc<AirflowLogin>,
    token: Arc<Mutex<Option<HeaderValue>>>,
    refused_at: Arc<Mutex<Option<Instant>>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl Login {
    pub(super) fn new(given: &AirflowLogin) -> Self {
        let token = match given {
            AirflowLogin::Token(token) => header(token),
            AirflowLogin::Password { .. } => None,
        };
        Self {
            given: Arc::new(given.clone()),
            token: Arc::new(Mutex::new(token)),
            refused_at: Arc::default(),
            turn: Arc::default(),
        }
    }

    /// One call signs in at a time, held while it does: the others take its token, or its refusal, and try no password
    /// themselves. A call has a deadline, and one that is dropped gives its turn back.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Whether Airflow has refused the password a short time ago.
    pub(super) fn is_refused(&self) -> bool {
        self.refused_at().is_some_and(|at| at.elapsed() < REFUSED)
    }

    /// Remembers that Airflow refused the password.
    pub(super) fn refuse(&self) {
        *self.refused_at() = Some(Instant::now());
    }

    /// The header with the token, if there is one.
    pub(super) fn token(&self) -> Option<HeaderValue> {
        self.kept().clone()
    }

    /// Forgets a token that Airflow refused, unless another call has renewed it. None if there is no other to be had.
    pub(super) fn forget(&self, refused: &HeaderValue) -> Option<()> {
        let AirflowLogin::Password { .. } = &*self.given else { return None };
        let mut kept = self.kept();
        if kept.as_ref() == Some(refused) {
            *kept = None;
        }
        Some(())
    }

    /// The body that asks for a token; none if there is only a ready one.
    pub(super) fn credentials(&self) -> Option<String> {
        let AirflowLogin::Password { user, password } = &*self.given else { return None };
        Some(json!({"username": user, "password": password.expose_secret()}).to_string())
    }

    /// Keeps the token of an answer, and returns its header.
    pub(super) fn keep(&self, body: &[u8]) -> Result<HeaderValue, AirflowError> {
        let Token { access_token } = refusal::decoded(body)?;
        let shape = || AirflowError::Shape { reason: "the token cannot be sent in a header".to_owned() };
        let token = header(&access_token.into()).ok_or_else(shape)?;
        *self.kept() = Some(token.clone());
        Ok(token)
    }

    /// The user's name, if the monitor signs in with one.
    pub(super) fn user(&self) -> Option<&str> {
        match &*self.given {
            AirflowLogin::Password { user, .. } => Some(user),
            AirflowLogin::Token(_) => None,
        }
    }

    fn refused_at(&self) -> MutexGuard<'_, Option<Instant>> {
        self.refused_at.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn kept(&self) -> MutexGuard<'_, Option<HeaderValue>> {
        // Nothing here panics while it holds the lock, so the state of a poisoned lock is still consistent.
        self.token.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A header that is never printed.
fn header(token: &SecretString) -> Option<HeaderValue> {
    secret_header(&format!("Bearer {}", token.expose_secret())).ok()
}
