//! The report as one HTML file, readable in light and dark, without scripts and without anything to fetch.

use upstream::driver::SparkTime;
use wire::{Environment, Finding, QueryReport, QueryState, Severity, Stage, StageState, StageTasks};

use super::html::Html;
use crate::words::measures::{bytes, count, duration};

/// The policy is for whoever opens the file: a browser fetches and runs nothing, whatever is in it.
const HEAD: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<style>
:root { color-scheme: light dark; }
body { font: 14px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 0 auto; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.4rem; }
h2 { font-size: 1.1rem; margin-top: 2rem; }
pre { padding: .5rem; border: 1px solid GrayText; white-space: pre-wrap; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid GrayText; text-align: left; vertical-align: top; }
li { margin-bottom: .8rem; }
</style>
"#;

pub(super) fn page(report: &QueryReport) -> String {
    let QueryReport { query, .. } = report;
    let name = if query.name.is_empty() { &query.query_id } else { &query.name };
    let mut html = Html::default();
    html.markup(HEAD).element("title", name).markup("</head>\n<body>\n<main>\n").element("h1", name);
    head(&mut html, report);
    html.element("pre", query.failure_reason.as_deref().unwrap_or_default());
    if let Some(sql) = &query.sql {
        html.element("h2", "SQL").element("pre", sql);
    }
    html.element("h2", "What slows it down");
    findings(&mut html, &report.findings);
    html.element("h2", "Stages");
    stages(&mut html, report);
    for plan in report.plans.iter().filter(|plan| !plan.text.is_empty()) {
        html.element("h2", &format!("Plan of execution {}", plan.execution_id)).element("pre", &plan.text);
    }
    if let Some(environment) = &report.environment {
        settings(&mut html, environment);
    }
    foot(&mut html, report);
    html.markup("</main>\n</body>\n</html>\n");
    html.finish()
}

fn head(html: &mut Html, report: &QueryReport) {
    let QueryReport { query, app, .. } = report;
    let state = match query.state {
        QueryState::Running => "running",
        QueryState::Succeeded => "succeeded",
        QueryState::Failed => "failed",
        QueryState::Canceled => "canceled",
        QueryState::Silent => "no progress for minutes",
        QueryState::Unknown => "how it ended is unknown",
    };
    let facts = [
        state.to_owned(),
        duration(query.elapsed_ms),
        format!("begun {}", time(query.submitted_at_ms)),
        format!("{} of {} tasks", count(query.tasks.done.into()), count(query.tasks.total.into())),
        format!("{} of {} stages", query.stages_done, query.stages_total),
    ];
    html.element("p", &facts.join(" · "));
    if let Some(app) = app {
        html.element("p", &format!("Application {} ({})", app.name, app.app_id));
    }
}

fn findings(html: &mut Html, findings: &[Finding]) {
    if findings.is_empty() {
        html.element("p", "Nothing is known to slow it down.");
        return;
    }
    html.markup("<ul>\n");
    for finding in findings {
        let severity = match finding.severity {
            Severity::Error => "serious",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        let stage = finding.stage_id.map(|id| format!("stage {id}"));
        let cost = (finding.cost_ms > 0).then(|| format!("costs {} of task time", duration(finding.cost_ms)));
        let facts: Vec<String> = [Some(severity.to_owned()), stage, cost].into_iter().flatten().collect();
        html.markup("<li>").text(&facts.join(" · ")).markup("<br><strong>").text(&finding.meaning);
        html.markup("</strong><br>").text(&finding.advice);
        html.element("pre", finding.code.as_deref().unwrap_or_default()).markup("</li>\n");
    }
    html.markup("</ul>\n");
}

fn stages(html: &mut Html, report: &QueryReport) {
    if report.stages.is_empty() {
        html.element("p", "No stage of it is known.");
        return;
    }
    let head = [
        "Stage",
        "Name",
        "State",
        "Time",
        "Tasks",
        "Failed",
        "Input",
        "Shuffle read",
        "Shuffle written",
        "Output",
        "Spilled to disk",
        "Median task",
        "Slowest task",
    ];
    let tasks = |stage: &Stage| {
        let of =
            |tasks: &&StageTasks| (tasks.stage_id, tasks.stage_attempt_id) == (stage.stage_id, stage.stage_attempt_id);
        report.tasks.iter().find(of)
    };
    html.table(&head, report.stages.iter().map(|stage| row(stage, tasks(stage))));
    for stage in &report.stages {
        if let Some(reason) = &stage.failure_reason {
            html.element("p", &format!("Stage {}:", stage.stage_id)).element("pre", reason);
        }
    }
    if report.stages_not_shown > 0 {
        html.element("p", &format!("Stages that are not listed: {}.", report.stages_not_shown));
    }
}

fn row(stage: &Stage, tasks: Option<&StageTasks>) -> Vec<String> {
    let state = match stage.state {
        StageState::Active => "active",
        StageState::Pending => "pending",
        StageState::Complete => "complete",
        StageState::Failed => "failed",
        StageState::Skipped => "skipped",
        StageState::Unknown => "unknown",
    };
    let moved = |moved: u64| if moved > 0 { bytes(moved) } else { String::new() };
    vec![
        stage.stage_id.to_string(),
        stage.name.clone(),
        state.to_owned(),
        stage.elapsed_ms.map(duration).unwrap_or_default(),
        format!("{} of {}", count(stage.tasks.done.into()), count(stage.tasks.total.into())),
        count(stage.tasks.failed.into()),
        moved(stage.input_bytes),
        moved(stage.shuffle_read_bytes),
        moved(stage.shuffle_write_bytes),
        moved(stage.output_bytes),
        moved(stage.spilled_to_disk_bytes),
        tasks.map(|tasks| duration(tasks.run_ms.median)).unwrap_or_default(),
        tasks.map(|tasks| duration(tasks.run_ms.max)).unwrap_or_default(),
    ]
}

fn settings(html: &mut Html, environment: &Environment) {
    html.element("h2", "Settings and versions");
    let versions = [
        ("Spark", &environment.spark_version),
        ("Java", &environment.java_version),
        ("Scala", &environment.scala_version),
    ];
    let versions = versions.into_iter().filter_map(|(name, version)| Some(format!("{name} {}", version.as_ref()?)));
    html.element("p", &versions.collect::<Vec<_>>().join(" · "));
    let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "hidden".to_owned());
    html.table(&["Setting", "Value"], environment.settings.iter().map(|one| vec![one.name.clone(), value(&one.value)]));
}

fn foot(html: &mut Html, report: &QueryReport) {
    for sentence in &report.missing {
        html.element("p", &format!("A part is missing: {sentence}"));
    }
    let made = format!("Made by berdl-spark-monitor {} at {}.", report.version, time(report.made_at_ms));
    html.element("p", &made);
    html.element(
        "p",
        "What looks like a password, a key or a token is replaced by “…”, by rules of thumb. Read the file before you \
         pass it on: queries, names and plans are those of Spark.",
    );
}

/// `2026-11-20 23:34:05 UTC`.
fn time(ms: i64) -> String {
    let text = SparkTime(ms).to_string();
    format!("{} UTC", text.get(..19).unwrap_or(&text).replace('T', " "))
}
