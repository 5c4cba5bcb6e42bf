//! Rows of the driver's lists of jobs, SQL executions, Spark Connect operations and tasks: only what we read of them.

use serde::{Deserialize, Deserializer};

use super::{driver::SparkTime, rows::Newest};

/// A row of `jobs` (`JobData` in Spark). Counts may be wrong, even negative.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct JobRow {
    pub job_id: i64,
    pub name: String,
    /// The user's `setJobDescription`; under Spark Connect the beginning of the request.
    pub description: Option<String>,
    pub submission_time: Option<SparkTime>,
    pub completion_time: Option<SparkTime>,
    pub stage_ids: Vec<i64>,
    /// From Spark 3.5 on.
    pub job_tags: Vec<String>,
    /// RUNNING, SUCCEEDED, FAILED or UNKNOWN.
    pub status: String,
    pub num_tasks: i64,
    pub num_active_tasks: i64,
    pub num_completed_tasks: i64,
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
}

/// A row of `sql` (`ExecutionData` in Spark).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlRow {
    pub id: i64,
    /// RUNNING, COMPLETED or FAILED.
    pub status: String,
    pub description: String,
    pub submission_time: Option<SparkTime>,
    /// Milliseconds.
    pub duration: i64,
    pub running_job_ids: Vec<i64>,
    pub success_job_ids: Vec<i64>,
    pub failed_job_ids: Vec<i64>,
    /// From Spark 4.3 on.
    pub error_message: Option<String>,
}

/// A row of `connect/operations`; from Spark 4.3 on. Times are milliseconds since 1970, 0 while they have not come.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OperationRow {
    pub operation_id: String,
    pub session_id: String,
    pub user_id: String,
    /// The plan as protobuf text.
    pub statement: String,
    /// STARTED, COMPILED, READY, FINISHED, CANCELED, FAILED or CLOSED.
    pub state: String,
    pub start_timestamp: i64,
    pub finish_timestamp: i64,
    pub close_timestamp: i64,
    pub spark_session_tags: Vec<String>,
    #[serde(deserialize_with = "numbers")]
    pub job_ids: Vec<i64>,
    #[serde(deserialize_with = "numbers")]
    pub sql_exec_ids: Vec<i64>,
    /// Why it failed; empty for a success and for an interrupt.
    pub detail: String,
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

/// One SQL execution (`ExecutionData` with its nodes).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SqlNodesRow {
    pub nodes: Vec<SqlNodeRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SqlNodeRow {
    /// The operator's class without `Exec`, for example `ArrowEvalPython`.
    pub node_name: String,
    pub metrics: Vec<SqlMetricRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct SqlMetricRow {
    pub name: String,
}

/// Quantiles over finished tasks (`TaskMetricDistributions` in Spark), in the order that was asked for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskSummaryRow {
    /// Milliseconds. Not `duration`, which mixes in running tasks.
    pub executor_run_time: Vec<f64>,
    pub input_metrics: InputQuantiles,
    pub shuffle_read_metrics: ShuffleReadQuantiles,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InputQuantiles {
    pub bytes_read: Vec<f64>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShuffleReadQuantiles {
    pub read_bytes: Vec<f64>,
}

/// A row of `taskList` (`TaskData` in Spark).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskRow {
    pub launch_time: Option<SparkTime>,
    pub task_metrics: Option<TaskMetricsRow>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TaskMetricsRow {
    pub input_metrics: InputMetricsRow,
    pub shuffle_read_metrics: ShuffleReadMetricsRow,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct InputMetricsRow {
    pub bytes_read: i64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ShuffleReadMetricsRow {
    pub remote_bytes_read: i64,
    pub local_bytes_read: i64,
}

/// Numbers that Spark writes as strings; what is none is left out.
fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<i64>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    Ok(texts.iter().filter_map(|text| text.parse().ok()).collect())
}
