//! Combines the batches of a stream into one query, which shows the newest batch.

use std::collections::BTreeMap;

use upstream::query_rows::JobRow;
use wire::{NamedBy, QueryKind};

use super::{
    batches,
    draft::{Draft, Stated, named, request_of, together},
    stream::{Batch, Progress},
};
use crate::{stages::StageDigest, text};

/// What one row tells about a batch; a batch may have several rows.
pub(super) struct BatchSeen<'a> {
    pub batch: Batch<'a>,
    pub begin_ms: i64,
    pub stated: Stated<'a>,
    pub jobs: Vec<&'a JobRow>,
    pub sql_execution_id: Option<i64>,
}

/// Combines the batches of one stream into a query.
pub(super) fn of_stream<'a>(seen: Vec<BatchSeen<'a>>, stages: &StageDigest) -> Option<Draft<'a>> {
    let mut begins = BTreeMap::new();
    for BatchSeen { batch, begin_ms, .. } in &seen {
        let begin = begins.entry(batch.number).or_insert(i64::MAX);
        *begin = (*begin).min(*begin_ms);
    }
    let progress = Progress::of(&begins);
    let batches = batches::spans(&seen);
    let newest: Vec<BatchSeen<'a>> = seen.into_iter().filter(|seen| seen.batch.number == progress.batch).collect();
    let batch = newest.first()?.batch;
    let stated = match together(newest.iter().map(|seen| seen.stated)) {
        Stated::Ended { at_ms: Some(since_ms), failed: false, canceled: false, .. } => {
            Stated::BetweenBatches { since_ms }
        }
        other => other,
    };
    let jobs: Vec<&JobRow> = newest.iter().flat_map(|seen| seen.jobs.iter().copied()).collect();
    let request = request_of(&jobs, stages).unwrap_or_default();
    Some(Draft {
        query_id: format!("stream-{}", batch.run_id),
        kind: QueryKind::Sql,
        named_by: if batch.name.is_empty() { NamedBy::Spark } else { NamedBy::Tag },
        name: text::name(&batch.stream_name()),
        sql_execution_ids: newest.iter().filter_map(|seen| seen.sql_execution_id).collect(),
        begin_ms: begins.values().copied().min().unwrap_or_default(),
        stated,
        stream: Some(progress),
        batches,
        // It goes on after the operation that started it.
        operation_id: None,
        ..named(request, &jobs, None)
    })
}

/// Finds streams among jobs if there is no list of executions; takes the jobs of their batches.
pub(super) fn of_jobs<'a>(jobs: &mut BTreeMap<i64, &'a JobRow>, stages: &StageDigest) -> Vec<Draft<'a>> {
    let mut streams: BTreeMap<&'a str, Vec<BatchSeen<'a>>> = BTreeMap::new();
    jobs.retain(|_, job| {
        let job: &'a JobRow = job;
        let Some(batch) = job.description.as_deref().and_then(Batch::of) else { return true };
        let begin_ms = job.submission_time.map_or(0, |time| time.0);
        let at_ms = job.completion_time.map(|time| time.0);
        let stated = match job.status.as_str() {
            "SUCCEEDED" => Stated::Ended { at_ms, failed: false, canceled: false, reason: "" },
            "FAILED" => Stated::Ended { at_ms, failed: true, canceled: false, reason: "" },
            _ => Stated::Runs,
        };
        let seen = BatchSeen { batch, begin_ms, stated, jobs: vec![job], sql_execution_id: None };
        streams.entry(batch.run_id).or_default().push(seen);
        false
    });
    streams.into_values().filter_map(|seen| of_stream(seen, stages)).collect()
}
