//! What makes the query slow, and what to do about it.

use std::collections::BTreeSet;

use wire::{Finding, FindingRule, Findings};
use yew::{Html, classes, html};

use super::page::{Page, code};
use super::rule_name::rule_name;
use kit::format;
use kit::i18n::{Message, PageMessage, tr};
use kit::language::said;
use kit::parts::notice::muted;
use kit::parts::tone::{Tone, severity_word};

/// The findings of one query, then those of its application, without the muted ones.
pub fn findings_pane(page: &Page<'_>, findings: &Findings, query_id: &str) -> Html {
    let here = findings.findings.iter().filter(|one| concerns(one, query_id));
    let (muted_ones, shown): (Vec<_>, Vec<_>) = here.partition(|one| is_muted(page.muted, one.rule));
    let (mine, others): (Vec<_>, Vec<_>) = shown.into_iter().partition(|one| one.query_id.is_some());
    html! {
        <>
            if mine.is_empty() && muted_ones.iter().all(|one| one.query_id.is_none()) {
                { muted(PageMessage::NoFinding) }
            }
            <ul class="sparkMonitor-Findings">{ for mine.into_iter().chain(others).map(|finding| row(page, finding)) }</ul>
            { unmute(page, &muted_ones) }
            if findings.findings_not_shown > 0 {
                { muted(PageMessage::FindingsNotShown { number: findings.findings_not_shown.into() }) }
            }
            if findings.not_examined > 0 {
                { muted(PageMessage::NotExamined { number: findings.not_examined.into() }) }
            }
        </>
    }
}

fn is_muted(rules: &str, rule: FindingRule) -> bool {
    rules.split(',').any(|one| one == rule.key())
}

/// How many findings are muted, and a button for each of their rules.
fn unmute(page: &Page<'_>, findings: &[&Finding]) -> Html {
    let rules: BTreeSet<FindingRule> = findings.iter().map(|finding| finding.rule).collect();
    let button = |rule: FindingRule| {
        let onclick = page.on_mute.reform(move |_| (rule, false));
        html! {
            <button key={rule.key()} type="button" class="jp-mod-styled jp-mod-minimal" {onclick}>
                { tr(PageMessage::Unmute { rule: &tr(rule_name(rule)) }) }
            </button>
        }
    };
    if rules.is_empty() {
        return Html::default();
    }
    html! {
        <div class="sparkMonitor-Muted">
            { tr(PageMessage::Muted { number: findings.len() as u64 }) }
            { for rules.into_iter().map(button) }
        </div>
    }
}

/// Those of other queries stand on their own pages.
fn concerns(finding: &Finding, query_id: &str) -> bool {
    finding.query_id.as_deref().is_none_or(|of| of == query_id)
}

/// What stays the same while its numbers change.
fn key(finding: &Finding) -> String {
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let (stage, attempt) = (number(finding.stage_id), number(finding.stage_attempt_id));
    [finding.rule.key(), &stage, &attempt, finding.executor_id.as_deref().unwrap_or_default()].join(" ")
}

fn row(page: &Page<'_>, finding: &Finding) -> Html {
    let rule = finding.rule;
    let scope = match (&finding.query_id, finding.stage_id, &finding.executor_id) {
        (_, Some(number), _) => tr(PageMessage::Stage { number }),
        (_, None, Some(id)) => tr(Message::OfExecutor { id }),
        (None, None, None) => tr(PageMessage::OfApplication),
        (Some(_), None, None) => tr(PageMessage::OfQuery),
    };
    let cost = (finding.cost_ms > 0).then(|| tr(PageMessage::Cost { time: &format::duration(finding.cost_ms) }));
    let so_far = finding.so_far.then(|| tr(PageMessage::SoFar));
    let facts =
        [Some(severity_word(finding.severity)), Some(scope), cost, so_far].into_iter().flatten().collect::<Vec<_>>();
    html! {
        <li key={key(finding)} class={classes!("sparkMonitor-Finding", Tone::from(finding.severity).class())}>
            <p class="sparkMonitor-Muted">{ facts.join(" · ") }</p>
            <p class="sparkMonitor-Finding-meaning">{ said(&finding.meaning, &finding.meaning_sentences) }</p>
            <p>
                { said(&finding.advice, &finding.advice_sentences) }{ " " }
                <a href={finding.link.clone()} target="_blank" rel="noopener noreferrer">{ tr(PageMessage::SparkDocs) }</a>
            </p>
            if let Some(text) = &finding.code {
                { code(page, text) }
            }
            <button
                type="button" class="jp-mod-styled jp-mod-minimal" title={tr(PageMessage::MuteHint)}
                onclick={page.on_mute.reform(move |_| (rule, true))}
            >
                { tr(PageMessage::Mute) }
            </button>
        </li>
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::collections::BTreeMap;

    use wire::{Finding, FindingRule, Severity};

    use super::{concerns, is_muted};

    #[test]
    fn a_page_has_the_findings_of_its_query_and_of_the_application() {
        let of = |query_id: Option<&str>| Finding {
            rule: FindingRule::Spill,
            severity: Severity::Warning,
            query_id: query_id.map(str::to_owned),
            stage_id: None,
            stage_attempt_id: None,
            executor_id: None,
            so_far: false,
            numbers: BTreeMap::new(),
            meaning: String::new(),
            meaning_sentences: Vec::new(),
            advice: String::new(),
            advice_sentences: Vec::new(),
            code: None,
            link: String::new(),
            cost_ms: 0,
            more: 0,
        };
        let shown = [Some("sql-1"), Some("sql-2"), None].map(|query_id| concerns(&of(query_id), "sql-1"));
        assert_eq!(shown, [true, false, true]);
    }

    #[test]
    fn a_person_mutes_rules_by_their_names() {
        assert!(is_muted("off_cpu,spill", FindingRule::Spill));
        assert!(!is_muted("", FindingRule::Spill));
        assert!(!is_muted("data_skew", FindingRule::TimeSkew));
    }
}
