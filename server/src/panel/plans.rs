//! `panel/queries/{query_id}/plan`: what Spark executes for one query.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    response::Response,
};
use monitor::{AppPlans, AppQueries, Applications};
use wire::{Answer, ErrorBody, QueryPlans, QueryState};

use super::{poll::Poll, selected};
use crate::http::{ApiError, AskedApp};

/// The plans of one query, operator by operator, with what Spark measures of them.
#[utoipa::path(get, path = "/panel/queries/{query_id}/plan", tag = "panel",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The plans; `state` is null when Spark has forgotten the query",
            body = Answer<QueryPlans>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_plan(
    State(plans): State<Arc<AppPlans>>,
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        let seen = plans.of_query(&selection, moment, &query_id).await?;
        let works = seen.value.state == Some(QueryState::Running);
        Ok((seen, poll.panel.rates.stages(works)))
    })
    .await
}
