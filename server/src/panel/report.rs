//! `panel/queries/{query_id}/report`: a query's page as a file, without secrets.

mod html;
mod left_out;
mod page;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json,
    extract::{FromRef, FromRequestParts, Path},
    http::request::Parts,
};
use monitor::{
    AppEnvironment, AppFindings, AppPlans, AppQueries, Applications, Observed, OfApp, Selection, clock,
    queries::Snapshot, redact::redacted,
};
use serde::Deserialize;
use serde_json::Value;
use wire::{
    App, ErrorBody, ErrorCode, Finding, Findings, Query, QueryReport, QueryStages, ReportFile, ReportFormat, Stage,
};

use super::{findings, poll::Poll, selected};
use crate::{
    http::{ApiError, AskedApp, Parameters},
    words::errors,
};

/// What the file is to contain.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct AskedReport {
    format: ReportFormat,
    settings: bool,
}

/// The facts that a report is made of.
pub(crate) struct Facts {
    applications: Arc<Applications>,
    queries: Arc<AppQueries>,
    plans: Arc<AppPlans>,
    findings: Arc<AppFindings>,
    environment: Arc<AppEnvironment>,
}

impl<S> FromRequestParts<S> for Facts
where
    S: Send + Sync,
    Arc<Applications>: FromRef<S>,
    Arc<AppQueries>: FromRef<S>,
    Arc<AppPlans>: FromRef<S>,
    Arc<AppFindings>: FromRef<S>,
    Arc<AppEnvironment>: FromRef<S>,
{
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, state: &S) -> Result<Self, Infallible> {
        Ok(Self {
            applications: FromRef::from_ref(state),
            queries: FromRef::from_ref(state),
            plans: FromRef::from_ref(state),
            findings: FromRef::from_ref(state),
            environment: FromRef::from_ref(state),
        })
    }
}

/// All that a query's page knows as one file, without what looks like a secret: for people as HTML, without scripts and
/// without anything that a browser would fetch, or as JSON. It is made of the driver's answers that the page shows.
#[utoipa::path(get, path = "/panel/queries/{query_id}/report", tag = "panel",
    params(
        ("query_id" = String, Path, description = "As `panel/queries` names it"),
        ("app" = Option<String>, Query, description = "Application id; the newest active one when absent"),
        ("format" = Option<ReportFormat>, Query, description = "HTML when absent"),
        ("settings" = Option<bool>, Query, description = "Whether the settings are part of it; not when absent"),
    ),
    responses(
        (status = 200, description = "The file; as JSON, its text is a `QueryReport`", body = ReportFile),
        (status = "default", description = "What went wrong; `not_found` when Spark has forgotten the query",
            body = ErrorBody),
))]
pub(crate) async fn get_report(
    facts: Facts,
    poll: Poll,
    Path(query_id): Path<String>,
    asked: AskedApp,
    parameters: Result<Parameters<AskedReport>, ApiError>,
) -> Result<Json<ReportFile>, ApiError> {
    let (report, format) = facts.report(&poll, &query_id, &asked, parameters).await?;
    let (name, text) = match format {
        ReportFormat::Html => ("query.html", page::page(&report)),
        ReportFormat::Json => ("query.json", serde_json::to_string_pretty(&report).map_err(|_| ApiError::internal())?),
    };
    Ok(Json(ReportFile { name: name.to_owned(), text }))
}

impl Facts {
    async fn report(
        &self,
        poll: &Poll,
        query_id: &str,
        asked: &AskedApp,
        parameters: Result<Parameters<AskedReport>, ApiError>,
    ) -> Result<(QueryReport, ReportFormat), ApiError> {
        let selection = selected::select(&self.applications, poll, asked).await?;
        let Parameters(AskedReport { format, settings }) = parameters?;
        let moment = self.queries.moment(&selection).await?;
        let QueryStages { app, query, stages, stages_not_shown, .. } = moment.value.clone().query(query_id);
        let forgotten = || ApiError::explained(ErrorCode::NotFound, errors::query_forgotten());
        let query = query.ok_or_else(forgotten)?;
        let mut report = QueryReport {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            made_at_ms: clock::now_ms(),
            app: app.map(|app| App { link: None, ..app }),
            query: Query {
                session_id: None,
                operation_id: None,
                link: None,
                can_stop: false,
                active_stages: Vec::new(),
                ..query
            },
            stages: in_order(stages),
            stages_not_shown,
            tasks: Vec::new(),
            findings: Vec::new(),
            plans: Vec::new(),
            environment: None,
            missing: Vec::new(),
        };
        self.add_parts(&mut report, poll, (&selection, &moment), settings).await;
        Ok((without_secrets(&report).ok_or_else(ApiError::internal)?, format))
    }

    /// A part that the driver does not give is left out, and so is what exceeds a limit: the report says both.
    async fn add_parts(
        &self,
        report: &mut QueryReport,
        poll: &Poll,
        (selection, moment): (&Observed<Selection>, &Observed<OfApp<Snapshot>>),
        settings: bool,
    ) {
        let query_id = report.query.query_id.clone();
        let said = |error: &ApiError| error.error.to_string();
        match self.findings.tasks(selection, moment.clone(), &query_id).await {
            Ok((seen, _)) => report.tasks = seen.value.stages,
            Err(error) => report.missing.push(said(&error.into())),
        }
        match findings::observe(&self.findings, poll, selection, moment).await {
            Ok((seen, _)) => report.findings = of_query(seen.value, &query_id),
            Err(error) => report.missing.push(said(&error)),
        }
        match self.plans.of_query(selection, moment.clone(), &query_id).await {
            Ok(seen) => {
                report.missing.extend(left_out::plans(&seen.value));
                report.plans = seen.value.plans;
            }
            Err(error) => report.missing.push(said(&error.into())),
        }
        if settings {
            match self.environment.of_app(selection).await {
                Ok(seen) => {
                    report.missing.extend(left_out::settings(&seen.value));
                    report.environment = Some(wire::Environment { app: None, ..seen.value });
                }
                Err(error) => report.missing.push(said(&error.into())),
            }
        }
    }
}

fn in_order(mut stages: Vec<Stage>) -> Vec<Stage> {
    stages.sort_by_key(|stage| (stage.submitted_at_ms.is_none(), stage.submitted_at_ms, stage.stage_id));
    stages.into_iter().map(|stage| Stage { link: None, ..stage }).collect()
}

/// The query's own, then those of the application.
fn of_query(findings: Findings, query_id: &str) -> Vec<Finding> {
    let (mine, others): (Vec<_>, Vec<_>) = findings.findings.into_iter().partition(|one| one.query_id.is_some());
    mine.into_iter().filter(|one| one.query_id.as_deref() == Some(query_id)).chain(others).collect()
}

/// The report with each of its texts redacted; none if it cannot be written as JSON, which cannot happen.
fn without_secrets(report: &QueryReport) -> Option<QueryReport> {
    fn redact(value: &mut Value) {
        match value {
            Value::String(text) => *text = redacted(text),
            Value::Array(values) => values.iter_mut().for_each(redact),
            Value::Object(fields) => fields.values_mut().for_each(redact),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut value = serde_json::to_value(report).ok()?;
    redact(&mut value);
    serde_json::from_value(value).ok()
}
