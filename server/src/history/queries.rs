//! `history/queries[/{shape_id}]`: a person's queries, and the runs of one of them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State, rejection::PathRejection},
};
use history_store::{COMPARED, DAY_MS, RunRow, Store, StoreError, Texts, slower};
use serde::Deserialize;
use wire::{
    ErrorBody,
    past::{PastQueries, PastRun, PastRuns, PastShape, RunState, SlowerReason},
};

use super::{History, owner::Owner, unreadable};
use crate::{
    http::{ApiError, Parameters},
    words::{self, Said},
};

/// Shapes of an answer.
const SHAPES: usize = 100;
/// Runs of an answer.
const RUNS: usize = 200;
/// How long ago a run may have been that another one is compared with.
const COMPARED_MS: i64 = 30 * DAY_MS;

#[derive(Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    search: String,
}

/// The queries that ask the same with different literals, each with its newest run; the last run first.
#[utoipa::path(get, path = "/history/queries", tag = "history",
    params(("search" = Option<String>, Query, description = "Part of the query's text; letter case does not matter")),
    responses(
        (status = 200, description = "At most a hundred", body = PastQueries),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_queries(
    State(history): State<Arc<History>>,
    Owner(owner): Owner,
    Parameters(Search { search }): Parameters<Search>,
) -> Result<Json<PastQueries>, ApiError> {
    let store = history.read().await?;
    Ok(Json(queries(&store, &owner, &search, SHAPES).await.map_err(unreadable)?))
}

/// The answer from a store.
pub(crate) async fn queries(store: &Store, owner: &str, search: &str, most: usize) -> Result<PastQueries, StoreError> {
    let (rows, has_more) = first(store.shapes(owner, search, one_more(most)).await?, most);
    let mut shapes = Vec::new();
    for shape in rows {
        let rows = store.runs_of_shape(owner, shape.shape_id, i64::from(COMPARED) + 1).await?;
        let newest = rows.first().map(|run| past_run(run, reason(&rows, 0)));
        let history_store::ShapeRow { shape_id, label, made_from, runs, .. } = shape;
        shapes.push(PastShape { shape_id, label, made_from, runs, newest });
    }
    Ok(PastQueries { shapes, has_more })
}

/// How many rows to ask for, to know whether there are more than `most`.
pub(super) fn one_more(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1)
}

/// The first `most` rows, and whether there are more.
pub(super) fn first<Row>(mut rows: Vec<Row>, most: usize) -> (Vec<Row>, bool) {
    let has_more = rows.len() > most;
    rows.truncate(most);
    (rows, has_more)
}

/// The runs of one query, newest first, and whether each was slower than usual.
#[utoipa::path(get, path = "/history/queries/{shape_id}", tag = "history",
    params(("shape_id" = i64, Path, description = "As `history/queries` names it")),
    responses(
        (status = 200, description = "At most two hundred; none if it is not known", body = PastRuns),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_runs(
    State(history): State<Arc<History>>,
    Owner(owner): Owner,
    shape_id: Result<Path<String>, PathRejection>,
) -> Result<Json<PastRuns>, ApiError> {
    // What is no number is no query.
    let shape_id = shape_id.ok().and_then(|Path(id)| id.parse().ok()).unwrap_or(-1);
    let store = history.read().await?;
    let rows = store.runs_of_shape(&owner, shape_id, one_more(RUNS) + i64::from(COMPARED)).await.map_err(unreadable)?;
    let shown = rows.iter().enumerate().take(RUNS).map(|(place, run)| past_run(run, reason(&rows, place)));
    Ok(Json(PastRuns { runs: shown.collect(), has_more: rows.len() > RUNS }))
}

/// Why the run in this place was slower than the older ones behind it.
pub(super) fn reason(newest_first: &[RunRow], place: usize) -> Option<SlowerReason> {
    let run = newest_first.get(place)?;
    let oldest_ms = run.run.submitted_ms.saturating_sub(COMPARED_MS);
    let earlier = newest_first.iter().skip(place + 1).take_while(|row| row.run.submitted_ms >= oldest_ms);
    slower(&run.past(), &earlier.map(RunRow::past).collect::<Vec<_>>())
}

pub(crate) fn past_run(row: &RunRow, slower: Option<SlowerReason>) -> PastRun {
    let run = &row.run;
    let said = slower.map(words::history::slower);
    let Texts { statement, message } = run.texts.clone().unwrap_or_default();
    PastRun {
        statement,
        message,
        shape_id: row.shape_id,
        label: row.label.clone(),
        app_id: run.app_id.clone(),
        query_id: run.query_id.clone(),
        state: RunState::of_word(&run.state),
        error_class: run.error_class.clone(),
        submitted_at_ms: run.submitted_ms,
        duration_ms: run.duration_ms,
        waited_ms: run.waited_ms,
        task_slots: run.slots,
        tasks: run.tasks,
        run_ms: run.run_ms,
        cpu_ms: run.cpu_ms,
        gc_ms: run.gc_ms,
        read_bytes: run.read_bytes,
        shuffle_read_bytes: run.shuffle_bytes,
        spilled_bytes: run.spilled_bytes,
        written_bytes: run.written_bytes,
        slower,
        slower_words: said.as_ref().map(Said::to_string).unwrap_or_default(),
        slower_sentences: said.as_ref().map(Said::sentences).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_cut_says_so() {
        assert_eq!(one_more(2), 3);
        assert_eq!(first(vec![1, 2, 3], 2), (vec![1, 2], true));
        assert_eq!(first(vec![1, 2], 2), (vec![1, 2], false));
    }
}
