//! `panel/findings`: what makes queries slow, with its cause and what to do about it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{App, Sentences};

/// What a finding says. Its word is also the key by which a site or a person mutes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingRule {
    /// One partition has far more data than the others: a hot key.
    DataSkew,
    /// A few tasks take far longer than the others, and not because of their data.
    TimeSkew,
    /// All slow tasks run on one executor.
    SlowHost,
    /// Data did not fit into execution memory and was written to disk.
    Spill,
    /// Tasks will soon not fit into execution memory.
    MemoryForecast,
    /// Blocks of a shuffle were fetched from other hosts to disk, because they are too large for memory.
    FetchedToDisk,
    /// Cached data is on disk, or not cached at all, because it does not fit into memory.
    CacheMisfit,
    /// Tasks spend much of their time in garbage collection.
    GarbageCollection,
    /// An executor's heap is nearly full.
    HeapNearLimit,
    /// Tasks wait for other tasks' output.
    ShuffleWait,
    /// Tasks wait for Python workers, for input and output, or for a busy host.
    OffCpu,
    /// A stage has fewer tasks than there are slots.
    TooFewTasks,
    /// A stage has very many tasks with very little work.
    TinyTasks,
    /// A task has very much data.
    HugePartitions,
    /// A query reads many small files.
    SmallFilesRead,
    /// A query writes many small files.
    SmallFilesWritten,
    /// A join sorts both sides although one of them is small.
    BroadcastChance,
    /// Very much data is sent to every executor.
    LargeBroadcast,
    /// A join compares every row with every row.
    CrossJoin,
    /// Tasks or a stage failed.
    FailedTasks,
    /// An executor died.
    ExecutorLost,
    /// The application has no cores.
    Starved,
    /// The application uses few of its cores while another one waits for cores.
    IdleCores,
    /// The application has held cores or cached data for a long time without work.
    IdleHold,
    /// A rule that this reader does not know yet; the sentences beside it still help.
    #[serde(other)]
    Unknown,
}

impl FindingRule {
    /// All rules, in the order of the documentation.
    pub const ALL: [Self; 24] = [
        Self::DataSkew,
        Self::TimeSkew,
        Self::SlowHost,
        Self::Spill,
        Self::MemoryForecast,
        Self::FetchedToDisk,
        Self::CacheMisfit,
        Self::GarbageCollection,
        Self::HeapNearLimit,
        Self::ShuffleWait,
        Self::OffCpu,
        Self::TooFewTasks,
        Self::TinyTasks,
        Self::HugePartitions,
        Self::SmallFilesRead,
        Self::SmallFilesWritten,
        Self::BroadcastChance,
        Self::LargeBroadcast,
        Self::CrossJoin,
        Self::FailedTasks,
        Self::ExecutorLost,
        Self::Starved,
        Self::IdleCores,
        Self::IdleHold,
    ];

    /// The rule with this word.
    #[must_use]
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.key() == key)
    }

    /// The rule's word, as in JSON.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::DataSkew => "data_skew",
            Self::TimeSkew => "time_skew",
            Self::SlowHost => "slow_host",
            Self::Spill => "spill",
            Self::MemoryForecast => "memory_forecast",
            Self::FetchedToDisk => "fetched_to_disk",
            Self::CacheMisfit => "cache_misfit",
            Self::GarbageCollection => "garbage_collection",
            Self::HeapNearLimit => "heap_near_limit",
            Self::ShuffleWait => "shuffle_wait",
            Self::OffCpu => "off_cpu",
            Self::TooFewTasks => "too_few_tasks",
            Self::TinyTasks => "tiny_tasks",
            Self::HugePartitions => "huge_partitions",
            Self::SmallFilesRead => "small_files_read",
            Self::SmallFilesWritten => "small_files_written",
            Self::BroadcastChance => "broadcast_chance",
            Self::LargeBroadcast => "large_broadcast",
            Self::CrossJoin => "cross_join",
            Self::FailedTasks => "failed_tasks",
            Self::ExecutorLost => "executor_lost",
            Self::Starved => "starved",
            Self::IdleCores => "idle_cores",
            Self::IdleHold => "idle_hold",
            Self::Unknown => "unknown",
        }
    }
}

/// How bad a finding is. It does not decide the order, because a warning may cost more than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    Error,
}

/// One finding. What it is about: a stage of a query, a query, an executor, or, without any of them, the application.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    pub rule: FindingRule,
    pub severity: Severity,
    /// As `panel/queries` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage_attempt_id: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub executor_id: Option<String>,
    /// True while the stage or the query still runs, so that the numbers may change.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub so_far: bool,
    /// The numbers that triggered it; their names end in their unit: `_ms`, `_bytes`, `_percent`, or none for a count.
    pub numbers: BTreeMap<String, u64>,
    /// What it means, as a sentence for the user.
    pub meaning: String,
    /// `meaning`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub meaning_sentences: Sentences,
    /// What to do about it now.
    pub advice: String,
    /// `advice`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub advice_sentences: Sentences,
    /// Python that does it, or that finds out more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A page of Spark's documentation about it.
    pub link: String,
    /// Task time that is lost, or the time that cores are held without use; milliseconds. 0 if it cannot be told.
    pub cost_ms: u64,
    /// Further stages of the same query, or executors, with the same finding.
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub more: u32,
}

/// The findings about one application: those that cost the most first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Findings {
    /// Null when no application runs.
    pub app: Option<App>,
    pub findings: Vec<Finding>,
    /// Number of findings left out of `findings`.
    pub findings_not_shown: u32,
    /// Rules that the site has muted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub muted: Vec<FindingRule>,
    /// Requests to the driver that findings caused, besides those of the panel's other views, during the last minute.
    pub calls: u32,
    /// How many of them are allowed.
    pub calls_per_minute: u32,
    /// Stages and queries that were not examined closely yet, because the calls of this minute are used up.
    #[serde(default, skip_serializing_if = "is_none_of_them")]
    pub not_examined: u32,
}

fn is_none_of_them(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rules_key_is_its_word_in_json() {
        for rule in FindingRule::ALL {
            assert_eq!(serde_json::to_value(rule).unwrap(), rule.key());
        }
        assert_eq!(serde_json::from_str::<FindingRule>("\"of_tomorrow\"").unwrap(), FindingRule::Unknown);
    }
}
