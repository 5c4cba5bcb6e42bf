//! Facts for the tests of rules: an unremarkable stage or application, changed step by step.

use serde_json::{Value, json};
use wire::{App, ApplicationState, DriverState, Executor, Meter, Quantiles, Wait};

use super::{
    examined::{Plan, SlowTask, TaskQuantiles},
    facts::{AppFacts, StageFacts},
    finding::Hit,
};
use crate::{
    queries::StageLook,
    stages::{KeptStage, StageDigest, TaskTime},
};

pub(super) const MIB: u64 = 1 << 20;
pub(super) const GIB: u64 = 1 << 30;

/// A stage of 20 tasks, all done, on two slots.
#[derive(Clone)]
pub(super) struct Case {
    kept: KeptStage,
    elapsed_ms: u64,
    quantiles: Option<TaskQuantiles>,
    slowest: Vec<SlowTask>,
    look: Option<StageLook>,
    plan: Option<Plan>,
    python: bool,
    spill_code: Option<String>,
    slots: u64,
    executors: Vec<Executor>,
    is_alone: bool,
}

impl Case {
    /// A stage with these fields of Spark's row.
    pub fn of(fields: &Value) -> Self {
        let mut row = json!({"stageId": 4, "status": "COMPLETE", "numTasks": 20, "numCompleteTasks": 20,
            "completionTime": "2026-11-20T23:34:05.808GMT"});
        if let (Some(row), Some(fields)) = (row.as_object_mut(), fields.as_object()) {
            row.extend(fields.clone());
        }
        let digest: StageDigest = upstream::rows::from_value(&json!([row])).unwrap();
        let kept = digest.attempts(4).next().unwrap().clone();
        Self {
            kept,
            elapsed_ms: 60_000,
            quantiles: None,
            slowest: Vec::new(),
            look: None,
            plan: None,
            python: false,
            spill_code: None,
            slots: 2,
            executors: Vec::new(),
            is_alone: true,
        }
    }

    /// A stage that reads from a shuffle.
    pub fn shuffled() -> Self {
        Self::of(&json!({"shuffleReadBytes": GIB}))
    }

    /// A stage that reads files.
    pub fn input() -> Self {
        Self::of(&json!({"inputBytes": GIB}))
    }

    pub fn times(mut self, run_ms: Quantiles) -> Self {
        let known = self.quantiles.unwrap_or_default();
        self.quantiles = Some(TaskQuantiles { run_ms, ..known });
        self
    }

    /// Its slowest task and the median of all.
    pub fn ran(self, max: u64, median: u64) -> Self {
        self.times(Quantiles { min: median, p25: median, median, p75: median, max })
    }

    pub fn read(mut self, read_bytes: Quantiles) -> Self {
        let known = self.quantiles.unwrap_or_default();
        self.quantiles = Some(TaskQuantiles { read_bytes, ..known });
        self
    }

    pub fn records(mut self, read_records: Quantiles) -> Self {
        let known = self.quantiles.unwrap_or_default();
        self.quantiles = Some(TaskQuantiles { read_records, ..known });
        self
    }

    /// The largest execution memory of a task.
    pub fn peak(mut self, max: u64) -> Self {
        let known = self.quantiles.unwrap_or_default();
        let peak_execution_bytes = Quantiles { max, ..Quantiles::default() };
        self.quantiles = Some(TaskQuantiles { peak_execution_bytes, ..known });
        self
    }

    pub fn done(mut self, done: u32) -> Self {
        self.kept.stage.tasks.done = done;
        self
    }

    pub fn active(mut self) -> Self {
        self.kept.stage.state = wire::StageState::Active;
        self.done(19)
    }

    pub fn complete(mut self) -> Self {
        self.kept.stage.state = wire::StageState::Complete;
        self
    }

    pub fn time(mut self, task_time: TaskTime) -> Self {
        self.kept.task_time = task_time;
        self
    }

    pub fn lasted(mut self, elapsed_ms: u64) -> Self {
        self.elapsed_ms = elapsed_ms;
        self
    }

    /// A running task has run so long.
    pub fn looked(mut self, slowest_ms: u64) -> Self {
        self.look = Some(StageLook { slowest_ms, ..StageLook::default() });
        self
    }

    pub fn slow_task(mut self, executor_id: &str, run_ms: u64, read_bytes: u64) -> Self {
        self.slowest.push(SlowTask {
            index: 0,
            executor_id: executor_id.to_owned(),
            host: format!("host-{executor_id}"),
            is_running: self.kept.is_active(),
            run_ms,
            gc_ms: 0,
            fetch_wait_ms: 0,
            read_bytes,
            read_records: 0,
            spilled_bytes: 0,
        });
        self
    }

    pub fn plan(mut self, plan: Plan) -> Self {
        self.plan = Some(plan);
        self
    }

    pub fn python(mut self) -> Self {
        self.python = true;
        self
    }

    pub fn spill_code(mut self, code: &str) -> Self {
        self.spill_code = Some(code.to_owned());
        self
    }

    pub fn slots(mut self, slots: u64) -> Self {
        self.slots = slots;
        self
    }

    pub fn executors(mut self, number: usize) -> Self {
        self.executors = vec![Executor::default(); number];
        self
    }

    /// Storage and execution memory of each executor, and its slots.
    pub fn memory(mut self, total: u64, cached: u64, task_slots: u32) -> Self {
        let storage_bytes = Meter::new(cached, total);
        self.executors.iter_mut().for_each(|executor| {
            *executor = Executor { storage_bytes, task_slots, ..executor.clone() };
        });
        self
    }

    pub fn beside_others(mut self) -> Self {
        self.is_alone = false;
        self
    }

    /// What a rule finds.
    pub fn stage(&self, rule: fn(&StageFacts<'_>) -> Option<Hit>) -> Option<Hit> {
        rule(&StageFacts {
            kept: &self.kept,
            elapsed_ms: self.elapsed_ms,
            quantiles: self.quantiles.as_ref(),
            slowest: &self.slowest,
            look: self.look,
            plan: self.plan.as_ref(),
            python: self.python,
            spill_code: self.spill_code.as_deref(),
            slots: self.slots,
            executors: &self.executors,
            is_alone: self.is_alone,
        })
    }
}

/// An application with two cores that works.
pub(super) struct AppCase {
    app: App,
    waiting: Vec<String>,
    executors: Vec<Executor>,
    slots: u64,
    running_tasks: u64,
    wait: Option<Wait>,
    waited_ms: u64,
    idle_ms: Option<u64>,
    used: Option<(u64, u64)>,
    is_connect: bool,
}

impl Default for AppCase {
    fn default() -> Self {
        let app = App {
            app_id: "app-1".into(),
            name: "mine".into(),
            state: ApplicationState::Running,
            cores: Some(2),
            started_at_ms: 0,
            driver: DriverState::Ready,
            link: None,
        };
        Self {
            app,
            waiting: Vec::new(),
            executors: Vec::new(),
            slots: 2,
            running_tasks: 0,
            wait: None,
            waited_ms: 0,
            idle_ms: None,
            used: None,
            is_connect: false,
        }
    }
}

impl AppCase {
    pub const NOW_MS: i64 = 1_795_217_645_808;

    pub fn executors(self, executors: Vec<Executor>) -> Self {
        Self { executors, ..self }
    }

    pub fn waits(self, wait: Wait, waited_ms: u64) -> Self {
        Self { wait: Some(wait), waited_ms, ..self }
    }

    pub fn slots(self, slots: u64) -> Self {
        Self { slots, ..self }
    }

    pub fn used(self, task_ms: u64, window_ms: u64) -> Self {
        Self { used: Some((task_ms, window_ms)), ..self }
    }

    /// Another application waits for cores.
    pub fn beside(self, name: &str) -> Self {
        Self { waiting: vec![name.to_owned()], ..self }
    }

    pub fn running(self, running_tasks: u64) -> Self {
        Self { running_tasks, ..self }
    }

    pub fn idle(self, idle_ms: u64) -> Self {
        Self { idle_ms: Some(idle_ms), ..self }
    }

    pub fn cores(mut self, cores: u32) -> Self {
        self.app.cores = Some(cores);
        self
    }

    pub fn cached(self, bytes: u64) -> Self {
        let storage_bytes = Meter::new(bytes, GIB);
        self.executors(vec![Executor { storage_bytes, ..Executor::default() }])
    }

    pub fn connect(self) -> Self {
        Self { is_connect: true, ..self }
    }

    /// What a rule finds.
    pub fn app(&self, rule: fn(&AppFacts<'_>) -> Option<Hit>) -> Option<Hit> {
        rule(&AppFacts {
            app: &self.app,
            waiting: self.waiting.clone(),
            executors: &self.executors,
            slots: self.slots,
            running_tasks: self.running_tasks,
            wait: self.wait.as_ref(),
            waited_ms: self.waited_ms,
            idle_ms: self.idle_ms,
            used: self.used,
            is_connect: self.is_connect,
            now_ms: Self::NOW_MS,
        })
    }
}
