//! What the tab is drawn from, and what its panes want to know of it.

use wire::export::{Export, Run, RunState};

use super::converted::Converted;
use super::document::Document;
use super::model::{Act, Model};
use super::watched::Watched;
use kit::asked::Asked;

/// What the tab is drawn from.
pub struct ExportScene<'a> {
    pub model: &'a Model,
    pub document: Option<&'a Document>,
    /// What the sidecar offers.
    pub area: &'a Asked,
    /// Whether Airflow answers.
    pub airflow: &'a Asked,
    /// Whether the standalone master takes jobs.
    pub master: &'a Asked,
    pub converted: &'a Converted,
    pub runs: &'a Watched,
    /// The run whose details are open.
    pub run: &'a Watched,
    pub shipments: &'a Watched,
    /// The log of the shipment whose log is open.
    pub log: &'a Watched,
    /// Where jupyter-scheduler runs notebooks; none if it is not installed.
    pub scheduler: Option<&'a str>,
    pub act: &'a Act,
}

/// Whether a run may still do something.
pub fn is_active(run: &Run) -> bool {
    matches!(run.state, RunState::Starting | RunState::Running)
}

/// Whether jobs are delivered to Airflow.
pub fn delivers(offers: &Export) -> bool {
    offers.git.is_some() || offers.has_dag_folder
}

/// Whether jobs are delivered anywhere, and followed.
pub fn ships(offers: &Export) -> bool {
    delivers(offers) || offers.standalone.is_some()
}

/// Whether there is a job that can be used, and what is wrong if there is none.
pub fn is_current(converted: &Converted) -> bool {
    converted.conversion.is_some() && !converted.is_busy && converted.problem.is_none()
}
