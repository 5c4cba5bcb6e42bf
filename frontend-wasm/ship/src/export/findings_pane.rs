//! What a person should mend, decide or know, in groups.

use web_sys::HtmlInputElement;
use wire::export::{Conversion, ExportFinding, FindingSeverity};
use yew::{Event, Html, TargetCast, html};

use super::document::Document;
use super::jump::jump;
use super::model::{Act, Action, Model};
use super::shell_choice::{SHELL, line_choice};
use kit::i18n::{ExportMessage, tr};
use kit::language;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, toned};

/// The code of findings about secrets.
const SECRET: &str = "secret";

pub fn findings_pane(shown: &Conversion, (model, document): (&Model, &Document), act: &Act) -> Html {
    let allow_secrets = model.allow_secrets;
    let line = |finding: &ExportFinding| line(finding, model, document, act);
    let title = tr(ExportMessage::Findings);
    let has_secret = shown.findings.iter().any(|finding| finding.code == SECRET);
    html! {
        <section class="sparkMonitor-Export-part sparkMonitor-Findings" aria-label={title.clone()}>
            <h3>{ title }</h3>
            if shown.findings.is_empty() {
                { muted(ExportMessage::FindingNone) }
            }
            { group(shown, FindingSeverity::Error, Tone::Bad, &line) }
            { group(shown, FindingSeverity::Decision, Tone::Warn, &line) }
            { group(shown, FindingSeverity::Note, Tone::Muted, &line) }
            if has_secret || allow_secrets {
                { secrets(allow_secrets, document, act) }
            }
        </section>
    }
}

fn group(shown: &Conversion, severity: FindingSeverity, tone: Tone, line: &dyn Fn(&ExportFinding) -> Html) -> Html {
    let findings: Vec<_> = of(shown, severity).collect();
    let count = u32::try_from(findings.len()).unwrap_or(u32::MAX);
    if count == 0 {
        return Html::default();
    }
    let head = tr(match severity {
        FindingSeverity::Error => ExportMessage::FindingErrors { count },
        FindingSeverity::Decision => ExportMessage::FindingDecisions { count },
        FindingSeverity::Note => ExportMessage::FindingNotes { count },
    });
    let list = html! { <ul>{ for findings.into_iter().map(line) }</ul> };
    // Notes keep nothing from being done.
    if severity == FindingSeverity::Note {
        return html! {
            <details class="sparkMonitor-Findings-group" key="notes">
                <summary>{ toned(tone, head) }</summary>
                { list }
            </details>
        };
    }
    html! { <div class="sparkMonitor-Findings-group"><h4>{ toned(tone, head) }</h4>{ list }</div> }
}

fn line(finding: &ExportFinding, model: &Model, document: &Document, act: &Act) -> Html {
    let ExportFinding { severity, code, cell, line, message, message_sentences, fix, fix_sentences } = finding;
    let place = tr(ExportMessage::GoToLine { cell: *cell, line: *line });
    html! {
        <li>
            { jump(*cell, Some(*line), place, act) }
            <p>{ language::said(message, message_sentences) }</p>
            if code == SHELL && *severity == FindingSeverity::Decision {
                { line_choice(document, model, *cell, *line, act) }
            } else if !fix.is_empty() {
                <p class="sparkMonitor-Findings-fix">{ language::said(fix, fix_sentences) }</p>
            }
        </li>
    }
}

/// Who lets secrets pass is told that it is written down.
fn secrets(allow_secrets: bool, document: &Document, act: &Act) -> Html {
    let onchange =
        act.reform(|event: Event| Action::AllowSecrets(event.target_unchecked_into::<HtmlInputElement>().checked()));
    html! {
        <div class="sparkMonitor-Findings-secrets">
            <label class="sparkMonitor-Export-choice">
                <input
                    type="checkbox" checked={allow_secrets} {onchange}
                    aria-describedby={document.unique("secrets")}
                />
                { tr(ExportMessage::AllowSecrets) }
            </label>
            <p class="sparkMonitor-Muted" id={document.unique("secrets")}>
                { tr(ExportMessage::AllowSecretsLong) }
            </p>
        </div>
    }
}

/// The findings of one severity.
fn of(shown: &Conversion, severity: FindingSeverity) -> impl Iterator<Item = &ExportFinding> {
    shown.findings.iter().filter(move |finding| finding.severity == severity)
}
