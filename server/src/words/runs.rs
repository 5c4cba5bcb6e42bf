//! Sentences about jobs that run on this machine.

use std::{fmt::Display, io};

use super::{errors::Explained, say};
use crate::config::NoRuns;

pub(crate) fn off(reason: NoRuns) -> Explained {
    let (error, hint) = match reason {
        NoRuns::NotAllowed => (
            say!("This site runs no jobs on the notebook server."),
            say!("Download the job, or ask the administrator for SPARK_MONITOR_EXPORT=run."),
        ),
        NoRuns::NoPython => (
            say!("The monitor does not know the notebook server's Python, so it runs no jobs."),
            say!("Start it with Jupyter, or set SPARK_MONITOR_PYTHON to the path of Jupyter's Python."),
        ),
        NoRuns::NoHome => (
            say!("There is no folder for the job and its outputs."),
            say!("Set HOME or XDG_STATE_HOME for the notebook server."),
        ),
        NoRuns::Shared => (
            say!("Several people share this monitor, so it runs no jobs."),
            say!("Download the job and run it yourself."),
        ),
    };
    Explained { error, hint }
}

pub(crate) fn drops_lines() -> Explained {
    Explained {
        error: say!("A notebook runs as it is, so none of its lines can be removed."),
        hint: say!("Run it as a script, leave the cell out, or keep the line."),
    }
}

pub(crate) fn no_run() -> Explained {
    Explained { error: say!("There is no such run."), hint: say!("It may have made room for newer ones.") }
}

pub(crate) fn no_output() -> Explained {
    Explained {
        error: say!("This run has no notebook with outputs."),
        hint: say!("Wait until its first cell has run; a script has none at all."),
    }
}

pub(crate) fn changed() -> Explained {
    Explained {
        error: say!("The notebook is not the one that was shown."),
        hint: say!("Look at its job again, then run it."),
    }
}

pub(crate) fn still_runs() -> Explained {
    Explained { error: say!("This job still runs."), hint: say!("Cancel it first.") }
}

pub(crate) fn starts() -> Explained {
    Explained { error: say!("This job is just starting."), hint: say!("Try again in a moment.") }
}

pub(crate) fn too_many(at_once: usize) -> Explained {
    Explained {
        error: say!("%1 jobs run on this machine already, and that is all that may at once.", at_once),
        hint: say!("Wait for one of them, or cancel it."),
    }
}

pub(crate) fn too_large(most_bytes: u64) -> Explained {
    Explained {
        error: say!("The notebook has more than %1 bytes, which is too much to keep.", most_bytes),
        hint: say!("Clear its outputs, or ask the administrator to raise SPARK_MONITOR_EXPORT_MAX_BYTES."),
    }
}

pub(crate) fn bad_parameters(reason: &impl Display) -> Explained {
    Explained {
        error: say!("A parameter cannot be given: %1.", reason),
        hint: say!("Each value must be of the type of its default in the notebook."),
    }
}

pub(crate) fn no_kernel() -> Explained {
    Explained {
        error: say!("A notebook runs in a kernel that Jupyter has started, and a script with a kernel's Python."),
        hint: say!("Give the kernel's id for a notebook, its name for a script."),
    }
}

pub(crate) fn no_notebook() -> Explained {
    Explained { error: say!("A Python file has no place for outputs."), hint: say!("Run it as a script.") }
}

pub(crate) fn bad_path() -> Explained {
    Explained {
        error: say!("The notebook's path leads out of the folder that Jupyter shows, or is not there."),
        hint: say!("Save the notebook beneath that folder."),
    }
}

pub(crate) fn disk(reason: &io::Error) -> Explained {
    Explained {
        error: say!("The job's folder or program cannot be used: %1.", reason),
        hint: say!("Make room on the disk, or look into the log of the notebook server."),
    }
}
