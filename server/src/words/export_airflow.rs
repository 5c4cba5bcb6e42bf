//! Sentences about shipped jobs in Airflow.

use super::{Said, errors::Explained, say};
use crate::export::{
    airflow::{
        error::{AirflowError, Right},
        shipped::Delivery,
        state::State,
    },
    places::Place,
};

/// Where a job is.
pub(crate) fn state(state: &State) -> Said {
    match state {
        State::Delivered => say!("Delivered; Airflow has not read it yet."),
        State::ImportError { place: Some(Place { cell, line }), .. } => {
            say!("Airflow cannot import it: cell %1, line %2.", cell, line)
        }
        State::ImportError { place: None, .. } => say!("Airflow cannot import it."),
        State::NotSeen { after_s } if *after_s >= 7200 => say!("Airflow has not read it within %1 h.", after_s / 3600),
        State::NotSeen { after_s } => say!("Airflow has not read it within %1 s.", after_s),
        State::Seen { next_run: Some(next), .. } => {
            say!("Airflow has read it; by its schedule it runs next at %1.", next)
        }
        State::Seen { next_run: None, .. } => say!("Airflow has read it."),
        State::Paused => say!("The workflow is paused, so no run would start."),
        State::Queued { .. } => say!("The run waits for its turn in Airflow."),
        State::Running { done: 0, of, .. } => say!("The run has started; cells: %1.", of),
        State::Running { done, of, .. } => say!("The run is at cell %1 of %2.", done, of),
        State::Success => say!("The run has succeeded."),
        State::Failed { place: Some(Place { cell, line }), .. } => {
            say!("The run has failed in cell %1, line %2.", cell, line)
        }
        State::Failed { place: None, .. } => say!("The run has failed."),
        State::Canceled => say!("The run was canceled."),
        State::Refused { error } => failure(error).error,
    }
}

/// What to do in a state; none if there is nothing to do.
pub(crate) fn hint(state: &State, delivery: &Delivery) -> Option<Said> {
    Some(match (state, delivery) {
        (State::NotSeen { .. }, Delivery::Commit { .. }) => say!(
            "Check in Airflow that a Git bundle follows this repository, branch and folder, how often it is refreshed, and that the DAG processor runs."
        ),
        (State::NotSeen { .. }, Delivery::Branch { name }) => {
            say!("Airflow can read it once the branch %1 is merged. Then look again.", name)
        }
        (State::NotSeen { .. }, Delivery::Folder) => say!(
            "Check that SPARK_MONITOR_EXPORT_DAG_FOLDER is a folder that Airflow's DAG processor reads, and that it may read the files."
        ),
        (State::ImportError { .. }, _) => {
            say!("It may still be the earlier file; otherwise mend what Airflow names, and ship it again.")
        }
        (State::Paused, _) => say!("Unpause it here or in Airflow; this also starts its schedule, if it has one."),
        (State::Refused { error }, _) => failure(error).hint,
        _ => return None,
    })
}

/// Why Airflow did not do it, and what to do about it.
pub(crate) fn failure(error: &AirflowError) -> Explained {
    match error {
        AirflowError::NotConfigured => Explained {
            error: say!("This monitor no longer knows an Airflow, so the job is not followed."),
            hint: say!("An administrator can set SPARK_MONITOR_EXPORT_AIRFLOW_URL; then look again."),
        },
        AirflowError::Unreachable { .. } => Explained {
            error: say!("Airflow could not be reached."),
            hint: say!(
                "It is asked again automatically; if that does not help, check SPARK_MONITOR_EXPORT_AIRFLOW_URL."
            ),
        },
        AirflowError::Timeout { after_ms } => {
            Explained { error: say!("Airflow gave no answer within %1 s.", after_ms / 1000), hint: again() }
        }
        AirflowError::Overloaded => Explained {
            error: say!("Airflow was not asked, because the monitor makes too many calls at this moment."),
            hint: again(),
        },
        AirflowError::Cut { .. } => {
            Explained { error: say!("Airflow broke off in the middle of its answer."), hint: again() }
        }
        AirflowError::TooLarge { limit } => {
            Explained { error: say!("Airflow answered more than %1 bytes.", limit), hint: again() }
        }
        AirflowError::LoginRefused => Explained {
            error: say!("Airflow did not accept the monitor's user and password."),
            hint: say!(
                "The administrator can correct SPARK_MONITOR_EXPORT_AIRFLOW_USER and SPARK_MONITOR_EXPORT_AIRFLOW_PASSWORD."
            )
            .then(say!("They are tried again after 10 minutes, or when the monitor is started again.")),
        },
        AirflowError::TokenRefused => Explained {
            error: say!("Airflow does not accept the monitor's token; it may have expired."),
            hint: say!("The administrator can set a new one in SPARK_MONITOR_EXPORT_AIRFLOW_TOKEN."),
        },
        AirflowError::Forbidden { right } => Explained {
            error: say!("The monitor's user in Airflow lacks a right.").then(missing(*right)),
            hint: say!(
                "Ask Airflow's administrator for it; with Airflow's simple users, the role `user` has all that is needed."
            ),
        },
        AirflowError::NotFound { right } => not_found(*right),
        AirflowError::Conflict { detail } => Explained {
            error: say!("Airflow has a run of that name already, and does not show it: %1", detail),
            hint: say!("Run it again; it then gets a new name."),
        },
        AirflowError::Rejected { detail } => Explained {
            error: say!("Airflow does not accept these values: %1", detail),
            hint: say!("Correct the parameters, and run it again."),
        },
        AirflowError::Status { status, .. } => {
            Explained { error: say!("Airflow answered with status %1.", status), hint: again() }
        }
        AirflowError::NotAirflow { seen } => Explained {
            error: say!("What answers at Airflow's address is no Airflow 3 (%1).", seen),
            hint: say!(
                "Check SPARK_MONITOR_EXPORT_AIRFLOW_URL: it is the address of Airflow's pages, and version 3 is needed."
            ),
        },
        AirflowError::Shape { .. } => Explained {
            error: say!("Airflow answered with JSON of an unexpected shape."),
            hint: say!("The monitor is tested with Airflow 3.3; tell the administrator which version it is."),
        },
    }
}

/// A right that is missing.
pub(crate) fn missing(right: Right) -> Said {
    match right {
        Right::SignIn => say!("It may not sign in to the API."),
        Right::ReadWorkflow => say!("It may not read this DAG."),
        Right::ReadSource => say!("It may not read the DAG's code."),
        Right::ReadImportErrors => say!("It may not read import errors."),
        Right::EditWorkflow => say!("It may not unpause the DAG."),
        Right::Trigger => say!("It may not trigger the DAG."),
        Right::ReadRun => say!("It may not read the DAG's runs."),
        Right::ReadTasks => say!("It may not read task instances."),
        Right::ReadLog => say!("It may not read task logs."),
        Right::EditRun => say!("It may not change the DAG's runs, so it cannot cancel one."),
    }
}

fn not_found(right: Right) -> Explained {
    let error = match right {
        Right::ReadRun | Right::ReadTasks | Right::EditRun => say!("Airflow no longer has this run."),
        Right::ReadLog => say!("Airflow has no log of this run."),
        _ => say!("Airflow no longer has this DAG."),
    };
    Explained { error, hint: say!("Somebody may have removed it; ship it again, or run it again.") }
}

fn again() -> Said {
    say!("It is asked again automatically; if the problem persists, tell the administrator.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_is_named() {
        let explained = failure(&AirflowError::Forbidden { right: Right::Trigger });
        assert_eq!(
            explained.error.to_string(),
            "The monitor's user in Airflow lacks a right. It may not trigger the DAG."
        );
        assert!(explained.hint.to_string().contains("the role `user`"));
    }

    #[test]
    fn a_job_that_is_not_seen_says_what_to_check() {
        let not_seen = State::NotSeen { after_s: 360 };
        assert_eq!(state(&not_seen).to_string(), "Airflow has not read it within 360 s.");
        let git = hint(&not_seen, &Delivery::Commit { id: "a".into() }).unwrap().to_string();
        assert!(git.contains("Git bundle") && git.contains("branch"), "{git}");
        let merged = hint(&not_seen, &Delivery::Branch { name: "x/a".into() }).unwrap().to_string();
        assert_eq!(merged, "Airflow can read it once the branch x/a is merged. Then look again.");
        let day = State::NotSeen { after_s: 24 * 60 * 60 };
        assert_eq!(state(&day).to_string(), "Airflow has not read it within 24 h.");
        assert!(hint(&not_seen, &Delivery::Folder).unwrap().to_string().contains("DAG_FOLDER"));
        assert_eq!(hint(&State::Success, &Delivery::Folder), None);
    }

    #[test]
    fn airflows_own_words_about_a_parameter_are_shown() {
        let error = AirflowError::Rejected { detail: "Invalid input for param limit".into() };
        assert!(state(&State::Refused { error }).to_string().ends_with("values: Invalid input for param limit"));
    }
}
