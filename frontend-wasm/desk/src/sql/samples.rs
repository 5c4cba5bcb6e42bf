//! Sample answers of the SQL routes, for tests.

use wire::sql::{SqlColumn, SqlQuery, SqlState};

use kit::samples::OBSERVED_AT_MS;

pub fn column(name: &str, type_name: &str) -> SqlColumn {
    SqlColumn { name: name.to_owned(), type_name: type_name.to_owned(), comment: None, is_partition: false }
}

/// Ended after 1.5 s with two of more rows.
pub fn query() -> SqlQuery {
    SqlQuery {
        id: "q-1".to_owned(),
        session_id: "s-1".to_owned(),
        sql: "SELECT id, name FROM people".to_owned(),
        seq: 4,
        state: SqlState::Finished,
        approval: None,
        columns: vec![column("id", "bigint"), column("name", "string")],
        rows: 2,
        bytes: 2_048,
        stages: 2,
        stages_done: 2,
        tasks: 4,
        tasks_done: 4,
        tasks_running: 0,
        truncated: false,
        error: None,
        operation_id: Some("op-1".to_owned()),
        started_at_ms: OBSERVED_AT_MS,
        ended_at_ms: Some(OBSERVED_AT_MS + 1_500),
        cores_still_held: None,
    }
}
