//! Streams: Spark runs each batch as one or more queries, whose description names the stream.

use std::collections::BTreeMap;

/// The parsed description of a batch (`StreamExecution.getBatchDescriptionString` in Spark).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch<'a> {
    /// The name chosen by the user; often empty.
    pub name: &'a str,
    pub id: &'a str,
    /// Stays the same until the stream is restarted.
    pub run_id: &'a str,
    pub number: u64,
}

impl<'a> Batch<'a> {
    /// None for any other description; `init` stands for a batch without a number yet.
    pub fn of(description: &'a str) -> Option<Self> {
        let mut lines = description.rsplit('\n');
        let number = lines.next()?.strip_prefix("batch = ")?;
        let run_id = lines.next()?.strip_prefix("runId = ")?;
        let id = lines.next()?.strip_prefix("id = ")?;
        let number = if number == "init" { 0 } else { number.parse().ok()? };
        Some(Self { name: lines.next().unwrap_or_default().trim(), id, run_id, number })
    }

    /// The stream's name for people.
    pub fn stream_name(&self) -> String {
        match self.name {
            "" => format!("stream {}", self.id.get(..8).unwrap_or(self.id)),
            name => name.to_owned(),
        }
    }
}

/// A stream's progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Progress {
    /// Number of the newest batch.
    pub batch: u64,
    /// Mean time between the starts of two batches, milliseconds.
    pub period_ms: Option<u64>,
}

impl Progress {
    /// Computes progress from the start of each known batch, milliseconds since 1970.
    pub fn of(begins: &BTreeMap<u64, i64>) -> Self {
        /// Older batches say nothing about the current pace.
        const RECENT: usize = 10;
        let recent: Vec<(u64, i64)> =
            begins.iter().rev().take(RECENT).map(|(number, begin)| (*number, *begin)).collect();
        let batch = recent.first().map_or(0, |(number, _)| *number);
        let period_ms = match (recent.first(), recent.last()) {
            (Some((newest, last_ms)), Some((oldest, first_ms))) if newest > oldest => {
                u64::try_from(last_ms - first_ms).ok().map(|ms| ms / (newest - oldest))
            }
            _ => None,
        };
        Self { batch, period_ms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_names_its_stream() {
        let batch = Batch::of("orders\nid = 02025b8b-5acc\nrunId = 8ec21968\nbatch = 12").unwrap();
        assert_eq!((batch.stream_name().as_str(), batch.run_id, batch.number), ("orders", "8ec21968", 12));
        let unnamed = Batch::of("\nid = 80c63630-7a8a\nrunId = a6a44c99\nbatch = 0").unwrap();
        assert_eq!(unnamed.stream_name(), "stream 80c63630");
        for other in ["", "batch = 1", "select 1\nbatch = 1", "x\nid = a\nrunId = b\nbatch = ?"] {
            assert_eq!(Batch::of(other), None, "{other}");
        }
    }

    #[test]
    fn its_period_is_the_mean_of_the_last_batches() {
        let progress = |begins: &[(u64, i64)]| Progress::of(&begins.iter().copied().collect());
        assert_eq!(progress(&[(3, 1_000), (4, 3_000), (5, 6_000)]), Progress { batch: 5, period_ms: Some(2_500) });
        assert_eq!(progress(&[(3, 1_000)]), Progress { batch: 3, period_ms: None });
    }
}
