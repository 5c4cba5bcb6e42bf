//! Bars: how much is used, and how far a stage has got.

use wire::{Level, Meter, Tasks, Thresholds};
use yew::{Html, classes, html};

use super::tone::{Tone, level_word, toned};
use crate::i18n::{Message, tr};

/// A meter below its name and its value in words. `word` replaces the level's word where its level is no alarm.
pub fn labelled_meter(
    thresholds: Thresholds,
    label: Message<'_>,
    meter: Meter,
    value: &str,
    word: Option<Message<'_>>,
) -> Html {
    let (percent, level) = (percent(meter), level(thresholds, meter));
    let tone = if word.is_some() { Tone::Muted } else { level.into() };
    let word = word.map_or_else(|| level_word(level), tr);
    html! {
        <div class="sparkMonitor-Usage">
            <div class="sparkMonitor-Usage-words">
                <span class="sparkMonitor-Usage-label">{ tr(label) }</span>
                <span class="sparkMonitor-Usage-value">{ value }</span>
                <span class="sparkMonitor-Usage-percent">{ percent }</span>
                if level != Level::Green {
                    { toned(tone, word.clone()) }
                }
            </div>
            { worded(thresholds, label, meter, value, &word) }
        </div>
    }
}

/// A meter alone; its words are shown beside it.
pub fn meter(thresholds: Thresholds, label: Message<'_>, meter: Meter, value: &str) -> Html {
    worded(thresholds, label, meter, value, &level_word(level(thresholds, meter)))
}

fn worded(thresholds: Thresholds, label: Message<'_>, meter: Meter, value: &str, word: &str) -> Html {
    let Meter { used, total, .. } = meter;
    let level = level(thresholds, meter);
    html! {
        <div
            class="sparkMonitor-Bar" role="meter" aria-label={tr(label)}
            aria-valuemin="0" aria-valuemax={total.to_string()} aria-valuenow={used.min(total).to_string()}
            aria-valuetext={tr(Message::MeterValue { value, percent: &percent(meter), level: word })}
        >
            <div
                class={classes!("sparkMonitor-Bar-fill", Tone::from(level).class())}
                style={format!("width: {}%", wire::percent(used, total))}
            />
        </div>
    }
}

/// The level by the thresholds in the person's settings.
fn level(thresholds: Thresholds, meter: Meter) -> Level {
    thresholds.level(meter.used, meter.total)
}

fn percent(meter: Meter) -> String {
    tr(Message::Percent { percent: wire::percent(meter.used, meter.total) })
}

/// How many of a query's or stage's tasks are done, and how many are running. If none is running, something else
/// works or everything waits: the bar is striped, so that it never looks finished.
pub fn progress(label: &str, tasks: Tasks) -> Html {
    let Tasks { total, done, running, .. } = tasks;
    let done_percent = if total == 0 { 100 } else { tasks.percent() };
    let running_percent = wire::percent(running.into(), total.into());
    let counted = (total > 0).then_some(done);
    html! {
        <div
            class={classes!("sparkMonitor-Bar", (running == 0).then_some("sparkMonitor-mod-waits"))}
            role="progressbar" aria-label={label.to_owned()}
            aria-valuemin="0" aria-valuemax={total.max(1).to_string()} aria-valuenow={counted.map(|done| done.to_string())}
            aria-valuetext={counted.map(|done| tr(Message::TasksDone { done, total }))}
        >
            <div class="sparkMonitor-Bar-done" style={format!("width: {done_percent}%")} />
            <div class="sparkMonitor-Bar-running" style={format!("width: {running_percent}%")} />
        </div>
    }
}
