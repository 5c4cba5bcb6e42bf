//! The durations of a query's runs as bars, the oldest on the left. The keyboard walks them.

use wire::past::{PastRun, RunState};
use yew::{Callback, Event, Html, KeyboardEvent, MouseEvent, TargetCast, classes, html};

use super::facts::{in_a_line, whole};
use kit::format;
use kit::i18n::{PastMessage, tr};
use kit::language;

const HEIGHT: u64 = 100;
/// Width of a bar and of the gap after it.
const BAR: usize = 8;
const STEP: usize = 10;
/// Fewer runs are not stretched over the whole width.
const LEAST: usize = 6;

/// `runs` has the newest first; `looked` is a place in it, and `look` selects one.
pub fn runs_chart(runs: &[PastRun], looked: Option<usize>, look: &Callback<Option<usize>>) -> Html {
    let Some(last) = runs.len().checked_sub(1) else {
        return Html::default();
    };
    let top = runs.iter().map(|run| whole(run.duration_ms)).max().unwrap_or_default().max(1);
    let width = runs.len().max(LEAST) * STEP;
    let median = median(runs);
    let shown = looked.unwrap_or_default().min(last);
    let run = runs.get(shown);
    let facts = run.map(in_a_line).unwrap_or_default();
    let place = |index: usize| u64::try_from(last - index + 1).unwrap_or_default();
    let said = tr(PastMessage::RunSaid { number: place(shown), of: place(0), facts: &facts });
    let line = median.map(|ms| ["M0 ", &y(ms, top).to_string(), "H", &width.to_string()].concat());
    html! {
        <figure class="sparkMonitor-RunsChart">
            <figcaption class="sparkMonitor-Muted">
                <span>{ tr(PastMessage::RunsChart) }</span>
                if let Some(ms) = median {
                    <span class="sparkMonitor-RunsChart-median">{ tr(PastMessage::Median { time: &format::duration(ms) }) }</span>
                }
            </figcaption>
            <div
                class="sparkMonitor-Spark-plot" role="slider" tabindex="0" aria-label={tr(PastMessage::RunsChart)}
                aria-readonly="true" aria-valuemin="1" aria-valuemax={runs.len().to_string()}
                aria-valuenow={place(shown).to_string()} aria-valuetext={said.clone()}
                onmousemove={on_move(runs.len(), width, look)} onkeydown={on_key(shown, last, look)}
                onmouseleave={look.reform(|_| None)} onblur={look.reform(|_| None)}
            >
                <svg viewBox={["0 0 ", &width.to_string(), " ", &HEIGHT.to_string()].concat()} preserveAspectRatio="none" aria-hidden="true">
                    { for runs.iter().enumerate().map(|(index, run)| bar(run, last - index, top, looked == Some(index))) }
                    if let Some(line) = line {
                        <path class="sparkMonitor-Chart-total" d={line} />
                    }
                </svg>
            </div>
            <div class="sparkMonitor-RunsChart-ends" aria-hidden="true">
                <span>{ runs.last().map(|run| language::time(run.submitted_at_ms)) }</span>
                <span>{ if looked.is_some() { facts } else { runs.first().map(|run| language::time(run.submitted_at_ms)).unwrap_or_default() } }</span>
            </div>
        </figure>
    }
}

/// What failed is an outline, and what was slower than usual has a line above it, so that neither depends on colour.
fn bar(run: &PastRun, place: usize, top: u64, is_looked: bool) -> Html {
    let y = y(whole(run.duration_ms), top);
    let (x, height) = ((place * STEP).to_string(), (HEIGHT - y).max(1).to_string());
    let is_slower = run.slower.is_some();
    let class = classes!(
        "sparkMonitor-RunsChart-bar",
        (run.state != RunState::Succeeded).then_some("sparkMonitor-mod-bad"),
        is_slower.then_some("sparkMonitor-mod-warn"),
        is_looked.then_some("sparkMonitor-mod-looked"),
    );
    html! {
        <>
            <rect {class} x={x.clone()} y={y.min(HEIGHT - 1).to_string()} width={BAR.to_string()} {height} />
            if is_slower {
                <rect class="sparkMonitor-RunsChart-cap" {x} y={y.saturating_sub(6).to_string()} width={BAR.to_string()} height="3" />
            }
        </>
    }
}

/// The top is left to the lines above bars.
fn y(ms: u64, top: u64) -> u64 {
    let room = HEIGHT - 8;
    HEIGHT - ms.saturating_mul(room).checked_div(top).unwrap_or_default().min(room)
}

/// Of the runs that succeeded; none if there are few.
fn median(runs: &[PastRun]) -> Option<u64> {
    let succeeded = runs.iter().filter(|run| run.state == RunState::Succeeded);
    let mut all: Vec<u64> = succeeded.map(|run| whole(run.duration_ms)).collect();
    all.sort_unstable();
    all.get(all.len() / 2).copied().filter(|_| all.len() > 2)
}

fn on_move(runs: usize, width: usize, look: &Callback<Option<usize>>) -> Callback<MouseEvent> {
    look.reform(move |event: MouseEvent| {
        let plot: web_sys::Element = event.target_unchecked_into();
        let pixels = |pixels: i32| usize::try_from(pixels).unwrap_or_default();
        let across = pixels(event.offset_x()) * width / pixels(plot.client_width()).max(1);
        (runs - 1).checked_sub(across / STEP)
    })
}

/// The arrow keys, Home and End go through time; Escape leaves.
fn on_key(shown: usize, last: usize, look: &Callback<Option<usize>>) -> Callback<KeyboardEvent> {
    let look = look.clone();
    Callback::from(move |event: KeyboardEvent| {
        let to = match event.key().as_str() {
            "ArrowLeft" | "ArrowDown" => Some(last.min(shown + 1)),
            "ArrowRight" | "ArrowUp" => Some(shown.saturating_sub(1)),
            "Home" => Some(last),
            "End" => Some(0),
            "Escape" => None,
            _ => return,
        };
        // Otherwise the page would scroll, too.
        Event::prevent_default(&event);
        look.emit(to);
    })
}
