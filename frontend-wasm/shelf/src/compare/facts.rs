//! What is known of a query: from Spark while it remembers it, else from the history.

use wire::past::{PastRun, RunState};
use wire::{Query, QueryStages, QueryState, Stage};

use super::difference::{Difference, Unit};
use super::row::{Row, sorted};
use kit::format;
use kit::i18n::{CompareMessage, PageMessage, PastMessage, tr};
use kit::language;

/// What is known of one query; nothing where both are none.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    pub spark: Option<(&'a QueryStages, &'a Query)>,
    pub run: Option<&'a PastRun>,
}

/// A number of a query.
#[derive(Clone, Copy)]
enum Fact {
    Duration,
    Waited,
    Spilled,
    Read,
    ShuffleRead,
    ShuffleWritten,
    Written,
    Tasks,
    FailedTasks,
    Stages,
    Slots,
    TaskTime,
    Cpu,
    Gc,
}

/// In the order in which they are shown.
const ALL: [Fact; 14] = [
    Fact::Duration,
    Fact::Waited,
    Fact::Spilled,
    Fact::Read,
    Fact::ShuffleRead,
    Fact::ShuffleWritten,
    Fact::Written,
    Fact::Tasks,
    Fact::FailedTasks,
    Fact::Stages,
    Fact::Slots,
    Fact::TaskTime,
    Fact::Cpu,
    Fact::Gc,
];

impl<'a> Facts<'a> {
    /// What Spark knows, unless it has forgotten the query.
    pub fn of(all: &'a QueryStages) -> Option<(&'a QueryStages, &'a Query)> {
        Some((all, all.query.as_ref()?))
    }

    pub fn is_known(&self) -> bool {
        self.spark.is_some() || self.run.is_some()
    }

    pub fn state(&self) -> Option<String> {
        let seen = self.spark.map(|(_, query)| query_state(query.state));
        seen.or_else(|| self.run.map(|run| run_state(run.state)))
    }

    pub fn duration_ms(&self) -> Option<u64> {
        self.number(Fact::Duration)
    }

    pub fn begun_at_ms(&self) -> Option<i64> {
        self.spark.map(|(_, query)| query.submitted_at_ms).or(self.run.map(|run| run.submitted_at_ms))
    }

    fn number(&self, fact: Fact) -> Option<u64> {
        let seen = self.spark.and_then(|(all, query)| of_spark(fact, all, query));
        seen.or_else(|| self.run.and_then(|run| of_run(fact, run)))
    }
}

/// What Spark tells.
fn of_spark(fact: Fact, all: &QueryStages, query: &Query) -> Option<u64> {
    match fact {
        Fact::Duration => Some(query.elapsed_ms),
        Fact::Spilled => sum(all, |stage| stage.spilled_to_disk_bytes),
        Fact::Read => sum(all, |stage| stage.input_bytes),
        Fact::ShuffleRead => sum(all, |stage| stage.shuffle_read_bytes),
        Fact::ShuffleWritten => sum(all, |stage| stage.shuffle_write_bytes),
        Fact::Written => sum(all, |stage| stage.output_bytes),
        Fact::Tasks => Some(query.tasks.total.into()),
        Fact::FailedTasks => Some(query.tasks.failed.into()),
        Fact::Stages => Some(query.stages_total.into()),
        Fact::Waited | Fact::Slots | Fact::TaskTime | Fact::Cpu | Fact::Gc => None,
    }
}

/// What the history keeps.
fn of_run(fact: Fact, run: &PastRun) -> Option<u64> {
    let number = match fact {
        Fact::Duration => run.duration_ms,
        Fact::Waited => run.waited_ms,
        Fact::Spilled => run.spilled_bytes,
        Fact::Read => run.read_bytes,
        Fact::ShuffleRead => run.shuffle_read_bytes,
        Fact::Written => run.written_bytes,
        Fact::Tasks => run.tasks,
        // No slot was seen, which says nothing.
        Fact::Slots if run.task_slots == 0 => return None,
        Fact::Slots => run.task_slots,
        Fact::TaskTime => run.run_ms,
        Fact::Cpu => run.cpu_ms,
        Fact::Gc => run.gc_ms,
        Fact::ShuffleWritten | Fact::FailedTasks | Fact::Stages => return None,
    };
    u64::try_from(number).ok()
}

/// None if stages are missing, because the sum would be too small.
fn sum(all: &QueryStages, bytes: fn(&Stage) -> u64) -> Option<u64> {
    (all.stages_not_shown == 0).then(|| all.stages.iter().map(bytes).fold(0, u64::saturating_add))
}

pub fn query_state(state: QueryState) -> String {
    tr(match state {
        QueryState::Running => PageMessage::StateRunning,
        QueryState::Succeeded => PageMessage::StateSucceeded,
        QueryState::Failed => PageMessage::StateFailed,
        QueryState::Canceled => PageMessage::StateCanceled,
        QueryState::Silent => PageMessage::StateSilent,
        QueryState::Unknown => PageMessage::StateUnknown,
    })
}

pub fn run_state(state: RunState) -> String {
    match state {
        RunState::Succeeded => tr(PageMessage::StateSucceeded),
        RunState::Failed => tr(PageMessage::StateFailed),
        RunState::Canceled => tr(PageMessage::StateCanceled),
        RunState::Lost => tr(PastMessage::StateLost),
        RunState::Unknown => tr(PageMessage::StateUnknown),
    }
}

/// The state and the numbers of both.
pub fn fact_rows(first: &Facts<'_>, second: &Facts<'_>) -> Vec<Row> {
    let (state, other) = (first.state(), second.state());
    let difference = Difference::of_words(state.as_deref(), other.as_deref());
    let mut rows = vec![Row::new(tr(CompareMessage::FactState), [state, other], difference)];
    rows.extend(ALL.into_iter().map(|fact| {
        let (number, other, unit) = (first.number(fact), second.number(fact), fact.unit());
        let values = [number, other].map(|number| number.map(|number| amount(number, unit)));
        Row::new(fact.name(), values, Difference::between(number, other, unit))
    }));
    sorted(rows)
}

/// A number as people read it.
pub fn amount(number: u64, unit: Unit) -> String {
    match unit {
        Unit::Milliseconds => format::duration(number),
        Unit::Bytes => format::bytes(number),
        Unit::Count => language::number(number),
    }
}

impl Fact {
    fn unit(self) -> Unit {
        match self {
            Self::Duration | Self::Waited | Self::TaskTime | Self::Cpu | Self::Gc => Unit::Milliseconds,
            Self::Spilled | Self::Read | Self::ShuffleRead | Self::ShuffleWritten | Self::Written => Unit::Bytes,
            Self::Tasks | Self::FailedTasks | Self::Stages | Self::Slots => Unit::Count,
        }
    }

    fn name(self) -> String {
        match self {
            Self::Duration => tr(CompareMessage::FactDuration),
            Self::Waited => tr(CompareMessage::FactWaited),
            Self::Spilled => tr(PageMessage::SpilledToDisk),
            Self::Read => tr(PageMessage::Input),
            Self::ShuffleRead => tr(PageMessage::ShuffleRead),
            Self::ShuffleWritten => tr(PageMessage::ShuffleWritten),
            Self::Written => tr(PageMessage::Output),
            Self::Tasks => tr(CompareMessage::FactTasks),
            Self::FailedTasks => tr(CompareMessage::FactFailedTasks),
            Self::Stages => tr(CompareMessage::FactStages),
            Self::Slots => tr(CompareMessage::FactSlots),
            Self::TaskTime => tr(CompareMessage::FactTaskTime),
            Self::Cpu => tr(CompareMessage::FactCpu),
            Self::Gc => tr(PageMessage::GcTime),
        }
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::super::samples::{run, stages};
    use super::*;

    fn said(rows: &[Row]) -> Vec<String> {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
        rows.iter()
            .map(|row| format!("{}: {} | {} | {}", row.name, value(&row.values[0]), value(&row.values[1]), row.words()))
            .collect()
    }

    #[test]
    fn what_differs_comes_first_and_what_is_not_known_last() {
        let (small, large) = (stages(1_000, 0), stages(9_000, 4096));
        let facts = |all| Facts { spark: Facts::of(all), run: None };
        let rows = said(&fact_rows(&facts(&small), &facts(&large)));
        assert_eq!(
            rows[..3],
            [
                "duration: 1s | 9s | 9.0 times as much",
                "spilled to disk: 0 B | 4.0 KB | only the second",
                "state: succeeded | succeeded | the same",
            ]
        );
        assert_eq!(rows.last().map(String::as_str), Some("garbage collection: ? | ? | not known"));
    }

    #[test]
    fn a_run_of_the_history_is_compared_as_far_as_it_is_known() {
        let (here, past) = (stages(9_000, 0), run());
        let seen = Facts { spark: Facts::of(&here), run: None };
        let rows = said(&fact_rows(&Facts { spark: None, run: Some(&past) }, &seen));
        assert!(rows.contains(&"duration: 3s | 9s | 3.0 times as much".to_owned()), "{rows:#?}");
        assert!(rows.contains(&"state: failed | succeeded | different".to_owned()), "{rows:#?}");
        assert!(rows.contains(&"stages: ? | 1 | not known".to_owned()), "{rows:#?}");
        assert!(rows.contains(&"task slots: 8 | ? | not known".to_owned()), "{rows:#?}");
    }

    #[test]
    fn the_history_completes_what_spark_does_not_tell() {
        let (here, past) = (stages(9_000, 0), run());
        let both = Facts { spark: Facts::of(&here), run: Some(&past) };
        assert_eq!(both.number(Fact::Duration), Some(9_000), "Spark's own number comes first");
        assert_eq!(both.number(Fact::Slots), Some(8));
        let unseen = PastRun { task_slots: 0, ..past };
        assert_eq!(Facts { spark: None, run: Some(&unseen) }.number(Fact::Slots), None);
    }

    #[test]
    fn a_sum_that_lacks_stages_is_not_known_unless_the_history_has_it() {
        let (mut here, past) = (stages(9_000, 4096), run());
        here.stages_not_shown = 2;
        assert_eq!(Facts { spark: Facts::of(&here), run: None }.number(Fact::Spilled), None);
        assert_eq!(Facts { spark: Facts::of(&here), run: Some(&past) }.number(Fact::Spilled), Some(1024));
    }
}
