//! `areas`: what this sidecar offers beside the panel.

use serde::{Deserialize, Serialize};

use crate::sql::SqlMode;

/// Each area with its mode; null if it is off, and then its routes do not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Areas {
    pub sql: Option<SqlMode>,
    pub history: Option<HistoryMode>,
    /// Whether jobs may be run and delivered.
    pub export: Option<ExportMode>,
    pub assistant: Option<AssistantMode>,
    /// Whether agents of this person may ask.
    #[serde(default)]
    pub mcp: bool,
}

/// What may be done with code that somebody or something has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AssistantMode {
    /// It is checked, and not run.
    Check,
}

/// What may be done with a notebook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ExportMode {
    /// Its job is shown and downloaded.
    Convert,
    /// Its job may be run on this machine, and delivered where a repository is set.
    Run,
}

/// Where a history is to be kept; `history/collector` says where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HistoryMode {
    /// In a file.
    On,
    /// In memory, until the sidecar ends.
    Memory,
}
