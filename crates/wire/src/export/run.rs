//! Jobs that run on this machine.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ConversionOptions, parameters::bounded};

/// `POST export/runs`: a notebook to run on this machine, as it is on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewRun {
    /// The notebook's path, as Jupyter's contents API has it.
    pub path: String,
    /// The file's text.
    pub notebook: String,
    pub kind: RunKind,
    /// The kernel that Jupyter has started for this run; for a notebook only.
    #[serde(default)]
    pub kernel_id: Option<String>,
    /// The name of the notebook's kernel, whose Python runs a script.
    #[serde(default)]
    pub kernel_name: Option<String>,
    /// Values that replace the defaults of the parameters' cell.
    #[serde(default, deserialize_with = "bounded")]
    pub parameters: BTreeMap<String, Value>,
    /// The hash of the conversion that the person was shown.
    pub hash: String,
    #[serde(default)]
    pub options: ConversionOptions,
}

/// What is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// The notebook, cell by cell, in a kernel of its own; its outputs are kept.
    Notebook,
    /// `job.py`.
    Script,
}

/// `GET export/runs`: newest first, without their cells.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Runs {
    pub runs: Vec<Run>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Run {
    pub id: String,
    /// The notebook's path.
    pub path: String,
    pub kind: RunKind,
    pub state: RunState,
    pub started_at_ms: i64,
    pub ended_at_ms: Option<i64>,
    /// Code cells that have run, and all that will; for a script by the marks that it prints.
    pub cells_done: u32,
    pub cells_all: u32,
    /// The cell that runs.
    pub running_cell: Option<u32>,
    pub error: Option<RunError>,
    /// The kernel that Jupyter started for it, as long as nobody has ended it.
    pub kernel_id: Option<String>,
    /// Each code cell; only of one run that is asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<RunCell>,
    /// The end of what it has printed; only of one run that is asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub output: String,
    /// Whether more was printed than is kept or sent.
    #[serde(default)]
    pub output_is_cut: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    Starting,
    Running,
    Succeeded,
    Failed,
    /// A person stopped it.
    Canceled,
    /// Its process is gone and has not said how it ended.
    Lost,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunCell {
    /// Counted from 0 over all code cells.
    pub cell: u32,
    pub state: RunCellState,
    pub started_at_ms: Option<i64>,
    pub ended_at_ms: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RunCellState {
    Waiting,
    Running,
    Done,
    Failed,
    Skipped,
}

/// Why a run failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RunError {
    pub cell: Option<u32>,
    /// The line in the cell, from 1.
    pub line: Option<u32>,
    /// The exception's class, or what happened to the process.
    pub name: String,
    pub message: String,
}
