//! What is fetched only for findings: quantiles and slowest tasks of stages, plans with their metrics, what is cached.
//! It is kept as long as its queries are shown, so that a finding does not vanish when its query ends.

mod budget;
mod metric_value;
mod plan;
mod tasks;
mod wanted;

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    sync::Arc,
    time::Duration,
};

use futures_util::{StreamExt as _, stream};
use tokio::time::Instant;
use upstream::{
    Weight,
    driver_path::{DriverPath, StageAttempt},
    query_rows::{SqlNodesRow, TaskRow, TaskSummaryRow},
    rows::FirstRows,
    storage_rows::CachedRddRow,
};

pub use plan::{Files, Plan};
#[cfg(test)]
pub use plan::{ShuffleKey, SortedJoin};
pub use tasks::{SlowTask, TaskQuantiles};

use super::thresholds::IDLE_WINDOW_MS;
use crate::{DriverCall, clock};
use budget::Budget;
pub(super) use wanted::{PlanSeen, StageSeen, Work};

/// Stages and plans that are kept at most.
const STAGES: usize = 300;
const PLANS: usize = 100;
/// What is cached changes slowly.
const CACHED_LIFETIME: Duration = Duration::from_secs(30);
/// Requests at once: the panel's other requests need places too.
const AT_ONCE: usize = 2;
/// What could not be fetched is not asked for again for so long: Spark may have forgotten it, or has no time.
const REFUSED_PAUSE: Duration = Duration::from_secs(60);
/// Samples of task time closer together than this are one, milliseconds.
const SAMPLE_MS: i64 = 10_000;

/// See the module's sentence.
#[derive(Clone, Debug, Default)]
pub struct Examined {
    stages: BTreeMap<StageAttempt, Arc<ExaminedStage>>,
    plans: BTreeMap<i64, Arc<ExaminedPlan>>,
    pub(super) cached: Arc<Vec<CachedRddRow>>,
    cached_at: Option<Instant>,
    /// When requests about stages and plans failed.
    refused_stages: BTreeMap<StageAttempt, Instant>,
    refused_plans: BTreeMap<i64, Instant>,
    /// Task time of all executors since their start, oldest first.
    task_time: VecDeque<TaskTimeSample>,
    budget: Budget,
    /// Stages, plans and the list of what is cached that were left out because the requests of this minute are used up.
    /// What only a page shows does not count.
    pub(super) left_out: u32,
}

#[derive(Clone, Copy, Debug)]
struct TaskTimeSample {
    at_ms: i64,
    task_ms: u64,
}

#[derive(Debug)]
struct ExaminedStage {
    quantiles: TaskQuantiles,
    slowest: Vec<SlowTask>,
    /// `slowest` is known, or was not needed.
    has_slowest: bool,
    /// Tasks that had ended.
    done: u32,
    /// The stage had ended.
    is_final: bool,
    at: Instant,
}

#[derive(Debug)]
struct ExaminedPlan {
    plan: Plan,
    at: Instant,
}

/// What there is to examine.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// Stages of the shown queries.
    pub stages: Vec<StageSeen>,
    /// SQL executions of the shown queries.
    pub plans: Vec<PlanSeen>,
    /// Something is cached.
    pub has_cached: bool,
    /// Task time of all executors since their start, milliseconds.
    pub task_ms: Option<u64>,
    pub per_minute: u32,
}

impl Examined {
    pub fn quantiles(&self, attempt: StageAttempt) -> Option<&TaskQuantiles> {
        self.stages.get(&attempt).map(|stage| &stage.quantiles)
    }

    pub fn slowest(&self, attempt: StageAttempt) -> &[SlowTask] {
        self.stages.get(&attempt).map_or(&[], |stage| &stage.slowest)
    }

    /// Whether the stage is still to be examined: Spark has not refused that, and the stage would be kept.
    pub fn awaits(&self, attempt: StageAttempt) -> bool {
        let is_refused = self.refused_stages.contains_key(&attempt);
        !self.stages.contains_key(&attempt) && !is_refused && self.has_room(attempt)
    }

    /// Tasks that had ended when the stage was examined.
    pub fn tasks(&self, attempt: StageAttempt) -> u32 {
        self.stages.get(&attempt).map_or(0, |stage| stage.done)
    }

    pub fn plan(&self, execution_id: i64) -> Option<&Plan> {
        self.plans.get(&execution_id).map(|examined| &examined.plan)
    }

    /// Requests during the last minute.
    pub fn calls(&self) -> u32 {
        self.budget.used(Instant::now())
    }

    /// Task time during the last minutes, and how long these were; milliseconds.
    pub fn used(&self) -> Option<(u64, u64)> {
        let (first, last) = (self.task_time.front()?, self.task_time.back()?);
        let window_ms = u64::try_from(last.at_ms - first.at_ms).ok().filter(|window_ms| *window_ms > 0)?;
        Some((last.task_ms.saturating_sub(first.task_ms), window_ms))
    }

    /// The same after what is wanted now was fetched, as far as the requests of this minute allow. Each part is
    /// optional, so its failure is not reported, but it counts.
    pub(super) async fn next(self, call: DriverCall, wanted: Wanted) -> Self {
        let now = Instant::now();
        let mut next = self.without_unwanted(&wanted).sampled(wanted.task_ms);
        let most = next.budget.allowance(wanted.per_minute, now) as usize;
        let (works, left_out) = next.works(&wanted, most, now);
        next.left_out = left_out;
        let left = most.saturating_sub(works.len());
        let found = next.fetched(&call, works, now).await;
        let mut slowest = next.keep(found, now);
        slowest.truncate(left);
        let found = next.fetched(&call, slowest, now).await;
        next.keep(found, now);
        next.bounded()
    }

    async fn fetched(&mut self, call: &DriverCall, works: Vec<Work>, now: Instant) -> Vec<(Work, Option<Found>)> {
        // Counted before they are made, so that an interrupted fetch counts too.
        self.count(&works, now);
        let fetched = stream::iter(works).map(async |work| (work, fetch(call, work).await));
        fetched.buffer_unordered(AT_ONCE).collect().await
    }

    fn count(&mut self, works: &[Work], now: Instant) {
        let calls = u32::try_from(works.len()).unwrap_or(u32::MAX);
        self.budget = std::mem::take(&mut self.budget).and(calls, now);
    }

    /// Keeps what was fetched; returns the slowest tasks that are needed beside it. They are requested at once if the
    /// allowance has a place for them, or as work of a later poll.
    fn keep(&mut self, fetched: Vec<(Work, Option<Found>)>, now: Instant) -> Vec<Work> {
        let mut slowest = Vec::new();
        for (work, found) in fetched {
            match found {
                None => self.refuse(work, now),
                Some(Found::Stage(seen, quantiles)) => {
                    if seen.needs_slowest(&quantiles) {
                        slowest.push(Work::Slowest(seen));
                    }
                    self.keep_stage(seen, *quantiles, now);
                }
                Some(Found::Slowest(attempt, tasks)) => self.keep_slowest(attempt, tasks),
                Some(Found::Plan(id, plan)) => {
                    self.plans.insert(id, Arc::new(ExaminedPlan { plan: *plan, at: now }));
                }
                Some(Found::Cached(rows)) => self.cached = Arc::new(rows),
            }
        }
        slowest
    }

    /// What is fetched now, the most urgent first, and how much else rules need.
    fn works(&mut self, wanted: &Wanted, most: usize, now: Instant) -> (Vec<Work>, u32) {
        let is_old = self.cached_at.is_none_or(|at| now.duration_since(at) >= CACHED_LIFETIME);
        let cached = (wanted.has_cached && is_old).then_some(Work::Cached);
        if !wanted.has_cached {
            self.cached = Arc::default();
        }
        let may = |refused: Option<&Instant>| refused.is_none_or(|at| now.duration_since(*at) >= REFUSED_PAUSE);
        let stages = wanted.stages.iter().filter(|seen| may(self.refused_stages.get(&seen.attempt)));
        let stages = stages.filter(|seen| self.has_room(seen.attempt));
        let stages = stages.filter_map(|seen| {
            let known = self.stages.get(&seen.attempt);
            let is_even = known.is_some_and(|known| !seen.is_uneven(&known.quantiles));
            let lacks_slowest =
                known.is_some_and(|known| known.is_final && !known.has_slowest && seen.needs_slowest(&known.quantiles));
            let known = known.map(|known| (known.done, known.is_final && !lacks_slowest, known.at));
            let work = if lacks_slowest { Work::Slowest(*seen) } else { Work::Stage(*seen) };
            let urgency = seen.urgency(known, now)?;
            Some((if lacks_slowest && is_even { urgency.only_looked_at() } else { urgency }, work))
        });
        let plans = wanted.plans.iter().filter(|seen| may(self.refused_plans.get(&seen.execution_id)));
        let plans = plans.filter_map(|seen| {
            let known = self.plans.get(&seen.execution_id).map(|known| (known.plan.is_final, known.at));
            seen.urgency(known, now).map(|urgency| (urgency, Work::Plan(seen.execution_id)))
        });
        let mut works: Vec<_> = stages.chain(plans).collect();
        works.sort_by_key(|(urgency, _)| *urgency);
        let needed = works.partition_point(|(urgency, _)| !urgency.is_only_looked_at());
        let left_out = (needed + usize::from(cached.is_some())).saturating_sub(most);
        let mut works: Vec<Work> = works.into_iter().map(|(_, work)| work).collect();
        works.splice(needed..needed, cached);
        works.truncate(most);
        if works.iter().any(|work| matches!(work, Work::Cached)) {
            self.cached_at = Some(now);
        }
        (works, u32::try_from(left_out).unwrap_or(u32::MAX))
    }

    /// Whether this stage would be kept. One that is older than all of a full list would be dropped and asked for again.
    fn has_room(&self, attempt: StageAttempt) -> bool {
        self.stages.len() < STAGES || self.stages.first_key_value().is_some_and(|(first, _)| attempt >= *first)
    }

    /// Forgets what belongs to no shown query.
    fn without_unwanted(mut self, wanted: &Wanted) -> Self {
        let stages: BTreeSet<StageAttempt> = wanted.stages.iter().map(|seen| seen.attempt).collect();
        let plans: BTreeSet<i64> = wanted.plans.iter().map(|seen| seen.execution_id).collect();
        self.stages.retain(|attempt, _| stages.contains(attempt));
        self.plans.retain(|id, _| plans.contains(id));
        self.refused_stages.retain(|attempt, _| stages.contains(attempt));
        self.refused_plans.retain(|id, _| plans.contains(id));
        self
    }

    /// Notes that a request failed.
    fn refuse(&mut self, work: Work, now: Instant) {
        match work {
            // An active stage is examined again anyway.
            Work::Slowest(seen) if seen.is_active => {}
            Work::Stage(seen) | Work::Slowest(seen) => _ = self.refused_stages.insert(seen.attempt, now),
            Work::Plan(id) => _ = self.refused_plans.insert(id, now),
            Work::Cached => {}
        }
    }

    fn sampled(mut self, task_ms: Option<u64>) -> Self {
        let at_ms = clock::now_ms();
        let Some(task_ms) = task_ms else { return self };
        let last = self.task_time.back().copied();
        if last.is_some_and(|last| task_ms < last.task_ms) {
            // Spark has forgotten a dead executor.
            self.task_time.clear();
        }
        if last.is_none_or(|last| at_ms - last.at_ms >= SAMPLE_MS) || self.task_time.is_empty() {
            self.task_time.push_back(TaskTimeSample { at_ms, task_ms });
        }
        while self.task_time.front().is_some_and(|first| at_ms - first.at_ms > IDLE_WINDOW_MS) {
            self.task_time.pop_front();
        }
        self
    }

    fn keep_stage(&mut self, seen: StageSeen, quantiles: TaskQuantiles, now: Instant) {
        // An even stage has no slow tasks any more.
        let needs_slowest = seen.needs_slowest(&quantiles);
        let slowest = if needs_slowest { self.slowest(seen.attempt).to_vec() } else { Vec::new() };
        let stage = ExaminedStage {
            quantiles,
            slowest,
            has_slowest: false,
            done: seen.done,
            is_final: !seen.is_active,
            at: now,
        };
        self.stages.insert(seen.attempt, Arc::new(stage));
    }

    fn keep_slowest(&mut self, attempt: StageAttempt, slowest: Vec<SlowTask>) {
        if let Some(known) = self.stages.get_mut(&attempt) {
            let ExaminedStage { quantiles, done, is_final, at, .. } = **known;
            *known = Arc::new(ExaminedStage { quantiles, slowest, has_slowest: true, done, is_final, at });
        }
    }

    fn bounded(mut self) -> Self {
        while self.stages.len() > STAGES {
            self.stages.pop_first();
        }
        while self.plans.len() > PLANS {
            self.plans.pop_first();
        }
        self
    }
}

enum Found {
    Stage(StageSeen, Box<TaskQuantiles>),
    Slowest(StageAttempt, Vec<SlowTask>),
    Plan(i64, Box<Plan>),
    Cached(Vec<CachedRddRow>),
}

async fn fetch(call: &DriverCall, work: Work) -> Option<Found> {
    match work {
        Work::Stage(seen) => {
            let row: TaskSummaryRow = call.json(DriverPath::TaskQuantiles(seen.attempt)).await.ok()?;
            Some(Found::Stage(seen, Box::new(TaskQuantiles::of(&row))))
        }
        Work::Slowest(seen) => Some(Found::Slowest(seen.attempt, slowest(call, seen.attempt).await?)),
        Work::Plan(id) => {
            let row: SqlNodesRow = call.json(DriverPath::SqlNodes(id)).await.ok()?;
            Some(Found::Plan(id, Box::new(Plan::of(&row))))
        }
        Work::Cached => {
            let rows: FirstRows<CachedRddRow> = call.rows(DriverPath::Storage).await.ok()?;
            Some(Found::Cached(rows.to_vec()))
        }
    }
}

async fn slowest(call: &DriverCall, attempt: StageAttempt) -> Option<Vec<SlowTask>> {
    let rows: FirstRows<TaskRow> = call.rows(DriverPath::SlowestTasks(attempt)).await.ok()?;
    let now_ms = call.driver_time(clock::now_ms()).now_ms;
    Some(rows.iter().map(|row| SlowTask::of(row, now_ms)).collect())
}

impl Weight for Examined {
    fn weight_bytes(&self) -> usize {
        let stages = self.stages.values().map(|stage| size_of::<ExaminedStage>() + stage.slowest.weight_bytes());
        let plans = self.plans.values().map(|examined| size_of::<ExaminedPlan>() + examined.plan.weight_bytes());
        let samples = self.task_time.capacity() * size_of::<TaskTimeSample>();
        stages.chain(plans).sum::<usize>() + self.cached.weight_bytes() + samples + self.budget.weight_bytes()
    }
}

#[cfg(test)]
mod tests {
    use wire::Quantiles;

    use super::*;

    fn stage(stage_id: i64, is_active: bool) -> StageSeen {
        let attempt = StageAttempt { stage_id, stage_attempt_id: 0 };
        StageSeen {
            attempt,
            is_active,
            ended_ms_ago: 1_000,
            done: 100,
            total: 200,
            run_ms: 60_000,
            read_bytes: 0,
            slowest_ms: 0,
            is_listed: true,
            is_looked_at: false,
        }
    }

    #[test]
    fn what_could_not_be_fetched_is_asked_for_again_after_a_minute() {
        let begin = Instant::now();
        let wanted = Wanted { stages: vec![stage(1, false), stage(2, false)], per_minute: 60, ..Wanted::default() };
        let mut examined = Examined::default();
        let works = |examined: &mut Examined, second: u64| {
            let now = begin + Duration::from_secs(second);
            examined.works(&wanted, 10, now).0.len()
        };
        assert_eq!(works(&mut examined, 0), 2);
        examined.refuse(Work::Stage(stage(1, false)), begin);
        assert_eq!([5, 59, 60].map(|second| works(&mut examined, second)), [1, 1, 2]);
    }

    /// Asks as a panel does that polls every five seconds, of a Spark with these quantiles of each stage; returns the
    /// requests of each poll, and what is known after the last one.
    fn polls_of(quantiles: TaskQuantiles, wanted: impl Fn(u64) -> Wanted, polls: u64) -> (Vec<Vec<Work>>, Examined) {
        let begin = Instant::now();
        let mut examined = Examined::default();
        let answer = |work: Work| match work {
            Work::Stage(seen) => Some(Found::Stage(seen, Box::new(quantiles))),
            Work::Slowest(seen) => Some(Found::Slowest(seen.attempt, Vec::new())),
            Work::Plan(_) | Work::Cached => None,
        };
        let answers = |works: &[Work]| works.iter().map(|work| (*work, answer(*work))).collect();
        let poll = |poll: u64| {
            let (now, wanted) = (begin + Duration::from_secs(5 * poll), wanted(poll));
            let mut next = std::mem::take(&mut examined).without_unwanted(&wanted);
            let most = next.budget.allowance(wanted.per_minute, now) as usize;
            let (mut works, left_out) = next.works(&wanted, most, now);
            next.left_out = left_out;
            next.count(&works, now);
            let mut slowest = next.keep(answers(&works), now);
            slowest.truncate(most - works.len());
            next.count(&slowest, now);
            next.keep(answers(&slowest), now);
            works.extend(slowest);
            examined = next.bounded();
            works
        };
        let works = (0..polls).map(poll).collect();
        (works, examined)
    }

    fn polls(wanted: impl Fn(u64) -> Wanted, polls: u64) -> Vec<Vec<Work>> {
        polls_of(TaskQuantiles::default(), wanted, polls).0
    }

    fn uneven() -> TaskQuantiles {
        TaskQuantiles {
            run_ms: Quantiles { median: 1_000, max: 9_000, ..Quantiles::default() },
            ..TaskQuantiles::default()
        }
    }

    #[test]
    fn many_ended_uneven_stages_cost_two_requests_each_and_have_their_slowest_tasks() {
        let wanted =
            |_| Wanted { stages: (0..12).map(|id| stage(id, false)).collect(), per_minute: 60, ..Wanted::default() };
        let (polls, examined) = polls_of(uneven(), wanted, 12);
        assert_eq!(polls.iter().map(Vec::len).collect::<Vec<_>>()[..4], [10, 10, 4, 0]);
        assert_eq!(polls.iter().flatten().count(), 24);
        assert_eq!(examined.stages.values().filter(|stage| stage.has_slowest).count(), 12);
    }

    #[test]
    fn what_only_a_page_shows_is_not_left_out_and_comes_after_all_that_rules_need() {
        let looked_at = |id| StageSeen { run_ms: 10, is_looked_at: true, ..stage(id, false) };
        let wanted = |needed: i64| Wanted {
            stages: (0..needed).map(|id| stage(id, false)).chain((100..200).map(looked_at)).collect(),
            has_cached: true,
            per_minute: 60,
            ..Wanted::default()
        };
        let left_out = [9, 10, 12].map(|needed| polls_of(TaskQuantiles::default(), |_| wanted(needed), 1).1.left_out);
        assert_eq!(left_out, [0, 1, 3]);
        let works = polls(|_| wanted(8), 1);
        assert!(works.iter().flatten().any(|work| matches!(work, Work::Cached)), "{works:?}");
    }

    #[test]
    fn slowest_tasks_that_only_a_page_shows_are_not_left_out() {
        let even =
            TaskQuantiles { run_ms: Quantiles { median: 2_000, max: 2_000, ..Quantiles::default() }, ..uneven() };
        let looked_at = |id| StageSeen { is_looked_at: true, ..stage(id, false) };
        let wanted = |_| Wanted { stages: (0..30).map(looked_at).collect(), per_minute: 30, ..Wanted::default() };
        let (_, examined) = polls_of(even, wanted, 7);
        assert_eq!((examined.left_out, examined.stages.len()), (0, 30));
    }

    #[test]
    fn a_single_uneven_stage_has_its_slowest_tasks_in_the_same_poll() {
        let wanted = |_| Wanted { stages: vec![stage(1, false)], per_minute: 60, ..Wanted::default() };
        let (polls, _) = polls_of(uneven(), wanted, 2);
        assert!(matches!(polls[..], [ref first, ref second] if first.len() == 2 && second.is_empty()), "{polls:?}");
    }

    #[test]
    fn with_200_active_stages_the_requests_of_a_minute_hold_and_all_have_their_turn() {
        let wanted = |poll: u64| {
            let done = u32::try_from(100 + poll).unwrap();
            let stages = (0..200).map(|id| StageSeen { done, ..stage(id, true) }).collect();
            Wanted { stages, per_minute: 60, ..Wanted::default() }
        };
        let polls = polls(wanted, 60);
        for minute in polls.windows(12) {
            assert!(minute.iter().map(Vec::len).sum::<usize>() <= 60);
        }
        let id = |work: &Work| match work {
            Work::Stage(seen) | Work::Slowest(seen) => Some(seen.attempt.stage_id),
            Work::Plan(_) | Work::Cached => None,
        };
        let ids: BTreeSet<i64> = polls.iter().flatten().filter_map(id).collect();
        assert_eq!(ids.len(), 200, "within five minutes");
    }

    #[test]
    fn of_more_stages_than_are_kept_the_newest_are_asked_for_and_then_none() {
        let newest_last = |poll: u64| if poll < 40 { 0..350 } else { 0..400 };
        let wanted = |poll: u64| {
            let stages = newest_last(poll).map(|id| StageSeen { is_looked_at: true, ..stage(id, false) }).collect();
            Wanted { stages, per_minute: 60, ..Wanted::default() }
        };
        let (polls, examined) = polls_of(TaskQuantiles::default(), wanted, 120);
        assert_eq!(polls.iter().skip(100).flatten().count(), 0);
        assert!(polls.iter().flatten().count() <= 350);
        assert!(examined.stages.keys().map(|attempt| attempt.stage_id).eq(100..400));
    }

    #[test]
    fn an_ended_stage_is_examined_once_more_and_before_active_ones() {
        let wanted = |poll: u64| {
            let done = u32::try_from(100 + poll).unwrap();
            let active = (0..50).map(|id| StageSeen { done, ..stage(id, true) });
            let stages = active.chain([StageSeen { is_active: poll < 3, ..stage(99, true) }]).collect();
            Wanted { stages, per_minute: 60, ..Wanted::default() }
        };
        let polls = polls(wanted, 8);
        let of_99: Vec<usize> = polls
            .iter()
            .enumerate()
            .filter(|(_, works)| {
                works.iter().any(|work| matches!(work, Work::Stage(seen) if seen.attempt.stage_id == 99))
            })
            .map(|(poll, _)| poll)
            .collect();
        assert_eq!(of_99.last(), Some(&3), "{of_99:?}");
    }

    #[test]
    fn without_requests_nothing_is_asked() {
        let wanted = |_| Wanted { stages: vec![stage(1, true)], has_cached: true, per_minute: 0, ..Wanted::default() };
        assert!(polls(wanted, 3).iter().all(Vec::is_empty));
    }

    #[test]
    fn a_stage_that_is_known_or_refused_or_would_not_be_kept_is_not_awaited() {
        let now = Instant::now();
        let mut examined = Examined::default();
        let awaits = |examined: &Examined, ids: [i64; 3]| ids.map(|id| examined.awaits(stage(id, false).attempt));
        examined.keep_stage(stage(1, false), TaskQuantiles::default(), now);
        examined.refuse(Work::Stage(stage(2, false)), now);
        assert_eq!(awaits(&examined, [1, 2, 3]), [false, false, true]);
        for id in 10..310 {
            examined.keep_stage(stage(id, false), TaskQuantiles::default(), now);
        }
        assert_eq!(awaits(&examined.bounded(), [3, 9, 310]), [false, false, true]);
    }

    #[test]
    fn what_belongs_to_no_shown_query_is_forgotten_and_the_rest_is_kept() {
        let now = Instant::now();
        let mut examined = Examined::default();
        for id in [1, 2] {
            examined.keep_stage(stage(id, false), TaskQuantiles::default(), now);
        }
        let wanted = Wanted { stages: vec![stage(2, false)], ..Wanted::default() };
        let kept: Vec<_> = examined.without_unwanted(&wanted).stages.keys().map(|attempt| attempt.stage_id).collect();
        assert_eq!(kept, [2]);
    }
}
