//! What makes queries slow, with its cause and what to do about it.

use wire::{Queries, Sentences, Severity};
use yew::{Html, classes, html};

use super::copy_button::code_to_copy;
use super::panel_context::Panel;
use super::query_origin::title;
use crate::model::{Action, Copyable, Finding, Model};
use kit::i18n::{Message, tr};
use kit::language::said;
use kit::parts::icon_button::icon_button;
use kit::parts::notice::stale_line;
use kit::parts::tone::{Tone, severity_word};

/// Findings that are open at once; the others are one click away.
const OPEN: usize = 3;

/// The findings about the shown queries and their application, without those that a person does not want to see. The
/// most serious come first, and among them those that cost the most. Not a live region, because the numbers change all the time.
pub fn findings(panel: &Panel<'_>) -> Html {
    let (Some(found), Some(queries)) = (panel.model.findings.body(), panel.model.queries.body()) else {
        return Html::default();
    };
    // Whatever else is old is said with the queries, which come in the same answer.
    let trouble = panel.model.findings.trouble().filter(|_| panel.model.queries.trouble().is_none());
    let mut rows = Vec::new();
    let mut open = 0;
    // The costs of the most serious are often not known.
    for severity in [Severity::Error, Severity::Warning, Severity::Info] {
        for finding in &found.findings {
            let place = if is_hidden(panel.model, finding) { None } else { place(panel, queries, finding) };
            if let (Some(place), true) = (place, finding.severity == severity) {
                open += usize::from(severity != Severity::Info && rows.len() < OPEN);
                rows.push(row(panel, rows.len(), finding, &place));
            }
        }
    }
    if rows.is_empty() && trouble.is_none() {
        return Html::default();
    }
    let more = rows.split_off(open);
    html! {
        <ul id="sparkMonitor-findings" class="sparkMonitor-PanelFindings" aria-label={tr(Message::FindingsName)} tabindex="-1">
            if let Some(trouble) = &trouble {
                <li>{ stale_line(trouble) }</li>
            }
            { for rows }
            if !more.is_empty() {
                <li>
                    <details>
                        <summary>{ tr(Message::MoreFindings { count: more.len() as u32 }) }</summary>
                        <ul>{ for more }</ul>
                    </details>
                </li>
            }
        </ul>
    }
}

/// What a finding is about, if that is not the application; none if it is a query that is not shown any more.
fn place(panel: &Panel<'_>, queries: &Queries, finding: &Finding) -> Option<String> {
    let Some(query_id) = &finding.query_id else {
        return Some(finding.executor_id.as_ref().map_or_else(String::new, |id| tr(Message::OfExecutor { id })));
    };
    let query = queries.running.iter().chain(&queries.recent).find(|query| query.query_id == *query_id)?;
    let title = title(panel, queries, query).0;
    Some(match finding.stage_id {
        Some(stage_id) => tr(Message::FindingWhere { query: &title, stage_id }),
        None => title,
    })
}

fn row(panel: &Panel<'_>, at: usize, finding: &Finding, place: &str) -> Html {
    let name = finding.name();
    let dismiss = panel.on_click(Action::Dismiss(name.clone()));
    html! {
        <li key={name} class={classes!("sparkMonitor-PanelFinding", Tone::from(finding.severity).class())}>
            <div class="sparkMonitor-PanelFinding-head">
                <p>{ severity_word(finding.severity) }{ ": " }{ say(&finding.meaning, finding.meaning_sentences.as_ref()) }</p>
                { icon_button("close", Message::Dismiss, dismiss) }
            </div>
            if let Some(query_id) = &finding.query_id {
                // The shell opens the query's page.
                <button type="button" class="sparkMonitor-Jump" data-query={query_id.clone()} title={place.to_owned()}>
                    { place }
                </button>
            } else {
                <p>{ place }</p>
            }
            <p>{ say(&finding.advice, finding.advice_sentences.as_ref()) }</p>
            if let Some(code) = &finding.code {
                { code_to_copy(panel, Copyable::Finding(at), code) }
            }
        </li>
    }
}

/// Whether a person does not want to see it: no finding of its rule, or not this one.
fn is_hidden(model: &Model, finding: &Finding) -> bool {
    let is_in = |list: &[String], name: &str| list.iter().any(|one| one == name);
    is_in(&model.preferences.muted, &finding.rule) || is_in(&model.dismissed, &finding.name())
}

fn say(text: &str, sentences: Option<&Sentences>) -> String {
    said(text, sentences.map_or(&[], |sentences| sentences))
}
