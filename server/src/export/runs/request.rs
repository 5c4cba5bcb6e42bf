//! What is asked of a run: `request.json`, written once by the sidecar and read by the program that runs the job.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use wire::export::RunKind;

/// One run. `python/berdl_spark_monitor/job_folder.py` reads it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Request {
    pub kind: RunKind,
    /// The notebook's path, as Jupyter has it.
    pub path: String,
    /// Whose it is; empty where users are not told apart.
    pub owner: String,
    pub started_at_ms: i64,
    pub kernel_id: Option<String>,
    pub kernel_name: Option<String>,
    /// The notebook's folder.
    pub cwd: PathBuf,
    /// All code cells.
    pub cells: u32,
    /// Code cells that are left out.
    pub skip: Vec<u32>,
    pub parameters: BTreeMap<String, Given>,
    pub parameters_cell: Option<usize>,
    /// Text that is kept of what it prints, bytes.
    pub printed_bytes: u64,
    /// Outputs that are kept in the notebook, bytes.
    pub output_bytes: u64,
}

/// A value for a parameter, and the type of its default where JSON has not that type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Given {
    pub value: Value,
    pub kind: GivenKind,
}

/// Types between which JSON does not tell the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum GivenKind {
    Float,
    Tuple,
    AsItIs,
}

impl Request {
    /// Code cells that will run.
    pub fn cells_to_run(&self) -> u32 {
        let skipped = (0..self.cells).filter(|cell| self.skip.contains(cell)).count();
        self.cells.saturating_sub(u32::try_from(skipped).unwrap_or(u32::MAX))
    }
}
