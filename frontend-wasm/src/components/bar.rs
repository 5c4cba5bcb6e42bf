//! Bars: how much of a whole is used, and how far a stage is.

use wire::{Level, Meter, Tasks};
use yew::{AttrValue, Html, Properties, classes, component, html};

use super::tone::{Tone, level_word};
use crate::format;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct UsageBarProps {
    pub label: AttrValue,
    pub meter: Meter,
    /// Used and total, in words.
    pub value: AttrValue,
    /// Without the line of words above: they stand elsewhere.
    #[prop_or_default]
    pub bare: bool,
}

/// A labelled meter.
#[component]
pub fn UsageBar(props: &UsageBarProps) -> Html {
    let Meter { used, total, level } = props.meter;
    let percent = format::percent(used, total);
    let percent_text = tr(Message::Percent { percent });
    let word = level_word(level);
    let bar = html! {
        <div
            class="sparkMonitor-Bar" role="meter" aria-label={&props.label}
            aria-valuemin="0" aria-valuemax={total.to_string()} aria-valuenow={used.min(total).to_string()}
            aria-valuetext={format!("{}, {percent_text}, {word}", props.value)}
        >
            <div
                class={classes!("sparkMonitor-Bar-fill", Tone::from(level).class())}
                style={format!("width: {percent}%")}
            />
        </div>
    };
    if props.bare {
        return bar;
    }
    html! {
        <div class="sparkMonitor-Usage">
            <div class="sparkMonitor-Usage-words">
                <span class="sparkMonitor-Usage-label">{ &props.label }</span>
                <span class="sparkMonitor-Usage-value">{ &props.value }</span>
                if level == Level::Green {
                    <span class="sparkMonitor-Usage-percent">{ percent_text }</span>
                } else {
                    <span class={classes!("sparkMonitor-Usage-percent", Tone::from(level).class())}>
                        { percent_text }{ " " }<span class="sparkMonitor-Word">{ word }</span>
                    </span>
                }
            </div>
            { bar }
        </div>
    }
}

#[derive(Properties, PartialEq)]
pub struct ProgressBarProps {
    pub label: AttrValue,
    pub tasks: Tasks,
}

/// How many of a stage's tasks are done, and how many run.
#[component]
pub fn ProgressBar(props: &ProgressBarProps) -> Html {
    let Tasks {
        total,
        done,
        running,
        ..
    } = props.tasks;
    let running_percent = format::percent(running.into(), total.into());
    html! {
        <div
            class="sparkMonitor-Bar" role="progressbar" aria-label={&props.label}
            aria-valuemin="0" aria-valuemax={total.to_string()} aria-valuenow={done.to_string()}
            aria-valuetext={tr(Message::TasksDone { done, total })}
        >
            <div class="sparkMonitor-Bar-done" style={format!("width: {}%", props.tasks.percent())} />
            <div class="sparkMonitor-Bar-running" style={format!("width: {running_percent}%")} />
        </div>
    }
}
