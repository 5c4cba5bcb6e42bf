//! File descriptors: how many this process may open, and how they are shared out.

use std::io;

use rustix::{
    io::Errno,
    process::{Resource, Rlimit, getrlimit, setrlimit},
};

/// Shares of the descriptors that the process may open. The rest is for files, name resolution and the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Descriptors {
    /// Connections from clients.
    pub clients: usize,
    /// Simultaneous calls to one kind of upstream; there are four kinds.
    pub calls: usize,
    /// Idle connections to upstreams.
    pub idle: usize,
}

impl Descriptors {
    /// Raises the soft limit to the hard limit and shares it out. The low default exists only for old programs.
    #[must_use]
    pub fn raise() -> Self {
        let limits = getrlimit(Resource::Nofile);
        let raised = setrlimit(Resource::Nofile, Rlimit { current: limits.maximum, ..limits });
        let limit = if raised.is_ok() { limits.maximum } else { limits.current };
        // Treat "unlimited" as a very high limit.
        Self::of(limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(1 << 20))
    }

    fn of(limit: usize) -> Self {
        Self { clients: limit / 4, calls: limit / 16, idle: limit / 4 }
    }
}

/// Whether an error says that this process, or the whole machine, has run out of file descriptors.
#[must_use]
pub fn are_short(error: &io::Error) -> bool {
    let errno = error.raw_os_error().map(Errno::from_raw_os_error);
    matches!(errno, Some(Errno::MFILE | Errno::NFILE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_leave_descriptors_for_everything_else() {
        for limit in [64, 256, 1024, 1 << 20] {
            let Descriptors { clients, calls, idle } = Descriptors::of(limit);
            assert!(clients + 4 * calls + idle <= limit / 4 * 3, "{limit}");
        }
    }

    #[test]
    fn only_errors_about_descriptors_count() {
        assert!(are_short(&io::Error::from_raw_os_error(Errno::MFILE.raw_os_error())));
        assert!(!are_short(&io::Error::from_raw_os_error(Errno::CONNREFUSED.raw_os_error())));
        assert!(!are_short(&io::Error::other("no number")));
    }
}
