//! What Airflow's API answers, as far as it is used; optional where a version may omit it.

use serde::Deserialize;

/// `GET /api/v2/version`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Version {
    pub version: String,
}

/// `GET /ui/auth/me`, which is not part of the public API.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Me {
    pub username: Option<String>,
}

/// `POST /auth/token`.
#[derive(Deserialize)]
pub(super) struct Token {
    pub access_token: String,
}

/// `GET /api/v2/dags/{dag_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Dag {
    pub is_paused: bool,
    /// Its file is gone, or no longer defines it.
    #[serde(default)]
    pub is_stale: bool,
    #[serde(default)]
    pub has_import_errors: bool,
    /// The commit that Airflow has read; none if its bundle has no versions.
    pub bundle_version: Option<String>,
    /// When it runs next by its schedule, as Airflow writes it.
    pub next_dagrun_run_after: Option<String>,
}

/// `GET /api/v2/dagSources/{dag_id}`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Source {
    pub content: String,
}

/// `GET /api/v2/importErrors`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct ImportErrors {
    pub import_errors: Vec<ImportError>,
}

/// What Airflow could not import.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct ImportError {
    /// When the file was read, as Airflow writes it; each reading changes it.
    pub timestamp: String,
    /// The path in the bundle.
    pub filename: String,
    pub stack_trace: String,
}

/// A run, from `…/dagRuns` and `…/dagRuns/{run_id}`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Run {
    pub dag_run_id: String,
    pub state: RunState,
    /// The commit that it runs.
    pub bundle_version: Option<String>,
}

/// The state of a run. There may be more in a later version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RunState {
    Queued,
    Running,
    Success,
    Failed,
    #[serde(other)]
    Unknown,
}

impl RunState {
    pub(crate) fn is_over(self) -> bool {
        matches!(self, Self::Success | Self::Failed)
    }
}

/// One line of `…/dagRuns/{run_id}/wait`.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Waiting {
    pub state: RunState,
}

/// `…/dagRuns/{run_id}/taskInstances`.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct TaskInstances {
    pub task_instances: Vec<TaskInstance>,
}

/// A task of a run.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct TaskInstance {
    pub task_id: String,
    /// None before it is scheduled; Airflow's own word.
    pub state: Option<String>,
    /// From 1; 0 before the first.
    pub try_number: u32,
    /// -1 if it is not mapped.
    #[serde(default = "unmapped")]
    pub map_index: i64,
}

fn unmapped() -> i64 {
    -1
}

/// One line of a log, from `…/logs/{try_number}` as NDJSON.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct LogLine {
    #[serde(default)]
    pub event: String,
    #[serde(default)]
    pub error_detail: Vec<ErrorDetail>,
}

/// An exception, as Airflow's log has it; its causes follow it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct ErrorDetail {
    #[serde(default)]
    pub exc_type: String,
    #[serde(default)]
    pub exc_value: String,
    #[serde(default)]
    pub frames: Vec<Frame>,
}

/// A line of a traceback.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Frame {
    #[serde(default)]
    pub filename: String,
    #[serde(default)]
    pub lineno: usize,
}
