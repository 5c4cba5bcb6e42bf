//! Nested executions: Spark runs `CREATE TABLE … AS`, `saveAsTable`, `CACHE TABLE … AS` and each batch of a stream as
//! two executions, and only the inner one has jobs.

use upstream::query_rows::SqlRow;

/// The execution nested in this one, which has no jobs itself: the next one with the same description and time.
pub(super) fn inner_of<'a>(outer: &SqlRow, rows: &'a [SqlRow]) -> Option<&'a SqlRow> {
    if has_jobs(outer) {
        return None;
    }
    let (begin_ms, end_ms) = time_of(outer)?;
    let is_inner = |row: &&SqlRow| {
        let within = time_of(row).is_some_and(|(begin, end)| begin >= begin_ms && end <= end_ms);
        row.id > outer.id && within && row.description == outer.description
    };
    rows.iter().filter(is_inner).min_by_key(|row| row.id)
}

fn has_jobs(row: &SqlRow) -> bool {
    [&row.running_job_ids, &row.success_job_ids, &row.failed_job_ids].iter().any(|ids| !ids.is_empty())
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
        inner_of(outer, rows).map(|row| row.id)
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
