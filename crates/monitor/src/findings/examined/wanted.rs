//! Which stages and plans are worth a request, and which first.

use std::{cmp::Reverse, time::Duration};

use tokio::time::Instant;
use upstream::driver_path::StageAttempt;

use super::TaskQuantiles;
use crate::findings::thresholds::{
    ENOUGH_TASKS, HUGE_PARTITION_BYTES, LARGE_TASK_MEDIANS, LARGE_TASK_MS, LISTED_TASK_MS, MANY_TASKS,
    SLOW_TASK_MEDIANS, SLOW_TASK_MS,
};

/// An active stage is examined at most this often.
const STAGE_PAUSE: Duration = Duration::from_secs(5);
/// A running query's plan is large, and its numbers matter little before the end.
const PLAN_PAUSE: Duration = Duration::from_secs(15);
/// How long after its end something is examined, milliseconds.
const JUST_ENDED_MS: u64 = 120_000;
/// Queries shorter than this have no plan worth a request, milliseconds.
const LONG_QUERY_MS: u64 = 1_000;

/// One request.
#[derive(Clone, Copy, Debug)]
pub(in crate::findings) enum Work {
    /// Quantiles of a stage.
    Stage(StageSeen),
    /// Slowest tasks of a stage whose quantiles are known.
    Slowest(StageSeen),
    Plan(i64),
    Cached,
}

/// A stage as the list of stages describes it.
#[derive(Clone, Copy, Debug)]
pub(in crate::findings) struct StageSeen {
    pub attempt: StageAttempt,
    pub is_active: bool,
    pub ended_ms_ago: u64,
    pub done: u32,
    pub total: u32,
    /// Task time, milliseconds.
    pub run_ms: u64,
    pub read_bytes: u64,
    /// How long its oldest running task has been running, milliseconds.
    pub slowest_ms: u64,
    /// Its query is listed, so rules judge it.
    pub is_listed: bool,
    /// A person looks at the page of its query.
    pub is_looked_at: bool,
}

/// A query's SQL execution.
#[derive(Clone, Copy, Debug)]
pub(in crate::findings) struct PlanSeen {
    pub execution_id: i64,
    pub runs: bool,
    pub ended_ms_ago: u64,
    pub elapsed_ms: u64,
}

/// The smallest is the most urgent: what has ended and will be forgotten, then what is not known yet, then what was
/// examined longest ago, then what no rule needs and a page shows. Of equal ones, the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::findings) struct Urgency(Kind, Option<Instant>, Reverse<i64>);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Ended,
    New,
    Known,
    OnlyLookedAt,
}

impl Urgency {
    /// Only a page shows it: no rule needs it.
    pub fn is_only_looked_at(self) -> bool {
        self.0 == Kind::OnlyLookedAt
    }

    pub fn only_looked_at(self) -> Self {
        Self(Kind::OnlyLookedAt, self.1, self.2)
    }
}

impl StageSeen {
    /// None if it needs no request. `known` are the ended tasks when it was last examined, whether nothing
    /// is missing any more, and when.
    pub fn urgency(&self, known: Option<(u32, bool, Instant)>, now: Instant) -> Option<Urgency> {
        let is_due = match known {
            Some((.., true, _)) => false,
            Some((done, false, at)) if self.is_active => self.done > done && now.duration_since(at) >= STAGE_PAUSE,
            _ => true,
        };
        let is_recent = self.is_active || self.ended_ms_ago <= JUST_ENDED_MS;
        let is_needed = self.is_listed && is_recent && self.is_worth_it();
        let kind = match (self.is_active, known) {
            _ if !is_needed => Kind::OnlyLookedAt,
            (false, _) => Kind::Ended,
            (true, None) => Kind::New,
            (true, Some(_)) => Kind::Known,
        };
        let at = known.map(|(.., at)| at);
        let is_wanted = is_needed || self.is_looked_at && self.done > 0;
        (is_due && is_wanted).then_some(Urgency(kind, at, Reverse(self.attempt.stage_id)))
    }

    /// Whether any rule could find something in its quantiles. Most stages of a healthy query are not.
    fn is_worth_it(&self) -> bool {
        let works = self.run_ms > SLOW_TASK_MS || self.slowest_ms > LARGE_TASK_MS || self.total > MANY_TASKS;
        (self.done >= ENOUGH_TASKS && works) || (self.done > 0 && self.read_bytes > HUGE_PARTITION_BYTES.warning)
    }

    /// Whether its slowest tasks are fetched too: they may tell why it is slow, or a page shows them.
    pub fn needs_slowest(&self, quantiles: &TaskQuantiles) -> bool {
        self.is_uneven(quantiles) || (self.is_looked_at && quantiles.run_ms.max > LISTED_TASK_MS)
    }

    /// Whether its slowest tasks may tell why.
    pub fn is_uneven(&self, quantiles: &TaskQuantiles) -> bool {
        let times = quantiles.run_ms;
        let max_ms = times.max.max(if self.is_active { self.slowest_ms } else { 0 });
        let more = |max: u64, median: u64, medians: u64| max > median.saturating_mul(medians);
        let read = quantiles.read_bytes;
        max_ms > LARGE_TASK_MS
            && (more(max_ms, times.median, SLOW_TASK_MEDIANS.warning)
                || more(read.max, read.median, LARGE_TASK_MEDIANS.warning))
    }
}

impl PlanSeen {
    /// None if it needs no request. `known` is whether it had ended when it was last examined, and when that was.
    pub fn urgency(&self, known: Option<(bool, Instant)>, now: Instant) -> Option<Urgency> {
        let is_due = match known {
            Some((true, _)) => false,
            Some((false, at)) if self.runs => now.duration_since(at) >= PLAN_PAUSE,
            _ => self.runs || self.ended_ms_ago <= JUST_ENDED_MS,
        };
        let kind = match (self.runs, known) {
            (false, _) => Kind::Ended,
            (true, None) => Kind::New,
            (true, Some(_)) => Kind::Known,
        };
        let at = known.map(|(_, at)| at);
        (is_due && self.elapsed_ms >= LONG_QUERY_MS).then_some(Urgency(kind, at, Reverse(self.execution_id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wire::Quantiles;

    fn seen(is_active: bool) -> StageSeen {
        let attempt = StageAttempt { stage_id: 1, stage_attempt_id: 0 };
        StageSeen {
            attempt,
            is_active,
            ended_ms_ago: 0,
            done: 8,
            total: 20,
            run_ms: 5_001,
            read_bytes: 0,
            slowest_ms: 0,
            is_listed: true,
            is_looked_at: false,
        }
    }

    fn due(seen: StageSeen, known: Option<(u32, bool, u64)>) -> bool {
        let begin = Instant::now();
        let known = known.map(|(done, is_final, _)| (done, is_final, begin));
        let ago = Duration::from_secs(known.map_or(0, |_| 5));
        seen.urgency(known, begin + ago).is_some()
    }

    #[test]
    fn a_healthy_short_stage_costs_no_request() {
        assert!(due(seen(true), None));
        assert!(!due(StageSeen { run_ms: 5_000, ..seen(true) }, None));
        assert!(!due(StageSeen { done: 7, ..seen(true) }, None));
        assert!(due(StageSeen { run_ms: 10, total: 1_001, ..seen(true) }, None), "tiny tasks");
        assert!(due(StageSeen { run_ms: 10, slowest_ms: 2_001, ..seen(true) }, None), "its first task is slow");
        assert!(due(StageSeen { done: 1, read_bytes: (1 << 30) + 1, ..seen(true) }, None), "a huge partition");
    }

    #[test]
    fn an_active_stage_every_five_seconds_if_tasks_have_ended_and_an_ended_one_once() {
        let begin = Instant::now();
        let after = |seconds, done| {
            seen(true).urgency(Some((done, false, begin)), begin + Duration::from_secs(seconds)).is_some()
        };
        assert_eq!([after(4, 7), after(5, 7), after(5, 8)], [false, true, false]);
        assert!(due(seen(false), Some((8, false, 0))));
        assert!(!due(seen(false), Some((8, true, 0))));
        assert!(!due(StageSeen { ended_ms_ago: 120_001, ..seen(false) }, None), "nobody looked for two minutes");
    }

    #[test]
    fn the_ended_come_first_then_the_unknown_then_the_oldest() {
        let begin = Instant::now();
        let now = begin + Duration::from_secs(60);
        let known = |seconds| Some((1, false, begin + Duration::from_secs(seconds)));
        let urgency = |is_active, known| seen(is_active).urgency(known, now).unwrap();
        let order = [urgency(false, known(9)), urgency(true, None), urgency(true, known(1)), urgency(true, known(2))];
        assert!(order.is_sorted(), "{order:?}");
        let plan = PlanSeen { execution_id: 1, runs: false, ended_ms_ago: 0, elapsed_ms: 1_000 };
        assert!(plan.urgency(None, now).unwrap() < order[1]);
        assert!(PlanSeen { elapsed_ms: 999, ..plan }.urgency(None, now).is_none());
    }

    #[test]
    fn a_page_shows_what_no_rule_needs_and_comes_last() {
        let looked_at = |done| StageSeen { done, run_ms: 10, ended_ms_ago: 600_000, is_looked_at: true, ..seen(false) };
        assert!(due(looked_at(1), None) && !due(looked_at(0), None));
        assert!(!due(looked_at(1), Some((1, true, 0))), "once is enough");
        let now = Instant::now();
        let needed = seen(true).urgency(Some((1, false, now)), now + STAGE_PAUSE).unwrap();
        assert!(looked_at(1).urgency(None, now).unwrap() > needed);
        let ended_long_ago = StageSeen { run_ms: 60_000, ..looked_at(100) };
        assert!(ended_long_ago.is_worth_it() && ended_long_ago.urgency(None, now).unwrap() > needed);
        let of_unlisted = StageSeen { is_listed: false, is_looked_at: true, ..seen(false) };
        assert!(of_unlisted.urgency(None, now).unwrap().is_only_looked_at());
        let quantiles =
            |max| TaskQuantiles { run_ms: Quantiles { max, ..Quantiles::default() }, ..TaskQuantiles::default() };
        let needs = |max| looked_at(1).needs_slowest(&quantiles(max));
        assert_eq!([needs(1_000), needs(1_001)], [false, true]);
        assert!(!seen(false).needs_slowest(&quantiles(1_001)));
    }

    #[test]
    fn slowest_tasks_are_asked_for_only_where_a_stage_is_uneven() {
        let quantiles = |max, read_max| {
            let run_ms = Quantiles { median: 1_000, max, ..Quantiles::default() };
            TaskQuantiles {
                run_ms,
                read_bytes: Quantiles { median: 10, max: read_max, ..Quantiles::default() },
                ..TaskQuantiles::default()
            }
        };
        let uneven = |max, read_max| seen(false).is_uneven(&quantiles(max, read_max));
        assert_eq!(
            [uneven(3_000, 30), uneven(3_001, 30), uneven(2_001, 31), uneven(2_000, 31)],
            [false, true, true, false]
        );
        let runs = StageSeen { slowest_ms: 9_000, ..seen(true) };
        assert!(runs.is_uneven(&quantiles(1_500, 10)));
    }
}
