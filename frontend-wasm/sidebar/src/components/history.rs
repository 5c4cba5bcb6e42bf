//! Sparklines of the last minutes: cores, memory, tasks.
//!
//! A moment selected in one sparkline is selected in all. Each is a slider for screen readers and keyboards: the arrow
//! keys move from sample to sample.

use wire::{History, Meta};
use yew::{Html, html};

use super::panel_context::Panel;
use crate::model::Action;
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::look::{on_key, on_move};
use kit::sparkline::{HEIGHT, Sample, Series, WIDTH};

/// One line for each series that says something; none if there is none.
pub fn history(panel: &Panel<'_>, history: &History, meta: &Meta) -> Option<Html> {
    let line = |label, total: Option<u64>, words, value| {
        let series = Series::of(history, meta.observed_at_ms, total, value);
        series.says_something().then(|| sparkline(panel, label, series, total, words))
    };
    let lines = [
        line(Message::CoresInUse, history.cores_total.map(u64::from), language::number, |point| {
            point.cores_used.map(u64::from)
        }),
        line(Message::MemoryInUse, history.memory_total_mib, format::mib, |point| point.memory_used_mib),
        line(Message::TasksActive, history.task_slots.map(u64::from), language::number, |point| {
            point.active_tasks.map(u64::from)
        }),
    ];
    lines.iter().any(Option::is_some).then(|| {
        html! {
            <div class="sparkMonitor-History">
                { for lines.into_iter().flatten() }
                { axis(&tr(Message::MinutesAgo { minutes: history.window_ms / 60_000 })) }
                <p>
                    <button type="button" class="sparkMonitor-Jump" onclick={panel.on_click(Action::OpenTab("usage"))}>
                        { tr(Message::ShowChart) }
                    </button>
                </p>
            </div>
        }
    })
}

/// The two ends of the time that a drawing covers.
pub fn axis(begin: &str) -> Html {
    html! { <div class="sparkMonitor-Axis" aria-hidden="true"><span>{ begin }</span><span>{ tr(Message::Now) }</span></div> }
}

fn sparkline(
    panel: &Panel<'_>,
    label: Message<'_>,
    series: Series,
    total: Option<u64>,
    words: fn(u64) -> String,
) -> Html {
    let Some(last) = series.samples.len().checked_sub(1) else {
        return Html::default();
    };
    let looked_at_ms = panel.model.looked_at_ms;
    let index = looked_at_ms.map_or_else(|| series.now(), |at_ms| series.nearest(at_ms));
    let sample = index.and_then(|index| series.samples.get(index)).copied();
    let value = sample.map_or_else(
        || tr(Message::NobodyLooked),
        |Sample { value, .. }| match total {
            Some(total) => tr(Message::UsedOf { used: &words(value), total: &words(total) }),
            None => words(value),
        },
    );
    let time = sample.filter(|_| looked_at_ms.is_some()).map(|sample| language::time(sample.at_ms));
    let said = match &time {
        Some(time) => tr(Message::ValueAt { value: &value, time }),
        None => value,
    };
    let cursor = looked_at_ms.map(|at_ms| {
        let x = series.x(sample.map_or(at_ms, |sample| sample.at_ms)).to_string();
        html! { <path class="sparkMonitor-Spark-cursor" d={["M", &x, " 0V", &HEIGHT.to_string()].concat()} /> }
    });
    let view_box = ["0 0 ", &WIDTH.to_string(), " ", &HEIGHT.to_string()].concat();
    let (path, top) = (series.path(), words(series.top));
    let label = tr(label);
    let (now, end) = (index.unwrap_or(last).to_string(), last.to_string());
    let look = panel.act.reform(Action::Look);
    let onmousemove = on_move(series.clone(), look.clone());
    let onkeydown = on_key(series, index.unwrap_or(last), look);
    html! {
        <div class="sparkMonitor-Spark">
            <span class="sparkMonitor-Spark-label">{ label.clone() }</span>
            <span class="sparkMonitor-Spark-value">{ said.clone() }</span>
            <div
                class="sparkMonitor-Spark-plot" role="slider" tabindex="0" aria-label={label} aria-readonly="true"
                aria-valuemin="0" aria-valuemax={end} aria-valuenow={now} aria-valuetext={said}
                {onmousemove} {onkeydown} onmouseleave={panel.on_click(Action::Look(None))}
                onblur={panel.act.reform(|_| Action::Look(None))}
            >
                <svg viewBox={view_box} preserveAspectRatio="none" aria-hidden="true">
                    <path class="sparkMonitor-Spark-line" d={path} />
                    { cursor }
                </svg>
                <span class="sparkMonitor-Spark-top" aria-hidden="true">{ top }</span>
            </div>
        </div>
    }
}
