//! Sentences in the answers of the older pipelines extension's routes, which have no form for translation.

use std::fmt::Display;

/// What is different from what the older extension made; shown with every job.
pub(crate) const CONNECT: &str = "The job runs on Spark Connect in one task, whatever mode, cluster, image, preset or \
                                  Livy connection was chosen; those need an adapter that this monitor does not have yet.";
pub(crate) const NO_ILUM: &str =
    "This monitor has no adapter for Ilum yet. Export the notebook to Airflow, or run it here.";
pub(crate) const NO_AIRFLOW: &str = "No Airflow is configured, so the job is not triggered.";
pub(crate) const NOT_PUSHED: &str = "auto_push_to_airflow is false.";
pub(crate) const QUEUED: &str = "The workflow is unpaused and run once Airflow has read it; ask trigger-status.";
pub(crate) const LATE: &str = "The delivery is still under way; look at the shipped jobs before trying again.";
pub(crate) const NOT_DELIVERED: &str = "The job was not delivered.";
pub(crate) const NO_CODE: &str = "The notebook has no code cells.";
pub(crate) const NOTHING_LEFT: &str = "No code cell is left to export.";
pub(crate) const NOT_JSON: &str = "The body is no JSON object.";
pub(crate) const BAD_PATH: &str = "notebook_path must be relative to the folder that Jupyter shows, without `..`, and \
                                   end in .ipynb or .py.";
pub(crate) const OUTSIDE: &str = "The path leads out of the folder that Jupyter shows.";
pub(crate) const NO_NOTEBOOK: &str = "There is no such notebook.";
pub(crate) const BAD_HISTORY_PATH: &str = "path must be absolute and end in .json, in a folder that is there.";
pub(crate) const NO_HISTORY: &str = "The file holds something else than a list of exports.";
pub(crate) const HISTORY_TOO_LARGE: &str = "The history has more than 50 MiB.";
pub(crate) const NO_LIST: &str = "entries must be a list.";
pub(crate) const READ_ONLY: &str = "This monitor writes no files here.";
pub(crate) const NO_TRIGGER: &str = "No run of this workflow was asked for.";
pub(crate) const SECRETS: &str = "The notebook has secrets in it, so it was not exported.";
pub(crate) const BAD_DATE: &str = "start_date must be a date such as 2026-05-31.";
pub(crate) const BAD_ID: &str = "dag_id must begin with a letter and have only letters, digits and `_`.";

pub(crate) fn required(field: &str) -> String {
    format!("{field} is required.")
}

pub(crate) fn one_of(field: &str, values: &str) -> String {
    format!("{field} must be one of {values}.")
}

/// A field of another type; never its value.
pub(crate) fn wrong_type(field: &str) -> String {
    format!("The field {field} has a wrong type.")
}

/// An address or a place that the site has not configured; never the value.
pub(crate) fn elsewhere(field: &str, setting: &str) -> String {
    format!("{field} is not what this site has configured ({setting}). Leave it empty to use the configured one.")
}

pub(crate) fn not_converted(reason: &impl Display) -> String {
    format!("The notebook cannot be exported: {reason}.")
}

/// A finding that keeps the job from being made.
pub(crate) fn finding(cell: usize, line: usize, message: &impl Display, fix: &impl Display) -> String {
    format!("cell {cell}, line {line}: {message} {fix}")
}

pub(crate) fn blocked(findings: &[String]) -> String {
    format!("Something in the notebook must be mended first: {}", findings.join(" "))
}

pub(crate) fn edited(line: usize, message: &str) -> String {
    format!("override_code, line {line}: Python does not accept this ({message}).")
}

pub(crate) fn disk(reason: &impl Display) -> String {
    format!("The file cannot be used: {reason}.")
}
