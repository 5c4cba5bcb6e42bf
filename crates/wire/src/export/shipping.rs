//! Jobs that are delivered by git and followed in Airflow.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::ConversionOptions;

/// `POST export/shipments/plan` and `POST export/shipments`: a notebook to deliver, as it is on the screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewShipment {
    /// The notebook's path, as Jupyter's contents API has it.
    pub path: String,
    /// The file's text.
    pub notebook: String,
    /// The hash of the conversion that the person was shown.
    pub hash: String,
    /// The commit's message.
    #[serde(default)]
    pub message: String,
    /// The hash of the plan that the person was shown; not needed to make one.
    #[serde(default)]
    pub plan: Option<String>,
    /// Whether the workflow is triggered once it is seen.
    #[serde(default)]
    pub trigger: bool,
    /// Whether a paused workflow is unpaused; its schedule begins with it.
    #[serde(default)]
    pub unpause: bool,
    /// Values for the workflow's first run.
    #[serde(default)]
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
    /// Empty if all is there already.
    pub changes: Vec<GitChange>,
    /// Names head and changes; a delivery is bound to it.
    pub plan: String,
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
    pub started_at_ms: i64,
    pub commit: Option<String>,
    /// The commit's page, where it is known.
    pub commit_url: Option<String>,
    /// The run's page in Airflow, where it is known.
    pub run_url: Option<String>,
    /// In order; those to come are waiting.
    pub steps: Vec<ShipmentStep>,
    /// Whether nothing more will happen by itself.
    pub has_ended: bool,
    /// Cells of the run that have begun, and all.
    pub cells_done: u32,
    pub cells_all: u32,
    /// The end of the run's log; only of one shipment that is asked for.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub log: String,
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
    pub error: Option<ShippingError>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum StepName {
    Checked,
    Pushed,
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
    pub fix: String,
}
