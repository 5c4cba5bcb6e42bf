//! Where a followed job is, what is asked about it, and what comes back.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{
    answers::{Dag, ImportError, Run, RunState},
    error::AirflowError,
    log::Failure,
};
use crate::export::places::Place;

/// What the person wants.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Wish {
    /// Run it once when Airflow has seen it.
    pub run: bool,
    /// Let a paused workflow run; this also starts its schedule.
    pub unpause: bool,
    /// The run's parameters.
    pub conf: Map<String, Value>,
    pub note: Option<String>,
}

/// Where the job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum State {
    /// Airflow has not seen it yet.
    Delivered,
    /// Airflow cannot import the file. It may be the old file still, so the job is watched on.
    ImportError {
        place: Option<Place>,
        text: String,
    },
    /// Airflow has not seen it in time.
    NotSeen {
        after_s: u64,
    },
    /// Airflow has read what was delivered.
    Seen {
        version: Option<String>,
        next_run: Option<String>,
    },
    /// It waits for a person, because Airflow would queue a run and not start it.
    Paused,
    Queued {
        run_id: String,
    },
    /// `done` of the job's `of` cells have begun.
    Running {
        cell: Option<usize>,
        done: usize,
        of: usize,
    },
    Success,
    Failed {
        place: Option<Place>,
        message: String,
    },
    Canceled,
    /// Airflow does not do it, and waiting does not help.
    Refused {
        error: AirflowError,
    },
}

/// A state, and when it began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Step {
    pub at_ms: i64,
    #[serde(flatten)]
    pub state: State,
}

/// Why Airflow gives no answer at the moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Problem {
    pub error: AirflowError,
    pub since_ms: i64,
    /// Failed attempts in a row.
    pub attempts: u32,
}

/// What to ask Airflow next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Whether it has seen the job.
    Visible,
    Unpause,
    Trigger,
    /// The run's state, and how far it is.
    Run,
    Cancel,
    /// Why the run failed.
    Reason,
    /// Nothing: this is the end, unless a person acts.
    Nothing,
}

/// What Airflow answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Saw {
    Look {
        dag: Option<Dag>,
        is_ours: bool,
        error: Option<ImportError>,
    },
    Unpaused,
    Run(Run),
    State(RunState),
    /// The cell that began last.
    Progress(RunState, Option<usize>),
    Reason(Option<Failure>),
    Failed(AirflowError),
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Unpause,
    Cancel,
    /// Look again, or run again.
    Retry,
}
