//! Sentences about jobs on a standalone cluster.

use super::{Said, errors::Explained, say};
use crate::export::{
    places::Place,
    standalone::{error::SubmissionError, follow::Follow, state::State},
};

/// Where a job is.
pub(crate) fn state(state: &State, rest_url: &str) -> Said {
    match state {
        State::Delivered => say!("The files are in the shared folder; the job has not been submitted yet."),
        State::Submitting => say!("The job is being submitted to %1.", rest_url),
        State::NotKnown => say!("The master's answer was lost, so it is not known whether the job was submitted."),
        State::Submitted => say!("Submitted to %1; the driver waits for a worker.", rest_url),
        State::Running { done: 0, of, .. } => say!("The run has started; cells: %1.", of),
        State::Running { done, of, .. } => say!("The run is at cell %1 of %2.", done, of),
        State::Relaunching => say!("The driver has ended, and the master starts it again."),
        State::Finished => say!("The run has succeeded."),
        State::Failed { place: Some(Place { cell, line }), .. } => {
            say!("The run has failed in cell %1, line %2.", cell, line)
        }
        State::Failed { place: None, cell: Some(cell), .. } => say!("The run has failed while cell %1 ran.", cell),
        State::Failed { place: None, cell: None, .. } => say!("The run has failed."),
        State::Error { .. } => say!("The worker could not start the driver."),
        State::Killed => say!("The driver was killed."),
        State::Canceled => say!("The job was canceled before it was submitted."),
        State::Gone => say!("The master no longer knows the driver, so it is not known how the job ended."),
        State::Refused { error } => failure(error).error,
    }
}

/// What to do in a state; none if there is nothing to do.
pub(crate) fn hint(state: &State, follow: &Follow) -> Option<Said> {
    let worker = follow.worker.as_deref().unwrap_or("?");
    Some(match state {
        State::NotKnown => say!(
            "Look for a new driver on the master's page first. If there is none, retry; if there is one, retrying runs the job twice."
        ),
        State::Gone => say!("The master may have been restarted. Look for what the job should have left, then retry."),
        State::Failed { .. } | State::Error { .. } => match (&follow.log_url, &follow.driver) {
            (Some(_), _) => say!("The driver's log on its worker has the whole output."),
            (None, Some(driver)) => say!(
                "The driver's output is on the worker %1, in its folder work/%2; the monitor cannot read it there.",
                worker,
                driver
            )
            .then(say!("Check that the workers see the shared folder, and that Python is there.")),
            (None, None) => return None,
        },
        State::Refused { error } => failure(error).hint,
        _ => return None,
    })
}

/// The shared folder is not there.
pub(crate) fn no_folder() -> Explained {
    Explained {
        error: say!("The folder that is shared with the workers is not there."),
        hint: say!("It may not be mounted; the administrator can check SPARK_MONITOR_EXPORT_MASTER_FOLDER."),
    }
}

/// Why the master did not do it, and what to do about it.
pub(crate) fn failure(error: &SubmissionError) -> Explained {
    match error {
        SubmissionError::NotConfigured => Explained {
            error: say!(
                "This monitor no longer knows the master to which the job was submitted, so it is not followed."
            ),
            hint: say!("An administrator can set SPARK_MONITOR_EXPORT_MASTER_REST_URL as before; then retry."),
        },
        SubmissionError::Unreachable { .. } => Explained {
            error: say!("The master's REST server could not be reached."),
            hint: say!(
                "It is asked again automatically; if that does not help, check SPARK_MONITOR_EXPORT_MASTER_REST_URL, and that spark.master.rest.enabled is true."
            ),
        },
        SubmissionError::Lost { .. } => {
            Explained { error: say!("The connection to the master's REST server was lost."), hint: again() }
        }
        SubmissionError::Timeout { after_ms } => Explained {
            error: say!("The master's REST server gave no answer within %1 s.", after_ms / 1000),
            hint: again(),
        },
        SubmissionError::Overloaded => Explained {
            error: say!("The master was not asked, because the monitor makes too many calls at this moment."),
            hint: again(),
        },
        SubmissionError::Forbidden { .. } => Explained {
            error: say!("A filter of the master's REST server does not accept the monitor's token."),
            hint: say!("The administrator can set SPARK_MONITOR_EXPORT_MASTER_REST_TOKEN to one that it accepts."),
        },
        SubmissionError::Refused { detail } => Explained {
            error: say!("The master does not take the job: %1", detail),
            hint: say!(
                "With standby masters, SPARK_MONITOR_EXPORT_MASTER_REST_URL must lead to the one that is alive."
            ),
        },
        SubmissionError::Rejected { detail } => Explained {
            error: say!("The master's REST server does not understand the request: %1", detail),
            hint: say!("The monitor is tested with Spark 4.3; tell the administrator which version it is."),
        },
        SubmissionError::Status { status } => {
            Explained { error: say!("The master's REST server answered with status %1.", status), hint: again() }
        }
        SubmissionError::NotServer { seen } => Explained {
            error: say!("What answers at the address is no REST server of a standalone master (%1).", seen),
            hint: say!("Check SPARK_MONITOR_EXPORT_MASTER_REST_URL: its port is spark.master.rest.port, mostly 6066."),
        },
        SubmissionError::Shape { .. } => Explained {
            error: say!("What answers at the address is not what a master's REST server answers."),
            hint: say!("Check SPARK_MONITOR_EXPORT_MASTER_REST_URL: its port is spark.master.rest.port, mostly 6066."),
        },
        SubmissionError::TooLarge { limit } => {
            Explained { error: say!("The master's REST server answered more than %1 bytes.", limit), hint: again() }
        }
        SubmissionError::StateUnknown { .. } => Explained {
            error: say!("The master does not know the driver's state at the moment; it may be recovering."),
            hint: again(),
        },
        SubmissionError::NotKept => Explained {
            error: say!("The job was not submitted, because its state cannot be kept."),
            hint: say!("Make room on the disk, or make the state folder writable; then retry."),
        },
    }
}

fn again() -> Said {
    say!("It is asked again automatically; if the problem persists, tell the administrator.")
}
