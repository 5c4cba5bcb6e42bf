//! Combines jobs, SQL executions and Spark Connect operations: one draft for each query.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use upstream::query_rows::{JobRow, OperationRow};
use wire::QueryKind;

use super::{
    draft::{Draft, Stated, named, request_of, take},
    job_tags::JobTags,
    seen::QueriesSeen,
    sql_drafts::of_sql,
    stream_drafts,
};
use crate::{
    connect_request::{ConnectRequest, names_something},
    stages::StageDigest,
};

/// All queries, newest first.
pub(super) fn drafts<'a>(seen: &'a QueriesSeen, stages: &StageDigest) -> Vec<Draft<'a>> {
    let mut jobs: BTreeMap<i64, &JobRow> = seen.jobs.iter().map(|job| (job.job_id, job)).collect();
    let mut drafts = Vec::new();
    if let Some(operations) = &seen.operations {
        // Their jobs keep the tag of the operation that started the stream, long after it has ended.
        drafts.extend(stream_drafts::of_jobs(&mut jobs, stages));
        drafts.extend(operations.iter().map(|row| of_operation(row, &mut jobs)));
        hide_analyses(&mut drafts);
    } else {
        drafts.extend(of_sql(&seen.sql, &mut jobs, stages));
        // Jobs of a stream's older batches outlive their executions.
        let known: BTreeSet<String> = drafts.iter().map(|draft| draft.query_id.clone()).collect();
        let older = stream_drafts::of_jobs(&mut jobs, stages);
        drafts.extend(older.into_iter().filter(|draft| !known.contains(&draft.query_id)));
    }
    // The rest belong to operations that Spark has forgotten, or to no SQL execution.
    drafts.extend(of_jobs(jobs.into_values().collect(), stages));
    drafts.retain(|draft| !draft.hidden);
    drafts.sort_by(|a, b| (b.begin_ms, &b.query_id).cmp(&(a.begin_ms, &a.query_id)));
    drafts
}

fn of_operation<'a>(row: &'a OperationRow, jobs: &mut BTreeMap<i64, &'a JobRow>) -> Draft<'a> {
    let mine = take(jobs, row.job_ids.iter().copied());
    let tag = row.spark_session_tags.iter().map(|tag| tag.trim()).find(|tag| names_something(tag));
    let request = ConnectRequest::of_statement(&row.statement).tagged(tag);
    let ended_at = [row.finish_timestamp, row.close_timestamp].into_iter().find(|time| *time > 0);
    let ended = |failed, canceled| Stated::Ended { at_ms: ended_at, failed, canceled, reason: &row.detail };
    // An operation that succeeds may have abandoned earlier jobs.
    let last_job_failed = mine.first().is_some_and(|job| job.status == "FAILED");
    let stated = match row.state.as_str() {
        "CANCELED" => ended(false, true),
        "FAILED" => ended(true, false),
        // Closing hides how an operation ended: a failure leaves its reason, an interrupt only its failed job.
        "FINISHED" | "CLOSED" if error_class(&row.detail) == Some("OPERATION_CANCELED") => ended(false, true),
        "FINISHED" | "CLOSED" if !row.detail.is_empty() => ended(true, false),
        "FINISHED" | "CLOSED" => ended(false, last_job_failed),
        _ => Stated::Runs,
    };
    Draft {
        query_id: row.operation_id.clone(),
        kind: QueryKind::Operation,
        user: row.user_id.clone(),
        session_id: Some(row.session_id.clone()),
        operation_id: Some(row.operation_id.clone()),
        sql_execution_ids: row.sql_exec_ids.clone(),
        begin_ms: row.start_timestamp,
        stated,
        hidden: request.is_housekeeping(),
        ..named(request, &mine, None)
    }
}

/// The first error class in a text, such as `INTERNAL: [USER_RAISED_EXCEPTION] boom`.
fn error_class(detail: &str) -> Option<&str> {
    Some(detail.split_once('[')?.1.split_once(']')?.0)
}

/// `spark.sql(…).collect()` is two operations; the first one only analyses the text of the second.
fn hide_analyses(drafts: &mut [Draft<'_>]) {
    /// One session and one text.
    fn asked<'a>(draft: &'a Draft<'_>) -> Option<(Option<&'a str>, &'a str)> {
        Some((draft.session_id.as_deref(), draft.request.sql()?))
    }
    let mut last_run_ms = HashMap::new();
    for run in drafts.iter().filter(|draft| !draft.request.is_analysis()) {
        if let Some(asked) = asked(run) {
            let begin_ms = last_run_ms.entry(asked).or_insert(run.begin_ms);
            *begin_ms = run.begin_ms.max(*begin_ms);
        }
    }
    let is_twice = |draft: &Draft<'_>| {
        draft.request.is_analysis()
            && draft.jobs.is_empty()
            && matches!(draft.stated, Stated::Ended { failed: false, canceled: false, .. })
            && asked(draft)
                .and_then(|asked| last_run_ms.get(&asked))
                .is_some_and(|begin_ms| draft.begin_ms <= *begin_ms)
    };
    let twice: Vec<bool> = drafts.iter().map(is_twice).collect();
    for (draft, twice) in drafts.iter_mut().zip(twice) {
        draft.hidden |= twice;
    }
}

/// Jobs of one operation are one query.
fn of_jobs<'a>(jobs: Vec<&'a JobRow>, stages: &StageDigest) -> Vec<Draft<'a>> {
    let mut groups: BTreeMap<(Option<&str>, i64), Vec<&JobRow>> = BTreeMap::new();
    for job in jobs.into_iter().rev() {
        let operation_id = JobTags::of(job).operation.map(|tag| tag.operation_id);
        groups.entry((operation_id, if operation_id.is_some() { -1 } else { job.job_id })).or_default().push(job);
    }
    let draft = |((operation_id, job_id), mine): ((Option<&str>, i64), Vec<&'a JobRow>)| {
        let request = request_of(&mine, stages).unwrap_or_default();
        let begin = mine.iter().filter_map(|job| job.submission_time).map(|time| time.0).min();
        let description = mine.first().and_then(|job| job.description.as_deref());
        Draft {
            query_id: operation_id.map_or_else(|| format!("job-{job_id}"), str::to_owned),
            kind: if operation_id.is_some() { QueryKind::Operation } else { QueryKind::Job },
            begin_ms: begin.unwrap_or_default(),
            ..named(request, &mine, description)
        }
    };
    groups.into_iter().map(draft).collect()
}
