//! Quantiles over the finished tasks of one stage, and its slowest tasks.

use upstream::{
    Weight,
    driver::amount,
    query_rows::{TaskRow, TaskSummaryRow},
};
use wire::Quantiles;

use crate::text;

/// See the module's sentence. Milliseconds and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskQuantiles {
    pub run_ms: Quantiles,
    pub gc_ms: Quantiles,
    /// Input and shuffle together.
    pub read_bytes: Quantiles,
    pub read_records: Quantiles,
    pub written_bytes: Quantiles,
    pub shuffle_written_bytes: Quantiles,
    pub spilled_bytes: Quantiles,
    pub peak_execution_bytes: Quantiles,
}

/// One of a stage's slowest tasks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlowTask {
    pub index: i64,
    pub executor_id: String,
    pub host: String,
    pub is_running: bool,
    pub run_ms: u64,
    pub gc_ms: u64,
    /// Waiting for other tasks' output.
    pub fetch_wait_ms: u64,
    pub read_bytes: u64,
    pub read_records: u64,
    pub spilled_bytes: u64,
}

/// Of values in the order of the request; all zero if some are missing.
fn quantiles(values: &[f64]) -> Quantiles {
    let whole = |value: f64| amount(value as i64);
    match *values {
        [min, p25, median, p75, max] => {
            Quantiles { min: whole(min), p25: whole(p25), median: whole(median), p75: whole(p75), max: whole(max) }
        }
        _ => Quantiles::default(),
    }
}

impl TaskQuantiles {
    #[must_use]
    pub fn of(row: &TaskSummaryRow) -> Self {
        let (input, shuffle) = (&row.input_metrics, &row.shuffle_read_metrics);
        Self {
            run_ms: quantiles(&row.executor_run_time),
            gc_ms: quantiles(&row.jvm_gc_time),
            read_bytes: quantiles(&input.bytes_read).plus(quantiles(&shuffle.read_bytes)),
            read_records: quantiles(&input.records_read).plus(quantiles(&shuffle.read_records)),
            written_bytes: quantiles(&row.output_metrics.bytes_written),
            shuffle_written_bytes: quantiles(&row.shuffle_write_metrics.write_bytes),
            spilled_bytes: quantiles(&row.disk_bytes_spilled),
            peak_execution_bytes: quantiles(&row.peak_execution_memory),
        }
    }
}

impl SlowTask {
    /// `now_ms` is by the driver's clock: a running task reports its time only now and then.
    #[must_use]
    pub fn of(row: &TaskRow, now_ms: i64) -> Self {
        let metrics = row.task_metrics.clone().unwrap_or_default();
        let (input, shuffle) = (&metrics.input_metrics, &metrics.shuffle_read_metrics);
        let is_running = row.status == "RUNNING";
        let so_far = row.launch_time.filter(|_| is_running).map_or(0, |launched| amount(now_ms - launched.0));
        let bytes = [input.bytes_read, shuffle.remote_bytes_read, shuffle.local_bytes_read];
        Self {
            index: row.index,
            executor_id: text::name(&row.executor_id),
            host: text::host(&row.host),
            is_running,
            run_ms: amount(metrics.executor_run_time).max(so_far),
            gc_ms: amount(metrics.jvm_gc_time),
            fetch_wait_ms: amount(shuffle.fetch_wait_time),
            read_bytes: bytes.map(amount).iter().sum(),
            spilled_bytes: amount(metrics.disk_bytes_spilled),
            read_records: amount(input.records_read).saturating_add(amount(shuffle.records_read)),
        }
    }
}

impl Weight for SlowTask {
    fn weight_bytes(&self) -> usize {
        self.executor_id.weight_bytes() + self.host.weight_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recorded(file: &str) -> serde_json::Value {
        let path = format!("{}/../../tests/fixtures/{file}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    #[test]
    fn five_quantiles_of_a_recorded_stage() {
        let row = serde_json::from_value(recorded("spark-4.3.0/taskSummary")).unwrap();
        let quantiles = TaskQuantiles::of(&row);
        assert_eq!(quantiles.run_ms, Quantiles { min: 260, p25: 285, median: 299, p75: 525, max: 4209 });
        assert_eq!(quantiles.read_records.median, 1_250_000);
        assert_eq!(quantiles.peak_execution_bytes.max, 262_144);
        assert_eq!((quantiles.gc_ms.p75, quantiles.shuffle_written_bytes.median), (30, 21_793));
        assert_eq!(TaskQuantiles::of(&TaskSummaryRow::default()), TaskQuantiles::default());
    }

    #[test]
    fn a_running_task_has_run_since_its_launch() {
        let rows: Vec<TaskRow> = serde_json::from_value(recorded("spark-4.3.0/taskList")).unwrap();
        let ended = SlowTask::of(&rows[0], 2_000_000_000_000);
        assert_eq!((ended.executor_id.as_str(), ended.host.as_str(), ended.run_ms), ("0", "127.0.0.1", 4209));
        assert_eq!(ended.gc_ms, 197);
        let launched_ms = rows[0].launch_time.unwrap().0;
        let row = TaskRow { status: "RUNNING".into(), ..rows[0].clone() };
        assert_eq!(SlowTask::of(&row, launched_ms + 9_000).run_ms, 9_000);
    }
}
