//! Sentences about jobs that are delivered.

use std::fmt::Display;

use super::{errors::Explained, say};

pub(crate) fn no_place() -> Explained {
    Explained {
        error: say!("This monitor delivers no jobs."),
        hint: say!(
            "An administrator can set SPARK_MONITOR_EXPORT_GIT_URL, or SPARK_MONITOR_EXPORT_DAG_FOLDER for a folder that Airflow reads."
        ),
    }
}

pub(crate) fn no_workflow() -> Explained {
    Explained {
        error: say!("This target has no workflow to deliver."),
        hint: say!("Choose one of the targets for Airflow, or download the job."),
    }
}

pub(crate) fn changed() -> Explained {
    Explained {
        error: say!("The notebook has changed since the job was shown."),
        hint: say!("Look at the job again, then ship it."),
    }
}

pub(crate) fn no_plan() -> Explained {
    Explained {
        error: say!("What the delivery would change has not been shown."),
        hint: say!("Look at the changes first, then ship the job."),
    }
}

pub(crate) fn unknown_parameter(name: &str) -> Explained {
    Explained {
        error: say!("The notebook has no parameter %1.", name),
        hint: say!("Give values for the names of the parameters' cell only."),
    }
}

pub(crate) fn secret() -> Explained {
    Explained {
        error: say!("The message, the path or a parameter seems to have a secret in it."),
        hint: say!("Take it out; a job reads its secrets from the environment where it runs."),
    }
}

pub(crate) fn too_many() -> Explained {
    Explained {
        error: say!("Too many jobs were shipped in a short time, or are still on their way."),
        hint: say!("Wait for one to end, then try again."),
    }
}

pub(crate) fn unknown() -> Explained {
    Explained {
        error: say!("There is no such job on its way."),
        hint: say!("Look at the list of shipped jobs again; the oldest are removed."),
    }
}

pub(crate) fn no_act() -> Explained {
    Explained {
        error: say!("That cannot be done with the job now."),
        hint: say!("Look at its timeline again; it may have gone on."),
    }
}

pub(crate) fn folder(reason: &impl Display) -> Explained {
    Explained {
        error: say!("The folder of workflows cannot be used: %1", reason),
        hint: say!("Look at the changes again; an administrator can check SPARK_MONITOR_EXPORT_DAG_FOLDER."),
    }
}

pub(crate) fn disk() -> Explained {
    Explained {
        error: say!("The job was not shipped, because its state cannot be kept."),
        hint: say!("Make room on the disk, or make the state folder writable."),
    }
}

pub(crate) fn restarted() -> Explained {
    Explained {
        error: say!("The monitor was restarted during the delivery, so its end is not known."),
        hint: say!("Look at the changes again: if it has arrived, there are none left."),
    }
}
