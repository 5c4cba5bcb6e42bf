//! Sample answers of the history, for tests.

use wire::past::{PastRun, RunState, SlowerReason};

use kit::samples::OBSERVED_AT_MS;

/// A run that took a minute and began so many minutes before noon.
pub fn run(minutes_ago: i64) -> PastRun {
    PastRun {
        shape_id: 1,
        label: "select sum ( x ) from t where day = ?".to_owned(),
        app_id: "app-1".to_owned(),
        query_id: minutes_ago.to_string(),
        state: RunState::Succeeded,
        error_class: None,
        submitted_at_ms: OBSERVED_AT_MS - minutes_ago * 60_000,
        duration_ms: 60_000,
        waited_ms: 250,
        task_slots: 4,
        tasks: 200,
        run_ms: 200_000,
        cpu_ms: 100_000,
        gc_ms: 1_000,
        read_bytes: 5 << 30,
        shuffle_read_bytes: 1 << 20,
        spilled_bytes: 0,
        written_bytes: 0,
        statement: String::new(),
        message: String::new(),
        slower: None,
        slower_words: String::new(),
        slower_sentences: Vec::new(),
    }
}

pub fn slower(minutes_ago: i64) -> PastRun {
    PastRun {
        duration_ms: 245_000,
        slower: Some(SlowerReason::MoreData),
        slower_words: "Slower than usual: it read more data.".to_owned(),
        ..run(minutes_ago)
    }
}

pub fn failed(minutes_ago: i64) -> PastRun {
    PastRun { state: RunState::Failed, error_class: Some("DIVIDE_BY_ZERO".to_owned()), ..run(minutes_ago) }
}
