//! Sentences about the history.

use std::fmt::Display;

use history_store::StoreError;
use wire::past::SlowerReason;

use super::{Said, errors::Explained, say};

pub(crate) fn what_is_stored(with_texts: bool) -> Said {
    if with_texts {
        return say!(
            "The monitor remembers usage, applications, and your queries with their SQL and error messages, without what looks like a password or a key; it stores no result."
        );
    }
    say!(
        "The monitor remembers usage, applications, and your queries without their literals; it stores no SQL text, message or result."
    )
}

pub(crate) fn in_a_file() -> Said {
    say!("All of it is in one file in your home, which only you can read.")
}

pub(crate) fn copied() -> Said {
    say!("Your home is on a network, so the file is copied there every ten minutes.")
}

/// Why it is not in a file.
pub(crate) fn in_memory(reason: &StoreError) -> Said {
    match reason {
        StoreError::Asked => say!("It is kept in memory, because SPARK_MONITOR_HISTORY says so."),
        StoreError::NoFolder => say!("It is kept in memory, because there is no home folder."),
        StoreError::Newer => say!("It is kept in memory, because a newer version of the monitor wrote the file."),
        StoreError::Elsewhere => say!("It is kept in memory, because a monitor on another machine has the file."),
        _ => say!("It is kept in memory, because the file cannot be written."),
    }
}

pub(crate) fn how_to_stop() -> Said {
    say!("To stop this, set SPARK_MONITOR_HISTORY=off.")
}

/// What an application that is gone looked like at the end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LastSeen<'a> {
    pub queries_running: usize,
    pub executors_lost: usize,
    /// The word for the last one's reason.
    pub last_reason: &'a str,
}

/// The end of an application that Spark no longer lists.
pub(crate) fn end(LastSeen { queries_running, executors_lost, last_reason }: LastSeen<'_>) -> Said {
    let mut said = say!("Spark no longer lists this application, and does not say whether it crashed.");
    if queries_running > 0 {
        said = said.then(say!("Queries that ran when it was last seen: %1.", queries_running));
    }
    if executors_lost == 0 {
        return said;
    }
    said = said.then(say!("Executors that it had lost: %1.", executors_lost));
    match lost(last_reason) {
        Some(reason) => said.then(say!("About the last one:")).then(reason),
        None => said,
    }
}

/// Where what is told of an application comes from, if nobody watched it.
pub(crate) fn from_history_server() -> Said {
    say!("The monitor did not watch this application; Spark's history server remembers it.")
}

/// Why an executor went, by the word for it; none if Spark did not tell.
pub(crate) fn lost(reason: &str) -> Option<Said> {
    Some(match (reason, reason.strip_prefix("exited_")) {
        (_, Some("137")) => {
            say!("It was killed (exit code 137), usually because it used more memory than it was allowed.")
        }
        (_, Some(code)) => say!("It ended with exit code %1.", code),
        ("out_of_memory", _) => say!("It ran out of memory."),
        ("no_heartbeat", _) => say!("It sent no heartbeat any more."),
        ("worker_lost", _) => say!("Its worker was lost."),
        ("connection_lost", _) => say!("The driver lost its connection to it."),
        ("released" | "decommissioned", _) => say!("Spark released it."),
        _ => return None,
    })
}

/// Why a run was slower than usual.
pub(crate) fn slower(reason: SlowerReason) -> Said {
    match reason {
        SlowerReason::WaitedForCores => say!("Slower than usual: it waited longer for free cores."),
        SlowerReason::FewerSlots => say!("Slower than usual: it had fewer task slots."),
        SlowerReason::MoreData => say!("Slower than usual: it read more data."),
        SlowerReason::NewSpill => say!("Slower than usual: it spilled to disk, which earlier runs did not."),
        SlowerReason::GarbageCollection => say!("Slower than usual: garbage collection took more of its time."),
        SlowerReason::PlanChanged => say!("Slower than usual: it ran in other stages than before."),
        SlowerReason::NoCauseSeen => say!("Slower than usual, with the same work and data: no cause is seen."),
    }
}

pub(crate) fn cannot_read() -> Explained {
    Explained { error: say!("The history cannot be read now."), hint: make_room() }
}

pub(crate) fn cannot_forget() -> Explained {
    Explained { error: say!("The history could not be removed."), hint: make_room() }
}

/// The history is in memory and was removed there; the file was not opened.
pub(crate) fn file_stays(file: &impl Display) -> Explained {
    Explained {
        error: say!("What was kept in memory is removed, but the history in %1 is not.", file),
        hint: say!(
            "Run `berdl-spark-monitor history forget`; if another machine or a newer version of the monitor has the file, run it there."
        ),
    }
}

fn make_room() -> Said {
    say!("Try again; if the disk is full or read-only, make room first.")
}
