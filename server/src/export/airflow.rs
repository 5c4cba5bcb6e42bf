//! Airflow 3, which runs shipped jobs: what of its API is used.

pub(crate) mod answers;
mod calls;
#[cfg(test)]
mod client_tests;
pub(crate) mod dag_folder;
#[cfg(test)]
mod double;
pub(crate) mod drive;
#[cfg(test)]
mod drive_tests;
pub(crate) mod error;
pub(crate) mod follow;
#[cfg(test)]
mod follow_tests;
mod lines;
pub(crate) mod log;
mod login;
#[cfg(test)]
#[cfg(feature = "long-tests")]
mod real;
pub(crate) mod refusal;
pub(crate) mod shipped;
pub(crate) mod state;

use std::time::Duration;

use reqwest::Method;
use rustls::ClientConfig;
use serde_json::{Map, Value, json};
use tokio::time::timeout;
use upstream::{Caller, Timeouts};

use self::{
    answers::{
        Dag, ImportError, ImportErrors, Me, Run, RunState, Source, TaskInstance, TaskInstances, Version, Waiting,
    },
    calls::{Call, Calls},
    error::{AirflowError, Right},
    lines::Lines,
    log::Log,
};
use super::places::CellMap;
use crate::config::AirflowApi;

/// Import errors that are read of one file.
const MOST_ERRORS: &str = "20";
/// Tasks that are read of one run; ours have one or two.
const MOST_TASKS: &str = "100";
/// How much of a log is read, bytes.
const MOST_LOG_BYTES: u64 = 32 << 20;
/// How much of one stream of states is read, bytes: days of them.
const MOST_STATE_BYTES: u64 = 4 << 20;
/// Seconds between two states of a stream.
const STATE_INTERVAL: &str = "2";
/// How long a stream of states may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// How much longer a log may take than another answer: Airflow fetches it from the worker.
const LOG_PATIENCE: u32 = 4;

/// The API of this site's Airflow. Cheap to clone; clones share connections and token.
#[derive(Clone, Debug)]
pub(crate) struct Airflow {
    calls: Calls,
}

/// What answers, for whom, and what it does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reachable {
    pub version: String,
    /// The user's name in Airflow; none if it does not say.
    pub user: Option<String>,
    /// What following needs and this user may not. Whether it may trigger shows only when it does.
    pub missing: Vec<Right>,
}

/// The states of a run, as Airflow sends them.
#[derive(Debug)]
pub(crate) struct States(Lines);

impl Airflow {
    /// # Errors
    /// When no HTTP client can be made.
    pub(crate) fn new(api: &AirflowApi, tls: &ClientConfig, timeouts: Timeouts) -> Result<Self, AirflowError> {
        Ok(Self { calls: Calls::new(api, tls, timeouts)? })
    }

    /// The same, whose calls count towards this caller's share.
    pub(crate) fn on_behalf_of(&self, caller: &Caller) -> Self {
        Self { calls: self.calls.on_behalf_of(caller) }
    }

    /// Asks who answers, and tries what can be tried without changing anything.
    ///
    /// # Errors
    /// When no Airflow 3 answers, or it does not let the monitor in.
    pub(crate) async fn reachable(&self) -> Result<Reachable, AirflowError> {
        let call = Call::get(Right::ReadWorkflow, &["api", "v2", "version"]);
        // What has no such address is another service, or an Airflow 2.
        let version: Version = self.calls.json(&call).await.map_err(|error| match error {
            AirflowError::NotFound { .. } => AirflowError::NotAirflow { seen: "status 404".to_owned() },
            error => error,
        })?;
        let version = refusal::short(&version.version, 40);
        if version.split('.').next().and_then(|major| major.parse().ok()).is_none_or(|major: u32| major < 3) {
            return Err(AirflowError::NotAirflow { seen: format!("Airflow {version}") });
        }
        let one = [("limit", "1")];
        let tried: [(Right, &[&str]); 3] = [
            (Right::ReadWorkflow, &["api", "v2", "dags"]),
            (Right::ReadImportErrors, &["api", "v2", "importErrors"]),
            (Right::ReadRun, &["api", "v2", "dags", "~", "dagRuns"]),
        ];
        let mut missing = Vec::new();
        for (right, path) in tried {
            match self.calls.json::<Value>(&Call { query: &one, ..Call::get(right, path) }).await {
                Ok(_) => {}
                Err(AirflowError::Forbidden { .. }) => missing.push(right),
                Err(error) => return Err(error),
            }
        }
        Ok(Reachable { version, user: self.user().await, missing })
    }

    /// A workflow; none if Airflow does not know it, or no longer.
    ///
    /// # Errors
    /// When Airflow does not say.
    pub(crate) async fn dag(&self, dag_id: &str) -> Result<Option<Dag>, AirflowError> {
        let dag = self.calls.json::<Dag>(&Call::get(Right::ReadWorkflow, &["api", "v2", "dags", dag_id])).await;
        match dag {
            Ok(dag) => Ok(Some(dag).filter(|dag| !dag.is_stale)),
            Err(AirflowError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The text of a workflow's file, as Airflow has last read it.
    ///
    /// # Errors
    /// When Airflow does not say.
    pub(crate) async fn source(&self, dag_id: &str) -> Result<String, AirflowError> {
        let path = ["api", "v2", "dagSources", dag_id];
        let call = Call::get(Right::ReadSource, &path);
        Ok(self.calls.json::<Source>(&call).await?.content)
    }

    /// Why Airflow could not import a file, which is named by its path in the bundle; none if it could, or has not yet.
    ///
    /// # Errors
    /// When Airflow does not say.
    pub(crate) async fn import_error(&self, file: &str) -> Result<Option<ImportError>, AirflowError> {
        // The bundle may be a folder of what was delivered to, or around it, so only the name is sure.
        let name = file.rsplit('/').next().unwrap_or(file);
        let query = [("limit", MOST_ERRORS), ("order_by", "-timestamp"), ("filename_pattern", name)];
        let path = ["api", "v2", "importErrors"];
        let call = Call { query: &query, ..Call::get(Right::ReadImportErrors, &path) };
        let errors = self.calls.json::<ImportErrors>(&call).await?.import_errors;
        let is_ours = |name: &str| name == file || ends_with(name, file) || ends_with(file, name);
        Ok(errors.into_iter().find(|error| is_ours(&error.filename)))
    }

    /// Lets a workflow run, also by its schedule.
    ///
    /// # Errors
    /// When Airflow does not.
    pub(crate) async fn unpause(&self, dag_id: &str) -> Result<(), AirflowError> {
        self.calls
            .json::<Dag>(&Call {
                method: Method::PATCH,
                query: &[("update_mask", "is_paused")],
                body: Some(json!({"is_paused": false})),
                ..Call::get(Right::EditWorkflow, &["api", "v2", "dags", dag_id])
            })
            .await
            .map(|_| ())
    }

    /// Starts a run under a name. If it is there already, an answer of Airflow was lost, and that run is returned.
    ///
    /// # Errors
    /// When Airflow does not start it; [`AirflowError::Rejected`] has its words about the parameters.
    pub(crate) async fn trigger(
        &self,
        dag_id: &str,
        run_id: &str,
        conf: &Map<String, Value>,
        note: Option<&str>,
    ) -> Result<Run, AirflowError> {
        let path = ["api", "v2", "dags", dag_id, "dagRuns"];
        let body = json!({"dag_run_id": run_id, "logical_date": null, "conf": conf, "note": note});
        let call = Call { method: Method::POST, body: Some(body), ..Call::get(Right::Trigger, &path) };
        match self.calls.json(&call).await {
            Err(AirflowError::Conflict { detail }) => {
                self.run(dag_id, run_id).await.map_err(|_| AirflowError::Conflict { detail })
            }
            answer => answer,
        }
    }

    /// A run.
    ///
    /// # Errors
    /// When Airflow does not say.
    pub(crate) async fn run(&self, dag_id: &str, run_id: &str) -> Result<Run, AirflowError> {
        self.calls.json(&Call::get(Right::ReadRun, &["api", "v2", "dags", dag_id, "dagRuns", run_id])).await
    }

    /// Opens the stream of a run's states, which ends with it.
    ///
    /// # Errors
    /// When Airflow has none; then [`Self::run`] says the state.
    pub(crate) async fn states(&self, dag_id: &str, run_id: &str) -> Result<States, AirflowError> {
        let path = ["api", "v2", "dags", dag_id, "dagRuns", run_id, "wait"];
        let call = Call { query: &[("interval", STATE_INTERVAL)], ..Call::get(Right::ReadRun, &path) };
        Ok(States(Lines::new(self.calls.stream(&call).await?, SILENCE, MOST_STATE_BYTES)))
    }

    /// The tasks of a run.
    ///
    /// # Errors
    /// When Airflow does not say.
    pub(crate) async fn tasks(&self, dag_id: &str, run_id: &str) -> Result<Vec<TaskInstance>, AirflowError> {
        let path = ["api", "v2", "dags", dag_id, "dagRuns", run_id, "taskInstances"];
        let call = Call { query: &[("limit", MOST_TASKS)], ..Call::get(Right::ReadTasks, &path) };
        Ok(self.calls.json::<TaskInstances>(&call).await?.task_instances)
    }

    /// The log of a task's last try.
    ///
    /// # Errors
    /// When Airflow does not give it, or it takes too long.
    pub(crate) async fn log(
        &self,
        dag_id: &str,
        run_id: &str,
        task: &TaskInstance,
        cells: &CellMap,
    ) -> Result<Log, AirflowError> {
        let (number, map_index) = (task.try_number.max(1).to_string(), task.map_index.to_string());
        let task_id = task.task_id.as_str();
        let path = ["api", "v2", "dags", dag_id, "dagRuns", run_id, "taskInstances", task_id, "logs", &number];
        let call = Call { query: &[("map_index", &map_index)], ..Call::get(Right::ReadLog, &path) };
        let patience = self.calls.deadline() * LOG_PATIENCE;
        let lines = Lines::new(self.calls.stream(&call).await?, patience, MOST_LOG_BYTES);
        timeout(patience, Log::read(lines, cells)).await.unwrap_or_else(|_| Err(refusal::late(patience)))
    }

    /// Ends a run: its tasks are stopped, and it counts as failed. One that is over stays as it is.
    ///
    /// # Errors
    /// When Airflow does not allow it.
    pub(crate) async fn cancel(&self, dag_id: &str, run_id: &str) -> Result<Run, AirflowError> {
        let run = self.run(dag_id, run_id).await?;
        if run.state.is_over() {
            return Ok(run);
        }
        self.calls
            .json(&Call {
                method: Method::PATCH,
                query: &[("update_mask", "state")],
                body: Some(json!({"state": "failed"})),
                ..Call::get(Right::EditRun, &["api", "v2", "dags", dag_id, "dagRuns", run_id])
            })
            .await
    }

    /// The user's name, by the configuration or as Airflow's own pages have it.
    async fn user(&self) -> Option<String> {
        if let Some(user) = self.calls.user() {
            return Some(user.to_owned());
        }
        let me = self.calls.json::<Me>(&Call::get(Right::ReadWorkflow, &["ui", "auth", "me"])).await;
        me.ok()?.username.map(|name| refusal::short(&name, 100))
    }
}

impl States {
    /// The next state; none at the end of the stream.
    ///
    /// # Errors
    /// When the stream breaks off or is silent.
    pub(crate) async fn next(&mut self) -> Result<Option<RunState>, AirflowError> {
        loop {
            let Some(line) = self.0.next().await? else { return Ok(None) };
            if !line.is_empty() {
                return Ok(Some(refusal::decoded::<Waiting>(&line)?.state));
            }
        }
    }
}

/// Whether a path ends with whole steps of another.
fn ends_with(path: &str, end: &str) -> bool {
    path.strip_suffix(end).is_some_and(|start| start.ends_with('/'))
}
