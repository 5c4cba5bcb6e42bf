//! `panel/queries/{query_id}/report`: all that a query's page knows, as a file.

use serde::{Deserialize, Serialize};

use crate::{App, Environment, ExecutedPlan, Finding, Query, Stage, StageTasks};

/// A file for a person to read and save. It is text in JSON, so that no page of ours is ever somebody else's HTML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportFile {
    /// `query.html` or `query.json`.
    pub name: String,
    /// HTML, or a [`QueryReport`] as JSON.
    pub text: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ReportFormat {
    #[default]
    Html,
    Json,
}

/// One query as a file that a person saves. Texts are without what looks like a secret; sessions, operations and links to
/// the site are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryReport {
    /// Of the monitor.
    pub version: String,
    /// Milliseconds since 1970, by the sidecar's clock.
    pub made_at_ms: i64,
    pub app: Option<App>,
    pub query: Query,
    /// In the order in which they began.
    pub stages: Vec<Stage>,
    pub stages_not_shown: u32,
    /// Of the stages that were examined.
    pub tasks: Vec<StageTasks>,
    /// Of the query, then of its application.
    pub findings: Vec<Finding>,
    /// The newest execution first.
    pub plans: Vec<ExecutedPlan>,
    /// Null unless it was asked for.
    pub environment: Option<Environment>,
    /// Why parts are missing, as sentences.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}
