//! `export/convert`: what a notebook becomes, before anything is written.

use std::sync::Arc;

use axum::{Json, extract::State};
use monitor::clock;
use notebook_job::{Compared, LiteralKind, Severity, kind};
use wire::{
    ErrorBody,
    export::{
        Change, Conversion, ConvertNotebook, ExportCell, ExportFile, ExportFinding, ExportLine, ExportParameter,
        FindingSeverity, ParameterKind,
    },
};

use super::{
    Exports,
    conversion::{self, ConversionError, Converted},
    errors,
    schedule::Schedule,
    turn::Turn,
};
use crate::http::{ApiError, Caller, JsonBody};

/// Runs of a schedule that are told.
const NEXT_RUNS: usize = 3;
/// Text of a cell in the list of cells, characters.
const FIRST_LINE: usize = 120;

/// What a notebook becomes: its cells, each changed line, findings, and the files for its target. Nothing is written.
#[utoipa::path(post, path = "/export/convert", tag = "export", request_body = ConvertNotebook, responses(
    (status = 200, description = "The job, or what keeps it from being made", body = Conversion),
    (status = "default", description = "What went wrong", body = ErrorBody),
))]
pub(crate) async fn convert(
    State(exports): State<Arc<Exports>>,
    _: Caller,
    turn: Turn,
    JsonBody(mut asked): JsonBody<ConvertNotebook>,
) -> Result<Json<Conversion>, ApiError> {
    // A schedule that is being typed keeps nobody from seeing the job.
    let schedule = Schedule::read(asked.options.schedule.as_deref().unwrap_or_default());
    let schedule_error = schedule.err().map(|error| error.to_string());
    if schedule_error.is_some() {
        asked.options.schedule = None;
    }
    let converted = match conversion::convert(asked.into(), exports.connection(), turn).await {
        Err(error @ ConversionError::Lost(_)) => {
            tracing::error!(%error, "A notebook could not be converted");
            return Err(ApiError::internal());
        }
        converted => converted.map_err(errors::refused)?,
    };
    Ok(Json(shown(&converted, schedule_error)))
}

fn shown(converted: &Converted, schedule_error: Option<String>) -> Conversion {
    let Converted { notebook, job, python, dag_id, schedule, files, options, lines } = converted;
    let mut changed = vec![0; notebook.cells.len()];
    for line in lines {
        if let Compared::Removed { at, .. } = line
            && let Some(changed) = changed.get_mut(at.cell)
        {
            *changed += 1;
        }
    }
    let cells = notebook.cells.iter().zip(changed).zip(0..).map(|((cell, changed_lines), index)| ExportCell {
        cell: index,
        kind: kind(cell),
        first_line: first_line(&cell.source),
        lines: number(cell.source.lines().count()),
        is_skipped: options.skip.binary_search(&index).is_ok(),
        changed_lines,
    });
    Conversion {
        cells: cells.collect(),
        lines: lines.iter().map(line).collect(),
        findings: job.findings.iter().map(finding).collect(),
        is_blocked: job.is_blocked(),
        files: files
            .iter()
            .map(|file| ExportFile { name: file.name.clone(), bytes: file.content.len() as u64 })
            .collect(),
        parameters: job
            .parameters
            .iter()
            .map(|one| ExportParameter {
                name: one.name.clone(),
                kind: parameter_kind(one.kind),
                default: one.source.clone(),
            })
            .collect(),
        requirements: job.requirements.clone(),
        python: python.to_string(),
        dag_id: dag_id.clone(),
        next_runs_ms: schedule.as_ref().map_or_else(Vec::new, |schedule| schedule.next_ms(clock::now_ms(), NEXT_RUNS)),
        schedule_error,
        hash: converted.hash(),
    }
}

fn first_line(source: &str) -> String {
    let line = source.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    line.chars().take(FIRST_LINE).collect()
}

fn line(line: &Compared) -> ExportLine {
    match line {
        Compared::Same { at, job_line, text } => ExportLine {
            change: Change::Same,
            cell: Some(number(at.cell)),
            cell_line: Some(number(at.line)),
            job_line: Some(number(*job_line)),
            text: text.clone(),
        },
        Compared::Removed { at, text } => ExportLine {
            change: Change::Removed,
            cell: Some(number(at.cell)),
            cell_line: Some(number(at.line)),
            job_line: None,
            text: text.clone(),
        },
        Compared::Added { cell, job_line, text } => ExportLine {
            change: Change::Added,
            cell: cell.map(number),
            cell_line: None,
            job_line: Some(number(*job_line)),
            text: text.clone(),
        },
    }
}

fn finding(finding: &notebook_job::Finding) -> ExportFinding {
    ExportFinding {
        severity: match finding.severity {
            Severity::Error => FindingSeverity::Error,
            Severity::Decision => FindingSeverity::Decision,
            Severity::Note => FindingSeverity::Note,
        },
        code: finding.code.to_owned(),
        cell: number(finding.cell),
        line: number(finding.line),
        message: finding.message.to_string(),
        message_sentences: vec![parts(&finding.message)],
        fix: finding.fix.to_string(),
        fix_sentences: vec![parts(&finding.fix)],
    }
}

/// A sentence as the frontend translates it: template, no subject, values.
fn parts(sentence: &notebook_job::Sentence) -> Vec<String> {
    [sentence.template, ""].map(str::to_owned).into_iter().chain(sentence.values.iter().cloned()).collect()
}

fn parameter_kind(kind: LiteralKind) -> ParameterKind {
    match kind {
        LiteralKind::Str => ParameterKind::String,
        LiteralKind::Int => ParameterKind::Integer,
        LiteralKind::Float => ParameterKind::Number,
        LiteralKind::Bool => ParameterKind::Boolean,
        LiteralKind::List | LiteralKind::Tuple => ParameterKind::Array,
        LiteralKind::Dict => ParameterKind::Object,
        LiteralKind::None => ParameterKind::Any,
    }
}

/// A number of cells or lines, of which a notebook has fewer.
fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
