//! Combines SQL executions with their jobs: those of one operation are one query, and so are the batches of a stream.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use upstream::query_rows::{JobRow, SqlRow};
use wire::QueryKind;

use super::{
    draft::{Draft, Stated, named, request_of, take, together},
    ending::was_canceled,
    job_tags::JobTags,
    nested,
    stream::Batch,
    stream_drafts::{BatchSeen, of_stream},
};
use crate::{connect_request::ConnectRequest, stages::StageDigest};

/// What SQL executions belong to: an operation of Spark Connect, a stream, or only themselves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner<'a> {
    Operation(&'a str),
    Sql(i64),
    /// A run of a stream: all its batches are one query.
    Stream(&'a str),
}

/// One draft for each owner of executions; takes their jobs.
pub(super) fn of_sql<'a>(
    rows: &'a [SqlRow],
    jobs: &mut BTreeMap<i64, &'a JobRow>,
    stages: &StageDigest,
) -> Vec<Draft<'a>> {
    let mut jobs_of: BTreeMap<Owner<'a>, Vec<i64>> = BTreeMap::new();
    let mut owner_of_job: HashMap<i64, Owner<'a>> = HashMap::new();
    let mut owner_of_sql: HashMap<i64, Owner<'a>> = HashMap::new();
    // A batch carries the tag of the operation that started its stream.
    let is_batch = |job: &JobRow| job.description.as_deref().and_then(Batch::of).is_some();
    for job in jobs.values().filter(|job| !is_batch(job)) {
        let JobTags { operation, sql_execution_id, .. } = JobTags::of(job);
        let operation = operation.map(|tag| Owner::Operation(tag.operation_id));
        if let Some(owner) = operation.or(sql_execution_id.map(Owner::Sql)) {
            jobs_of.entry(owner).or_default().push(job.job_id);
            owner_of_job.insert(job.job_id, owner);
            owner_of_sql.extend(sql_execution_id.map(|id| (id, owner)));
        }
    }
    let by_id: HashMap<i64, &'a SqlRow> = rows.iter().map(|row| (row.id, row)).collect();
    let mut executions: BTreeMap<Owner<'a>, Vec<&'a SqlRow>> = BTreeMap::new();
    let owner_of = |row: &'a SqlRow| {
        // Jobs of a nested execution are tagged with the outer one only.
        let of_jobs = || row.job_ids().find_map(|id| owner_of_job.get(&id));
        let stream = || Batch::of(&row.description).map(|batch| Owner::Stream(batch.run_id));
        stream().or_else(|| owner_of_sql.get(&row.id).or_else(of_jobs).copied())
    };
    for row in rows {
        // Spark 3.5 runs `CREATE TABLE … AS` and the like as two executions; only the inner one has jobs.
        let inner = || nested::inner_of(row, &by_id).map(|inner| owner_of(inner).unwrap_or(Owner::Sql(inner.id)));
        // Until an execution has a job, its owner is unknown, and it is a query of its own.
        let owner = owner_of(row).or_else(inner).unwrap_or(Owner::Sql(row.id));
        executions.entry(owner).or_default().push(row);
    }
    let mut draft = |(owner, mut rows): (Owner<'a>, Vec<&'a SqlRow>)| {
        rows.sort_by_key(|row| row.id);
        if let Owner::Stream(_) = owner {
            return of_stream(batches_of(&rows, jobs), stages);
        }
        let owned = jobs_of.get(&owner).into_iter().flatten().copied();
        let ids: BTreeSet<i64> = rows.iter().flat_map(|row| row.job_ids()).chain(owned).collect();
        let mine = take(jobs, ids.into_iter());
        // The id stays the same when the first job reveals the operation.
        let first = rows.first()?;
        let request = request_of(&mine, stages).unwrap_or_else(|| ConnectRequest::of_details(&first.description));
        Some(Draft {
            query_id: format!("sql-{}", first.id),
            kind: if matches!(owner, Owner::Operation(_)) { QueryKind::Operation } else { QueryKind::Sql },
            sql_execution_ids: rows.iter().map(|row| row.id).collect(),
            begin_ms: rows.iter().filter_map(|row| row.submission_time).map(|time| time.0).min().unwrap_or_default(),
            stated: together(rows.iter().map(|row| stated_by_sql(row))),
            ..named(request, &mine, Some(&first.description))
        })
    };
    executions.into_iter().filter_map(&mut draft).collect()
}

/// The batches that executions belong to, with their jobs.
fn batches_of<'a>(rows: &[&'a SqlRow], jobs: &mut BTreeMap<i64, &'a JobRow>) -> Vec<BatchSeen<'a>> {
    let seen = |row: &&'a SqlRow| {
        Some(BatchSeen {
            batch: Batch::of(&row.description)?,
            begin_ms: row.submission_time.map_or(0, |time| time.0),
            stated: stated_by_sql(row),
            jobs: take(jobs, row.job_ids()),
            sql_execution_id: Some(row.id),
        })
    };
    rows.iter().filter_map(seen).collect()
}

fn stated_by_sql(row: &SqlRow) -> Stated<'_> {
    let reason = row.error_message.as_deref().unwrap_or_default();
    let begin_ms = row.submission_time.map_or(0, |time| time.0);
    let ended = |failed| {
        let at_ms = Some(begin_ms.saturating_add(row.duration.max(0)));
        let canceled = failed && was_canceled(reason);
        Stated::Ended { at_ms, failed: failed && !canceled, canceled, reason }
    };
    match row.status.as_str() {
        "RUNNING" => Stated::Runs,
        "FAILED" => ended(true),
        _ => ended(false),
    }
}
