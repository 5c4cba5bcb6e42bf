//! The shape of a sparkline: its points, and gaps where there are no samples.

use wire::{History, Point};

/// Width of the drawing, in its own units.
pub const WIDTH: i64 = 600;
/// Height of the drawing: a value's height is its percentage of the scale.
pub const HEIGHT: u32 = 100;

/// A value at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    pub at_ms: i64,
    pub value: u64,
}

/// One series of a history, over a window of time that ends with `end_ms`.
#[derive(Clone, Debug)]
pub struct Series {
    pub samples: Vec<Sample>,
    pub end_ms: i64,
    pub window_ms: i64,
    pub gap_ms: i64,
    /// The top of the scale.
    pub top: u64,
}

impl Series {
    /// One series of a history, as `value` reads it from each point.
    pub fn of(history: &History, end_ms: i64, total: Option<u64>, value: fn(&Point) -> Option<u64>) -> Self {
        let (window_ms, gap_ms) = (i64::from(history.window_ms.max(1)), i64::from(history.gap_ms));
        let samples: Vec<_> = history
            .points
            .iter()
            .filter(|point| (end_ms - window_ms..=end_ms).contains(&point.at_ms))
            .filter_map(|point| Some(Sample { at_ms: point.at_ms, value: value(point)? }))
            .collect();
        let highest = samples.iter().map(|sample| sample.value).max();
        Self { samples, end_ms, window_ms, gap_ms, top: total.max(highest).unwrap_or(1).max(1) }
    }

    /// Distance from the left edge, in units of the drawing.
    pub fn x(&self, at_ms: i64) -> i64 {
        (at_ms - self.end_ms + self.window_ms) * WIDTH / self.window_ms
    }

    /// The moment at `x` of `width`, in any unit.
    pub fn at_ms(&self, x: i32, width: i32) -> i64 {
        self.end_ms - self.window_ms + self.window_ms * i64::from(x) / i64::from(width.max(1))
    }

    /// Whether there is something to draw: a line, not only its base.
    pub fn says_something(&self) -> bool {
        self.samples.len() > 2 && self.samples.iter().any(|sample| sample.value > 0)
    }

    /// The area below the steps from sample to sample as an SVG path, interrupted at gaps; a value holds until the next
    /// sample.
    pub fn path(&self) -> String {
        let mut path = String::new();
        let mut before: Option<i64> = None;
        let mut add = |parts: &[&str]| parts.iter().for_each(|part| path.push_str(part));
        let base = HEIGHT.to_string();
        for Sample { at_ms, value } in &self.samples {
            let x = &self.x(*at_ms).to_string();
            let y = &(HEIGHT - u32::min(wire::percent(*value, self.top), HEIGHT)).to_string();
            if before.is_some_and(|before| at_ms - before <= self.gap_ms) {
                add(&["H", x, "V", y]);
            } else {
                if before.is_some() {
                    add(&["V", &base]);
                }
                add(&["M", x, " ", &base, "V", y]);
            }
            before = Some(*at_ms);
        }
        if self.now().is_some() {
            add(&["H", &WIDTH.to_string()]);
        }
        if before.is_some() {
            add(&["V", &base]);
        }
        path
    }

    /// Index of the newest sample, unless it is older than a gap and so says nothing about now.
    pub fn now(&self) -> Option<usize> {
        let newest = self.samples.last().filter(|sample| self.end_ms - sample.at_ms <= self.gap_ms);
        newest.and_then(|_| self.samples.len().checked_sub(1))
    }

    /// Index of the sample nearest to a moment; none within a gap.
    pub fn nearest(&self, at_ms: i64) -> Option<usize> {
        let near = self.samples.iter().enumerate().map(|(index, sample)| ((sample.at_ms - at_ms).abs(), index)).min();
        near.filter(|(distance_ms, _)| *distance_ms <= self.gap_ms / 2).map(|(_, index)| index)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::Series;
    use wire::{History, Point};

    fn series(points: &[(i64, Option<u32>)]) -> Series {
        let points = points.iter().map(|(at_ms, cores_used)| Point {
            at_ms: *at_ms,
            cores_used: *cores_used,
            ..Point::default()
        });
        let history = History { points: points.collect(), window_ms: 600, gap_ms: 50, ..History::default() };
        Series::of(&history, 1_000, Some(4), |point| point.cores_used.map(u64::from))
    }

    #[test]
    fn a_gap_in_time_is_a_gap_in_the_line() {
        let with_gap = series(&[(400, Some(0)), (450, Some(4)), (501, Some(2)), (1_000, Some(8))]);
        assert_eq!(with_gap.top, 8, "never above the top");
        assert_eq!(with_gap.path(), "M0 100V100H50V50V100M101 100V75V100M600 100V0H600V100");
    }

    #[test]
    fn what_was_not_asked_for_makes_no_gap_of_its_own() {
        assert_eq!(series(&[(400, Some(4)), (420, None), (440, Some(4))]).path(), "M0 100V0H40V0V100");
    }

    #[test]
    fn what_is_older_than_the_window_is_left_out() {
        assert_eq!(series(&[(399, Some(1)), (1_001, Some(1))]).path(), "");
    }

    #[test]
    fn a_few_samples_or_zeros_alone_are_not_worth_a_line() {
        let says = |values: &[u32]| {
            let points: Vec<_> = values.iter().zip(0i64..).map(|(value, at)| (500 + at, Some(*value))).collect();
            series(&points).says_something()
        };
        assert_eq!([says(&[1, 2]), says(&[0, 0, 0]), says(&[0, 0, 1])], [false, false, true]);
    }

    #[test]
    fn a_moment_finds_the_sample_next_to_it_unless_nobody_looked() {
        let series = series(&[(500, Some(1)), (540, Some(2)), (900, Some(3))]);
        assert_eq!(series.nearest(series.at_ms(100, 600)), Some(0));
        assert_eq!(series.nearest(524), Some(1));
        assert_eq!(series.nearest(700), None);
    }
}
