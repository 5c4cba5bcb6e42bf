//! Values of SQL metrics, which Spark's REST API has only as its page shows them.

/// A count (`1,234`) or bytes (`340.9 KiB`); of a metric with quantiles, the total. None for times and other texts.
pub(super) fn total(value: &str) -> Option<u64> {
    // The first line of a metric with quantiles names them, the second one has them after the total.
    let line = value.lines().next_back()?;
    let amount = line.split(" (").next()?.trim();
    match amount.split_once(' ') {
        None => amount.replace(',', "").parse().ok(),
        Some((number, unit)) => {
            let number: f64 = number.replace(',', "").parse().ok()?;
            Some((number * unit_bytes(unit)? as f64) as u64)
        }
    }
}

/// The stage that has the largest value, if the metric has quantiles: `… (stage 1.0: task 11))`.
pub(super) fn stage_id(value: &str) -> Option<i64> {
    let (_, rest) = value.rsplit_once("(stage ")?;
    rest.split(['.', ':']).next()?.parse().ok()
}

fn unit_bytes(unit: &str) -> Option<u64> {
    let power = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"].iter().position(|known| *known == unit)?;
    Some(1 << (10 * power))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_bytes_with_and_without_quantiles() {
        let quantiles =
            "total (min, med, max (stageId: taskId))\n372.3 MiB (7.2 MiB, 9.5 MiB, 307.1 MiB (stage 1.0: task 11))";
        assert_eq!(total("3,000,000"), Some(3_000_000));
        assert_eq!(total("0.0 B"), Some(0));
        assert_eq!(total("1174.0 KiB"), Some(1174 << 10));
        assert_eq!(total(quantiles), Some((372.3 * 1_048_576.0) as u64));
        assert_eq!(stage_id(quantiles), Some(1));
    }

    #[test]
    fn other_texts_say_nothing() {
        for other in ["", "12 ms", "total (min, med, max)\n4.8 s (66 ms, 95 ms, 1.8 s)", "many", "-3 B x"] {
            assert_eq!((total(other), stage_id(other)), (None, None), "{other}");
        }
    }
}
