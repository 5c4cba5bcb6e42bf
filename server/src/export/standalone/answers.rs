//! Answers of the REST submission server, as far as they are used.

use serde::Deserialize;

use super::error::SubmissionError;
use crate::export::airflow::refusal::short;

/// How much of the master's words is kept, characters: the rest is a stack trace.
const LONGEST_DETAIL: usize = 300;
/// The longest name of a driver, bytes.
const LONGEST_ID: usize = 200;

/// Any answer: `CreateSubmissionResponse`, `SubmissionStatusResponse`, `KillSubmissionResponse`, `ReadyzResponse`,
/// `ErrorResponse`. Fields that Spark leaves out are none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Answer {
    pub action: String,
    pub success: Option<bool>,
    pub message: Option<String>,
    pub server_spark_version: Option<String>,
    pub submission_id: Option<String>,
    pub driver_state: Option<String>,
    pub worker_host_port: Option<String>,
}

/// The states of a driver, from `DriverState.scala`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DriverState {
    /// It waits for a worker.
    Submitted,
    Running,
    Finished,
    /// It ended with an error, and the master starts it again.
    Relaunching,
    Killed,
    Failed,
    /// It could not be started.
    Error,
}

/// What the master says of a driver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Known {
        state: DriverState,
        /// The worker's host; none before there is one.
        worker: Option<String>,
        /// The master's words about an error; mostly empty.
        detail: String,
    },
    /// The master has no such driver, or no longer.
    NotThere,
}

impl Answer {
    /// The first line of the master's words, without the stack trace after it.
    pub(super) fn detail(&self) -> String {
        let lines = self.message.as_deref().unwrap_or_default().lines();
        let words = lines.take_while(|line| !line.starts_with(['\t', ' '])).collect::<Vec<_>>().join(" ");
        short(&words, LONGEST_DETAIL)
    }

    /// The name of the driver that was submitted.
    pub(super) fn submission_id(&self) -> Result<String, SubmissionError> {
        let id = self.submission_id.as_deref().filter(|id| is_submission_id(id));
        let wrong = || SubmissionError::Shape { reason: "it has no name of a driver".to_owned() };
        id.map(str::to_owned).ok_or_else(wrong)
    }

    /// What it says of a driver.
    pub(super) fn status(&self) -> Result<Status, SubmissionError> {
        let Some(state) = &self.driver_state else {
            let detail = self.detail();
            // A standby master has words; the leading one that does not know the driver has none.
            return if detail.is_empty() {
                Ok(Status::NotThere)
            } else {
                Err(SubmissionError::StateUnknown { detail })
            };
        };
        let state = match state.as_str() {
            "SUBMITTED" => DriverState::Submitted,
            "RUNNING" => DriverState::Running,
            "FINISHED" => DriverState::Finished,
            "RELAUNCHING" => DriverState::Relaunching,
            // The master is recovering.
            "UNKNOWN" => return Err(SubmissionError::StateUnknown { detail: self.detail() }),
            "KILLED" => DriverState::Killed,
            "FAILED" => DriverState::Failed,
            "ERROR" => DriverState::Error,
            _ => return Err(SubmissionError::Shape { reason: "it has no known state of a driver".to_owned() }),
        };
        let host = |address: &String| short(address.rsplit_once(':').map_or(address, |(host, _)| host), 200);
        Ok(Status::Known { state, worker: self.worker_host_port.as_ref().map(host), detail: self.detail() })
    }
}

/// Whether this can be a driver's name. It becomes part of a path, and its pattern is the site's to choose.
pub(crate) fn is_submission_id(id: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !id.is_empty() && id.len() <= LONGEST_ID && !id.starts_with('.') && id.chars().all(is_allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(json: &str) -> Answer {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_stack_trace_is_left_out() {
        let said = "Exception from the cluster:\\njava.io.IOException: no\\n\\tat a.B.c(B.scala:1)\\nlast";
        let said = answer(&format!(r#"{{"action":"ErrorResponse","message":"{said}"}}"#));
        assert_eq!(said.detail(), "Exception from the cluster: java.io.IOException: no");
    }

    #[test]
    fn a_driver_that_the_master_does_not_know_is_no_driver_whose_state_it_does_not_know() {
        let status = |more: &str| answer(&format!(r#"{{"action":"SubmissionStatusResponse",{more}}}"#)).status();
        assert_eq!(status(r#""success":false"#), Ok(Status::NotThere));
        let standby = status(r#""success":false,"message":"Current state is not alive: STANDBY.""#);
        assert!(matches!(standby, Err(SubmissionError::StateUnknown { .. })));
        let running = status(r#""success":true,"driverState":"RUNNING","workerHostPort":"[::1]:38167""#);
        let worker = Some("[::1]".to_owned());
        assert_eq!(running, Ok(Status::Known { state: DriverState::Running, worker, detail: String::new() }));
        assert!(matches!(status(r#""driverState":"DREAMING""#), Err(SubmissionError::Shape { .. })));
    }

    #[test]
    fn a_drivers_name_cannot_lead_to_another_folder() {
        for id in ["", "..", ".a", "a/b", "a b", "é", &"a".repeat(201)] {
            assert!(!is_submission_id(id), "{id}");
        }
        assert!(is_submission_id("driver-20261130232755-0000"));
    }
}
