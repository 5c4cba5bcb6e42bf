//! Sentences about the history.

use history_store::{Slower, StoreError};

use super::{Said, say};

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

/// Why a run was slower than usual.
pub(crate) fn slower(reason: Slower) -> Said {
    match reason {
        Slower::WaitedForCores => say!("Slower than usual: it waited longer for free cores."),
        Slower::FewerSlots => say!("Slower than usual: it had fewer task slots."),
        Slower::MoreData => say!("Slower than usual: it read more data."),
        Slower::NewSpill => say!("Slower than usual: it spilled to disk, which earlier runs did not."),
        Slower::GarbageCollection => say!("Slower than usual: garbage collection took more of its time."),
        Slower::PlanChanged => say!("Slower than usual: it ran in other stages than before."),
        Slower::NoCauseSeen => say!("Slower than usual, with the same work and data: no cause is seen."),
    }
}

pub(crate) fn cannot_forget() -> super::errors::Explained {
    super::errors::Explained {
        error: say!("The history could not be removed."),
        hint: say!("Try again; if the disk is full or read-only, make room first."),
    }
}
