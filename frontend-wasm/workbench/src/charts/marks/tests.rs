//! Marks and gaps, and how they are drawn.

use wire::past::{Series, SeriesPoint};

use super::{area, at, band, line, runs};
use crate::charts::scale::Scale;
use crate::charts::span::Span;

const SPAN: Span = Span { from_ms: 0, to_ms: 4_000 };
const SCALE: Scale = Scale { span: SPAN, top: 10.0 };

fn series(step_ms: i64, gap_ms: i64, points: &[(i64, [f64; 3])]) -> Series {
    let point = |(at_ms, values): &(i64, [f64; 3])| SeriesPoint {
        at_ms: *at_ms,
        covered_ms: step_ms,
        values: [("cores_used".to_owned(), *values)].into(),
    };
    Series { step_ms, gap_ms, points: points.iter().map(point).collect() }
}

#[test]
fn samples_hold_until_the_next_one_and_a_gap_is_a_gap() {
    let series = series(0, 500, &[(0, [1.0; 3]), (400, [5.0; 3]), (2_000, [2.0; 3]), (3_800, [3.0; 3])]);
    let runs = runs(&series, "cores_used", SPAN);
    assert_eq!(line(&runs, &SCALE), "M0 900H400V500H400M2000 800H2000M3800 700H4000");
    assert_eq!(area(&runs[..1].to_vec(), &SCALE), "M0 1000L0 900H400V500H400H400V1000Z");
    assert!(at(&runs, 1_200, 100).is_none());
    assert_eq!(at(&runs, 4_000, 100).map(|mark| mark.mean), Some(3.0), "the newest holds until the end");
}

#[test]
fn means_hold_for_their_step_and_their_range_is_a_band() {
    let series = series(1_000, 1_000, &[(0, [4.0, 0.0, 10.0]), (1_000, [2.0, 1.0, 3.0]), (3_000, [5.0; 3])]);
    let runs = runs(&series, "cores_used", SPAN);
    assert_eq!(line(&runs, &SCALE), "M0 600H1000V800H2000M3000 500H4000");
    assert_eq!(band(&runs[..1].to_vec(), &SCALE), "M0 0H1000V700H2000H2000V900H1000H1000V1000H0Z");
    assert_eq!(at(&runs, 2_500, 100), None);
}

#[test]
fn what_is_not_known_is_not_drawn() {
    let series = series(0, 500, &[(0, [f64::NAN; 3]), (9_000, [1.0; 3])]);
    assert!(runs(&series, "cores_used", SPAN).is_empty());
    assert!(runs(&series, "another", SPAN).is_empty());
}
