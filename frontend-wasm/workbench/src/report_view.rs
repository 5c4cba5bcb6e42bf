//! The connection report's HTML: its result, its time, and each hop from the browser to the driver.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use wire::{Health, HopVerdict};
use yew::{Html, classes, html};

use crate::report::{Line, verdict_word};
use crate::report_model::{Act, Action, Model};
use crate::stored_view::stored_view;
use kit::format;
use kit::i18n::{Message, TabMessage, tr};
use kit::language;
use kit::parts::icon_button;
use kit::parts::tone::{Tone, toned};

/// The whole tab.
pub fn report_view(model: &Model, act: &Act) -> Html {
    html! {
        <div class="sparkMonitor-Report">
            <h2 class="sparkMonitor-Report-title">{ tr(Message::ConnectionReport) }</h2>
            <p class="sparkMonitor-Report-result" role="status">{ result(model) }</p>
            if model.report.is_some() {
                <p class="sparkMonitor-Muted">{ tr(TabMessage::ReportAt { time: &language::time(model.at_ms) }) }</p>
            }
            { buttons(model, act) }
            if let Some(report) = &model.report {
                <ol class="sparkMonitor-Hops">{ for report.lines().into_iter().map(hop) }</ol>
                if let Some(stored) = &report.stored {
                    { stored_view(stored, &model.removal, act) }
                }
            }
        </div>
    }
}

/// The result in a word; or, while a report is in progress, that it is.
fn result(model: &Model) -> Html {
    match &model.report {
        Some(report) if !model.pending => health(report.health()),
        _ => toned(Tone::Muted, tr(TabMessage::ReportRuns)),
    }
}

fn health(health: Health) -> Html {
    let (word, tone) = match health {
        Health::Well => (TabMessage::HealthWell, Tone::Good),
        Health::Degraded => (TabMessage::HealthDegraded, Tone::Warn),
        Health::Broken => (TabMessage::HealthBroken, Tone::Bad),
    };
    toned(tone, tr(word))
}

/// While a report is in progress it cannot be run again. The button stays enabled, because a disabled one would lose
/// the focus.
fn buttons(model: &Model, act: &Act) -> Html {
    let on_click = |action: Action| act.reform(move |_| action.clone());
    html! {
        <div class="sparkMonitor-Buttons">
            <button
                type="button" class="sparkMonitor-Button" aria-disabled={model.pending.to_string()}
                onclick={on_click(Action::Run)}
            >
                { tr(TabMessage::ReportAgain) }
            </button>
            if model.report.is_some() {
                <button type="button" class="sparkMonitor-Button" onclick={on_click(Action::Copy)}>
                    { tr(TabMessage::CopyReport) }
                </button>
            }
            { icon_button::copied(model.copied) }
        </div>
    }
}

fn hop(line: Line) -> Html {
    let (sign, tone) = match line.verdict {
        HopVerdict::Ok => ("✓", Tone::Good),
        HopVerdict::Warning => ("⚠", Tone::Warn),
        HopVerdict::Failed => ("✕", Tone::Bad),
        HopVerdict::Skipped => ("–", Tone::Muted),
    };
    html! {
        <li class={classes!("sparkMonitor-Hop", tone.class())}>
            <span class="sparkMonitor-Sign" aria-hidden="true">{ sign }</span>
            <span class="sparkMonitor-Hop-name">{ line.name }</span>
            <span class="sparkMonitor-Hop-verdict">{ tr(verdict_word(line.verdict)) }</span>
            if let Some(duration_ms) = line.duration_ms {
                <span class="sparkMonitor-Stage-elapsed">{ format::duration(duration_ms.into()) }</span>
            }
            <p>{ line.found }</p>
            if let Some(fix) = line.fix {
                <p class="sparkMonitor-Hop-fix">{ fix }</p>
            }
        </li>
    }
}
