//! `history/…`: what the sidecar remembers of a person's Spark.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::{QueryState, Sentences};

/// Where the history is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Storage {
    /// In the person's state folder.
    File,
    /// In a local folder, and copied to the state folder every ten minutes and at the end.
    Copied,
    /// In memory, until the sidecar ends.
    Memory,
}

/// What is stored, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Collector {
    pub storage: Storage,
    /// The database's file; null in memory.
    pub file: Option<String>,
    /// Whether this sidecar takes the samples; another one of the same person may.
    pub samples: bool,
    /// Size of the database, and the largest size that it may have.
    pub size_bytes: u64,
    pub most_bytes: u64,
    pub points: u64,
    pub runs: u64,
    /// Milliseconds since 1970; null while there is nothing.
    pub oldest_at_ms: Option<i64>,
    pub newest_at_ms: Option<i64>,
    /// Changes that could not be written since the sidecar's start.
    pub lost: u64,
    /// What is stored, where, and how to stop it: in a form that can be translated.
    pub about: Sentences,
}

/// Why a run took much longer than earlier runs that asked the same: the first reason that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SlowerReason {
    WaitedForCores,
    FewerSlots,
    MoreData,
    NewSpill,
    GarbageCollection,
    PlanChanged,
    NoCauseSeen,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Succeeded,
    Failed,
    Canceled,
    /// It was running when its application was last seen.
    Lost,
    Unknown,
}

/// One run of a query. Sums are over all its tasks that Spark remembered when it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastRun {
    pub shape_id: i64,
    /// The query without its literals.
    pub label: String,
    pub app_id: String,
    pub query_id: String,
    pub state: RunState,
    /// Spark's or Python's class of the error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_class: Option<String>,
    /// Milliseconds since 1970.
    pub submitted_at_ms: i64,
    pub duration_ms: i64,
    /// From its submission to its first task.
    pub waited_ms: i64,
    /// Task slots of its application.
    pub task_slots: i64,
    pub tasks: i64,
    pub run_ms: i64,
    pub cpu_ms: i64,
    pub gc_ms: i64,
    pub read_bytes: i64,
    pub shuffle_read_bytes: i64,
    pub spilled_bytes: i64,
    pub written_bytes: i64,
    /// Its SQL and why it failed, without what looks like a secret; only where a setting keeps them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub statement: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Set if it was slower than usual.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slower: Option<SlowerReason>,
    /// `slower` as a sentence.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slower_words: String,
    /// `slower_words`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slower_sentences: Sentences,
}

/// Queries that ask the same with different literals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastShape {
    pub shape_id: i64,
    pub label: String,
    /// What the shape was made from: `sql`, `tag`, `plan` or `call_site`.
    pub made_from: String,
    pub runs: i64,
    /// The newest run; null if all are forgotten.
    pub newest: Option<PastRun>,
}

/// A person's queries, the last run first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastQueries {
    pub shapes: Vec<PastShape>,
    /// More are remembered.
    pub has_more: bool,
}

/// Runs, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastRuns {
    pub runs: Vec<PastRun>,
    /// More are remembered.
    pub has_more: bool,
}

/// One application, running or gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastApp {
    pub app_id: String,
    /// Long numbers in it are `?`.
    pub name: String,
    /// Milliseconds since 1970; 0 if unknown.
    pub started_at_ms: i64,
    /// When Spark last listed it.
    pub last_seen_at_ms: i64,
    /// When Spark was first seen not to list it any more; null while it runs, or if nobody looked. Spark does not tell
    /// a crash from a clean end.
    pub gone_at_ms: Option<i64>,
}

/// Applications, the last seen first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastApps {
    pub apps: Vec<PastApp>,
    /// More are remembered.
    pub has_more: bool,
}

/// An executor that an application lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LostExecutor {
    pub executor_id: String,
    /// When it was first seen to be gone; milliseconds since 1970.
    pub at_ms: i64,
    /// One word, such as `exited_137` or `no_heartbeat`.
    pub reason: String,
    /// `reason` as a sentence; empty if Spark did not tell.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// `why`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub why_sentences: Sentences,
    pub values: BTreeMap<String, f64>,
}

/// What is remembered of one application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastAppDetail {
    /// Null if it is not remembered.
    pub app: Option<PastApp>,
    /// How it ended as far as was seen, as sentences; empty while Spark lists it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub end: String,
    /// `end`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub end_sentences: Sentences,
    /// Its last queries, newest first.
    pub runs: Vec<PastRun>,
    pub lost_executors: Vec<LostExecutor>,
    /// The largest Java heap of any executor, bytes; 0 if unknown.
    pub peak_heap_bytes: u64,
    pub series: Series,
}

/// Numbers over time, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Series {
    /// 0 for samples, else the length of the time that each point covers; milliseconds.
    pub step_ms: i64,
    /// Two points further apart than this have a gap between them; milliseconds.
    pub gap_ms: i64,
    pub points: Vec<SeriesPoint>,
}

/// The numbers of one moment, or of the time from that moment on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SeriesPoint {
    /// Milliseconds since 1970.
    pub at_ms: i64,
    /// How much of the time is covered by samples; 0 for a sample.
    pub covered_ms: i64,
    /// For each name its mean, its least and its greatest value; three times the same for a sample. Means have six
    /// digits.
    #[serde(serialize_with = "briefly")]
    pub values: BTreeMap<String, [f64; 3]>,
}

/// Writes 96.0 as 96: of a month's bytes that is a tenth.
fn briefly<S: Serializer>(values: &BTreeMap<String, [f64; 3]>, serializer: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Number {
        Whole(i64),
        Broken(f64),
    }
    #[expect(clippy::cast_possible_truncation, reason = "below 2^53 it is exact")]
    let number = |value: &f64| match *value {
        whole if whole.fract() == 0.0 && whole.abs() < 9e15 => Number::Whole(whole as i64),
        broken => Number::Broken(broken),
    };
    serializer.collect_map(values.iter().map(|(name, of)| (name, of.each_ref().map(number))))
}

/// That everything was forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forgotten {
    pub forgotten: bool,
}

impl RunState {
    /// The state of a query that has ended; none while it runs.
    #[must_use]
    pub fn of(state: QueryState) -> Option<Self> {
        match state {
            QueryState::Running | QueryState::Silent => None,
            QueryState::Succeeded => Some(Self::Succeeded),
            QueryState::Failed => Some(Self::Failed),
            QueryState::Canceled => Some(Self::Canceled),
            QueryState::Unknown => Some(Self::Unknown),
        }
    }

    /// The word under which it is stored.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Lost => "lost",
            Self::Unknown => "unknown",
        }
    }

    /// The state that a word stands for.
    #[must_use]
    pub fn of_word(word: &str) -> Self {
        let all = [Self::Succeeded, Self::Failed, Self::Canceled, Self::Lost];
        all.into_iter().find(|state| state.word() == word).unwrap_or(Self::Unknown)
    }
}
