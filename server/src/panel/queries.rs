//! `panel/queries`: the queries of one application.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{Path, State},
    response::Response,
};
use monitor::{AppQueries, Applications, Observed, queries::works};
use wire::{Answer, ErrorBody, Queries, Query, QueryStages, QueryState};

use super::{
    poll::Poll,
    rate::{Rate, is_starting},
    selected,
};
use crate::http::{ApiError, AskedApp};

/// Running and recent queries, newest first; silent ones come last among the running ones.
#[utoipa::path(get, path = "/panel/queries", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The queries; `app` is null when no application runs", body = Answer<Queries>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_queries(
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        Ok(with_rate(&poll, queries.list(&selection, &moment).await))
    })
    .await
}

pub(super) fn with_rate(poll: &Poll, seen: Observed<Queries>) -> (Observed<Queries>, Rate) {
    let seen = seen.map(|queries| poll.panel.links.of_queries(poll.known_whose(), with_stops(poll, queries)));
    let works = works(&seen.value) || seen.value.wait.is_some() || is_starting(&seen.value.app);
    (seen, poll.panel.rates.stages(works))
}

/// Marks the operations that the client may stop: those of sessions that Spark takes for theirs.
fn with_stops(poll: &Poll, mut queries: Queries) -> Queries {
    let mine = queries.sessions.iter().filter(|session| poll.may_stop(&session.user));
    let mine: BTreeSet<&str> = mine.map(|session| session.session_id.as_str()).collect();
    for query in &mut queries.running {
        let is_mine = query.session_id.as_deref().is_some_and(|id| mine.contains(id));
        query.can_stop = is_mine && is_stoppable(query);
    }
    queries
}

fn is_stoppable(query: &Query) -> bool {
    query.session_id.is_some() && query.operation_id.is_some() && query.state == QueryState::Running
}

/// One query with the stages of its jobs.
#[utoipa::path(get, path = "/panel/queries/{query_id}", tag = "panel",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
    ),
    responses(
        (status = 200, description = "The query; `query` is null when Spark has forgotten it", body = Answer<QueryStages>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_query(
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        Ok(one_with_rate(&poll, moment.map(|moment| moment.query(&query_id))))
    })
    .await
}

pub(super) fn one_with_rate(poll: &Poll, seen: Observed<QueryStages>) -> (Observed<QueryStages>, Rate) {
    let may_stop = |mut seen: QueryStages| {
        let is_mine = poll.may_stop(&seen.user);
        if let Some(query) = &mut seen.query {
            query.can_stop = is_mine && is_stoppable(query);
        }
        seen
    };
    let seen = seen.map(|query| poll.panel.links.of_query(poll.known_whose(), may_stop(query)));
    let works = seen.value.query.as_ref().is_some_and(|query| query.state == QueryState::Running);
    (seen, poll.panel.rates.stages(works))
}
