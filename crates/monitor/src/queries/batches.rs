//! The newest batches of a stream, from the rows that name them: when each began, and how long it took.

use std::collections::BTreeMap;

use wire::{BatchState, StreamBatch, StreamBatches};

use super::{
    draft::{Stated, together},
    stream::Progress,
    stream_drafts::BatchSeen,
};
use crate::clock::DriverTime;

/// Batches that are shown.
const SHOWN: usize = 20;

/// When a batch ran, by the driver's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BatchSpan {
    number: u64,
    begin_ms: i64,
    /// None while it runs.
    end_ms: Option<i64>,
    state: BatchState,
}

/// The newest batches, the newest first. A batch may have several rows: it runs while one of them does.
pub(super) fn spans(seen: &[BatchSeen<'_>]) -> Vec<BatchSpan> {
    let mut rows: BTreeMap<u64, (i64, Vec<Stated<'_>>)> = BTreeMap::new();
    for BatchSeen { batch, begin_ms, stated, .. } in seen {
        let row = rows.entry(batch.number).or_insert_with(|| (*begin_ms, Vec::new()));
        row.0 = row.0.min(*begin_ms);
        row.1.push(*stated);
    }
    let span = |(number, (begin_ms, stated)): (u64, (i64, Vec<Stated<'_>>))| {
        let (end_ms, state) = match together(stated.into_iter()) {
            Stated::Ended { at_ms, failed: false, canceled: false, .. } => (at_ms, BatchState::Completed),
            Stated::Ended { at_ms, .. } => (at_ms, BatchState::NotCompleted),
            Stated::BetweenBatches { since_ms } => (Some(since_ms), BatchState::Completed),
            Stated::Runs | Stated::ByJobs => (None, BatchState::Running),
        };
        BatchSpan { number, begin_ms, end_ms, state }
    };
    rows.into_iter().rev().take(SHOWN).map(span).collect()
}

/// The batches as they are shown.
pub(super) fn shown(
    app: Option<wire::App>,
    spans: &[BatchSpan],
    progress: Option<Progress>,
    time: DriverTime,
) -> StreamBatches {
    let elapsed_ms = |span: &BatchSpan| {
        u64::try_from(span.end_ms.unwrap_or(time.now_ms).saturating_sub(span.begin_ms)).unwrap_or_default()
    };
    let batch = |span: &BatchSpan| StreamBatch {
        batch: span.number,
        begun_at_ms: time.to_ours(span.begin_ms),
        elapsed_ms: elapsed_ms(span),
        state: span.state,
    };
    let completed = spans.iter().filter(|span| span.state == BatchState::Completed);
    let mut took: Vec<u64> = completed.map(elapsed_ms).collect();
    took.sort_unstable();
    StreamBatches {
        app,
        batches: spans.iter().map(batch).collect(),
        period_ms: progress.and_then(|progress| progress.period_ms),
        median_ms: took.get(took.len() / 2).copied(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::queries::stream::Batch;

    fn seen(number: u64, begin_ms: i64, stated: Stated<'static>) -> BatchSeen<'static> {
        let batch = Batch { name: "orders", id: "1", run_id: "2", number };
        BatchSeen { batch, begin_ms, stated, jobs: Vec::new(), sql_execution_id: None }
    }

    fn ended(at_ms: i64, failed: bool) -> Stated<'static> {
        Stated::Ended { at_ms: Some(at_ms), failed, canceled: false, reason: "" }
    }

    #[test]
    fn a_batch_is_from_its_first_row_to_its_last_and_runs_while_one_does() {
        let spans = spans(&[
            seen(7, 1_000, ended(3_000, false)),
            seen(7, 1_200, ended(2_900, false)),
            seen(8, 4_000, ended(4_500, false)),
            seen(8, 4_100, Stated::Runs),
            seen(6, 500, ended(700, true)),
        ]);
        let StreamBatches { batches, median_ms, .. } = shown(None, &spans, None, DriverTime::at(6_000, 0));
        let told: Vec<_> = batches.iter().map(|one| (one.batch, one.elapsed_ms, one.state)).collect();
        let (running, completed, not) = (BatchState::Running, BatchState::Completed, BatchState::NotCompleted);
        assert_eq!(told, [(8, 2_000, running), (7, 2_000, completed), (6, 200, not)]);
        assert_eq!(median_ms, Some(2_000), "what broke off says nothing of how long a batch takes");
    }

    #[test]
    fn the_newest_batches_are_shown_and_their_times_are_ours() {
        let all: Vec<_> = (0..50).map(|number| (number, i64::try_from(number).unwrap_or_default() * 10)).collect();
        let seen: Vec<_> = all.iter().map(|(number, at)| seen(*number, *at + 1, ended(*at + 4, false))).collect();
        let told = shown(None, &spans(&seen), None, DriverTime::at(10_000, 100));
        assert_eq!((told.batches.len(), told.batches[0].batch, told.median_ms), (SHOWN, 49, Some(3)));
        assert_eq!(told.batches[0].begun_at_ms, 391);
    }
}
