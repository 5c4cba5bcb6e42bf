//! A step chart of one series against its total, with axes for values and time.
//!
//! The drawing is stretched to the width that there is; its words stand beside it, so that they are not.

use yew::{Callback, Html, html};

use kit::i18n::{Message, tr};
use kit::language;
use kit::look::{on_key, on_move};
use kit::sparkline::{HEIGHT, Sample, Series, WIDTH};

/// At most this many parts between the lines of the value axis.
const PARTS: u64 = 4;
/// Parts between the lines of the time axis.
const TIMES: u32 = 5;

/// How values are written, and what round numbers are: powers of two for memory.
#[derive(Clone, Copy)]
pub struct Unit {
    pub words: fn(u64) -> String,
    pub is_binary: bool,
}

/// One series and what it is measured against.
pub struct Chart {
    pub used: Message<'static>,
    pub total: Message<'static>,
    pub series: Series,
    pub total_value: Option<u64>,
    pub unit: Unit,
}

/// The chart, whose selected moment is shared with others; nothing without a sample.
pub fn chart(chart: Chart, looked_at_ms: Option<i64>, look: &Callback<Option<i64>>) -> Html {
    let Chart { used, total, mut series, total_value, unit } = chart;
    let Some(last) = series.samples.len().checked_sub(1) else {
        return Html::default();
    };
    let step = round_step(series.top, unit.is_binary);
    let parts = series.top.div_ceil(step);
    series.top = step * parts;
    let index = looked_at_ms.map_or_else(|| series.now(), |at_ms| series.nearest(at_ms));
    let sample = index.and_then(|index| series.samples.get(index)).copied();
    let said = value(sample, looked_at_ms.is_some(), total_value, unit);
    let (label, total) = (tr(used), total_value.map(|_| tr(total)));
    let (now, end) = (index.unwrap_or(last).to_string(), last.to_string());
    let onmousemove = on_move(series.clone(), look.clone());
    let onkeydown = on_key(series.clone(), index.unwrap_or(last), look.clone());
    html! {
        <figure class="sparkMonitor-Chart">
            <figcaption class="sparkMonitor-Chart-head">
                <span class="sparkMonitor-Chart-used">{ label.clone() }</span>
                if let Some(total) = total {
                    <span class="sparkMonitor-Chart-of">{ total }</span>
                }
                <span class="sparkMonitor-Chart-value">{ said.clone() }</span>
            </figcaption>
            <div class="sparkMonitor-Chart-values" aria-hidden="true">
                { for (0..=parts).map(|part| html! { <span>{ (unit.words)(part * step) }</span> }) }
            </div>
            <div
                class="sparkMonitor-Spark-plot" role="slider" tabindex="0" aria-label={label} aria-readonly="true"
                aria-valuemin="0" aria-valuemax={end} aria-valuenow={now} aria-valuetext={said}
                {onmousemove} {onkeydown} onmouseleave={look.reform(|_| None)} onblur={look.reform(|_| None)}
            >
                { drawing(&series, parts, total_value, looked_at_ms.map(|at_ms| sample.map_or(at_ms, |it| it.at_ms))) }
            </div>
            { times(&series) }
        </figure>
    }
}

/// The value of a sample, and when it was if that is not now.
fn value(sample: Option<Sample>, is_past: bool, total: Option<u64>, unit: Unit) -> String {
    let Some(Sample { at_ms, value }) = sample else {
        return tr(Message::NobodyLooked);
    };
    let used = &(unit.words)(value);
    let value = match total {
        Some(total) => tr(Message::UsedOf { used, total: &(unit.words)(total) }),
        None => used.clone(),
    };
    if is_past { tr(Message::ValueAt { value: &value, time: &language::time(at_ms) }) } else { value }
}

fn drawing(series: &Series, parts: u64, total: Option<u64>, cursor_ms: Option<i64>) -> Html {
    let (width, height) = (WIDTH.to_string(), HEIGHT.to_string());
    let across = |y: u64| ["M0 ", &y.to_string(), "H", &width].concat();
    let down = |x: i64| ["M", &x.to_string(), " 0V", &height].concat();
    let top = u64::from(HEIGHT);
    let values = (1..parts).map(|part| across(top - part * top / parts));
    let grid =
        values.chain((1..TIMES).map(|part| down(WIDTH * i64::from(part) / i64::from(TIMES)))).collect::<String>();
    let total = total.map(|total| across(top - u64::from(wire::percent(total, series.top)).min(top)));
    html! {
        <svg viewBox={["0 0 ", &width, " ", &height].concat()} preserveAspectRatio="none" aria-hidden="true">
            <path class="sparkMonitor-Chart-grid" d={grid} />
            <path class="sparkMonitor-Spark-line" d={series.path()} />
            if let Some(total) = total {
                <path class="sparkMonitor-Chart-total" d={total} />
            }
            if let Some(cursor_ms) = cursor_ms {
                <path class="sparkMonitor-Spark-cursor" d={down(series.x(cursor_ms))} />
            }
        </svg>
    }
}

/// The time axis. There is little room for words in a narrow tab, so the stylesheet hides all but its ends there.
fn times(series: &Series) -> Html {
    let minutes = u32::try_from(series.window_ms / 60_000).unwrap_or_default();
    let labels = (0..TIMES).map(|part| tr(Message::MinutesAgo { minutes: minutes * (TIMES - part) / TIMES }));
    html! {
        <div class="sparkMonitor-Chart-times" aria-hidden="true">
            { for labels.chain([tr(Message::Now)]).map(|label| html! { <span>{ label }</span> }) }
        </div>
    }
}

/// The distance between lines of the value axis: the smallest round number that needs few of them.
pub fn round_step(top: u64, is_binary: bool) -> u64 {
    let fits = |step: &u64| top.div_ceil(*step) <= PARTS;
    let decimal = || (0..=18).flat_map(|exponent| [1, 2, 5].map(|digit| digit * 10_u64.pow(exponent))).find(fits);
    let binary = || (0..u64::BITS).map(|exponent| 1_u64 << exponent).find(fits);
    if is_binary { binary() } else { decimal() }.unwrap_or(top.max(1))
}

#[cfg(test)]
mod tests {
    use super::round_step;

    #[test]
    fn lines_are_at_round_numbers_and_few() {
        let decimal = [1, 2, 4, 5, 8, 9, 64, 1_000].map(|top| round_step(top, false));
        assert_eq!(decimal, [1, 1, 1, 2, 2, 5, 20, 500]);
        let binary = [1, 1_024, 4_096, 5_000, 7_168].map(|top| round_step(top, true));
        assert_eq!(binary, [1, 256, 1_024, 2_048, 2_048]);
        assert!(round_step(u64::MAX, false) > 0 && round_step(u64::MAX, true) > 0);
    }
}
