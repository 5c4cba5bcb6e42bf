//! Where a submitted job is, what is asked about it, and what comes back.

use serde::{Deserialize, Serialize};

use super::{answers::Status, error::SubmissionError, report::Report};
use crate::export::places::Place;

/// Where the job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum State {
    /// Its files are there, and it is to be submitted.
    Delivered,
    /// The request is under way. This is kept before it is sent, so that it is never sent twice.
    Submitting,
    /// The answer was lost, so nobody knows whether it was submitted.
    NotKnown,
    /// It waits for a worker.
    Submitted,
    /// `done` of the job's `of` cells have begun.
    Running {
        cell: Option<usize>,
        done: usize,
        of: usize,
    },
    /// Its driver ended, and the master starts it again.
    Relaunching,
    Finished,
    Failed {
        place: Option<Place>,
        /// The cell that had begun last.
        cell: Option<usize>,
        message: String,
    },
    /// The driver could not be started.
    Error {
        message: String,
    },
    /// A person, or somebody at the master, ended it.
    Killed,
    /// It was ended before it was submitted.
    Canceled,
    /// The master does not know it any more, so nobody knows how it ended.
    Gone,
    /// The master does not do it, and waiting does not help.
    Refused {
        error: SubmissionError,
    },
}

/// A state, and when it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub at_ms: i64,
    #[serde(flatten)]
    pub state: State,
}

/// Why there is no answer at the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub error: SubmissionError,
    pub since_ms: i64,
    /// Failed attempts in a row.
    pub attempts: u32,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Submit,
    /// The driver's state, and how far it is.
    Status,
    Kill,
    /// Why the job failed, by its report.
    Reason,
    /// It was being submitted when the sidecar ended.
    NothingKnown,
    /// Nothing: this is the end, unless a person acts.
    Nothing,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saw {
    Submitted(String),
    Status(Status, Option<Report>),
    KillSent,
    Reason(Option<Report>),
    Failed(SubmissionError),
}
