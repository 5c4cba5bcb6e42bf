//! Nested executions: Spark runs `CREATE TABLE … AS`, `saveAsTable`, `CACHE TABLE … AS` and each batch of a stream as
//! two executions, and only the inner one has jobs.

use std::collections::HashMap;

use upstream::query_rows::SqlRow;

/// The execution nested in this one, which has no jobs itself: the very next one, within its time and with the same
/// description. Two plain actions of two threads would look alike, so they are never taken for one.
pub(super) fn inner_of<'a>(outer: &SqlRow, by_id: &HashMap<i64, &'a SqlRow>) -> Option<&'a SqlRow> {
    if outer.job_ids().next().is_some() || is_plain_action(&outer.description) {
        return None;
    }
    let inner = *by_id.get(&outer.id.checked_add(1)?)?;
    let ((begin_ms, end_ms), (inner_begin_ms, inner_end_ms)) = (time_of(outer)?, time_of(inner)?);
    let within = inner_begin_ms >= begin_ms && inner_end_ms <= end_ms;
    (within && inner.description == outer.description).then_some(inner)
}

/// Whether Spark's own words name an action that runs no other: `count at NativeMethodAccessorImpl.java:0`.
fn is_plain_action(description: &str) -> bool {
    const ACTIONS: [&str; 12] = [
        "collect",
        "collectToPython",
        "count",
        "first",
        "foreach",
        "foreachPartition",
        "head",
        "reduce",
        "show",
        "showString",
        "take",
        "toPandas",
    ];
    description.split_once(" at ").is_some_and(|(action, _)| ACTIONS.contains(&action))
}

/// Start and end, milliseconds since 1970; a running execution never ends.
fn time_of(row: &SqlRow) -> Option<(i64, i64)> {
    let begin_ms = row.submission_time?.0;
    let end_ms = if row.status == "RUNNING" { i64::MAX } else { begin_ms.saturating_add(row.duration) };
    Some((begin_ms, end_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, status: &str, begin_s: u32, duration: i64, jobs: &[i64]) -> SqlRow {
        let row = serde_json::json!({"id": id, "status": status, "description": "sql at X.java:0", "duration": duration,
            "submissionTime": format!("2026-11-20T23:34:{begin_s:02}.000GMT"), "successJobIds": jobs});
        serde_json::from_value(row).unwrap()
    }

    fn inner(outer: &SqlRow, rows: &[SqlRow]) -> Option<i64> {
        inner_of(outer, &rows.iter().map(|row| (row.id, row)).collect()).map(|row| row.id)
    }

    #[test]
    fn two_actions_of_two_threads_are_two_queries() {
        let described = |description: &str| {
            let mut rows = [row(1, "RUNNING", 9, 0, &[]), row(2, "RUNNING", 10, 0, &[7])];
            rows.iter_mut().for_each(|row| row.description = description.to_owned());
            inner(&rows[0], &rows)
        };
        assert_eq!(described("count at NativeMethodAccessorImpl.java:0"), None);
        assert_eq!(described("saveAsTable at NativeMethodAccessorImpl.java:0"), Some(2));
        let mut rows = [row(1, "RUNNING", 9, 0, &[]), row(2, "RUNNING", 10, 0, &[7])];
        rows[1].description = "another".to_owned();
        assert_eq!(inner(&rows[0], &rows), None);
        let apart = [row(1, "RUNNING", 9, 0, &[]), row(3, "RUNNING", 10, 0, &[7])];
        assert_eq!(inner(&apart[0], &apart), None, "another execution began between them");
    }

    #[test]
    fn the_inner_execution_is_within_the_outer_ones_time() {
        let rows = [
            row(1, "COMPLETED", 9, 8_799, &[]),
            row(2, "COMPLETED", 10, 7_000, &[0]),
            row(3, "COMPLETED", 30, 100, &[1]),
        ];
        assert_eq!(inner(&rows[0], &rows), Some(2));
        assert_eq!(inner(&rows[1], &rows), None, "it has jobs of its own");
        let running = [row(1, "RUNNING", 9, 0, &[]), row(2, "RUNNING", 10, 0, &[])];
        assert_eq!(inner(&running[0], &running), Some(2));
        let later = [row(1, "COMPLETED", 9, 100, &[]), row(2, "RUNNING", 10, 0, &[4])];
        assert_eq!(inner(&later[0], &later), None, "the next cell");
    }
}
