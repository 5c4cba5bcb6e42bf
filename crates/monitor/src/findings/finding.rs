//! One finding as the rules make it: typed numbers, no sentence.

use std::collections::BTreeMap;

use upstream::driver_path::StageAttempt;
use wire::{CoreHolder, FindingRule, Severity};

/// What a rule found. The rule does not know where: that is added by whoever asked it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hit {
    pub severity: Severity,
    pub evidence: Evidence,
    /// Python that mends it, or that finds out more.
    pub code: Option<String>,
    /// Task time that is lost, milliseconds; 0 if it cannot be told.
    pub cost_ms: u64,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub severity: Severity,
    pub evidence: Evidence,
    pub query_id: Option<String>,
    pub stage: Option<StageAttempt>,
    pub executor_id: Option<String>,
    /// What it is about still runs.
    pub so_far: bool,
    pub code: Option<String>,
    /// Milliseconds.
    pub cost_ms: u64,
    /// Further places with the same finding.
    pub more: u32,
}

impl Finding {
    /// One about the application, which costs nothing that is known.
    #[must_use]
    pub fn new(severity: Severity, evidence: Evidence) -> Self {
        let (query_id, stage, executor_id, code) = (None, None, None, None);
        Self { severity, evidence, query_id, stage, executor_id, so_far: false, code, cost_ms: 0, more: 0 }
    }
}

/// Why adaptive execution did not split a large partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsplit {
    /// It is switched off.
    Off,
    /// It splits partitions of joins only.
    NoJoin,
    /// It splits partitions above 256 MB only.
    Small,
}

/// Why the slow tasks are slow, if not for their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlowBecause {
    /// The plan runs Python, whose time may depend on the values.
    Python,
    /// Neither data nor host nor Python explain it.
    Unknown,
}

/// What tasks wait for that hardly use a CPU.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OffCpuBecause {
    /// Python workers.
    Python,
    /// Input and output, or other programs on the same host.
    InputOrBusyHost,
}

/// The numbers that triggered a rule. Bytes, milliseconds, or counts, as their names say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    DataSkew {
        max_bytes: u64,
        median_bytes: u64,
        max_records: u64,
        median_records: u64,
        max_ms: u64,
        median_ms: u64,
        /// None if that cannot be known.
        unsplit: Option<Unsplit>,
    },
    TimeSkew {
        max_ms: u64,
        median_ms: u64,
        p75_ms: u64,
        because: SlowBecause,
    },
    SlowHost {
        max_ms: u64,
        median_ms: u64,
        slow_tasks: u32,
        host: String,
    },
    Spill {
        disk_bytes: u64,
        memory_bytes: u64,
    },
    MemoryForecast {
        task_bytes: u64,
        slots: u64,
        available_bytes: u64,
        percent: u32,
    },
    FetchedToDisk {
        disk_bytes: u64,
    },
    CacheMisfit {
        name: String,
        cached_partitions: u32,
        partitions: u32,
        memory_bytes: u64,
        disk_bytes: u64,
    },
    GarbageCollection {
        gc_ms: u64,
        run_ms: u64,
        percent: u32,
    },
    ExecutorGarbageCollection {
        percent: u32,
    },
    HeapNearLimit {
        peak_bytes: u64,
        limit_bytes: u64,
        percent: u32,
    },
    ShuffleWait {
        wait_ms: u64,
        run_ms: u64,
        percent: u32,
    },
    OffCpu {
        cpu_ms: u64,
        run_ms: u64,
        percent: u32,
        because: OffCpuBecause,
    },
    TooFewTasks {
        tasks: u32,
        slots: u64,
        elapsed_ms: u64,
    },
    TinyTasks {
        tasks: u32,
        median_ms: u64,
        task_bytes: u64,
    },
    HugePartitions {
        max_bytes: u64,
        tasks: u32,
    },
    SmallFilesRead {
        files: u64,
        file_bytes: u64,
    },
    SmallFilesWritten {
        files: u64,
        file_bytes: u64,
        folders: u64,
    },
    BroadcastChance {
        small_bytes: u64,
        large_bytes: u64,
    },
    LargeBroadcast {
        bytes: u64,
    },
    CrossJoin {
        rows: u64,
    },
    FailedTasks {
        failed: u32,
        tasks: u32,
        stage_failed: bool,
        reason: String,
    },
    ExecutorLost {
        lost: u32,
        out_of_memory: bool,
        reason: String,
    },
    Starved {
        holders: Vec<CoreHolder>,
        cores_used: u32,
        cores_total: u32,
    },
    IdleCores {
        percent: u32,
        slots: u64,
        waiting: Vec<String>,
    },
    IdleHold {
        idle_ms: u64,
        cores: u32,
        cached_bytes: u64,
        waiting: Vec<String>,
        is_connect: bool,
    },
}

impl Evidence {
    #[must_use]
    pub fn rule(&self) -> FindingRule {
        match self {
            Self::DataSkew { .. } => FindingRule::DataSkew,
            Self::TimeSkew { .. } => FindingRule::TimeSkew,
            Self::SlowHost { .. } => FindingRule::SlowHost,
            Self::Spill { .. } => FindingRule::Spill,
            Self::MemoryForecast { .. } => FindingRule::MemoryForecast,
            Self::FetchedToDisk { .. } => FindingRule::FetchedToDisk,
            Self::CacheMisfit { .. } => FindingRule::CacheMisfit,
            Self::GarbageCollection { .. } | Self::ExecutorGarbageCollection { .. } => FindingRule::GarbageCollection,
            Self::HeapNearLimit { .. } => FindingRule::HeapNearLimit,
            Self::ShuffleWait { .. } => FindingRule::ShuffleWait,
            Self::OffCpu { .. } => FindingRule::OffCpu,
            Self::TooFewTasks { .. } => FindingRule::TooFewTasks,
            Self::TinyTasks { .. } => FindingRule::TinyTasks,
            Self::HugePartitions { .. } => FindingRule::HugePartitions,
            Self::SmallFilesRead { .. } => FindingRule::SmallFilesRead,
            Self::SmallFilesWritten { .. } => FindingRule::SmallFilesWritten,
            Self::BroadcastChance { .. } => FindingRule::BroadcastChance,
            Self::LargeBroadcast { .. } => FindingRule::LargeBroadcast,
            Self::CrossJoin { .. } => FindingRule::CrossJoin,
            Self::FailedTasks { .. } => FindingRule::FailedTasks,
            Self::ExecutorLost { .. } => FindingRule::ExecutorLost,
            Self::Starved { .. } => FindingRule::Starved,
            Self::IdleCores { .. } => FindingRule::IdleCores,
            Self::IdleHold { .. } => FindingRule::IdleHold,
        }
    }

    /// The numbers by name; each name ends in its unit, or is a count.
    #[must_use]
    pub fn numbers(&self) -> BTreeMap<String, u64> {
        let numbers: Vec<(&str, u64)> = match *self {
            Self::DataSkew { max_bytes, median_bytes, max_records, median_records, max_ms, median_ms, .. } => vec![
                ("max_bytes", max_bytes),
                ("median_bytes", median_bytes),
                ("max_records", max_records),
                ("median_records", median_records),
                ("max_ms", max_ms),
                ("median_ms", median_ms),
            ],
            Self::TimeSkew { max_ms, median_ms, p75_ms, .. } => {
                vec![("max_ms", max_ms), ("median_ms", median_ms), ("p75_ms", p75_ms)]
            }
            Self::SlowHost { max_ms, median_ms, slow_tasks, .. } => {
                vec![("max_ms", max_ms), ("median_ms", median_ms), ("slow_tasks", slow_tasks.into())]
            }
            Self::Spill { disk_bytes, memory_bytes } => {
                vec![("disk_bytes", disk_bytes), ("memory_bytes", memory_bytes)]
            }
            Self::MemoryForecast { task_bytes, slots, available_bytes, percent } => vec![
                ("task_bytes", task_bytes),
                ("slots", slots),
                ("available_bytes", available_bytes),
                ("percent", percent.into()),
            ],
            Self::FetchedToDisk { disk_bytes } => vec![("disk_bytes", disk_bytes)],
            Self::CacheMisfit { cached_partitions, partitions, memory_bytes, disk_bytes, .. } => vec![
                ("cached_partitions", cached_partitions.into()),
                ("partitions", partitions.into()),
                ("memory_bytes", memory_bytes),
                ("disk_bytes", disk_bytes),
            ],
            Self::GarbageCollection { gc_ms, run_ms, percent } => {
                vec![("gc_ms", gc_ms), ("run_ms", run_ms), ("percent", percent.into())]
            }
            Self::ExecutorGarbageCollection { percent } => vec![("percent", percent.into())],
            Self::HeapNearLimit { peak_bytes, limit_bytes, percent } => {
                vec![("peak_bytes", peak_bytes), ("limit_bytes", limit_bytes), ("percent", percent.into())]
            }
            Self::ShuffleWait { wait_ms, run_ms, percent } => {
                vec![("wait_ms", wait_ms), ("run_ms", run_ms), ("percent", percent.into())]
            }
            Self::OffCpu { cpu_ms, run_ms, percent, .. } => {
                vec![("cpu_ms", cpu_ms), ("run_ms", run_ms), ("percent", percent.into())]
            }
            Self::TooFewTasks { tasks, slots, elapsed_ms } => {
                vec![("tasks", tasks.into()), ("slots", slots), ("elapsed_ms", elapsed_ms)]
            }
            Self::TinyTasks { tasks, median_ms, task_bytes } => {
                vec![("tasks", tasks.into()), ("median_ms", median_ms), ("task_bytes", task_bytes)]
            }
            Self::HugePartitions { max_bytes, tasks } => vec![("max_bytes", max_bytes), ("tasks", tasks.into())],
            Self::SmallFilesRead { files, file_bytes } => vec![("files", files), ("file_bytes", file_bytes)],
            Self::SmallFilesWritten { files, file_bytes, folders } => {
                vec![("files", files), ("file_bytes", file_bytes), ("folders", folders)]
            }
            Self::BroadcastChance { small_bytes, large_bytes } => {
                vec![("small_bytes", small_bytes), ("large_bytes", large_bytes)]
            }
            Self::LargeBroadcast { bytes } => vec![("bytes", bytes)],
            Self::CrossJoin { rows } => vec![("rows", rows)],
            Self::FailedTasks { failed, tasks, .. } => vec![("failed", failed.into()), ("tasks", tasks.into())],
            Self::ExecutorLost { lost, .. } => vec![("lost", lost.into())],
            Self::Starved { cores_used, cores_total, .. } => {
                vec![("cores_used", cores_used.into()), ("cores_total", cores_total.into())]
            }
            Self::IdleCores { percent, slots, .. } => vec![("percent", percent.into()), ("slots", slots)],
            Self::IdleHold { idle_ms, cores, cached_bytes, .. } => {
                vec![("idle_ms", idle_ms), ("cores", cores.into()), ("cached_bytes", cached_bytes)]
            }
        };
        numbers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }
}
