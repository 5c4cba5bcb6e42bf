//! Every threshold of every rule. A value that is exactly at its threshold is no finding.

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// Finished tasks that quantiles must be based on.
pub(super) const ENOUGH_TASKS: u32 = 8;
/// Task time that a share must be based on, milliseconds.
pub(super) const ENOUGH_TASK_TIME_MS: u64 = 10_000;

/// A limit for a warning and one for an error.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ladder {
    pub warning: u64,
    pub error: u64,
}

/// Skew in time: the slowest task against the median (adaptive execution's rule uses five medians of bytes), against
/// the third quartile (Databricks' guide), and at least so long, milliseconds.
pub(super) const SLOW_TASK_MEDIANS: Ladder = Ladder { warning: 3, error: 10 };
pub(super) const SLOW_TASK_HALF_QUARTILES: u64 = 3;
pub(super) const SLOW_TASK_MS: u64 = 5_000;
/// Skew in data: the largest task against the median, and at least so large, bytes.
pub(super) const LARGE_TASK_MEDIANS: Ladder = Ladder { warning: 3, error: 10 };
pub(super) const LARGE_TASK_BYTES: Ladder = Ladder { warning: 64 * MIB, error: 256 * MIB };
/// Below this, uneven data costs nothing worth a word, milliseconds of the slowest task.
pub(super) const LARGE_TASK_MS: u64 = 2_000;
/// A page lists the slowest tasks of a stage whose slowest one took longer than this, milliseconds.
pub(super) const LISTED_TASK_MS: u64 = 1_000;
/// Less uneven data than this is no cause of a slow task, bytes and rows.
pub(super) const CAUSE_BYTES: u64 = MIB;
pub(super) const CAUSE_RECORDS: u64 = 10_000;
/// Adaptive execution splits no partition up to this size (`skewedPartitionThresholdInBytes`).
pub(super) const ADAPTIVE_SPLIT_BYTES: u64 = 256 * MIB;

/// Spill to disk. Less than the first is not worth a word.
pub(super) const SPILL_BYTES: Ladder = Ladder { warning: MIB, error: GIB };
/// Spilled memory that counts as much as the error of [`SPILL_BYTES`], percent of the bytes read; and at least so much.
pub(super) const SPILL_OF_READ_PERCENT: u32 = 10;
pub(super) const SPILL_MEMORY_BYTES: u64 = GIB;
/// A disk writes and reads about so much in a millisecond, for the estimate of what spill costs; bytes.
pub(super) const DISK_BYTES_PER_MS: u64 = 100 * 1024;
/// Execution memory that all slots of an executor need together, percent of what there is.
pub(super) const FORECAST_PERCENT: Ladder = Ladder { warning: 75, error: 95 };
/// Less than this in one task never fills an executor's memory, bytes.
pub(super) const FORECAST_TASK_BYTES: u64 = 32 * MIB;
/// Remote blocks that were fetched to disk, bytes.
pub(super) const FETCHED_TO_DISK_BYTES: u64 = 64 * MIB;
/// Cached blocks on disk that are worth a word, bytes.
pub(super) const CACHED_ON_DISK_BYTES: u64 = MIB;
/// Storage memory counts as full from here on, percent.
pub(super) const STORAGE_FULL_PERCENT: u32 = 80;

/// Garbage collection, percent of task time (Spark's own page marks it at 10 %).
pub(super) const GC_PERCENT: Ladder = Ladder { warning: 10, error: 20 };
/// The largest heap since the start, percent of the limit.
pub(super) const HEAP_PERCENT: Ladder = Ladder { warning: 90, error: 95 };
/// Waiting for other tasks' output, percent of task time.
pub(super) const FETCH_WAIT_PERCENT: Ladder = Ladder { warning: 20, error: 40 };
/// Time on a CPU in the JVM, percent of task time; less is little.
pub(super) const ON_CPU_PERCENT: u32 = 30;

/// A stage that is this short needs no more tasks, milliseconds.
pub(super) const FEW_TASKS_MS: u64 = 10_000;
/// Tiny tasks: very many with so short a median, or many with so little data each.
pub(super) const VERY_MANY_TASKS: u32 = 5_000;
pub(super) const TINY_TASK_MS: u64 = 500;
pub(super) const MANY_TASKS: u32 = 1_000;
pub(super) const TINY_TASK_BYTES: u64 = MIB;
/// Tasks with little data but this much work are not tiny, milliseconds.
pub(super) const WORKING_TASK_MS: u64 = 2_000;
/// Data of one task, bytes.
pub(super) const HUGE_PARTITION_BYTES: Ladder = Ladder { warning: GIB, error: 5 * GIB };
/// Small files: more than so many, with a mean below so many bytes.
pub(super) const MANY_FILES: u64 = 100;
pub(super) const SMALL_FILE_BYTES: u64 = 3 * MIB;
/// A good size of a file, bytes.
pub(super) const GOOD_FILE_BYTES: u64 = 128 * MIB;
/// Opening a file takes about so long, for the estimate of what small files cost; milliseconds.
pub(super) const OPEN_FILE_MS: u64 = 10;
/// Joins that sort a small side against a large one: below the first against above the second, bytes (DataFlint's
/// ladder without its last step, which sends 5 GiB to every executor).
pub(super) const BROADCAST_STEPS: [(u64, u64); 3] = [(10 * MIB, 0), (100 * MIB, 10 * GIB), (GIB, 300 * GIB)];
/// Both sides below this are joined at once either way, bytes.
pub(super) const BROADCAST_LARGE_BYTES: u64 = 64 * MIB;
/// Data that is sent to every executor, bytes.
pub(super) const LARGE_BROADCAST_BYTES: u64 = GIB;
/// Pairs of rows that a join compares.
pub(super) const CROSS_JOIN_ROWS: u64 = 10_000_000_000;

/// Failed tasks, percent of all.
pub(super) const FAILED_PERCENT: Ladder = Ladder { warning: 1, error: 10 };
/// How long a lost executor is reported, milliseconds.
pub(super) const LOST_MS: i64 = 15 * 60_000;
/// Idle cores, percent of slots times window; and the window, milliseconds.
pub(super) const IDLE_PERCENT: u32 = 50;
pub(super) const IDLE_WINDOW_MS: i64 = 10 * 60_000;
/// A window that is a little shorter counts too, because polls come when they come.
pub(super) const IDLE_LEAST_WINDOW_MS: i64 = 9 * 60_000;
/// How long an application may hold what it does not use, milliseconds.
pub(super) const HOLD_MS: i64 = 30 * 60_000;

/// How long a finding outlives its query, milliseconds.
pub(super) const OUTLIVES_MS: i64 = 30 * 60_000;
/// Findings that are shown.
pub(super) const SHOWN: usize = 50;

impl Ladder {
    /// The severity of a value that may be of either kind; none at or below the warning.
    pub fn severity(self, value: u64) -> Option<wire::Severity> {
        if value > self.error {
            Some(wire::Severity::Error)
        } else if value > self.warning {
            Some(wire::Severity::Warning)
        } else {
            None
        }
    }
}
