//! Quantiles over the finished tasks of one stage, and its slowest tasks.

use upstream::{
    Weight,
    driver::amount,
    query_rows::{TaskRow, TaskSummaryRow},
};

use crate::text;

/// Five quantiles of one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Five {
    pub min: u64,
    pub p25: u64,
    pub median: u64,
    pub p75: u64,
    pub max: u64,
}

/// See the module's sentence. Milliseconds and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TaskQuantiles {
    pub run_ms: Five,
    pub gc_ms: Five,
    /// Input and shuffle together.
    pub read_bytes: Five,
    pub read_records: Five,
    pub written_bytes: Five,
    pub shuffle_written_bytes: Five,
    pub spilled_bytes: Five,
    pub peak_execution_bytes: Five,
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

impl Five {
    /// Of values in the order of the request; all zero if some are missing.
    fn of(values: &[f64]) -> Self {
        let whole = |value: f64| amount(value as i64);
        match *values {
            [min, p25, median, p75, max] => {
                Self { min: whole(min), p25: whole(p25), median: whole(median), p75: whole(p75), max: whole(max) }
            }
            _ => Self::default(),
        }
    }

    /// Quantiles of a sum are not the sum of quantiles, but a stage mostly reads from one source only.
    pub fn plus(self, other: Self) -> Self {
        Self {
            min: self.min.saturating_add(other.min),
            p25: self.p25.saturating_add(other.p25),
            median: self.median.saturating_add(other.median),
            p75: self.p75.saturating_add(other.p75),
            max: self.max.saturating_add(other.max),
        }
    }
}

impl TaskQuantiles {
    #[must_use]
    pub fn of(row: &TaskSummaryRow) -> Self {
        let (input, shuffle) = (&row.input_metrics, &row.shuffle_read_metrics);
        Self {
            run_ms: Five::of(&row.executor_run_time),
            gc_ms: Five::of(&row.jvm_gc_time),
            read_bytes: Five::of(&input.bytes_read).plus(Five::of(&shuffle.read_bytes)),
            read_records: Five::of(&input.records_read).plus(Five::of(&shuffle.read_records)),
            written_bytes: Five::of(&row.output_metrics.bytes_written),
            shuffle_written_bytes: Five::of(&row.shuffle_write_metrics.write_bytes),
            spilled_bytes: Five::of(&row.disk_bytes_spilled),
            peak_execution_bytes: Five::of(&row.peak_execution_memory),
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
        assert_eq!(quantiles.run_ms, Five { min: 260, p25: 285, median: 299, p75: 525, max: 4209 });
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
