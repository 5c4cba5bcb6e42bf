//! The marks of one series: what holds from one moment to another, and the gaps between them.

use wire::past::Series;

use super::scale::{HEIGHT, Scale};
use super::span::Span;

/// A value, and from when to when it holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mark {
    pub at_ms: i64,
    pub end_ms: i64,
    /// How much of it was recorded; 0 for a sample.
    pub covered_ms: i64,
    pub mean: f64,
    pub least: f64,
    pub greatest: f64,
}

/// The marks of a name without a gap between them. A sample holds until the next one, or until the end if that is near;
/// a mean holds for its step.
pub type Runs = Vec<Vec<Mark>>;

pub fn runs(series: &Series, name: &str, span: Span) -> Runs {
    let marks = series.points.iter().filter_map(|point| {
        let [mean, least, greatest] = *point.values.get(name)?;
        let is_known = [mean, least, greatest].iter().all(|value| value.is_finite());
        let end_ms = point.at_ms.saturating_add(series.step_ms).min(span.to_ms).max(point.at_ms);
        let mark = Mark { at_ms: point.at_ms, end_ms, covered_ms: point.covered_ms, mean, least, greatest };
        (is_known && point.at_ms <= span.to_ms).then_some(mark)
    });
    let mut runs: Runs = Vec::new();
    for mark in marks {
        match runs.last_mut().and_then(|run| Some((run.last()?.at_ms, run))) {
            Some((before_ms, run)) if mark.at_ms - before_ms <= series.gap_ms => {
                if let Some(before) = run.last_mut() {
                    before.end_ms = mark.at_ms;
                }
                run.push(mark);
            }
            _ => runs.push(vec![mark]),
        }
    }
    let newest = runs.last_mut().and_then(|run| run.last_mut());
    if let Some(newest) = newest.filter(|mark| series.step_ms == 0 && span.to_ms - mark.at_ms <= series.gap_ms) {
        newest.end_ms = span.to_ms;
    }
    runs
}

/// The mark that holds at a moment, or is nearest to it; none within a gap.
pub fn at(runs: &Runs, at_ms: i64, near_ms: i64) -> Option<Mark> {
    let holds = |mark: &&Mark| (mark.at_ms..mark.end_ms.max(mark.at_ms + 1)).contains(&at_ms);
    runs.iter().flatten().find(holds).copied().or_else(|| {
        let distance_ms = |mark: &Mark| (mark.at_ms - at_ms).abs().min((mark.end_ms - at_ms).abs());
        let nearest = runs.iter().flatten().min_by_key(|mark| distance_ms(mark));
        nearest.filter(|mark| distance_ms(mark) <= near_ms).copied()
    })
}

/// The steps of all marks, interrupted at gaps.
pub fn line(runs: &Runs, scale: &Scale) -> String {
    runs.iter().map(|run| ["M", &steps(run, scale, |mark| mark.mean)].concat()).collect()
}

/// The area below the steps.
pub fn area(runs: &Runs, scale: &Scale) -> String {
    let below = runs.iter().filter_map(|run| {
        let [left, right] = [run.first()?.at_ms, run.last()?.end_ms].map(|at_ms| scale.x(at_ms).to_string());
        let base = HEIGHT.to_string();
        Some(["M", &left, " ", &base, "L", &steps(run, scale, |mark| mark.mean), "H", &right, "V", &base, "Z"].concat())
    });
    below.collect()
}

/// The area between the least and the greatest values.
pub fn band(runs: &Runs, scale: &Scale) -> String {
    let bands = runs.iter().map(|run| {
        let back = run.iter().rev().flat_map(|mark| {
            let [left, right, y] = [scale.x(mark.at_ms), scale.x(mark.end_ms), scale.y(mark.least)];
            ["H", &right.to_string(), "V", &y.to_string(), "H", &left.to_string()].map(str::to_owned)
        });
        ["M", &steps(run, scale, |mark| mark.greatest), &back.collect::<String>(), "Z"].concat()
    });
    bands.collect()
}

/// From the first mark's beginning to the last one's end.
fn steps(run: &[Mark], scale: &Scale, value: fn(&Mark) -> f64) -> String {
    let mut path = String::new();
    for (place, mark) in run.iter().enumerate() {
        let [x, y, end] = [scale.x(mark.at_ms), scale.y(value(mark)), scale.x(mark.end_ms)].map(|it| it.to_string());
        let (separator, before) = if place == 0 { (" ", x.as_str()) } else { ("V", "") };
        [before, separator, &y, "H", &end].iter().for_each(|part| path.push_str(part));
    }
    path
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
