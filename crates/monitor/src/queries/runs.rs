//! Runs of queries with the sums over their stages: what a history keeps of them.

use wire::{CallSite, NamedBy, QueryState};

use super::{draft::Draft, drafts::drafts, ending::Ending, snapshot::Snapshot};
use crate::{stages::KeptStage, text};

/// One query, running or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryRun {
    pub query_id: String,
    /// With Spark Connect, the session and the user name that the client sent.
    pub session_id: Option<String>,
    pub user: String,
    pub name: String,
    pub named_by: NamedBy,
    /// The whole SQL text, if there is one.
    pub sql: Option<String>,
    pub call_site: Option<CallSite>,
    pub state: QueryState,
    /// Spark's whole reason, if it failed.
    pub failure: Option<String>,
    /// Milliseconds since 1970, by our clock.
    pub submitted_at_ms: i64,
    /// Wall clock, up to now if it is running.
    pub elapsed_ms: u64,
    /// From its submission to its first task.
    pub waited_ms: u64,
    pub tasks: u32,
    pub sums: Sums,
    /// For each stage, oldest first, whether it reads input, reads from a shuffle, and writes to one. Another plan of
    /// the same query usually has other stages.
    pub stages: Vec<[bool; 3]>,
}

/// Sums over all tasks of the stages that Spark still remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub run_ms: u64,
    pub cpu_ms: u64,
    pub gc_ms: u64,
    pub read_bytes: u64,
    pub shuffle_bytes: u64,
    pub spilled_bytes: u64,
    pub written_bytes: u64,
}

impl QueryRun {
    /// Why it failed, in a few lines.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        self.failure.as_deref().map(text::reason)
    }
}

impl Snapshot {
    /// The newest `most` queries, newest first, without streams.
    #[must_use]
    pub fn runs(&self, most: usize) -> Vec<QueryRun> {
        let drafts = drafts(&self.queries, &self.stages);
        let single = drafts.iter().filter(|draft| draft.stream.is_none()).take(most);
        single.map(|draft| self.run(draft, Ending::of(draft, &self.stages, self.time))).collect()
    }

    fn run(&self, draft: &Draft<'_>, Ending { state, end_ms, reason }: Ending) -> QueryRun {
        let ids = draft.stage_ids();
        let attempts: Vec<&KeptStage> = ids.iter().flat_map(|id| self.stages.attempts(*id)).collect();
        let first_task_at_ms = attempts.iter().filter_map(|kept| kept.first_task_at_ms).min();
        let waited = first_task_at_ms.map(|at_ms| at_ms.saturating_sub(draft.begin_ms));
        let of_stage = |id: &i64| {
            let stage = &self.stages.attempts(*id).next_back()?.stage;
            let [read, shuffled, wrote] = [stage.input_bytes, stage.shuffle_read_bytes, stage.shuffle_write_bytes];
            (stage.tasks.done > 0).then_some([read > 0, shuffled > 0, wrote > 0])
        };
        QueryRun {
            query_id: draft.query_id.clone(),
            session_id: draft.session_id.clone(),
            user: draft.user.clone(),
            name: draft.name.clone(),
            named_by: draft.named_by,
            sql: draft.request.sql().map(str::to_owned),
            call_site: draft.call_site.clone(),
            state,
            failure: reason,
            submitted_at_ms: self.time.to_ours(draft.begin_ms),
            elapsed_ms: draft.elapsed_ms(end_ms),
            waited_ms: waited.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0),
            tasks: attempts.iter().map(|kept| kept.stage.tasks.done).fold(0, u32::saturating_add),
            sums: attempts.iter().fold(Sums::default(), |sums, kept| sums.plus(kept)),
            stages: ids.iter().filter_map(of_stage).collect(),
        }
    }
}

impl Sums {
    fn plus(self, kept: &KeptStage) -> Self {
        let (stage, time) = (&kept.stage, kept.task_time);
        Self {
            run_ms: self.run_ms.saturating_add(time.run_ms),
            cpu_ms: self.cpu_ms.saturating_add(time.cpu_ms),
            gc_ms: self.gc_ms.saturating_add(time.gc_ms),
            read_bytes: self.read_bytes.saturating_add(stage.input_bytes),
            shuffle_bytes: self.shuffle_bytes.saturating_add(stage.shuffle_read_bytes),
            spilled_bytes: self.spilled_bytes.saturating_add(stage.spilled_to_disk_bytes),
            written_bytes: self.written_bytes.saturating_add(stage.output_bytes),
        }
    }
}
