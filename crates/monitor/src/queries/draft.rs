//! Jobs, SQL executions and Spark Connect operations put together: one draft for each thing a user has asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use wire::{CallSite, NamedBy, QueryKind};

use super::{job_tags::JobTags, seen::QueriesSeen};
use crate::{
    connect_request::{self, ConnectRequest},
    stages::StageDigest,
};
use upstream::{
    driver::amount,
    query_rows::{JobRow, OperationRow, SqlRow},
};

/// One query as far as Spark's lists tell it.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub query_id: String,
    pub kind: QueryKind,
    pub user: String,
    pub session_id: Option<String>,
    pub named_by: NamedBy,
    pub name: String,
    pub call_site: Option<CallSite>,
    /// Newest first.
    pub jobs: Vec<&'a JobRow>,
    pub sql_execution_ids: Vec<i64>,
    pub begin_ms: i64,
    pub stated: Stated<'a>,
    /// Set by its client for itself, or the first half of another one.
    hidden: bool,
    request: ConnectRequest,
}

/// What the list that it was taken from says of its state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated<'a> {
    Runs,
    /// It ended at that time, if Spark says when, for that reason, if it failed.
    Ended {
        at_ms: Option<i64>,
        failed: bool,
        canceled: bool,
        reason: &'a str,
    },
    /// Only its jobs can tell.
    ByJobs,
}

/// All queries, newest first.
pub(super) fn drafts<'a>(seen: &'a QueriesSeen, stages: &StageDigest) -> Vec<Draft<'a>> {
    let mut jobs: BTreeMap<i64, &JobRow> = seen.jobs.iter().map(|job| (job.job_id, job)).collect();
    let mut drafts = Vec::new();
    if let Some(operations) = &seen.operations {
        drafts.extend(operations.iter().map(|row| of_operation(row, &mut jobs)));
        hide_analyses(&mut drafts);
    } else {
        drafts.extend(of_sql(&seen.sql, &mut jobs, stages));
    }
    // What is left belongs to operations that Spark has forgotten, or to no SQL at all.
    drafts.extend(of_jobs(jobs.into_values().collect(), stages));
    drafts.retain(|draft| !draft.hidden);
    drafts.sort_by(|a, b| (b.begin_ms, &b.query_id).cmp(&(a.begin_ms, &a.query_id)));
    drafts
}

fn of_operation<'a>(row: &'a OperationRow, jobs: &mut BTreeMap<i64, &'a JobRow>) -> Draft<'a> {
    let mine = take(jobs, row.job_ids.iter().copied());
    let tag = row.spark_session_tags.iter().map(|tag| tag.trim()).find(|tag| !tag.is_empty());
    let request = ConnectRequest::of_statement(&row.statement).tagged(tag);
    let ended_at = [row.finish_timestamp, row.close_timestamp].into_iter().find(|time| *time > 0);
    let ended = |failed, canceled| Stated::Ended { at_ms: ended_at, failed, canceled, reason: &row.detail };
    // An operation that succeeds may have given up earlier jobs.
    let last_job_failed = mine.first().is_some_and(|job| job.status == "FAILED");
    let stated = match row.state.as_str() {
        "CANCELED" => ended(false, true),
        "FAILED" => ended(true, false),
        // Closing hides how it ended: a failure leaves its reason, an interrupt nothing but its failed job.
        "FINISHED" | "CLOSED" if row.detail.contains("OPERATION_CANCELED") => ended(false, true),
        "FINISHED" | "CLOSED" if !row.detail.is_empty() => ended(true, false),
        "FINISHED" | "CLOSED" => ended(false, last_job_failed),
        _ => Stated::Runs,
    };
    Draft {
        query_id: row.operation_id.clone(),
        kind: QueryKind::Operation,
        user: row.user_id.clone(),
        session_id: Some(row.session_id.clone()),
        sql_execution_ids: row.sql_exec_ids.clone(),
        begin_ms: row.start_timestamp,
        stated,
        hidden: request.is_housekeeping(),
        ..named(request, &mine, None)
    }
}

/// `spark.sql(…).collect()` is two operations, the first of which only analyses the text of the second.
fn hide_analyses(drafts: &mut [Draft<'_>]) {
    let follows = |first: &Draft<'_>, second: &Draft<'_>| {
        second.session_id == first.session_id
            && second.begin_ms >= first.begin_ms
            && first.request.analyses(&second.request)
    };
    let twice: Vec<bool> = drafts
        .iter()
        .map(|draft| {
            draft.jobs.is_empty()
                && matches!(draft.stated, Stated::Ended { failed: false, canceled: false, .. })
                && drafts.iter().any(|other| !other.request.analyses(&draft.request) && follows(draft, other))
        })
        .collect();
    for (draft, twice) in drafts.iter_mut().zip(twice) {
        draft.hidden |= twice;
    }
}

/// What SQL executions belong to: an operation of Spark Connect, or nothing but themselves.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner<'a> {
    Operation(&'a str),
    Sql(i64),
}

/// SQL executions of one operation are one query, and so are all its jobs.
fn of_sql<'a>(rows: &'a [SqlRow], jobs: &mut BTreeMap<i64, &'a JobRow>, stages: &StageDigest) -> Vec<Draft<'a>> {
    let mut jobs_of: BTreeMap<Owner<'a>, Vec<i64>> = BTreeMap::new();
    let mut owner_of_job: HashMap<i64, Owner<'a>> = HashMap::new();
    let mut owner_of_sql: HashMap<i64, Owner<'a>> = HashMap::new();
    for job in jobs.values() {
        let JobTags { operation, sql_execution_id, .. } = JobTags::of(job);
        let operation = operation.map(|tag| Owner::Operation(tag.operation_id));
        if let Some(owner) = operation.or(sql_execution_id.map(Owner::Sql)) {
            jobs_of.entry(owner).or_default().push(job.job_id);
            owner_of_job.insert(job.job_id, owner);
            owner_of_sql.extend(sql_execution_id.map(|id| (id, owner)));
        }
    }
    let mut executions: BTreeMap<Owner<'a>, Vec<&'a SqlRow>> = BTreeMap::new();
    for row in rows {
        // Jobs of an execution within another one are tagged with the outer one alone.
        let of_jobs = || listed(row).find_map(|id| owner_of_job.get(&id));
        // Without a job yet nobody knows whose it is: it is a query of its own until then.
        let owner = owner_of_sql.get(&row.id).or_else(of_jobs).copied().unwrap_or(Owner::Sql(row.id));
        executions.entry(owner).or_default().push(row);
    }
    let mut draft = |(owner, mut rows): (Owner<'a>, Vec<&'a SqlRow>)| {
        rows.sort_by_key(|row| row.id);
        let owned = jobs_of.get(&owner).into_iter().flatten().copied();
        let ids: BTreeSet<i64> = rows.iter().flat_map(|row| listed(row)).chain(owned).collect();
        let mine = take(jobs, ids.into_iter());
        // The id stays when the first job comes and tells the operation.
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

/// The jobs that the list of SQL executions names.
fn listed(row: &SqlRow) -> impl Iterator<Item = i64> {
    [&row.running_job_ids, &row.success_job_ids, &row.failed_job_ids].into_iter().flatten().copied()
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

/// Several run while one does, and ended as the last one did.
fn together<'a>(all: impl Iterator<Item = Stated<'a>>) -> Stated<'a> {
    let later = |a: Stated<'a>, b: Stated<'a>| match (a, b) {
        (Stated::Ended { at_ms: first, .. }, Stated::Ended { at_ms: second, .. }) if first > second => a,
        (Stated::Ended { .. }, _) => b,
        _ => a,
    };
    all.reduce(later).unwrap_or(Stated::ByJobs)
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

fn take<'a>(jobs: &mut BTreeMap<i64, &'a JobRow>, ids: impl Iterator<Item = i64>) -> Vec<&'a JobRow> {
    let mut mine: Vec<_> = ids.filter_map(|id| jobs.remove(&id)).collect();
    mine.sort_by_key(|job| std::cmp::Reverse(job.job_id));
    mine
}

/// The request that the stages of some jobs repeat.
fn request_of(jobs: &[&JobRow], stages: &StageDigest) -> Option<ConnectRequest> {
    let ids = jobs.iter().flat_map(|job| &job.stage_ids);
    ids.flat_map(|id| stages.attempts(*id)).find_map(|kept| kept.request.as_deref().cloned())
}

/// A draft with its name; the best source wins.
fn named<'a>(request: ConnectRequest, jobs: &[&'a JobRow], description: Option<&str>) -> Draft<'a> {
    let tags = jobs.iter().map(|job| JobTags::of(job)).reduce(|all, tags| JobTags {
        operation: all.operation.or(tags.operation),
        own: all.own.or(tags.own),
        sql_execution_id: all.sql_execution_id.or(tags.sql_execution_id),
    });
    let tags = tags.unwrap_or_default();
    let request = request.tagged(tags.own);
    let (mut named_by, mut name) = request.name();
    let mut call_site = request.call_site.clone();
    let session_id = tags.operation.map(|tag| tag.session_id.to_owned()).or_else(|| request.session_id.clone());
    if named_by == NamedBy::Nothing && session_id.is_none() {
        let words = description.or_else(|| jobs.first().map(|job| job.name.as_str())).unwrap_or_default();
        (named_by, name, call_site) = classic_name(words);
        // A description of the user's own hides where it was called.
        let of_job = || jobs.iter().find_map(|job| classic_name(&job.name).2);
        call_site = call_site.or_else(of_job);
    }
    Draft {
        query_id: String::new(),
        kind: QueryKind::Job,
        user: tags.operation.map_or_else(String::new, |tag| tag.user.to_owned()),
        session_id,
        named_by,
        name,
        call_site,
        jobs: jobs.to_vec(),
        sql_execution_ids: tags.sql_execution_id.into_iter().collect(),
        begin_ms: 0,
        stated: Stated::ByJobs,
        hidden: false,
        request,
    }
}

/// Spark calls a job `collect at /tmp/ipykernel_7/42.py:2`; anything else is the user's `setJobDescription`.
fn classic_name(words: &str) -> (NamedBy, String, Option<CallSite>) {
    let Some((action, place)) = words.rsplit_once(" at ").filter(|(_, place)| place.contains(':')) else {
        let by = if words.trim().is_empty() { NamedBy::Nothing } else { NamedBy::Tag };
        return (by, connect_request::shortened(words), None);
    };
    (NamedBy::Spark, connect_request::shortened(action), connect_request::call_site(place))
}

/// Spark's words for a job that was ended from outside (`DAGScheduler`).
pub(super) fn was_canceled(reason: &str) -> bool {
    reason.contains(" cancelled") && reason.contains("Job ")
}

impl Draft<'_> {
    /// When anything of it last began or ended, by the driver's clock.
    pub fn last_sign_ms(&self) -> i64 {
        let times = self.jobs.iter().flat_map(|job| [job.submission_time, job.completion_time]);
        times.flatten().map(|time| time.0).fold(self.begin_ms, i64::max)
    }

    /// Whether a job of it runs.
    pub fn has_running_job(&self) -> bool {
        self.jobs.iter().any(|job| job.runs())
    }

    pub fn stage_ids(&self) -> BTreeSet<i64> {
        self.jobs.iter().flat_map(|job| job.stage_ids.iter().copied()).collect()
    }

    /// Wall clock until `end_ms`.
    pub fn elapsed_ms(&self, end_ms: i64) -> u64 {
        amount(end_ms.saturating_sub(self.begin_ms))
    }
}
