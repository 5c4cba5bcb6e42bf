//! `panel/queries/{query_id}/tasks`: how evenly the tasks of one query work.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use monitor::{AppFindings, AppQueries, Applications};
use wire::{Answer, ErrorBody, QueryTasks};

use super::{poll::Poll, selected};
use crate::http::{ApiError, AskedApp};

/// Quantiles over the tasks of each stage of one query, and its slowest tasks.
#[utoipa::path(get, path = "/panel/queries/{query_id}/tasks", tag = "panel",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The stages that were examined; none when Spark has forgotten the query",
            body = Answer<QueryTasks>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_tasks(
    State(findings): State<Arc<AppFindings>>,
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        let (seen, goes_on) = findings.tasks(&selection, moment, &query_id).await?;
        Ok((seen, poll.panel.rates.stages(goes_on)))
    })
    .await
}
