//! `panel/queries`: the queries of one application, and why they wait.

use serde::{Deserialize, Serialize};

use crate::{App, Stage, Tasks, Wait};

/// Spark's term for the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// An operation of Spark Connect.
    Operation,
    /// An SQL execution.
    Sql,
    Job,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueryState {
    Running,
    Succeeded,
    Failed,
    Canceled,
    /// Spark says that the query runs, but it has made no progress for many minutes; its client may be gone.
    Silent,
    /// Spark no longer remembers how the query ended.
    Unknown,
}

impl QueryState {
    /// True when Spark says that the query runs.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Running | Self::Silent)
    }
}

/// Where a query's name comes from, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The user's own tag or job description.
    Tag,
    /// The SQL text.
    Sql,
    /// The operators of the plan: `show: sort, aggregate`.
    Operators,
    /// Spark's own description.
    Spark,
    /// No name is known; `name` is empty.
    Nothing,
}

/// The place in the user's code that built the query. Another place may have run it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallSite {
    /// `number` is the cell's execution count with IPython before 9.8, and that count plus one from 9.8 on.
    Cell { number: u32, line: u32 },
    /// `hash` is the decimal murmur2 hash of the cell's text; ipykernel names the cell's file in
    /// `/tmp/ipykernel_{pid}/` after it.
    CellText { hash: String, line: u32 },
    /// `file` is the file's name without its folders.
    File { file: String, line: u32 },
}

/// Estimated remaining time; further stages may add to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeLeft {
    pub at_least_ms: u64,
    pub at_most_ms: u64,
}

/// How a stream goes on. The query's tasks and stages are those of its newest batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StreamProgress {
    /// The newest batch.
    pub batch: u64,
    /// Mean time from one batch's begin to the next one's; absent after the first one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period_ms: Option<u64>,
}

/// One query of a user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Query {
    /// The id in `panel/queries/{query_id}`: an operation's id, `sql-7` or `job-7`.
    pub query_id: String,
    pub kind: QueryKind,
    pub name: String,
    pub named_by: NamedBy,
    /// Its whole SQL text, if Spark has it and it is at most 4,000 characters; `name` may be only its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sql: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_site: Option<CallSite>,
    /// With Spark Connect, the `session_id` of one notebook's `SparkSession`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    /// The operation of Spark Connect that it is, or that its jobs belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    /// Whether `POST sql/interrupt` can stop it: Spark Connect is configured, and the session is the caller's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_stop: bool,
    pub state: QueryState,
    /// Tasks of all its jobs, without skipped ones.
    pub tasks: Tasks,
    pub stages_done: u32,
    pub stages_total: u32,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub submitted_at_ms: i64,
    /// Wall-clock time, up to now if the query is running.
    pub elapsed_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// The stage that wrote the most data to disk because it did not fit into execution memory, if that is much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spilled: Option<Stage>,
    /// What a running query waits for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Of a stream, whose batches are one query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamProgress>,
    /// Null unless the estimate is reliable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_left: Option<TimeLeft>,
    /// Spark's own page of it, as the person's browser reaches it; only where `SPARK_MONITOR_LINKS` is set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Its active stages, newest first; in `panel/queries` only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub active_stages: Vec<Stage>,
}

/// One user's connection to a shared driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectSession {
    pub session_id: String,
    /// The user name that the client sent; often empty.
    pub user: String,
    /// Number of queries that run now.
    pub running: u32,
    /// When the session's newest query began; milliseconds since 1970.
    pub last_query_at_ms: i64,
}

/// The queries of one application, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Queries {
    /// Null when no application runs.
    pub app: Option<App>,
    /// What all queries wait for.
    pub wait: Option<Wait>,
    /// The sessions that sent the queries in this answer; the one with the newest query comes first.
    pub sessions: Vec<ConnectSession>,
    pub running: Vec<Query>,
    /// Number of running queries left out of `running`.
    pub running_not_shown: u32,
    pub recent: Vec<Query>,
}

/// One query and the stages of its jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryStages {
    pub app: Option<App>,
    /// Null when Spark no longer remembers the query.
    pub query: Option<Query>,
    /// The user name that the client of its session sent, for the link to that session; often empty. It is not sent.
    #[serde(skip)]
    pub user: String,
    /// Newest first.
    pub stages: Vec<Stage>,
    /// Number of the query's stages left out of `stages`: together they are `stages_total`.
    pub stages_not_shown: u32,
    /// Of those that are not shown: how many Spark no longer remembers.
    #[serde(default)]
    pub stages_forgotten: u32,
}
