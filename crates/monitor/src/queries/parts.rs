//! Queries with what belongs to them, for whatever judges them: their stages, their plans, when they ended.

use std::collections::BTreeSet;

use upstream::driver_path::StageAttempt;
use wire::{CallSite, NamedBy, QueryState};

use super::{draft::Draft, drafts::drafts, ending::Ending, snapshot::Snapshot, spill, stage_look::StageLook};
use crate::{clock::DriverTime, stages::StageDigest};

/// One query and what belongs to it.
#[derive(Clone, Debug)]
pub(crate) struct QueryParts {
    pub query_id: String,
    pub name: String,
    pub named_by: NamedBy,
    pub call_site: Option<CallSite>,
    pub session_id: Option<String>,
    pub state: QueryState,
    /// By the driver's clock.
    pub begin_ms: i64,
    /// By the driver's clock; now for a running query.
    pub end_ms: i64,
    pub is_stream: bool,
    pub sql_execution_ids: Vec<i64>,
    /// The newest attempt of each stage of its jobs.
    pub attempts: Vec<StageAttempt>,
    /// Its plan is known to run Python.
    pub python: bool,
    /// The stage that spilled the most, and the code that makes its partitions small enough.
    pub spilled: Option<(StageAttempt, Option<String>)>,
}

impl Snapshot {
    /// These queries with what belongs to them, newest first.
    pub(crate) fn parts(&self, ids: &BTreeSet<&str>) -> Vec<QueryParts> {
        let drafts = drafts(&self.queries, &self.stages);
        let shown = drafts.iter().filter(|draft| ids.contains(draft.query_id.as_str()));
        shown.map(|draft| self.parts_of(draft)).collect()
    }

    fn parts_of(&self, draft: &Draft<'_>) -> QueryParts {
        let Ending { state, end_ms, .. } = Ending::of(draft, &self.stages, self.time);
        let newest = |id| self.stages.attempts(id).next_back().map(crate::stages::KeptStage::attempt);
        let spilled = spill::most(draft, &self.stages);
        QueryParts {
            query_id: draft.query_id.clone(),
            name: draft.name.clone(),
            named_by: draft.named_by,
            call_site: draft.call_site.clone(),
            session_id: draft.session_id.clone(),
            state,
            begin_ms: draft.begin_ms,
            end_ms,
            is_stream: draft.stream.is_some(),
            sql_execution_ids: draft.sql_execution_ids.clone(),
            attempts: draft.stage_ids().into_iter().filter_map(newest).collect(),
            python: draft.sql_execution_ids.iter().any(|id| self.queries.python.contains(id)),
            spilled: spilled.map(|kept| (kept.attempt(), spill::code(draft, &kept.stage))),
        }
    }

    pub(crate) fn digest(&self) -> &StageDigest {
        &self.stages
    }

    /// The moment on the driver's clock.
    pub(crate) fn time(&self) -> DriverTime {
        self.time
    }

    /// The running tasks of a stage compared with its finished ones, if that was looked at.
    pub(crate) fn look(&self, attempt: StageAttempt) -> Option<StageLook> {
        self.queries.looks.get(&attempt).copied()
    }

    /// When the application last worked for anybody, by the driver's clock; none if it works now, or if that is not
    /// known.
    pub(crate) fn idle_since_ms(&self) -> Option<i64> {
        let drafts = drafts(&self.queries, &self.stages);
        let works = |draft: &Draft<'_>| Ending::of(draft, &self.stages, self.time).state == QueryState::Running;
        if self.stages.active().next().is_some() || drafts.iter().any(works) {
            return None;
        }
        let ended = |draft: &Draft<'_>| Ending::of(draft, &self.stages, self.time).end_ms.min(self.time.now_ms);
        let silent = |draft: &&Draft<'_>| Ending::of(draft, &self.stages, self.time).state == QueryState::Silent;
        // A query without its client ends now, for ever; its last sign is what counts.
        let last_sign = drafts.iter().filter(silent).map(Draft::last_sign_ms);
        drafts.iter().filter(|draft| !silent(draft)).map(ended).chain(last_sign).max()
    }
}
