//! `panel/findings`: what makes the queries of one application slow, and what to do about it.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use monitor::{
    AppFindings, AppQueries, Applications, Observed, OfApp, Selection,
    findings::{self, Found},
    queries::Snapshot,
};
use wire::{Answer, ErrorBody, Finding, Findings};

use super::{
    poll::Poll,
    rate::{Rate, is_starting},
    selected,
};
use crate::{
    http::{ApiError, AskedApp},
    words::findings as says,
};

/// What makes queries slow, with its cause and what to do about it; what costs the most comes first.
#[utoipa::path(get, path = "/panel/findings", tag = "panel",
    params(("app" = Option<String>, Query, description = "Application id; the newest active one when absent")),
    responses(
        (status = 200, description = "The findings; `app` is null when no application runs", body = Answer<Findings>),
        (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn list_findings(
    State(findings): State<Arc<AppFindings>>,
    State(queries): State<Arc<AppQueries>>,
    State(applications): State<Arc<Applications>>,
    poll: Poll,
    asked: AskedApp,
) -> Result<Response, ApiError> {
    poll.answer(async || {
        let selection = selected::select(&applications, &poll, &asked).await?;
        let moment = queries.moment(&selection).await?;
        observe(&findings, &poll, &selection, &moment).await
    })
    .await
}

pub(super) async fn observe(
    findings: &AppFindings,
    poll: &Poll,
    selection: &Observed<Selection>,
    moment: &Observed<OfApp<Snapshot>>,
) -> Result<(Observed<Findings>, Rate), ApiError> {
    let seen = findings.list(selection, moment).await;
    let works = seen.value.known.as_ref().is_some_and(|found| found.works) || is_starting(&seen.value.app);
    let shown = seen.map(|OfApp { app, known }| {
        let Found { findings: found, not_shown, calls, not_examined, .. } = known.unwrap_or_default();
        Findings {
            app: poll.panel.links.of_app(poll.known_whose(), app),
            findings: found.iter().map(shown).collect(),
            findings_not_shown: not_shown,
            muted: findings.muted().collect(),
            calls,
            calls_per_minute: findings.calls_per_minute(),
            not_examined,
        }
    });
    Ok((shown, poll.panel.rates.stages(works)))
}

fn shown(finding: &findings::Finding) -> Finding {
    let (meaning, advice, rule) = (says::meaning(finding), says::advice(finding), finding.evidence.rule());
    Finding {
        rule,
        severity: finding.severity,
        query_id: finding.query_id.clone(),
        stage_id: finding.stage.map(|attempt| attempt.stage_id),
        stage_attempt_id: finding.stage.map(|attempt| attempt.stage_attempt_id),
        executor_id: finding.executor_id.clone(),
        so_far: finding.so_far,
        numbers: finding.evidence.numbers(),
        meaning: meaning.to_string(),
        meaning_sentences: meaning.sentences(),
        advice: advice.to_string(),
        advice_sentences: advice.sentences(),
        code: finding.code.clone(),
        link: says::link(rule).to_owned(),
        cost_ms: finding.cost_ms,
        more: finding.more,
    }
}
