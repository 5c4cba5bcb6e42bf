//! Sentences about jobs that are delivered.

use std::fmt::Display;

use super::{errors::Explained, say};
use crate::config::NoRuns;

pub(crate) fn off(reason: NoRuns) -> Explained {
    match reason {
        NoRuns::Shared => Explained {
            error: say!("Several people share this monitor, so it delivers and follows no jobs."),
            hint: say!("Download the job and deliver it yourself."),
        },
        _ => Explained {
            error: say!("This site delivers and follows no jobs."),
            hint: say!("Download the job, or ask the administrator for SPARK_MONITOR_EXPORT=run."),
        },
    }
}

pub(crate) fn no_place() -> Explained {
    Explained {
        error: say!("This monitor does not know where to deliver jobs."),
        hint: say!(
            "An administrator can set SPARK_MONITOR_EXPORT_GIT_URL, or SPARK_MONITOR_EXPORT_DAG_FOLDER for a folder that Airflow reads."
        ),
    }
}

pub(crate) fn no_standalone() -> Explained {
    Explained {
        error: say!("This monitor does not know a standalone master to which it could submit jobs."),
        hint: say!(
            "An administrator can set SPARK_MONITOR_EXPORT_MASTER_REST_URL and SPARK_MONITOR_EXPORT_MASTER_FOLDER."
        ),
    }
}

pub(crate) fn nothing_paused() -> Explained {
    Explained {
        error: say!("A job on a standalone cluster is not paused, so it cannot be unpaused."),
        hint: say!("Submit it without that."),
    }
}

pub(crate) fn log_on_worker() -> Explained {
    Explained {
        error: say!("The log of this job is on the worker that runs it, and the monitor does not read it."),
        hint: say!("Open the driver's log on the worker's page, or look into the worker's folder `work`."),
    }
}

pub(crate) fn no_workflow() -> Explained {
    Explained {
        error: say!("This target has no workflow to deliver."),
        hint: say!("Choose another target, or download the job."),
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

pub(crate) fn unseen_foreign(folder: &str) -> Explained {
    Explained {
        error: say!("The folder %1 has files that no export wrote, and this request does not show them.", folder),
        hint: say!("Look at the changes in the export's own view and ship the job there, or choose another name."),
    }
}

pub(crate) fn no_airflow() -> Explained {
    Explained {
        error: say!("This monitor does not know an Airflow."),
        hint: say!("An administrator can set SPARK_MONITOR_EXPORT_AIRFLOW_URL."),
    }
}

pub(crate) fn nothing_triggers() -> Explained {
    Explained {
        error: say!("This monitor does not know an Airflow, so it can neither trigger nor unpause the workflow."),
        hint: say!("Ship the job without that; an administrator can set SPARK_MONITOR_EXPORT_AIRFLOW_URL."),
    }
}

pub(crate) fn bad_path(most_bytes: usize) -> Explained {
    Explained {
        error: say!("The notebook's path has more than %1 bytes, or a control character.", most_bytes),
        hint: say!("Rename the notebook."),
    }
}

pub(crate) fn long_message(most_characters: usize) -> Explained {
    Explained { error: say!("The message has more than %1 characters.", most_characters), hint: say!("Shorten it.") }
}

pub(crate) fn secret() -> Explained {
    Explained {
        error: say!("The message, the path or a parameter seems to have a secret in it."),
        hint: say!("Take it out; a job reads its secrets from the environment where it runs."),
    }
}

pub(crate) fn too_many_at_once(most: usize) -> Explained {
    Explained {
        error: say!("%1 of your jobs are on their way already, and that is all that may be at once.", most),
        hint: say!("Wait for one to end, or cancel one, then try again."),
    }
}

pub(crate) fn too_soon(seconds: u32) -> Explained {
    Explained { error: say!("Too many jobs were shipped in a short time."), hint: say!("Try again in %1 s.", seconds) }
}

pub(crate) fn too_many_acts() -> Explained {
    Explained {
        error: say!("The job has not yet taken what you asked for before."),
        hint: say!("Try again in a moment."),
    }
}

pub(crate) fn followed_elsewhere() -> Explained {
    Explained {
        error: say!("Another monitor of yours follows this job, so nothing was done."),
        hint: say!("Use the Jupyter server from which it was shipped, or stop that server and try again."),
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

pub(crate) fn folder_changed() -> Explained {
    Explained {
        error: say!("The files in the shared folder, or the job, have changed since the changes were shown."),
        hint: say!("Look at the changes again, then ship the job."),
    }
}

pub(crate) fn foreign(file: &str) -> Explained {
    Explained {
        error: say!("%1 is in the folder already, and no export wrote it.", file),
        hint: say!("Give the job another name, or remove the file."),
    }
}

/// `setting` names the folder.
pub(crate) fn folder(reason: &impl Display, setting: &str) -> Explained {
    Explained {
        error: say!("The shared folder cannot be used: %1", reason),
        hint: say!("Look at the changes again; an administrator can check %1.", setting),
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
