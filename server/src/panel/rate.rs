//! How long a browser waits until its next poll.

use wire::{App, DriverState};

use crate::config::Limits;

/// The polling intervals of this site, milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rates {
    slow_ms: u32,
    executors_ms: u32,
    stages_ms: u32,
}

/// The polling intervals that one answer gives, milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rate {
    pub next_ms: u32,
    /// The interval while a kernel is busy.
    pub busy_ms: u32,
}

impl Rates {
    pub fn new(limits: &Limits) -> Self {
        Self { slow_ms: limits.poll_ms, executors_ms: limits.poll_executors_ms, stages_ms: limits.poll_stages_ms }
    }

    /// For data that changes slowly, even while a kernel is busy.
    pub fn slow(self) -> Rate {
        Rate { next_ms: self.slow_ms, busy_ms: self.slow_ms }
    }

    /// For executors: faster while one works.
    pub fn executors(self, works: bool) -> Rate {
        self.of_work(works, self.executors_ms)
    }

    /// For stages, queries and the chip: faster while something works.
    pub fn stages(self, works: bool) -> Rate {
        self.of_work(works, self.stages_ms)
    }

    fn of_work(self, works: bool, fast_ms: u32) -> Rate {
        let fast_ms = fast_ms.min(self.slow_ms);
        Rate { next_ms: if works { fast_ms } else { self.slow_ms }, busy_ms: fast_ms }
    }
}

/// Whether the driver is starting. Such a driver is polled as often as one that works.
pub(crate) fn is_starting(app: &Option<App>) -> bool {
    app.as_ref().is_some_and(|app| app.driver == DriverState::Starting)
}
