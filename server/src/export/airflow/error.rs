//! Why Airflow did not do what it was asked for. Sentences are in `words/export_airflow.rs`.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What is asked of Airflow; each needs a right of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Right {
    SignIn,
    ReadWorkflow,
    ReadSource,
    ReadImportErrors,
    EditWorkflow,
    Trigger,
    ReadRun,
    ReadTasks,
    ReadLog,
    EditRun,
}

/// A failed call. None holds a token, a password or an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum AirflowError {
    /// There was one when the job was shipped.
    #[error("no Airflow is configured")]
    NotConfigured,
    /// The connection was refused or reset before an answer, or the name was not found.
    #[error("Airflow could not be reached: {cause}")]
    Unreachable { cause: String },
    #[error("Airflow gave no answer within {after_ms} ms")]
    Timeout { after_ms: u64 },
    /// The call got no place in time, and Airflow was not called.
    #[error("Airflow was not called, too many calls are under way")]
    Overloaded,
    /// Airflow does not know this user with this password.
    #[error("Airflow refused user and password")]
    LoginRefused,
    /// A ready token, or one that Airflow has just given.
    #[error("Airflow refused the token")]
    TokenRefused,
    #[error("Airflow forbids {right:?}")]
    Forbidden { right: Right },
    /// There is no such workflow, run or log.
    #[error("Airflow has nothing there for {right:?}")]
    NotFound { right: Right },
    /// Something with this name is there already.
    #[error("Airflow answered 409: {detail}")]
    Conflict { detail: String },
    /// Airflow does not accept the values, and says why.
    #[error("Airflow did not accept it: {detail}")]
    Rejected { detail: String },
    #[error("Airflow answered {status}: {detail}")]
    Status { status: u16, detail: String },
    /// Something else than an Airflow 3 answers there.
    #[error("no Airflow 3 answers: {seen}")]
    NotAirflow { seen: String },
    #[error("Airflow answered JSON of another shape: {reason}")]
    Shape { reason: String },
    #[error("Airflow's answer is larger than {limit} bytes")]
    TooLarge { limit: u64 },
    #[error("Airflow's answer was cut off: {reason}")]
    Cut { reason: String },
}

impl AirflowError {
    /// True if it may go away while one waits: while Airflow restarts, something in front of it may answer.
    pub(crate) fn is_passing(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Timeout { .. } | Self::Overloaded | Self::Cut { .. } => true,
            Self::NotAirflow { .. } | Self::Shape { .. } | Self::TooLarge { .. } => true,
            Self::Status { status, .. } => *status >= 500 || *status == 429,
            _ => false,
        }
    }
}
