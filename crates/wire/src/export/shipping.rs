//! Jobs that are delivered by git and followed in Airflow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ConversionOptions, parameters::bounded};
use crate::Sentences;

/// `POST export/shipments/plan` and `POST export/shipments`: a notebook to deliver, as it is on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewShipment {
    /// The notebook's path, as Jupyter's contents API has it; at most 4,096 bytes.
    pub path: String,
    /// The file's text.
    pub notebook: String,
    /// The hash of the conversion that the person was shown.
    pub hash: String,
    /// The commit's message, at most 2,000 characters.
    #[serde(default)]
    pub message: String,
    /// The hash of the plan that the person was shown; not needed to make one.
    #[serde(default)]
    pub plan: Option<String>,
    /// Whether the workflow is triggered once it is seen, which needs an Airflow; or whether the job is submitted once its
    /// files are there, for a standalone cluster.
    #[serde(default)]
    pub trigger: bool,
    /// Whether a paused workflow is unpaused; its schedule begins with it. Needs an Airflow.
    #[serde(default)]
    pub unpause: bool,
    /// Values for the workflow's first run, of the types of their defaults; at most 64 KiB as JSON.
    #[serde(default, deserialize_with = "bounded")]
    pub parameters: BTreeMap<String, Value>,
    #[serde(default)]
    pub options: ConversionOptions,
}

/// What a delivery would change. Nothing has been pushed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GitPlan {
    /// The commit that the branch is at; none if the repository is empty.
    pub head: Option<String>,
    /// The job's folder in the repository.
    pub folder: String,
    /// The new branch that is pushed, to be merged by a merge request; none if the configured branch itself is pushed to.
    #[serde(default)]
    pub branch: Option<String>,
    /// Empty if all is there already.
    pub changes: Vec<GitChange>,
    /// What is submitted after the delivery; none if nothing is.
    #[serde(default)]
    pub submits: Option<PlannedSubmission>,
    /// Names the changes; a delivery is bound to it.
    pub plan: String,
}

/// What a standalone master is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedSubmission {
    /// The master's REST submission server.
    pub url: String,
    /// The body of the request, JSON for people to read. The token is not in it.
    pub request: String,
}

/// A file that a delivery would change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GitChange {
    pub path: String,
    /// The text that is there; none if there is no file.
    pub was: Option<String>,
    /// The text that will be there; none if the file goes.
    pub becomes: Option<String>,
    /// Whether an earlier export wrote it.
    pub is_ours: bool,
}

/// `GET export/shipments`: newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shipments {
    pub shipments: Vec<Shipment>,
}

/// A job on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Shipment {
    pub id: String,
    /// The notebook's path.
    pub path: String,
    pub dag_id: String,
    #[serde(default)]
    pub place: ShipmentPlace,
    pub started_at_ms: i64,
    pub commit: Option<String>,
    /// The commit's page, where it is known.
    pub commit_url: Option<String>,
    /// How the job gets from its own branch to the configured one; none if it was pushed there.
    #[serde(default)]
    pub merge_request: Option<MergeRequest>,
    /// The run's name in Airflow, or the driver's in a standalone cluster.
    pub run_id: Option<String>,
    /// The driver's log, on a page of its worker, where it is known. A run in Airflow has the route `log`.
    #[serde(default)]
    pub log_url: Option<String>,
    /// In order; those to come are waiting.
    pub steps: Vec<ShipmentStep>,
    /// Whether nothing more will happen by itself.
    pub has_ended: bool,
    /// Cells of the run that have begun, and all.
    pub cells_done: u32,
    pub cells_all: u32,
    /// Why Airflow or the master gives no answer at the moment, or did not do what the person asked for last.
    pub problem: Option<ShippingError>,
    /// What a person can do now.
    pub acts: Vec<ShipmentAct>,
}

/// A branch that somebody merges.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MergeRequest {
    pub branch: String,
    /// The host's number; none if it is not open.
    pub number: Option<u64>,
    /// Its page, or if it is not open the page on which it is opened; none if that is not known.
    pub url: Option<String>,
}

/// What runs a job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipmentPlace {
    #[default]
    Airflow,
    /// A driver on a worker of a standalone cluster.
    Standalone,
}

/// `POST export/shipments/{id}/{act}`: what a person can do with a job on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ShipmentAct {
    /// Lets the paused workflow run, also by its schedule.
    Unpause,
    /// Ends the run.
    Cancel,
    /// Looks again, or runs it again.
    Retry,
}

/// `GET export/shipments/{id}/log`: the end of the run's log, which Airflow is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShipmentLog {
    /// The last lines, oldest first; empty while there is none.
    pub lines: Vec<String>,
    /// Lines before them.
    pub left_out: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShipmentStep {
    pub name: StepName,
    pub state: StepState,
    pub at_ms: Option<i64>,
    /// A sentence about it.
    #[serde(default)]
    pub note: String,
    /// `note`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub note_sentences: Sentences,
    pub error: Option<ShippingError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Checked,
    Pushed,
    /// Somebody has merged the job's branch. Only where it has one.
    Merged,
    /// Airflow has read this commit.
    Seen,
    Queued,
    Running,
    Done,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Waiting,
    Now,
    /// It goes on when a person says so, such as for a paused workflow.
    NeedsPerson,
    Done,
    Failed,
}

/// Why a step failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShippingError {
    pub cell: Option<u32>,
    /// The line in the cell, from 1.
    pub line: Option<u32>,
    pub message: String,
    /// `message`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub message_sentences: Sentences,
    /// What to do about it.
    pub fix: String,
    /// `fix`, in a form that can be translated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fix_sentences: Sentences,
    /// What Python or Airflow said, such as the end of a traceback.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// `GET export/standalone`: whether the master takes submissions, and the shared folder is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandaloneCheck {
    pub checked_at_ms: i64,
    /// Spark's version; none if no master answers.
    pub version: Option<String>,
    /// Why nothing can be submitted.
    pub error: Option<ShippingError>,
}

/// `GET export/airflow`: who answers there, and what it does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AirflowCheck {
    pub checked_at_ms: i64,
    /// None if no Airflow answers.
    pub version: Option<String>,
    /// Who the monitor is there, if Airflow says it.
    pub user: Option<String>,
    /// Rights that following a job needs and this user lacks, as sentences.
    pub missing: Vec<String>,
    /// `missing`, in a form that can be translated.
    pub missing_sentences: Sentences,
    /// Why no Airflow answers.
    pub error: Option<ShippingError>,
}
