//! One query as far as Spark's lists describe it.

use std::collections::{BTreeMap, BTreeSet};

use wire::{CallSite, NamedBy, QueryKind};

use super::{batches::BatchSpan, classic_name::classic_name, job_tags::JobTags, stream::Progress};
use crate::{connect_request::ConnectRequest, stages::StageDigest};
use upstream::{driver::amount, query_rows::JobRow};

/// See the module's sentence.
#[derive(Debug)]
pub(super) struct Draft<'a> {
    pub query_id: String,
    pub kind: QueryKind,
    pub user: String,
    pub session_id: Option<String>,
    pub named_by: NamedBy,
    pub name: String,
    pub call_site: Option<CallSite>,
    /// The operation of Spark Connect that it is, or that its jobs belong to.
    pub operation_id: Option<String>,
    /// Newest first.
    pub jobs: Vec<&'a JobRow>,
    pub sql_execution_ids: Vec<i64>,
    pub begin_ms: i64,
    pub stated: Stated<'a>,
    /// Progress, for a stream.
    pub stream: Option<Progress>,
    /// Its newest batches, for a stream; newest first.
    pub batches: Vec<BatchSpan>,
    /// Not shown: the client's own housekeeping, or the analysis that precedes another query.
    pub hidden: bool,
    pub request: ConnectRequest,
}

/// The query's state according to the list it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stated<'a> {
    Runs,
    /// It ended, with the time if Spark reports one, and with the reason if it failed.
    Ended {
        at_ms: Option<i64>,
        failed: bool,
        canceled: bool,
        reason: &'a str,
    },
    /// The newest batch of a stream succeeded; the next one may follow.
    BetweenBatches {
        since_ms: i64,
    },
    /// Only its jobs can tell the state.
    ByJobs,
}

/// A group is running while one of them is, and ended as its last one did.
pub(super) fn together<'a>(all: impl Iterator<Item = Stated<'a>>) -> Stated<'a> {
    let later = |a: Stated<'a>, b: Stated<'a>| match (a, b) {
        (Stated::Ended { at_ms: first, .. }, Stated::Ended { at_ms: second, .. }) if first > second => a,
        (Stated::Ended { .. }, _) => b,
        _ => a,
    };
    all.reduce(later).unwrap_or(Stated::ByJobs)
}

/// Removes jobs from those that belong to no query yet, and returns them newest first.
pub(super) fn take<'a>(jobs: &mut BTreeMap<i64, &'a JobRow>, ids: impl Iterator<Item = i64>) -> Vec<&'a JobRow> {
    let mut mine: Vec<_> = ids.filter_map(|id| jobs.remove(&id)).collect();
    mine.sort_by_key(|job| std::cmp::Reverse(job.job_id));
    mine
}

/// The request that the stages of some jobs repeat.
pub(super) fn request_of(jobs: &[&JobRow], stages: &StageDigest) -> Option<ConnectRequest> {
    let ids = jobs.iter().flat_map(|job| &job.stage_ids);
    ids.flat_map(|id| stages.attempts(*id)).find_map(|kept| kept.request.as_deref().cloned())
}

/// A draft with its name, from the best source.
pub(super) fn named<'a>(request: ConnectRequest, jobs: &[&'a JobRow], description: Option<&str>) -> Draft<'a> {
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
        // A description set by the user hides the call site.
        let of_job = || jobs.iter().find_map(|job| classic_name(&job.name).2);
        call_site = call_site.or_else(of_job);
    }
    Draft {
        query_id: String::new(),
        kind: QueryKind::Job,
        user: tags.operation.map_or_else(String::new, |tag| tag.user.to_owned()),
        session_id,
        operation_id: tags.operation.map(|tag| tag.operation_id.to_owned()),
        named_by,
        name,
        call_site,
        jobs: jobs.to_vec(),
        sql_execution_ids: tags.sql_execution_id.into_iter().collect(),
        begin_ms: 0,
        stated: Stated::ByJobs,
        stream: None,
        batches: Vec::new(),
        hidden: false,
        request,
    }
}

impl Draft<'_> {
    /// When any part of it last started or ended, by the driver's clock.
    pub fn last_sign_ms(&self) -> i64 {
        let times = self.jobs.iter().flat_map(|job| [job.submission_time, job.completion_time]);
        times.flatten().map(|time| time.0).fold(self.begin_ms, i64::max)
    }

    /// Whether one of its jobs is running.
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
