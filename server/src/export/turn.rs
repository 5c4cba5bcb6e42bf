//! A turn to convert: it takes a core, so only a few do it at once.

use std::{sync::Arc, time::Duration};

use axum::{extract::FromRequestParts, http::request::Parts};
use tokio::{sync::OwnedSemaphorePermit, time::timeout};

use super::{Exports, errors};
use crate::http::ApiError;

/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever leaves while waiting gives it back; a conversion keeps it to its end.
#[derive(Debug)]
pub(crate) struct Turn {
    _place: OwnedSemaphorePermit,
}

impl FromRequestParts<Arc<Exports>> for Turn {
    type Rejection = ApiError;

    async fn from_request_parts(_: &mut Parts, exports: &Arc<Exports>) -> Result<Self, ApiError> {
        let turn = timeout(PATIENCE, Arc::clone(&exports.turns).acquire_owned()).await;
        let place = turn.ok().and_then(Result::ok);
        place.map(|place| Self { _place: place }).ok_or_else(errors::busy)
    }
}
