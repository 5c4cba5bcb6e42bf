//! `panel/storage`: what one application keeps cached.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{AppQueries, AppStorage, Applications};
use wire::{Answer, ErrorBody, Storage};

use super::{poll::Poll, rate::is_starting, selected};
use crate::http::{ApiError, AskedApp};

/// Cached tables, DataFrames and RDDs, when each was last used, and the code that releases it.
#[utoipa::path(get, path = "/panel/storage", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "What is cached; `app` is null when no application runs", body = Answer<Storage>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_storage(
    State(storage): State<Arc<AppStorage>>,
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        let seen = storage.list(&selection, moment).await?;
        let works = seen.value.cached.iter().any(|one| one.is_in_use) || is_starting(&seen.value.app);
        Ok((seen, poll.panel.rates.executors(works)))
    })
    .await
}
