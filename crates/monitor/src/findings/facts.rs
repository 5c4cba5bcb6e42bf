//! What the rules are given.

use wire::{App, Executor};

use super::examined::{Plan, SlowTask, TaskQuantiles};
use crate::{queries::StageLook, stages::KeptStage};

/// One stage of a query.
#[derive(Clone, Debug)]
pub(super) struct StageFacts<'a> {
    pub kept: &'a KeptStage,
    /// Wall clock, up to now if it is active.
    pub elapsed_ms: u64,
    /// Over the finished tasks; none until they were asked for.
    pub quantiles: Option<&'a TaskQuantiles>,
    pub slowest: &'a [SlowTask],
    /// Its running tasks compared with the finished ones.
    pub look: Option<StageLook>,
    /// The plan of its query.
    pub plan: Option<&'a Plan>,
    pub python: bool,
    /// Code that keeps it from spilling.
    pub spill_code: Option<&'a str>,
    /// Task slots of the application.
    pub slots: u64,
    /// Living executors.
    pub executors: &'a [Executor],
    /// No other stage runs beside it.
    pub is_alone: bool,
}

/// The plan of a query.
#[derive(Clone, Copy, Debug)]
pub(super) struct PlanFacts<'a> {
    pub plan: &'a Plan,
    /// Task time of the query's stages, milliseconds.
    pub run_ms: u64,
}

/// The application and those beside it.
#[derive(Clone, Debug)]
pub(super) struct AppFacts<'a> {
    pub app: &'a App,
    /// Applications that wait for cores.
    pub waiting: Vec<String>,
    pub executors: &'a [Executor],
    pub slots: u64,
    pub running_tasks: u64,
    /// Why the application waits.
    pub wait: Option<&'a wire::Wait>,
    /// How long its oldest running query has waited, milliseconds.
    pub waited_ms: u64,
    /// How long nothing has run, milliseconds; none if something runs.
    pub idle_ms: Option<u64>,
    /// Task time during the last minutes, and how long those were; milliseconds.
    pub used: Option<(u64, u64)>,
    /// Its queries come through Spark Connect.
    pub is_connect: bool,
    pub now_ms: i64,
}

impl StageFacts<'_> {
    /// The largest of both: a running task may be slower than all finished ones.
    pub fn slowest_ms(&self) -> u64 {
        let finished = self.quantiles.map_or(0, |quantiles| quantiles.run_ms.max);
        let listed = self.slowest.iter().map(|task| task.run_ms).max().unwrap_or(0);
        let running = self.look.map_or(0, |look| look.slowest_ms);
        finished.max(listed).max(if self.kept.is_active() { running } else { 0 })
    }

    /// Slots that were idle while the slowest task ran.
    pub fn idle_beside(&self) -> u64 {
        self.slots.min(self.kept.stage.tasks.total.into()).saturating_sub(1).max(1)
    }
}
