//! The connection report: a section that is folded until somebody wants to know why nothing comes.

use wire::{Health, HopVerdict};
use yew::{Html, classes, html};

use super::copy_button::copied;
use super::panel_context::Panel;
use super::panel_section::section;
use crate::model::{Action, Copyable};
use crate::preferences::REPORT;
use crate::report::{Line, Report, verdict_word};
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::notice::loading;
use kit::parts::tone::{Tone, toned};

/// Each hop from the browser to the driver, with its verdict and what to do.
pub fn connection_report(panel: &Panel<'_>) -> Html {
    let report = panel.model.report.as_deref();
    let summary = report.map(|report| health(report.health())).unwrap_or_default();
    let content = match report {
        Some(report) => hops(panel, report),
        None => loading(),
    };
    section(panel, REPORT, Message::ConnectionReport, summary, content)
}

fn health(health: Health) -> Html {
    let (word, tone) = match health {
        Health::Well => (Message::HealthWell, Tone::Good),
        Health::Degraded => (Message::HealthDegraded, Tone::Warn),
        Health::Broken => (Message::HealthBroken, Tone::Bad),
    };
    toned(tone, tr(word))
}

fn hops(panel: &Panel<'_>, report: &Report) -> Html {
    let text = report.text(&language::time(panel.model.report_at_ms));
    let copy = Action::Copy { what: Copyable::Report, text };
    html! {
        <>
            <ol class="sparkMonitor-Hops">{ for report.lines().into_iter().map(hop) }</ol>
            <div class="sparkMonitor-Buttons">
                <button
                    type="button" class="sparkMonitor-Button" disabled={panel.model.report_pending}
                    onclick={panel.on_click(Action::RunReport)}
                >
                    { tr(if panel.model.report_pending { Message::ReportRuns } else { Message::ReportAgain }) }
                </button>
                <button type="button" class="sparkMonitor-Button" onclick={panel.on_click(copy)}>
                    { tr(Message::CopyReport) }
                </button>
                { copied(panel, Copyable::Report) }
            </div>
        </>
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
