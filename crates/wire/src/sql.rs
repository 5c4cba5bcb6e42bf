//! `sql/…`: statements on Spark Connect, their results, and the catalogue.

mod catalog;
mod parameters;
mod plan;

pub use catalog::{SqlCatalog, SqlName, SqlNames, SqlProfile, SqlTable};
pub use parameters::SqlParameters;
pub use plan::{PlanNode, SqlExplain, SqlPlan, SqlSchema};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `GET sql`: what this sidecar allows. Spark is not asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sql {
    pub mode: SqlMode,
    /// Host and port of the Spark Connect server.
    pub server: String,
    /// Whom Spark takes the caller for: a label, not a protection.
    pub user_id: String,
    pub limits: SqlLimits,
    /// The caller's open sessions.
    pub sessions: Vec<SqlSession>,
}

/// Which statements are run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlMode {
    /// Plain queries, `SHOW`, `DESCRIBE` and `EXPLAIN`.
    Read,
    /// All; whatever may change something waits for an approval.
    Write,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlLimits {
    /// Rows of a preview.
    pub preview_rows: u32,
    /// Most rows of a collected result.
    pub collect_rows: u32,
    /// Most Arrow data of a result, bytes.
    pub result_bytes: u64,
    /// Longest statement, bytes.
    pub sql_bytes: u32,
    /// Longest text of a cell in a page of rows, bytes; `cell` returns it whole.
    pub cell_bytes: u32,
    /// Rows of a page.
    pub page_rows: u32,
}

/// One Spark session that the sidecar has opened. The server makes it at its first statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlSession {
    /// Spark's id of the session.
    pub session_id: String,
    /// The session of a notebook that this one is a copy of.
    pub copy_of: Option<String>,
    pub opened_at_ms: i64,
}

/// `POST sql/sessions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewSqlSession {
    /// The notebook's session to copy, with its temporary views and settings; Spark 4.1 and newer. Without it a new
    /// session is opened.
    #[serde(rename = "notebook")]
    pub copy_of: Option<String>,
}

/// `POST sql/queries`: a statement to run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct NewSqlQuery {
    #[serde(rename = "session")]
    pub session_id: String,
    pub sql: String,
    /// Values of `:name`: plain JSON, or `{"type": "decimal", "value": "1.10"}`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub named: BTreeMap<String, Value>,
    /// Values of each `?`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positional: Vec<Value>,
    #[serde(rename = "mode")]
    pub read: SqlRead,
    /// Fewer rows than the limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_rows: Option<u32>,
    /// Less data than the limit, bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_bytes: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// How much of a result is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlRead {
    /// The first rows; `truncated` says whether there are more.
    #[default]
    Preview,
    /// All rows; a result that exceeds a limit is an error without rows.
    Collect,
}

/// The state of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlState {
    /// It waits for others of the same person.
    Queued,
    /// Spark is asked what kind of statement it is.
    Checking,
    /// It may change something and waits for `approve`.
    WaitsForApproval,
    Running,
    Finished,
    Failed,
    Canceled,
    LimitExceeded,
    /// The connection was lost, so it is not known how it ended.
    Lost,
}

impl SqlState {
    /// Whether nothing more will happen.
    #[must_use]
    pub fn is_over(self) -> bool {
        !matches!(self, Self::Queued | Self::Checking | Self::WaitsForApproval | Self::Running)
    }
}

/// `GET sql/queries/{id}`: one statement and how far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlQuery {
    pub id: String,
    pub session_id: String,
    pub sql: String,
    /// Grows with each change. With `after=SEQ&wait_ms=N` the answer waits up to N ms for a larger one.
    pub seq: u64,
    pub state: SqlState,
    /// What an approval would allow; only in the state `waits_for_approval`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval: Option<SqlApproval>,
    /// Empty until the first rows arrive, and for a statement without a result.
    pub columns: Vec<SqlColumn>,
    /// Rows that have arrived.
    pub rows: u64,
    /// Arrow data that has arrived, bytes.
    pub bytes: u64,
    pub stages: u64,
    pub stages_done: u64,
    pub tasks: u64,
    pub tasks_done: u64,
    pub tasks_running: u64,
    /// Whether the result has more rows than were read.
    pub truncated: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<SqlError>,
    /// The operation that runs now, as Spark and the panel call it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    pub started_at_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at_ms: Option<i64>,
    /// After a cancel: tasks that no running stage accounts for, and that still hold cores; null while unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cores_still_held: Option<u32>,
}

/// What a statement that is no plain query would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlApproval {
    /// The name of Spark's plan, for example `InsertIntoStatement`.
    pub effect: String,
    /// The table, view, database or path that it names; null if the plan names none.
    pub target: Option<String>,
    /// Identifies statement, arguments, session and effect. `approve` must repeat it.
    pub hash: String,
}

/// `POST sql/queries/{id}/approve`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SqlApprove {
    pub hash: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlColumn {
    pub name: String,
    /// As `DESCRIBE` writes it, for example `decimal(10,2)`.
    #[serde(rename = "type")]
    pub type_name: String,
    /// Of a table's column.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Of a table's column: it is one that the table is partitioned by.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_partition: bool,
}

/// Why a statement failed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, from = "ErrorFields")]
pub struct SqlError {
    pub code: SqlErrorCode,
    /// Spark's class, for example `TABLE_OR_VIEW_NOT_FOUND`.
    pub error_class: Option<String>,
    pub sql_state: Option<String>,
    pub message: String,
    #[serde(skip_serializing_if = "SqlParameters::is_empty")]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, String>))]
    pub parameters: SqlParameters,
    /// Parts of the statement that the error is about.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contexts: Vec<SqlContext>,
    /// Of an error that Spark found while parsing.
    pub position: Option<SqlPosition>,
    /// `rows` or `bytes`, with the limit, how much arrived, and what to do.
    #[serde(flatten)]
    pub limit: Option<SqlLimit>,
}

/// An error as it is read: `flatten` would keep every field in a buffer first, with 15 kB of WebAssembly.
#[derive(Default, Deserialize)]
#[serde(default)]
struct ErrorFields {
    code: SqlErrorCode,
    error_class: Option<String>,
    sql_state: Option<String>,
    message: String,
    parameters: SqlParameters,
    contexts: Vec<SqlContext>,
    position: Option<SqlPosition>,
    limit_type: Option<String>,
    limit_value: Option<u64>,
    actual_value: Option<u64>,
    remediation: Option<String>,
}

impl From<ErrorFields> for SqlError {
    fn from(fields: ErrorFields) -> Self {
        let ErrorFields { code, error_class, sql_state, message, parameters, contexts, position, .. } = fields;
        let limit = match (fields.limit_type, fields.limit_value, fields.remediation) {
            (Some(limit_type), Some(limit_value), Some(remediation)) => {
                Some(SqlLimit { limit_type, limit_value, actual_value: fields.actual_value, remediation })
            }
            _ => None,
        };
        Self { code, error_class, sql_state, message, parameters, contexts, position, limit }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum SqlErrorCode {
    /// Spark refused or could not finish the statement.
    #[default]
    Spark,
    /// The statement may change something, and this sidecar only reads.
    ReadOnly,
    LimitExceeded,
    /// No answer from Spark Connect, or one that cannot be trusted.
    Connect,
    /// Nobody asked for it for a while.
    Unwatched,
    /// The audit log cannot be written, and what may change something is not run without it.
    Audit,
    /// A code that this frontend does not know yet.
    #[serde(other)]
    Unknown,
}

/// Positions are characters of the statement, from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlContext {
    pub start: i32,
    /// The last character, included.
    pub stop: i32,
    pub fragment: String,
    /// The view in whose text the error is; empty for the statement itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object_name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlPosition {
    /// From 1.
    pub line: u32,
    /// From 0.
    pub column: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlLimit {
    /// `rows` or `bytes`.
    pub limit_type: String,
    pub limit_value: u64,
    pub actual_value: Option<u64>,
    pub remediation: String,
}

/// `GET sql/queries/{id}/rows?offset=&limit=`: a page of a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlRows {
    pub offset: u64,
    /// Each row is a list, because names of columns may repeat. At most the first 200 columns.
    pub rows: Vec<Vec<Value>>,
    /// Cells whose text was cut, as row in this page and column; `cell` has them whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<(u32, u32)>,
    /// Rows that have arrived so far.
    pub total: u64,
}

/// `GET sql/queries/{id}/cell?row=&column=`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlCell {
    pub value: Value,
}

/// `POST sql/interrupt`: stops operations. In a session of the tab all, those with a tag, or one; in another session of
/// the same person, such as a notebook's, only one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct SqlInterrupt {
    #[serde(rename = "session")]
    pub session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// What was stopped; nothing if it had ended.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlInterrupted {
    pub interrupted: Vec<String>,
}

/// `GET sql/history`: the caller's last statements, newest first. They are kept in memory while the sidecar runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlHistory {
    pub statements: Vec<SqlPast>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SqlPast {
    pub id: String,
    pub sql: String,
    pub state: SqlState,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    pub rows: u64,
    /// The first line of its error.
    pub error: Option<String>,
    /// Whether its result can still be read.
    pub has_result: bool,
}

/// `GET, PUT sql/sessions/{session_id}/config/{key}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SqlConfig {
    pub value: String,
}
