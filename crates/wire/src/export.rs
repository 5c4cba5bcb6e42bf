//! `export/…`: a notebook becomes a job, which is run here or shipped.

mod conversion;
mod parameters;
mod run;
mod shipping;

pub use conversion::{
    Change, Conversion, ConversionOptions, ConvertNotebook, ExportCell, ExportFile, ExportFinding, ExportLine,
    ExportParameter, FindingSeverity, LineChoice, ParameterKind, ShellChoice,
};
pub use parameters::MOST_PARAMETER_BYTES;
pub use run::{NewRun, Run, RunCell, RunCellState, RunError, RunKind, RunState, Runs};
pub use shipping::{
    AirflowCheck, GitChange, GitPlan, MergeRequest, NewShipment, PlannedSubmission, Shipment, ShipmentAct, ShipmentLog,
    ShipmentPlace, ShipmentStep, Shipments, ShippingError, StandaloneCheck, StepName, StepState,
};

use serde::{Deserialize, Serialize};

/// `GET export`: what this sidecar can do with a notebook. Nothing is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Export {
    /// Whether a job may be run on this machine.
    pub runs_here: bool,
    /// Where jobs are delivered to; none if no repository is configured.
    pub git: Option<GitPlace>,
    /// Where delivered jobs are followed; none if no Airflow is configured.
    pub airflow: Option<AirflowPlace>,
    /// Whether jobs are put into a folder that Airflow reads, where there is no repository.
    pub has_dag_folder: bool,
    /// Where jobs are submitted to; none if no standalone master is configured.
    #[serde(default)]
    pub standalone: Option<StandalonePlace>,
    /// Largest notebook, bytes.
    pub notebook_bytes: u64,
}

/// The site's repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GitPlace {
    /// Its address, without a user or a password.
    pub repository: String,
    pub branch: String,
    /// Whether jobs are proposed for the branch by merge requests, instead of being pushed to it.
    #[serde(default)]
    pub by_merge_request: bool,
    /// The folder that all jobs have beneath it; empty for the repository itself.
    pub folder: String,
}

/// The site's Airflow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AirflowPlace {
    /// Its address, without a user or a password.
    pub url: String,
    /// The name of its connection to Spark.
    pub connection: String,
}

/// The site's standalone master.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StandalonePlace {
    /// Its REST submission server.
    pub rest_url: String,
    /// `spark://…`: the master from which a job gets its executors.
    pub master_url: String,
    /// The folder that jobs are put into, here and as the workers see it.
    pub folder: String,
    pub worker_folder: String,
}

/// Where a job will run. `job.py` is the same for every target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ExportTarget {
    /// Anywhere: `python job.py`.
    #[default]
    Local,
    /// A standalone cluster, whose master starts the job's driver on a worker.
    Standalone,
    /// Airflow 3 with the driver behind Spark Connect.
    AirflowConnect,
    /// Airflow 3 with `spark-submit`.
    AirflowSubmit,
    /// Airflow 3 with papermill, which runs the notebook as it is and keeps its outputs.
    Papermill,
}
