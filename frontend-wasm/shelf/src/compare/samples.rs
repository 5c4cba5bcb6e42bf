//! Values for tests.

use kit::samples;
use wire::past::{PastRun, RunState};
use wire::{ExecutedPlan, Operator, Query, QueryPlans, QueryStages, QueryState, Stage, StageState};

/// A query that succeeded, with one stage.
pub fn stages(elapsed_ms: u64, spilled_to_disk_bytes: u64) -> QueryStages {
    let query =
        Query { state: QueryState::Succeeded, elapsed_ms, stages_total: 1, stages_done: 1, ..samples::query("sql-1") };
    QueryStages {
        app: Some(samples::app()),
        query: Some(query),
        user: String::new(),
        stages: vec![Stage { spilled_to_disk_bytes, ..samples::stage(1, StageState::Complete) }],
        stages_not_shown: 0,
        stages_forgotten: 0,
    }
}

/// A run that failed, with the application and id of [`stages`].
pub fn run() -> PastRun {
    PastRun {
        shape_id: 5,
        label: "select ?".to_owned(),
        app_id: samples::app().app_id,
        query_id: "sql-1".to_owned(),
        state: RunState::Failed,
        error_class: None,
        submitted_at_ms: samples::OBSERVED_AT_MS - 60_000,
        duration_ms: 3_000,
        waited_ms: 20,
        task_slots: 8,
        tasks: 200,
        run_ms: 20_000,
        cpu_ms: 15_000,
        gc_ms: 100,
        read_bytes: 4096,
        shuffle_read_bytes: 0,
        spilled_bytes: 1024,
        written_bytes: 0,
        statement: String::new(),
        message: String::new(),
        slower: None,
        slower_words: String::new(),
        slower_sentences: Vec::new(),
    }
}

/// One execution.
pub fn plans(operators: Vec<Operator>) -> QueryPlans {
    let plan = ExecutedPlan { operators, ..ExecutedPlan::default() };
    QueryPlans { app: None, state: None, plans: vec![plan], plans_not_shown: 0 }
}
