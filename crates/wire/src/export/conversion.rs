//! A notebook and what it becomes.

use serde::{Deserialize, Serialize};

use super::ExportTarget;
use crate::Sentences;

/// `POST export/convert`: a notebook as it is on the screen. Nothing is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConvertNotebook {
    /// The notebook's file name.
    pub name: String,
    /// The file's text: an `.ipynb`, or a `.py` whose cells begin with `# %%`.
    pub notebook: String,
    #[serde(default)]
    pub options: ConversionOptions,
}

/// How a notebook becomes a job.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct ConversionOptions {
    pub target: ExportTarget,
    /// The Python that will run the job, such as `3.11`; by default the notebook's, else the one found here.
    pub python: Option<String>,
    /// Code cells that are left out, counted from 0 over all code cells.
    pub skip: Vec<u32>,
    /// What becomes of `!command` and `%%bash`.
    pub shell: ShellChoice,
    /// What becomes of single lines, before `shell`.
    pub lines: Vec<LineChoice>,
    /// Secrets are noted only. It is written to the audit log.
    pub allow_secrets: bool,
    /// The name of the workflow; by default made from the notebook's name.
    pub dag_id: Option<String>,
    /// When the workflow runs: a cron expression or `@daily`; by default only when it is triggered.
    pub schedule: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShellChoice {
    /// A person must choose.
    #[default]
    Ask,
    /// They run as child processes.
    Translate,
    /// They are removed.
    Drop,
}

/// What becomes of the command of the shell at one line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineChoice {
    pub cell: u32,
    /// The line in the cell, from 1.
    pub line: u32,
    pub shell: ShellChoice,
}

/// What a notebook becomes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversion {
    /// All code cells, empty ones too.
    pub cells: Vec<ExportCell>,
    /// The notebook's lines and the job's, in the job's order.
    pub lines: Vec<ExportLine>,
    pub findings: Vec<ExportFinding>,
    /// Whether a finding keeps the job from being run or shipped.
    pub is_blocked: bool,
    /// The files of the job for its target; none while it is blocked.
    pub files: Vec<ExportFile>,
    pub parameters: Vec<ExportParameter>,
    /// Packages that the notebook installs.
    pub requirements: Vec<String>,
    /// The Python that the job is made for.
    pub python: String,
    /// The name of the workflow.
    pub dag_id: String,
    /// The next moments at which `schedule` runs it; milliseconds since 1970.
    pub next_runs_ms: Vec<i64>,
    /// Why `schedule` is not one.
    pub schedule_error: Option<String>,
    /// Names all that a person was shown; a run or a shipment is bound to it.
    pub hash: String,
}

/// A code cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportCell {
    /// Counted from 0 over all code cells, empty ones too.
    pub cell: u32,
    /// `python`, `sql`, `shell`, `parameters`, `empty`, or a cell magic's own name.
    pub kind: String,
    /// Its first line that is not empty.
    pub first_line: String,
    pub lines: u32,
    pub is_skipped: bool,
    /// How many of its lines are not as they were.
    pub changed_lines: u32,
}

/// A line of the difference between notebook and job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportLine {
    pub change: Change,
    /// The cell; none for lines that are the job's own.
    pub cell: Option<u32>,
    /// The line in the cell, from 1; none for an added line.
    pub cell_line: Option<u32>,
    /// The line in `job.py`, from 1; none for a removed line.
    pub job_line: Option<u32>,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Change {
    Same,
    Removed,
    Added,
}

/// What a person should know, decide or mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportFinding {
    pub severity: FindingSeverity,
    /// A stable word for programs.
    pub code: String,
    pub cell: u32,
    /// The line in the cell, from 1.
    pub line: u32,
    pub message: String,
    /// `message`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message_sentences: Sentences,
    /// What to do about it.
    pub fix: String,
    /// `fix`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_sentences: Sentences,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FindingSeverity {
    /// The job would fail, or would show a secret.
    Error,
    /// A person must choose first.
    Decision,
    /// Worth knowing.
    Note,
}

/// A file of the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportFile {
    pub name: String,
    pub bytes: u64,
}

/// A parameter of the job, with its default.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExportParameter {
    pub name: String,
    pub kind: ParameterKind,
    /// The default as it stands in the notebook.
    pub default: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    String,
    Integer,
    Number,
    Boolean,
    Array,
    Object,
    /// `None`: anything.
    Any,
}
