//! Spark's metrics of operators, which are texts for people.

use std::collections::BTreeSet;

/// What one metric says.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Value<'a> {
    /// The total over all tasks, or the only value.
    pub total: &'a str,
    /// Minimum, median and maximum, without the task.
    pub spread: Option<String>,
    /// The stage of the task with the maximum.
    pub stage_id: Option<i64>,
}

/// A total that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Amount {
    Count(u64),
    Bytes(u64),
    Ms(u64),
}

impl<'a> Value<'a> {
    /// `20,000,000`, or `total (min, med, max (stageId: taskId))\n4.8 s (66 ms, 95 ms, 1.8 s (stage 0.0: task 0))`.
    pub fn of(text: &'a str) -> Self {
        let Some((_, line)) = text.split_once('\n') else { return Self { total: text.trim(), ..Self::default() } };
        let Some((total, rest)) = line.split_once(" (") else {
            return Self { total: line.trim(), ..Self::default() };
        };
        let (spread, task) = rest.split_once(" (stage ").unwrap_or((rest, ""));
        let stage_id = task.split(['.', ':']).next().and_then(|id| id.parse().ok());
        let spread = spread.trim_end_matches(')').to_owned();
        Self { total: total.trim(), spread: Some(spread), stage_id }
    }

    pub fn amount(&self) -> Option<Amount> {
        let (number, unit) = self.total.split_once(' ').unwrap_or((self.total, ""));
        let number: f64 = number.replace(',', "").parse().ok().filter(|number: &f64| *number >= 0.0)?;
        let of = |factor: f64| (number * factor).round() as u64;
        let bytes = |power: i32| Amount::Bytes(of(1024_f64.powi(power)));
        Some(match unit {
            "" => Amount::Count(of(1.0)),
            "B" => bytes(0),
            "KiB" => bytes(1),
            "MiB" => bytes(2),
            "GiB" => bytes(3),
            "TiB" => bytes(4),
            "PiB" => bytes(5),
            "EiB" => bytes(6),
            "ms" => Amount::Ms(of(1.0)),
            "s" => Amount::Ms(of(1_000.0)),
            "m" => Amount::Ms(of(60_000.0)),
            "h" => Amount::Ms(of(3_600_000.0)),
            _ => return None,
        })
    }
}

/// The numbers of one operator that are drawn beside its name.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    pub rows: Option<u64>,
    pub bytes: Option<u64>,
    pub task_ms: Option<u64>,
    pub spilled_bytes: Option<u64>,
    pub stage_ids: BTreeSet<i64>,
}

/// What an operator gives on, best first: an exchange has two of them.
const ROWS: [&str; 4] = ["number of output rows", "shuffle records written", "number of written rows", "records read"];
/// How much an operator moves, best first.
const BYTES: [&str; 5] =
    ["shuffle bytes written", "data size", "size of files read", "written output", "bytes of written output"];

impl Numbers {
    /// `metrics` are names with values.
    pub fn of<'a>(metrics: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Self {
        let values = || metrics.clone().map(|(name, text)| (name, Value::of(text)));
        let named = |names: &[&str]| {
            let find = |wanted: &&str| values().find(|(name, _)| name == wanted).and_then(|(_, value)| value.amount());
            names
                .iter()
                .find_map(find)
                .map(|(Amount::Count(amount) | Amount::Bytes(amount) | Amount::Ms(amount))| amount)
        };
        let time = |(name, value): (&str, Value<'_>)| match value.amount() {
            // Requests for blocks wait beside each other and beside the work: their sum is no time of the tasks.
            Some(Amount::Ms(ms)) if !name.contains("reqs duration") => Some(ms),
            _ => None,
        };
        Self {
            rows: named(&ROWS),
            bytes: named(&BYTES),
            task_ms: values().filter_map(time).reduce(u64::saturating_add),
            spilled_bytes: named(&["spill size"]).filter(|bytes| *bytes > 0),
            stage_ids: values().filter_map(|(_, value)| value.stage_id).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_over_several_tasks_has_a_total_its_spread_and_the_stage_of_the_slowest() {
        let text = "total (min, med, max (stageId: taskId))\n4.8 s (66 ms, 95 ms, 1.8 s (stage 12.0: task 3))";
        let value = Value::of(text);
        let expected = Value { total: "4.8 s", spread: Some("66 ms, 95 ms, 1.8 s".to_owned()), stage_id: Some(12) };
        assert_eq!(value, expected);
        assert_eq!(value.amount(), Some(Amount::Ms(4_800)));
        // Before Spark 3.1, and for averages.
        let value = Value::of("(min, med, max):\n(1, 2, 3)");
        assert_eq!((value.total, value.stage_id), ("(1, 2, 3)", None));
        assert_eq!(value.amount(), None);
    }

    #[test]
    fn a_total_is_a_number_of_rows_of_bytes_or_a_time() {
        let amounts = ["20,000,000", "0.0 B", "340.9 KiB", "1.5 GiB", "533 ms", "1.2 m", "2.0 h"];
        let expected = [
            Amount::Count(20_000_000),
            Amount::Bytes(0),
            Amount::Bytes(349_082),
            Amount::Bytes(1_610_612_736),
            Amount::Ms(533),
            Amount::Ms(72_000),
            Amount::Ms(7_200_000),
        ];
        assert_eq!(amounts.map(|text| Value::of(text).amount().unwrap()), expected);
        for text in ["", "-1", "-1.0 B", "NaN", "x", "1 light-year", "1e400 s x"] {
            assert_eq!(Value::of(text).amount(), None, "{text}");
        }
    }

    #[test]
    fn an_exchange_is_told_by_what_it_wrote() {
        let metrics = [
            ("records read", "16,000"),
            ("remote reqs duration", "3 h"),
            ("fetch wait time", "2 ms"),
            ("shuffle records written", "15,000"),
            ("shuffle bytes written", "340.9 KiB"),
            ("data size", "1.0 MiB"),
            (
                "shuffle write time",
                "total (min, med, max (stageId: taskId))\n8 ms (0 ms, 1 ms, 5 ms (stage 3.0: task 9))",
            ),
        ];
        let numbers = Numbers::of(metrics.into_iter());
        let expected = Numbers {
            rows: Some(15_000),
            bytes: Some(349_082),
            task_ms: Some(10),
            spilled_bytes: None,
            stage_ids: BTreeSet::from([3]),
        };
        assert_eq!(numbers, expected);
        assert_eq!(Numbers::of([("spill size", "0.0 B")].into_iter()), Numbers::default());
    }
}
