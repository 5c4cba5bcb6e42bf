//! `panel/queries/{query_id}/batches`: the newest batches of a stream.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use monitor::{AppQueries, Applications};
use wire::{Answer, BatchState, ErrorBody, StreamBatches};

use super::{poll::Poll, selected};
use crate::http::{ApiError, AskedApp};

/// The newest batches of a stream: their numbers, when each began, how long it took, and how often one begins. From the
/// driver's `sql` and `jobs`, whose descriptions name the batches.
#[utoipa::path(get, path = "/panel/queries/{query_id}/batches", tag = "panel",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The batches; none of a query that is no stream or that Spark has forgotten",
            body = Answer<StreamBatches>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_batches(
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let seen = queries.moment(&selection).await?.map(|moment| moment.batches(&query_id));
        let works = seen.value.batches.iter().any(|batch| batch.state == BatchState::Running);
        Ok((seen, poll.panel.rates.stages(works)))
    })
    .await
}
