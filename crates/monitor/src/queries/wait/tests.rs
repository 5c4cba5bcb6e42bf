//! Each rule at, below and above its threshold.

use serde_json::json;
use wire::Tasks;

use super::{super::seen::QueriesSeen, *};
use crate::stages::{StageDigest, TaskTime};

const NOW_MS: i64 = 100_000;

/// One running operation, with or without a running job, and its stage.
struct Case {
    job: bool,
    stage: Option<KeptStage>,
    look: Option<StageLook>,
    python: bool,
    foreign_tasks: u32,
}

fn works(tasks: Tasks) -> Case {
    let stage = Some(super::super::tests::stage(tasks));
    Case { job: true, stage, look: None, python: false, foreign_tasks: 0 }
}

fn tasks(done: u32, total: u32, running: u32) -> Tasks {
    Tasks { done, total, running, ..Tasks::default() }
}

impl Case {
    fn time(mut self, task_time: TaskTime) -> Self {
        self.stage = self.stage.map(|stage| KeptStage { task_time, ..stage });
        self
    }

    /// Why it waits, `idle_ms` after it started.
    fn wait(&self, idle_ms: i64) -> Wait {
        let jobs = if self.job { json!([{"jobId": 1, "status": "RUNNING"}]) } else { json!([]) };
        let operation =
            json!([{"operationId": "op", "state": "STARTED", "startTimestamp": NOW_MS - idle_ms, "jobIds": ["1"]}]);
        let seen = QueriesSeen {
            jobs: serde_json::from_value(jobs).unwrap(),
            operations: serde_json::from_value(operation).unwrap(),
            ..QueriesSeen::default()
        };
        let drafts = super::super::drafts::drafts(&seen, &StageDigest::default());
        of_query(&Facts {
            is_alone: true,
            draft: drafts.first().unwrap(),
            stage: self.stage.as_ref(),
            look: self.look,
            python: self.python,
            foreign_tasks: self.foreign_tasks,
            now_ms: NOW_MS,
        })
    }
}

#[test]
fn without_a_job_the_driver_works() {
    let idle = Case { job: false, stage: None, look: None, python: false, foreign_tasks: 0 };
    assert_eq!(idle.wait(1_000), Wait::DriverWorks { for_ms: 1_000 });
    assert_eq!(idle.wait(999), Wait::Busy { running: 0 }, "a moment between two jobs is nothing");
    assert_eq!(works(tasks(0, 4, 2)).wait(60_000), Wait::Busy { running: 2 });
}

#[test]
fn a_job_without_slots_waits_for_other_queries() {
    let stuck = |foreign_tasks| Case { foreign_tasks, ..works(tasks(0, 4, 0)) };
    assert_eq!(stuck(2).wait(60_000), Wait::SlotsTaken { running: 2 });
    assert_eq!(stuck(0).wait(60_000), Wait::Busy { running: 0 });
}

#[test]
fn tasks_that_wait_for_shuffle_data() {
    let fetch = |run_ms, fetch_wait_ms| {
        let time = TaskTime { run_ms, fetch_wait_ms, cpu_ms: run_ms, gc_ms: 0 };
        works(tasks(2, 4, 2)).time(time).wait(60_000)
    };
    assert_eq!(fetch(10_000, 2_100), Wait::ShuffleFetch { stage_id: 4, percent: 21 });
    assert_eq!(fetch(10_000, 2_000), Wait::Busy { running: 2 }, "20 % is not above 20 %");
    assert_eq!(fetch(9_999, 9_000), Wait::Busy { running: 2 }, "too short to say");
}

fn slow(slowest_ms: u64) -> StageLook {
    StageLook { median_ms: 1_700, p75_ms: 1_800, slowest_ms, median_bytes_read: 30 << 20, slowest_bytes_read: 0 }
}

#[test]
fn the_last_tasks_are_slower_than_the_rest() {
    let last = |tasks, look| Case { look: Some(look), ..works(tasks) }.wait(60_000);
    let expected =
        Wait::LastTasks { stage_id: 4, left: 1, total: 40, slowest_ms: 15_300, median_ms: 1_700, more_data: false };
    assert_eq!(last(tasks(39, 40, 1), slow(15_300)), expected);
    assert!(matches!(last(tasks(39, 40, 1), slow(5_101)), Wait::LastTasks { .. }));
    for (tasks, look, why) in [
        (tasks(39, 40, 1), slow(5_100), "three medians are not more than three"),
        (tasks(39, 40, 1), StageLook { median_ms: 10, ..slow(5_000) }, "five seconds are short"),
        (tasks(37, 40, 2), slow(15_300), "one has not been launched"),
        (tasks(7, 8, 1), slow(15_300), "seven tasks are no measure"),
    ] {
        assert!(matches!(last(tasks, look), Wait::Busy { .. }), "{why}");
    }
}

#[test]
fn a_slow_task_with_much_more_data_is_told_apart_from_a_slow_host() {
    let more_data = |slowest_bytes_read| {
        let look = StageLook { slowest_bytes_read, ..slow(15_300) };
        match (Case { look: Some(look), ..works(tasks(39, 40, 1)) }).wait(60_000) {
            Wait::LastTasks { more_data, .. } => more_data,
            other => panic!("{other:?}"),
        }
    };
    assert!(more_data((90 << 20) + 1));
    assert!(!more_data(90 << 20), "three medians are not more than three");
}

#[test]
fn python_workers_are_named_only_when_the_plan_has_some() {
    let at = |python, run_ms, cpu_ms| {
        let case = Case { python, ..works(tasks(2, 4, 2)) };
        case.time(TaskTime { run_ms, cpu_ms, gc_ms: 0, fetch_wait_ms: 0 }).wait(60_000)
    };
    assert_eq!(at(true, 10_001, 2_900), Wait::Python { stage_id: 4, jvm_percent: 28 });
    for (python, run_ms, cpu_ms) in [(true, 10_000, 100), (true, 20_000, 6_000), (false, 20_000, 100)] {
        assert_eq!(at(python, run_ms, cpu_ms), Wait::Busy { running: 2 });
    }
}
