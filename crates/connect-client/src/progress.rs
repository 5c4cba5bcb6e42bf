//! How far a running statement is, as Spark tells every two seconds.

use connect_proto::connect::execute_plan_response::ExecutionProgress;
use serde::Serialize;

/// The progress of one statement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Progress {
    pub stages: Vec<StageProgress>,
    pub running_tasks: u64,
}

/// The progress of one stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StageProgress {
    pub stage_id: i64,
    pub tasks: u64,
    pub tasks_done: u64,
    pub input_bytes: u64,
    pub done: bool,
}

impl From<ExecutionProgress> for Progress {
    fn from(progress: ExecutionProgress) -> Self {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        let stages = progress.stages.iter().map(|stage| StageProgress {
            stage_id: stage.stage_id,
            tasks: count(stage.num_tasks),
            tasks_done: count(stage.num_completed_tasks),
            input_bytes: count(stage.input_bytes_read),
            done: stage.done,
        });
        Self { stages: stages.collect(), running_tasks: count(progress.num_inflight_tasks) }
    }
}
