//! From the driver's rows to the table that people see, with the share of garbage collection over the last polls.

use std::collections::HashMap;

use upstream::{
    Weight,
    driver::{ExecutorRow, amount, count},
    rows::FirstRows,
};
use wire::{App, Executor, Executors, Level, Meter};

use crate::{clock::DriverTime, text};

/// Task time that a share must be based on, milliseconds.
const WINDOW_MS: i64 = 10_000;
/// Garbage collection above this share of task time needs attention, tenths of a percent (Spark's own UI: 10 %).
const AMBER_PERMILLE: u32 = 100;
/// The part of a heap that Spark leaves alone, bytes.
const RESERVED: u64 = 300 << 20;
/// Heaps are given such sizes, bytes. With a share other than 60 %, the result below never is one: half, 70, 75, 80 and
/// 90 % of multiples of this give no multiple of it.
const HEAP_UNIT: u64 = 64 << 20;
/// How Spark's reasons begin when it removed an executor on purpose.
const ON_PURPOSE: [&str; 2] = ["Executor killed by driver", "Executor decommission"];
/// Longest removal reason that is shown, characters.
const LONGEST_REASON: usize = 200;

/// The executors at one moment.
#[derive(Debug, Default)]
pub struct ExecutorsSeen {
    rows: FirstRows<ExecutorRow>,
    gc: HashMap<String, GcWindow>,
}

/// Garbage collection of one executor since its `total_gc_time` was `from_gc_ms`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct GcWindow {
    from_gc_ms: i64,
    from_task_ms: i64,
    permille: Option<u32>,
}

impl ExecutorsSeen {
    /// Combines the rows of this poll with what is remembered from the one `before`.
    #[must_use]
    pub fn new(rows: FirstRows<ExecutorRow>, before: Option<&Self>) -> Self {
        let gc = rows.iter().map(|row| {
            let known = before.and_then(|before| before.gc.get(&row.id)).copied();
            (row.id.clone(), GcWindow::next(known, row))
        });
        let gc = gc.collect();
        Self { rows, gc }
    }

    /// The executors as the panel shows them: live ones first, at most `limit`.
    #[must_use]
    pub fn shown(&self, app: Option<App>, limit: usize, time: DriverTime) -> Executors {
        let is_driver = |row: &&ExecutorRow| row.id == "driver";
        let driver = self.rows.iter().find(is_driver).map(|row| self.executor(row, time));
        let mut rows: Vec<_> = self.rows.iter().filter(|row| !is_driver(row)).collect();
        rows.sort_by_key(|row| (!row.is_active, row.id.parse::<u64>().unwrap_or(u64::MAX)));
        let slots = self.slots();
        let not_shown = u32::try_from(rows.len().saturating_sub(limit)).unwrap_or(u32::MAX);
        Executors {
            app,
            driver,
            active_tasks: u32::try_from(slots.used).unwrap_or(u32::MAX),
            task_slots: u32::try_from(slots.total).unwrap_or(u32::MAX),
            executors_not_shown: not_shown.saturating_add(self.rows.left_out),
            executors: rows.into_iter().take(limit).map(|row| self.executor(row, time)).collect(),
        }
    }

    /// Task slots in use and in total; for a local driver, which runs its tasks itself, its own.
    #[must_use]
    pub fn slots(&self) -> Meter {
        self.slots_of(|_| true)
    }

    /// The same, only of executors that have begun a task. What a stage still counts of a lost executor cannot run on
    /// one that has just come.
    #[must_use]
    pub fn slots_at_work(&self) -> Meter {
        self.slots_of(|row| row.total_tasks != Some(0))
    }

    fn slots_of(&self, which: fn(&ExecutorRow) -> bool) -> Meter {
        let living = || self.rows.iter().filter(|row| row.is_active && which(row));
        let used = living().map(|row| u64::from(active_tasks(row))).fold(0, u64::saturating_add);
        Meter::new(used, living().map(|row| amount(row.max_tasks)).fold(0, u64::saturating_add))
    }

    /// Storage memory of the live executors, bytes; that of a driver whose executors hold the data is left out.
    #[must_use]
    pub fn storage_bytes(&self) -> Meter {
        let has_executors = self.rows.iter().any(|row| row.is_active && row.id != "driver");
        let living = || self.rows.iter().filter(|row| row.is_active && (row.id != "driver") == has_executors);
        let used = living().map(|row| amount(row.memory_used)).fold(0, u64::saturating_add);
        Meter::new(used, living().map(|row| amount(row.max_memory)).fold(0, u64::saturating_add))
    }

    /// Sum over all ended tasks of all executors, milliseconds. The driver's own row has its uptime instead.
    #[must_use]
    pub fn task_time_ms(&self) -> u64 {
        let executors = self.rows.iter().filter(|row| row.id != "driver");
        executors.map(|row| amount(row.total_duration)).fold(0, u64::saturating_add)
    }

    fn executor(&self, row: &ExecutorRow, time: DriverTime) -> Executor {
        // The driver's task time is its uptime, so a share would mean nothing.
        let is_driver = row.id == "driver";
        let gc_permille = self.gc.get(&row.id).and_then(|window| window.permille).filter(|_| !is_driver);
        Executor {
            executor_id: row.id.clone(),
            host: text::host(&row.host_port),
            active_tasks: active_tasks(row),
            task_slots: count(row.max_tasks),
            failed_tasks: count(row.failed_tasks),
            peak_heap_bytes: peak_heap_bytes(row),
            heap_limit_bytes: heap_limit_bytes(row),
            storage_bytes: Meter::new(amount(row.memory_used), amount(row.max_memory)),
            cached_to_disk_bytes: amount(row.disk_used),
            shuffle_read_bytes: amount(row.total_shuffle_read),
            shuffle_write_bytes: amount(row.total_shuffle_write),
            gc_permille,
            gc_level: if gc_permille > Some(AMBER_PERMILLE) { Level::Amber } else { Level::Green },
            added_at_ms: row.add_time.map_or(0, |at| time.to_ours(at.0)),
            removed_at_ms: row.remove_time.map(|at| time.to_ours(at.0)),
            removed: (!row.is_active).then(|| removal(row)),
        }
    }
}

/// Spark counts a task for a moment after it has ended, so more tasks may seem to run than there are slots; and a dead
/// executor keeps its last count.
fn active_tasks(row: &ExecutorRow) -> u32 {
    if row.is_active { count(row.active_tasks).min(count(row.max_tasks)) } else { 0 }
}

fn peak_heap_bytes(row: &ExecutorRow) -> u64 {
    row.peak_memory_metrics.map_or(0, |peak| amount(peak.jvm_heap_memory))
}

/// Spark manages 60 % of the heap without 300 MiB (`spark.memory.fraction`). If the result is no usual size, the share is
/// another one, and the limit is not known.
fn heap_limit_bytes(row: &ExecutorRow) -> Option<u64> {
    let managed = amount(row.memory_metrics?.total_on_heap_storage_memory);
    let heap = (managed > 0).then(|| managed.saturating_mul(5).div_ceil(3).saturating_add(RESERVED))?;
    // Spark rounded the share down.
    let rounded = heap.saturating_add(HEAP_UNIT / 2) / HEAP_UNIT * HEAP_UNIT;
    (heap.abs_diff(rounded) <= 2 && peak_heap_bytes(row) <= rounded).then_some(rounded)
}

/// Whether an executor died. Dynamic allocation and decommissioning remove executors on purpose, and an executor whose
/// end Spark does not explain has ended with its application.
#[must_use]
pub fn is_lost(executor: &Executor) -> bool {
    let on_purpose = |reason: &str| reason.is_empty() || ON_PURPOSE.iter().any(|start| reason.starts_with(start));
    executor.removed.as_deref().is_some_and(|reason| !on_purpose(reason))
}

fn removal(row: &ExecutorRow) -> String {
    text::line(row.remove_reason.as_deref().unwrap_or_default(), LONGEST_REASON)
}

impl GcWindow {
    fn next(known: Option<Self>, row: &ExecutorRow) -> Self {
        let here = Self { from_gc_ms: row.total_gc_time, from_task_ms: row.total_duration, permille: None };
        let Some(window) = known else { return here };
        let task_ms = row.total_duration - window.from_task_ms;
        if task_ms < 0 {
            // Another executor reuses the id.
            here
        } else if task_ms < WINDOW_MS {
            window
        } else {
            let gc_ms = amount(row.total_gc_time - window.from_gc_ms);
            let permille = gc_ms.saturating_mul(1000) / amount(task_ms).max(1);
            Self { permille: Some(u32::try_from(permille.min(1000)).unwrap_or(1000)), ..here }
        }
    }
}

impl Weight for ExecutorsSeen {
    fn weight_bytes(&self) -> usize {
        let names = self.gc.keys().map(Weight::weight_bytes).sum::<usize>();
        self.rows.weight_bytes() + self.gc.capacity() * size_of::<(String, GcWindow)>() + names
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use upstream::driver::{MemoryMetrics, PeakMemoryMetrics};

    fn row(total_gc_time: i64, total_duration: i64) -> FirstRows<ExecutorRow> {
        FirstRows::of([ExecutorRow {
            id: "1".into(),
            is_active: true,
            total_gc_time,
            total_duration,
            ..Default::default()
        }])
    }

    #[test]
    fn an_executor_that_spark_removed_on_purpose_is_not_lost() {
        let lost = |reason: &str, is_active| {
            let remove_reason = Some(reason.to_owned());
            let row = ExecutorRow { id: "1".into(), is_active, remove_reason, ..Default::default() };
            let seen = ExecutorsSeen::new(FirstRows::of([row]), None).shown(None, 10, DriverTime::at(0, 0));
            seen.executors.iter().any(is_lost)
        };
        assert!(lost("Command exited with code 137", false) && lost("worker lost: 10.0.0.1", false));
        for on_purpose in ["Executor killed by driver.", "Executor decommission.", ""] {
            assert!(!lost(on_purpose, false), "{on_purpose}");
        }
        assert!(!lost("Command exited with code 137", true));
    }

    fn permille(seen: &ExecutorsSeen) -> Option<u32> {
        seen.gc.get("1").unwrap().permille
    }

    #[test]
    fn hidden_characters_of_hosts_and_reasons_are_not_shown() {
        let row = ExecutorRow {
            host_port: "10.0.0.7\u{202e}:4040\u{0}".into(),
            remove_reason: Some("lost\u{1b}[31m\nheartbeat".into()),
            ..ExecutorRow::default()
        };
        let shown = ExecutorsSeen::new(FirstRows::of([row]), None).shown(None, 1, DriverTime::at(0, 0));
        assert_eq!(shown.executors[0].host, "10.0.0.7:4040");
        assert_eq!(shown.executors[0].removed.as_deref(), Some("lost[31m heartbeat"));
    }

    #[test]
    fn garbage_collection_is_a_share_of_the_last_polls_not_since_the_start() {
        let first = ExecutorsSeen::new(row(90_000, 100_000), None);
        assert_eq!(permille(&first), None, "one poll says nothing");
        let too_early = ExecutorsSeen::new(row(90_500, 109_999), Some(&first));
        assert_eq!(permille(&too_early), None, "less than ten seconds of task time");
        let known = ExecutorsSeen::new(row(91_200, 110_000), Some(&too_early));
        assert_eq!(permille(&known), Some(120));
        let idle = ExecutorsSeen::new(row(91_200, 110_000), Some(&known));
        assert_eq!(permille(&idle), Some(120), "the last share stays while nothing runs");
        let calm = ExecutorsSeen::new(row(91_300, 130_000), Some(&idle));
        assert_eq!(permille(&calm), Some(5));
    }

    #[test]
    fn no_more_tasks_run_than_there_are_slots_and_none_on_a_dead_executor() {
        let row = ExecutorRow { is_active: true, active_tasks: 3, max_tasks: 2, ..ExecutorRow::default() };
        let dead = ExecutorRow { is_active: false, ..row.clone() };
        let seen = ExecutorsSeen::new(FirstRows::of([row, dead]), None);
        assert_eq!((seen.slots().used, seen.slots().total), (2, 2));
        let shown = seen.shown(None, 10, DriverTime::at(0, 0));
        assert_eq!((shown.executors[0].active_tasks, shown.executors[1].active_tasks, shown.active_tasks), (2, 0, 2));
    }

    #[test]
    fn an_executor_that_has_just_come_is_not_between_two_tasks() {
        let row = |total_tasks| ExecutorRow { is_active: true, max_tasks: 2, total_tasks, ..ExecutorRow::default() };
        let at_work = |tasks| ExecutorsSeen::new(FirstRows::of([row(tasks)]), None).slots_at_work().total;
        assert_eq!([Some(0), Some(7), None].map(at_work), [0, 2, 2]);
    }

    #[test]
    fn a_heap_is_shown_at_its_peak_and_its_limit_only_if_that_can_be_one() {
        let heap = |managed, peak| {
            let row = ExecutorRow {
                memory_metrics: Some(MemoryMetrics { total_on_heap_storage_memory: managed }),
                peak_memory_metrics: Some(PeakMemoryMetrics { jvm_heap_memory: peak }),
                ..ExecutorRow::default()
            };
            (peak_heap_bytes(&row), heap_limit_bytes(&row))
        };
        assert_eq!(heap(455_501_414, 408_070_112), (408_070_112, Some(1024 << 20)), "recorded from Spark 4.3.0");
        assert_eq!(heap(294_440_140, 380_193_208), (380_193_208, Some(768 << 20)));
        assert_eq!(heap(294_440_140, 800 << 20), (800 << 20, None), "more than the limit is another limit");
        for percent in [50, 70, 75, 80, 90] {
            for mib in (512..=16_384).step_by(64) {
                assert_eq!(heap(((mib - 300) << 20) * percent / 100, 1), (1, None), "{percent} % of {mib} MiB");
            }
        }
        assert_eq!((peak_heap_bytes(&ExecutorRow::default()), heap_limit_bytes(&ExecutorRow::default())), (0, None));
    }

    #[test]
    fn exactly_10_percent_is_still_green() {
        let first = ExecutorsSeen::new(row(0, 0), None);
        let level = |gc| {
            ExecutorsSeen::new(row(gc, 10_000), Some(&first))
                .executor(&row(gc, 10_000)[0], DriverTime::at(0, 0))
                .gc_level
        };
        assert_eq!((level(1_000), level(1_010)), (Level::Green, Level::Amber));
    }
}
