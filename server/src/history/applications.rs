//! `history/applications[/{app_id}]`: what was seen of an application survives its driver.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use history_store::{ComponentRow, RunRow, SpanRow, Store, StoreError};
use monitor::is_app_id;
use serde::Deserialize;
use wire::{
    ErrorBody,
    past::{LostExecutor, PastApp, PastAppDetail, PastApps, PastRun, RunState},
};

use super::{
    History, MOST,
    collector::{APP, EXECUTOR, GONE},
    ended, owner,
    queries::{first, one_more, past_run},
    series::series,
    unreadable,
};
use crate::{
    http::{ApiError, Caller},
    words::{
        Said,
        history::{self, LastSeen},
    },
};

/// Applications of an answer.
const APPS: usize = 100;

/// What rarely changes of an application.
#[derive(Default, Deserialize)]
#[serde(default)]
struct AppFacts {
    name: String,
    started_at_ms: i64,
}

/// Applications that were seen, the last seen first; after them those of Spark's history server, if there is one.
#[utoipa::path(get, path = "/history/applications", tag = "history", responses(
    (status = 200, description = "At most a hundred", body = PastApps),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_applications(
    State(history): State<Arc<History>>,
    Caller(whose): Caller,
) -> Result<Json<PastApps>, ApiError> {
    let store = history.read().await?;
    let mut apps = apps(&store, &owner(&whose), APPS).await.map_err(unreadable)?;
    ended::add(&history, &whose, &mut apps, APPS).await;
    Ok(Json(apps))
}

/// The answer from a store.
pub(crate) async fn apps(store: &Store, owner: &str, most: usize) -> Result<PastApps, StoreError> {
    let (rows, has_more) = first(store.components(owner, APP, one_more(most)).await?, most);
    let mut apps = Vec::new();
    for row in &rows {
        apps.push(past_app(row, &store.spans_of(row.component_id, MOST).await?));
    }
    Ok(PastApps { apps, has_more })
}

/// What was seen of one application, running or gone; if nothing was, what Spark's history server knows of it.
#[utoipa::path(get, path = "/history/applications/{app_id}", tag = "history",
    params(("app_id" = String, Path, description = "Application id")),
    responses(
        (status = 200, description = "`app` is null if it is not remembered", body = PastAppDetail),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn get_application(
    State(history): State<Arc<History>>,
    Caller(whose): Caller,
    app_id: Result<Path<String>, PathRejection>,
) -> Result<Json<PastAppDetail>, ApiError> {
    let app_id = app_id.ok().map(|Path(id)| id).filter(|id| is_app_id(id)).ok_or_else(ApiError::bad_app_id)?;
    let store = history.read().await?;
    let seen = app(&store, &owner(&whose), &app_id).await.map_err(unreadable)?;
    if seen.app.is_some() {
        return Ok(Json(seen));
    }
    Ok(Json(ended::app(&history, &whose, &app_id).await?.unwrap_or(seen)))
}

/// The answer from a store.
pub(crate) async fn app(store: &Store, owner: &str, app_id: &str) -> Result<PastAppDetail, StoreError> {
    let row = store.component(owner, APP, app_id).await?;
    let app = match &row {
        Some(row) => Some(past_app(row, &store.spans_of(row.component_id, MOST).await?)),
        None => None,
    };
    let runs = store.runs_of_app(owner, app_id, MOST).await?;
    let lost = store.spans(owner, EXECUTOR, &format!("{app_id}/"), MOST).await?;
    // Its last hours; whoever wants all of it asks for the cluster's.
    let last_ms = app.as_ref().map_or(0, |app| app.last_seen_at_ms);
    let span = (last_ms.saturating_add(1).saturating_sub(12 * history_store::HOUR_MS), last_ms.saturating_add(1));
    let series = series(store, owner, (APP, app_id), span).await?;
    let peak = match &row {
        Some(row) => store.greatest(row.component_id, "peak_heap_bytes").await?.unwrap_or_default(),
        None => 0.0,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes are whole, and at least 0")]
    let peak_heap_bytes = peak as u64;
    let is_gone = app.as_ref().is_some_and(|app| app.gone_at_ms.is_some());
    let runs: Vec<PastRun> = runs.iter().map(|run: &RunRow| past_run(run, None)).collect();
    let lost_executors: Vec<LostExecutor> = lost.iter().map(|span| lost_executor(app_id, span)).collect();
    let end = is_gone.then(|| history::end(last_seen(&runs, &lost_executors)));
    Ok(PastAppDetail {
        end: end.as_ref().map(Said::to_string).unwrap_or_default(),
        end_sentences: end.as_ref().map(Said::sentences).unwrap_or_default(),
        app,
        runs,
        lost_executors,
        peak_heap_bytes,
        series,
    })
}

fn last_seen<'a>(runs: &[PastRun], lost_executors: &'a [LostExecutor]) -> LastSeen<'a> {
    // Those that Spark gave back when they were idle are no loss.
    let is_loss = |lost: &&LostExecutor| !matches!(lost.reason.as_str(), "released" | "decommissioned");
    let lost = || lost_executors.iter().filter(is_loss);
    LastSeen {
        queries_running: runs.iter().filter(|run| run.state == RunState::Lost).count(),
        executors_lost: lost().count(),
        last_reason: lost().max_by_key(|lost| lost.at_ms).map(|lost| lost.reason.as_str()).unwrap_or_default(),
    }
}

fn past_app(row: &ComponentRow, own: &[SpanRow]) -> PastApp {
    let facts: AppFacts = serde_json::from_str(&row.facts).unwrap_or_default();
    let last_seen = own.iter().filter(|span| span.state != GONE).map(|span| span.last_ms).max();
    let gone = own.iter().filter(|span| span.state == GONE).map(|span| span.first_ms).max();
    let last_seen_at_ms = last_seen.unwrap_or(row.last_seen_ms);
    PastApp {
        app_id: row.name.clone(),
        name: facts.name,
        started_at_ms: facts.started_at_ms,
        last_seen_at_ms,
        // A master that was away for a while lists the application again.
        gone_at_ms: gone.filter(|at_ms| *at_ms > last_seen_at_ms),
    }
}

fn lost_executor(app_id: &str, span: &SpanRow) -> LostExecutor {
    let why = history::lost(&span.state);
    LostExecutor {
        executor_id: span
            .name
            .strip_prefix(app_id)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or_default()
            .to_owned(),
        at_ms: span.first_ms,
        reason: span.state.clone(),
        why: why.as_ref().map(Said::to_string).unwrap_or_default(),
        why_sentences: why.as_ref().map(Said::sentences).unwrap_or_default(),
        values: serde_json::from_str(&span.vals).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_is_of_the_executor_that_went_last_and_not_of_those_given_back() {
        let lost = |executor_id: &str, at_ms, reason: &str| LostExecutor {
            executor_id: executor_id.into(),
            at_ms,
            reason: reason.into(),
            why: String::new(),
            why_sentences: Vec::new(),
            values: std::collections::BTreeMap::new(),
        };
        let all = [lost("1", 5, "exited_137"), lost("2", 3, "no_heartbeat"), lost("3", 9, "released")];
        let seen = last_seen(&[], &all);
        assert_eq!(seen, LastSeen { queries_running: 0, executors_lost: 2, last_reason: "exited_137" });
        let said = history::end(seen).to_string();
        assert!(said.contains("had lost: 2.") && said.contains("exit code 137"), "{said}");
        assert!(!history::end(LastSeen::default()).to_string().contains("xecutor"));
    }
}
