//! All values that are shown, as comma-separated values with full precision.

use std::collections::BTreeSet;

use wire::past::Series;

use super::zone;

/// One row a point, oldest first; times are ISO 8601 with their zone. A mean also has its least and greatest value.
pub fn csv(series: &Series, ahead_ms: fn(i64) -> i64) -> String {
    let names: BTreeSet<&str> =
        series.points.iter().flat_map(|point| point.values.keys()).map(String::as_str).collect();
    let kinds: &[&str] = if series.step_ms == 0 { &[""] } else { &["_mean", "_min", "_max"] };
    let columns = names.iter().flat_map(|name| kinds.iter().map(move |kind| [name, *kind].concat()));
    let head = ["time", "step_s", "recorded_s"].map(str::to_owned).into_iter().chain(columns);
    let mut text = line(head);
    for point in &series.points {
        let times = [series.step_ms / 1000, point.covered_ms / 1000].map(|seconds| seconds.to_string());
        let values = names.iter().flat_map(|name| {
            let values = point.values.get(*name);
            (0..kinds.len()).map(move |kind| values.and_then(|values| values.get(kind)).map(|value| number(*value)))
        });
        let time = zone::iso(point.at_ms, ahead_ms(point.at_ms));
        text.push_str(&line([time].into_iter().chain(times).chain(values.map(Option::unwrap_or_default))));
    }
    text
}

fn line(cells: impl Iterator<Item = String>) -> String {
    [&cells.collect::<Vec<_>>().join(","), "\r\n"].concat()
}

/// All digits. The browser has code for this already.
fn number(value: f64) -> String {
    if cfg!(target_arch = "wasm32") {
        js_sys::Number::from(value).to_string_with_radix(10).map(String::from).unwrap_or_default()
    } else {
        value.to_string()
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use wire::past::{Series, SeriesPoint};

    use super::csv;

    fn series(step_ms: i64) -> Series {
        let point = |at_ms, values: &[(&str, [f64; 3])]| SeriesPoint {
            at_ms,
            covered_ms: step_ms / 2,
            values: values.iter().map(|(name, values)| ((*name).to_owned(), *values)).collect(),
        };
        let points =
            vec![point(0, &[("a", [1.0 / 3.0, 0.0, 1.0])]), point(3_600_000, &[("a", [2.0; 3]), ("b", [4.0; 3])])];
        Series { step_ms, gap_ms: 1, points }
    }

    #[test]
    fn samples_have_one_column_a_name_and_what_is_not_known_is_empty() {
        let text = csv(&series(0), |_| 7_200_000);
        assert_eq!(
            text.lines().collect::<Vec<_>>(),
            [
                "time,step_s,recorded_s,a,b",
                "1970-01-01T02:00:00+02:00,0,0,0.3333333333333333,",
                "1970-01-01T03:00:00+02:00,0,0,2,4",
            ]
        );
    }

    #[test]
    fn means_have_their_range_and_how_much_was_recorded() {
        let text = csv(&series(3_600_000), |_| 0);
        assert_eq!(text.lines().next(), Some("time,step_s,recorded_s,a_mean,a_min,a_max,b_mean,b_min,b_max"));
        assert_eq!(text.lines().nth(1), Some("1970-01-01T00:00:00+00:00,3600,1800,0.3333333333333333,0,1,,,"));
    }
}
