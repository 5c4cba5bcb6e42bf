//! Rows of the driver's REST API, `{base}/api/v1/applications/…`.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, Visitor},
};

use super::shape::{first, optional_text, text};
use crate::Weight;

/// Longest id, name, state or address that is kept, bytes: far more than Spark's own need.
pub(super) const NAME: usize = 512;
/// Longest failure reason that is kept, bytes: more than the panel shows.
const REASON: usize = 2048;
/// Longest trace that is read, bytes: what a Python error says stands at its end.
const TRACE: usize = 16 << 10;
/// RDD ids kept for each stage: enough to tell stages apart.
const RDDS: usize = 1000;

/// What each row of `app/executors` must contain before the answer is passed through.
#[derive(Deserialize)]
#[expect(dead_code, reason = "only the type is checked")]
pub struct AcceptedExecutor {
    id: String,
}

/// What each row of `app/stages` must contain before the answer is passed through.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(dead_code, reason = "only the type is checked")]
pub struct AcceptedStage {
    stage_id: i64,
}

/// An entry of `/api/v1/applications` (`ApplicationInfo` in Spark).
#[derive(Clone, Debug, Deserialize)]
pub struct ApplicationRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub id: String,
    #[serde(default, deserialize_with = "text::<_, NAME>")]
    pub name: String,
    /// Only the newest attempt.
    #[serde(default, deserialize_with = "first::<_, _, 1>")]
    pub attempts: Vec<AttemptRow>,
}

impl Weight for ApplicationRow {
    fn weight_bytes(&self) -> usize {
        self.id.weight_bytes() + self.name.weight_bytes() + self.attempts.weight_bytes()
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttemptRow {
    #[serde(default)]
    pub completed: bool,
    #[serde(default)]
    pub start_time: SparkTime,
    /// Before 1970 while it runs.
    #[serde(default)]
    pub end_time: SparkTime,
    /// Who started the driver.
    #[serde(default, deserialize_with = "text::<_, NAME>")]
    pub spark_user: String,
}

impl Weight for AttemptRow {
    fn weight_bytes(&self) -> usize {
        self.spark_user.weight_bytes()
    }
}

/// A row of `allexecutors` (`ExecutorSummary` in Spark): bytes and milliseconds.
/// Counts may be wrong, even negative, when Spark drops listener events; see [`count`].
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExecutorRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub host_port: String,
    pub is_active: bool,
    pub memory_used: i64,
    /// Cached blocks, not spill.
    pub disk_used: i64,
    pub max_memory: i64,
    pub max_tasks: i64,
    pub active_tasks: i64,
    /// Tasks that it has begun.
    pub total_tasks: Option<i64>,
    pub failed_tasks: i64,
    /// Task time; for the driver, its uptime.
    pub total_duration: i64,
    #[serde(rename = "totalGCTime")]
    pub total_gc_time: i64,
    pub total_shuffle_read: i64,
    pub total_shuffle_write: i64,
    pub add_time: Option<SparkTime>,
    pub remove_time: Option<SparkTime>,
    #[serde(deserialize_with = "optional_text::<_, REASON>")]
    pub remove_reason: Option<String>,
    pub memory_metrics: Option<MemoryMetrics>,
    /// Absent before the executor's first report.
    pub peak_memory_metrics: Option<PeakMemoryMetrics>,
}

/// Memory that is managed by Spark, bytes.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MemoryMetrics {
    pub total_on_heap_storage_memory: i64,
}

/// The largest values since the executor's start, bytes. Executors report with each heartbeat, every 10 s.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PeakMemoryMetrics {
    #[serde(rename = "JVMHeapMemory")]
    pub jvm_heap_memory: i64,
}

impl Weight for ExecutorRow {
    fn weight_bytes(&self) -> usize {
        self.id.weight_bytes() + self.host_port.weight_bytes() + self.remove_reason.weight_bytes()
    }
}

/// A row of `stages` (`StageData` in Spark): bytes and times. Counts may be wrong, even negative.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct StageRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub status: String,
    pub stage_id: i64,
    pub attempt_id: i64,
    pub num_tasks: i64,
    pub num_active_tasks: i64,
    pub num_complete_tasks: i64,
    /// Tasks that are done, each counted once, however often it ran.
    pub num_completed_indices: Option<i64>,
    pub num_failed_tasks: i64,
    pub num_killed_tasks: i64,
    pub submission_time: Option<SparkTime>,
    pub first_task_launched_time: Option<SparkTime>,
    pub completion_time: Option<SparkTime>,
    #[serde(deserialize_with = "optional_text::<_, TRACE>")]
    pub failure_reason: Option<String>,
    /// Sum over tasks, milliseconds.
    pub executor_run_time: i64,
    /// Sum over tasks, nanoseconds.
    pub executor_cpu_time: i64,
    /// Sum over tasks, milliseconds.
    pub jvm_gc_time: i64,
    /// Sum over tasks, milliseconds.
    pub shuffle_fetch_wait_time: i64,
    #[serde(deserialize_with = "first::<_, _, RDDS>")]
    pub rdd_ids: Vec<i64>,
    pub input_bytes: i64,
    pub output_bytes: i64,
    pub shuffle_read_bytes: i64,
    pub shuffle_write_bytes: i64,
    /// What others wrote and was too large to be fetched into memory.
    pub shuffle_remote_bytes_read_to_disk: i64,
    pub memory_bytes_spilled: i64,
    pub disk_bytes_spilled: i64,
    pub name: String,
    /// Under Spark Connect: the request as protobuf text.
    pub details: String,
}

impl StageRow {
    /// Tasks that are done, each counted once.
    #[must_use]
    pub fn completed(&self) -> u32 {
        count(self.num_completed_indices.unwrap_or(self.num_complete_tasks))
    }
}

/// A count from Spark; a negative one becomes zero.
#[must_use]
pub fn count(value: i64) -> u32 {
    u32::try_from(value.max(0)).unwrap_or(u32::MAX)
}

/// Bytes or milliseconds from Spark; a negative value becomes zero.
#[must_use]
pub fn amount(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// A time of the driver's REST API, `2026-11-20T23:34:05.808GMT`, as milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct SparkTime(pub i64);

impl SparkTime {
    /// None for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let civil: jiff::civil::DateTime = text.strip_suffix("GMT")?.parse().ok()?;
        // Spark never writes negative years.
        let zoned = jiff::tz::Offset::UTC.to_timestamp(civil).ok().filter(|_| civil.year() >= 0)?;
        Some(Self(zoned.as_millisecond()))
    }
}

impl fmt::Display for SparkTime {
    /// In the format that Spark writes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{}GMT", jiff::tz::Offset::UTC.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S%.3f"))
    }
}

impl<'de> Deserialize<'de> for SparkTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = SparkTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time such as 2026-11-20T23:34:05.808GMT")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<SparkTime, E> {
                SparkTime::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Other("another text"), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spark_times_are_milliseconds_since_1970() {
        assert_eq!(SparkTime::parse("2026-11-20T23:34:05.808GMT"), Some(SparkTime(1_795_217_645_808)));
        assert_eq!(SparkTime::parse("1969-12-31T23:59:59.999GMT"), Some(SparkTime(-1)));
        assert_eq!(SparkTime(1_795_217_645_808).to_string(), "2026-11-20T23:34:05.808GMT");
        for bad in ["", "GMT", "2026-11-20T23:34:05.808Z", "yesterdayGMT", "-0020580205GMT"] {
            assert_eq!(SparkTime::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_task_that_was_repeated_is_done_once() {
        let row = |json: serde_json::Value| serde_json::from_value::<StageRow>(json).unwrap().completed();
        let repeated = serde_json::json!({"stageId": 1, "numCompleteTasks": 9, "numCompletedIndices": 7});
        assert_eq!(row(repeated), 7);
        assert_eq!(row(serde_json::json!({"stageId": 1, "numCompleteTasks": 9})), 9, "an older Spark");
    }
}
