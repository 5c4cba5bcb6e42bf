//! `panel/queries`: what the users of one application have asked for, and why they wait.

use serde::{Deserialize, Serialize};

use crate::{App, Stage, Tasks, Wait};

/// What Spark calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum QueryKind {
    /// Of Spark Connect.
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
    /// Spark says that it runs, but nothing of it has moved for many minutes: its client may be gone.
    Silent,
    /// Spark has forgotten how it ended.
    Unknown,
}

impl QueryState {
    /// Spark says that it runs.
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
    /// What it does: `show: sort, aggregate`.
    Operators,
    /// Spark's words for it.
    Spark,
    /// Nothing is known; `name` is empty.
    Nothing,
}

/// The place in the user's code that built the query, which need not be the one that ran it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum CallSite {
    /// `number` is the cell's execution count with IPython before 9.8, and one more from 9.8 on.
    Cell { number: u32, line: u32 },
    /// `hash` is the decimal murmur2 hash of the cell's text that names its file in `/tmp/ipykernel_{pid}/`.
    CellText { hash: String, line: u32 },
    /// The file's name without its folders.
    File { file: String, line: u32 },
}

/// How long it may still take; more stages may follow.
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

/// Something a user has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Query {
    /// Names it in `panel/queries/{query_id}`: an operation's id, `sql-7` or `job-7`.
    pub query_id: String,
    pub kind: QueryKind,
    pub name: String,
    pub named_by: NamedBy,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_site: Option<CallSite>,
    /// Of Spark Connect: the `session_id` of one notebook's `SparkSession`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session_id: Option<String>,
    pub state: QueryState,
    /// Over its jobs; skipped tasks are not counted.
    pub tasks: Tasks,
    pub stages_done: u32,
    pub stages_total: u32,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub submitted_at_ms: i64,
    /// Wall clock, until now when it runs.
    pub elapsed_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure_reason: Option<String>,
    /// What a running one is waiting for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<Wait>,
    /// Of a stream, whose batches are one query.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<StreamProgress>,
    /// Only when it can be honest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_left: Option<TimeLeft>,
}

/// One user's connection to a shared driver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConnectSession {
    pub session_id: String,
    /// As the client called its user; often empty.
    pub user: String,
    /// Queries that run now.
    pub running: u32,
    /// When its newest query began; milliseconds since 1970.
    pub last_query_at_ms: i64,
}

/// The queries of one application, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Queries {
    /// Null when no application runs.
    pub app: Option<App>,
    /// What all of them wait for.
    pub wait: Option<Wait>,
    /// The sessions that asked the queries in this answer, the latest first.
    pub sessions: Vec<ConnectSession>,
    pub running: Vec<Query>,
    /// How many more run than `running` shows.
    pub running_not_shown: u32,
    pub recent: Vec<Query>,
}

/// One query and the stages of its jobs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryStages {
    pub app: Option<App>,
    /// Null when Spark no longer remembers it.
    pub query: Option<Query>,
    /// Newest first.
    pub stages: Vec<Stage>,
    /// How many more it has than `stages` shows: with them they are `stages_total`.
    pub stages_not_shown: u32,
    /// Of those that are not shown: how many Spark no longer remembers.
    #[serde(default)]
    pub stages_forgotten: u32,
}
