//! Rows of the driver's lists of jobs, SQL executions, Spark Connect operations and tasks: only the fields that we use.

use serde::{Deserialize, Deserializer};

use super::{
    driver::{NAME, SparkTime, count},
    rows::Newest,
    shape::{Text, first, text},
};
use crate::Weight;

/// Ids of jobs, stages or executions kept of one row.
const IDS: usize = 10_000;
/// Tags kept of one row.
const TAGS: usize = 100;
/// Longest tag, bytes: Spark's own tags contain three ids and a user's name.
const TAG: usize = 1024;
/// Operators kept of one plan.
const NODES: usize = 5_000;
/// Metrics kept of one operator; Spark's operators have up to thirty.
const METRICS: usize = 100;
/// Edges kept of one plan.
const EDGES: usize = 10_000;
/// Longest value of a metric or description of an operator that is kept, bytes.
const VALUE: usize = 1024;
/// Quantiles kept; we request five at most.
const QUANTILES: usize = 16;

/// A row of `jobs` (`JobData` in Spark). Counts may be wrong, even negative.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobRow {
    pub job_id: i64,
    pub name: String,
    /// From `setJobDescription`; under Spark Connect, the beginning of the request.
    pub description: Option<String>,
    pub submission_time: Option<SparkTime>,
    pub completion_time: Option<SparkTime>,
    #[serde(deserialize_with = "first::<_, _, IDS>")]
    pub stage_ids: Vec<i64>,
    /// From Spark 3.5 on.
    #[serde(deserialize_with = "tags")]
    pub job_tags: Vec<String>,
    /// RUNNING, SUCCEEDED, FAILED or UNKNOWN.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub status: String,
    pub num_tasks: i64,
    pub num_active_tasks: i64,
    pub num_completed_tasks: i64,
    /// Tasks that are done, each counted once, however often it ran.
    pub num_completed_indices: Option<i64>,
    pub num_skipped_tasks: i64,
    pub num_failed_tasks: i64,
    pub num_killed_tasks: i64,
    pub num_completed_stages: i64,
    pub num_skipped_stages: i64,
}

impl JobRow {
    pub fn runs(&self) -> bool {
        self.status == "RUNNING"
    }

    /// Tasks that are done, each counted once.
    #[must_use]
    pub fn completed(&self) -> u32 {
        count(self.num_completed_indices.unwrap_or(self.num_completed_tasks))
    }
}

/// A row of `sql` (`ExecutionData` in Spark).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlRow {
    pub id: i64,
    /// RUNNING, COMPLETED or FAILED.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub status: String,
    pub description: String,
    pub submission_time: Option<SparkTime>,
    /// Milliseconds.
    pub duration: i64,
    #[serde(deserialize_with = "first::<_, _, IDS>")]
    pub running_job_ids: Vec<i64>,
    #[serde(deserialize_with = "first::<_, _, IDS>")]
    pub success_job_ids: Vec<i64>,
    #[serde(deserialize_with = "first::<_, _, IDS>")]
    pub failed_job_ids: Vec<i64>,
    /// From Spark 4.3 on.
    pub error_message: Option<String>,
}

/// A row of `connect/operations`; from Spark 4.3 on. Times are milliseconds since 1970, and 0 until they are reached.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OperationRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub operation_id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub session_id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub user_id: String,
    /// The plan as protobuf text.
    pub statement: String,
    /// STARTED, COMPILED, READY, FINISHED, CANCELED, FAILED or CLOSED.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub state: String,
    pub start_timestamp: i64,
    pub finish_timestamp: i64,
    pub close_timestamp: i64,
    #[serde(deserialize_with = "tags")]
    pub spark_session_tags: Vec<String>,
    #[serde(deserialize_with = "numbers")]
    pub job_ids: Vec<i64>,
    #[serde(deserialize_with = "numbers")]
    pub sql_exec_ids: Vec<i64>,
    /// Why the operation failed; empty when it succeeded or was interrupted.
    pub detail: String,
}

impl SqlRow {
    /// The jobs listed in the SQL execution.
    pub fn job_ids(&self) -> impl Iterator<Item = i64> {
        [&self.running_job_ids, &self.success_job_ids, &self.failed_job_ids].into_iter().flatten().copied()
    }
}

impl Newest for JobRow {
    type Age = i64;
    fn age(&self) -> i64 {
        self.job_id
    }
    fn is_over(&self) -> bool {
        self.completion_time.is_some()
    }
}

impl Newest for SqlRow {
    type Age = i64;
    fn age(&self) -> i64 {
        self.id
    }
    fn is_over(&self) -> bool {
        self.status != "RUNNING"
    }
}

impl Newest for OperationRow {
    type Age = (i64, String);
    fn age(&self) -> (i64, String) {
        (self.start_timestamp, self.operation_id.clone())
    }
    fn is_over(&self) -> bool {
        self.finish_timestamp > 0 || self.close_timestamp > 0
    }
}

/// One SQL execution with its plan's nodes (`ExecutionData` in Spark).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SqlNodesRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub status: String,
    #[serde(deserialize_with = "first::<_, _, NODES>")]
    pub nodes: Vec<SqlNodeRow>,
    #[serde(deserialize_with = "first::<_, _, EDGES>")]
    pub edges: Vec<SqlEdgeRow>,
}

/// Rows go from one operator to another.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlEdgeRow {
    pub from_id: i64,
    pub to_id: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlNodeRow {
    pub node_id: i64,
    /// The operator's class without `Exec`, for example `ArrowEvalPython`.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub node_name: String,
    #[serde(deserialize_with = "first::<_, _, METRICS>")]
    pub metrics: Vec<SqlMetricRow>,
    /// The operator with its columns; from Spark 4.3 on.
    #[serde(deserialize_with = "text::<_, VALUE>")]
    pub desc: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SqlMetricRow {
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub name: String,
    /// As Spark's page shows it, for example `1,234` or `340.9 KiB`, with quantiles over the tasks in a second line.
    #[serde(deserialize_with = "text::<_, VALUE>")]
    pub value: String,
}

/// Quantiles over finished tasks (`TaskMetricDistributions` in Spark), in the order of the request.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskSummaryRow {
    /// Milliseconds. `duration` would include running tasks.
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub executor_run_time: Vec<f64>,
    /// Milliseconds.
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub jvm_gc_time: Vec<f64>,
    /// Bytes.
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub peak_execution_memory: Vec<f64>,
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub disk_bytes_spilled: Vec<f64>,
    pub input_metrics: InputQuantiles,
    pub output_metrics: OutputQuantiles,
    pub shuffle_read_metrics: ShuffleReadQuantiles,
    pub shuffle_write_metrics: ShuffleWriteQuantiles,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InputQuantiles {
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub bytes_read: Vec<f64>,
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub records_read: Vec<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OutputQuantiles {
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub bytes_written: Vec<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShuffleReadQuantiles {
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub read_bytes: Vec<f64>,
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub read_records: Vec<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShuffleWriteQuantiles {
    #[serde(deserialize_with = "first::<_, _, QUANTILES>")]
    pub write_bytes: Vec<f64>,
}

/// A row of `taskList` (`TaskData` in Spark).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskRow {
    /// Its number within the stage.
    pub index: i64,
    pub launch_time: Option<SparkTime>,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub executor_id: String,
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub host: String,
    /// RUNNING, SUCCESS, FAILED or KILLED.
    #[serde(deserialize_with = "text::<_, NAME>")]
    pub status: String,
    pub task_metrics: Option<TaskMetricsRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskMetricsRow {
    /// Milliseconds.
    pub executor_run_time: i64,
    /// Milliseconds.
    pub jvm_gc_time: i64,
    pub disk_bytes_spilled: i64,
    pub input_metrics: InputMetricsRow,
    pub shuffle_read_metrics: ShuffleReadMetricsRow,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InputMetricsRow {
    pub bytes_read: i64,
    pub records_read: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShuffleReadMetricsRow {
    pub remote_bytes_read: i64,
    pub local_bytes_read: i64,
    pub records_read: i64,
    /// Milliseconds.
    pub fetch_wait_time: i64,
}

impl Weight for JobRow {
    fn weight_bytes(&self) -> usize {
        let texts = self.name.weight_bytes() + self.description.weight_bytes() + self.status.weight_bytes();
        texts + self.stage_ids.weight_bytes() + self.job_tags.weight_bytes()
    }
}

impl Weight for SqlRow {
    fn weight_bytes(&self) -> usize {
        let texts = self.status.weight_bytes() + self.description.weight_bytes() + self.error_message.weight_bytes();
        let ids = [&self.running_job_ids, &self.success_job_ids, &self.failed_job_ids];
        texts + ids.map(Weight::weight_bytes).iter().sum::<usize>()
    }
}

impl Weight for OperationRow {
    fn weight_bytes(&self) -> usize {
        let texts = [&self.operation_id, &self.session_id, &self.user_id, &self.statement, &self.state, &self.detail];
        let texts = texts.map(Weight::weight_bytes).iter().sum::<usize>();
        let ids = self.job_ids.weight_bytes() + self.sql_exec_ids.weight_bytes();
        // The id is counted twice, because it is also part of the key.
        texts + self.operation_id.weight_bytes() + self.spark_session_tags.weight_bytes() + ids
    }
}

impl Weight for TaskRow {
    fn weight_bytes(&self) -> usize {
        self.executor_id.weight_bytes() + self.host.weight_bytes() + self.status.weight_bytes()
    }
}

fn tags<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let tags = first::<Text<TAG>, D, TAGS>(deserializer)?;
    Ok(tags.into_iter().map(|tag| tag.0).collect())
}

/// Numbers that Spark writes as strings. Other strings are left out.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let texts = first::<Text<NAME>, D, IDS>(deserializer)?;
    Ok(texts.iter().filter_map(|text| text.0.parse().ok()).collect())
}
