//! Stages, findings, and the last minutes, each on its own.

use std::rc::Rc;

use insta::assert_snapshot;
use wire::{ErrorCode, Queries, Severity, StageState};
use yew::Reducible;

use super::{draw, of_panel, text};
use crate::components::findings::findings;
use crate::components::history::history;
use crate::components::query_stages::stage;
use crate::model::found::Found;
use crate::model::{Action, Finding, Model};
use crate::preferences::Preferences;
use kit::known;
use kit::samples;

#[tokio::test]
async fn an_active_stage_shows_how_far_it_is() {
    let html = draw(stage(&samples::stage(3, StageState::Active), "")).await;
    assert_snapshot!(html, @r#"
    <li>
    <div class="sparkMonitor-Stage-head">
    <span title="count of range
    Stage 3" class="sparkMonitor-Stage-name">count of range</span>
    <span class="sparkMonitor-Stage-elapsed">45s</span>
    </div>
    <div role="progressbar" aria-label="count of range" aria-valuemin="0" aria-valuemax="200" aria-valuenow="120" aria-valuetext="120 of 200 tasks" class="sparkMonitor-Bar">
    <div style="width: 60%" class="sparkMonitor-Bar-done">
    </div>
    <div style="width: 4%" class="sparkMonitor-Bar-running">
    </div>
    </div>
    <ul class="sparkMonitor-Facts">
    <li>120 of 200 tasks</li>
    <li>8 running</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-bad">
    </span>1 failed</span>
    </li>
    <li>1.5 KB read</li>
    <li>2.0 KB shuffle written</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>1.0 KB spilled</span>
    </li>
    </ul>
    </li>
    "#);
    let same = text(stage(&samples::stage(3, StageState::Active), "count of range")).await;
    assert!(same.starts_with("Stage 3\n45s"), "its query has that name: {same}");
}

pub(super) fn finding(rule: &str, severity: Severity, query_id: Option<&str>) -> Finding {
    Finding {
        rule: rule.to_owned(),
        severity,
        query_id: query_id.map(str::to_owned),
        stage_id: query_id.map(|_| 3),
        executor_id: None,
        meaning: format!("Meaning of {rule}."),
        meaning_sentences: None,
        advice: "Use smaller partitions.".to_owned(),
        advice_sentences: None,
        code: Some("df = df.repartition(4)".to_owned()),
    }
}

fn with(findings: Vec<Finding>) -> Model {
    let queries = Queries { recent: vec![samples::query("a")], ..samples::queries() };
    Model { queries: known::loaded(queries), findings: known::loaded(Found { findings }), ..Model::default() }
}

/// Findings about a shown query, one that is not shown, and the application; a hint costs the most.
fn found() -> Model {
    with(vec![
        finding("memory_forecast", Severity::Info, Some("a")),
        finding("spill", Severity::Warning, Some("a")),
        finding("data_skew", Severity::Error, Some("gone")),
        finding("executor_lost", Severity::Error, None),
        finding("shuffle_wait", Severity::Warning, Some("a")),
        finding("tiny_tasks", Severity::Warning, Some("a")),
    ])
}

async fn findings_of(model: &Model) -> String {
    text(of_panel(model, findings)).await
}

#[tokio::test]
async fn a_finding_says_what_it_means_where_it_is_and_what_to_do() {
    let model = with(vec![finding("spill", Severity::Warning, Some("a"))]);
    assert_snapshot!(draw(of_panel(&model, findings)).await, @r#"
    <ul id="sparkMonitor-findings" aria-label="Findings" tabindex="-1" class="sparkMonitor-PanelFindings">
    <li class="sparkMonitor-PanelFinding sparkMonitor-mod-warn">
    <div class="sparkMonitor-PanelFinding-head">
    <p>warning: Meaning of spill.</p>
    <button type="button" title="Dismiss" aria-label="Dismiss" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-close">
    </span>
    </button>
    </div>
    <button type="button" data-query="a" title="select count(*) from events, stage 3" class="sparkMonitor-Jump">select count(*) from events, stage 3</button>
    <p>Use smaller partitions.</p>
    <div class="sparkMonitor-CodeBox">
    <pre tabindex="0" class="sparkMonitor-Code">df = df.repartition(4)</pre>
    <div class="sparkMonitor-CodeBox-copy">
    <span role="status" class="sparkMonitor-Copied">
    </span>
    <button type="button" title="Copy code" aria-label="Copy code" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-copy">
    </span>
    </button>
    </div>
    </div>
    </li>
    </ul>
    "#);
}

#[tokio::test]
async fn three_findings_are_open_the_most_serious_first_and_hints_are_among_the_others() {
    assert_snapshot!(findings_of(&found()).await, @"
    serious: Meaning of executor_lost.
    Use smaller partitions.
    df = df.repartition(4)
    warning: Meaning of spill.
    select count(*) from events, stage 3
    Use smaller partitions.
    df = df.repartition(4)
    warning: Meaning of shuffle_wait.
    select count(*) from events, stage 3
    Use smaller partitions.
    df = df.repartition(4)
    2 more findings
    warning: Meaning of tiny_tasks.
    select count(*) from events, stage 3
    Use smaller partitions.
    df = df.repartition(4)
    note: Meaning of memory_forecast.
    select count(*) from events, stage 3
    Use smaller partitions.
    df = df.repartition(4)
    ");
}

#[tokio::test]
async fn a_person_dismisses_one_finding_or_mutes_its_rule() {
    let model = Rc::new(found());
    let is_there = async |model: &Model, rule: &str| findings_of(model).await.contains(&format!("Meaning of {rule}."));
    assert!(is_there(&model, "spill").await);
    let dismissed = Rc::clone(&model).reduce(Action::Dismiss("spill a".to_owned()));
    assert!(!is_there(&dismissed, "spill").await && is_there(&dismissed, "shuffle_wait").await);
    let again = dismissed.reduce(Action::ShowDismissed);
    assert!(is_there(&again, "spill").await);
    let muted = Preferences { muted: vec!["shuffle_wait".to_owned()], ..Preferences::default() };
    let muted = model.reduce(Action::Preferences(Rc::new(muted)));
    assert!(is_there(&muted, "spill").await && !is_there(&muted, "shuffle_wait").await);
}

#[test]
fn what_a_person_did_with_a_finding_ends_with_it_and_with_the_application() {
    let dismissed = |rules: &[&str]| {
        let mut model = with(rules.iter().map(|rule| finding(rule, Severity::Warning, Some("a"))).collect());
        model.dismissed.push("spill a".to_owned());
        model
    };
    let mut still = dismissed(&["tiny_tasks", "spill"]);
    still.follow_findings();
    assert_eq!(still.dismissed, ["spill a"]);
    let mut gone = dismissed(&["tiny_tasks"]);
    gone.follow_findings();
    assert!(gone.dismissed.is_empty());
    still.forget_app();
    assert!(still.dismissed.is_empty() && still.findings.body().is_none());
}

#[tokio::test]
async fn a_finding_about_an_executor_names_it_and_keeps_its_name_when_another_is_worse() {
    let of = |id: &str| Finding { executor_id: Some(id.to_owned()), ..finding("heap", Severity::Error, None) };
    assert!(findings_of(&with(vec![of("2")])).await.contains("executor 2"));
    assert_eq!(of("2").name(), of("3").name());
}

#[tokio::test]
async fn findings_that_may_be_old_are_shown_with_the_reason() {
    let failed = Err(known::refused(ErrorCode::UpstreamTimeout, "No answer.", ""));
    let model = found();
    let findings = model.findings.clone().after(failed, 0);
    let old = findings_of(&Model { findings, ..model }).await;
    assert!(old.contains("No answer.") && old.contains("Meaning of spill."), "{old}");
}

#[tokio::test]
async fn a_sparkline_shows_the_newest_value_and_its_gaps() {
    assert_snapshot!(draw(past(None)).await, @r#"
    <div class="sparkMonitor-History">
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Cores in use</span>
    <span class="sparkMonitor-Spark-value">3 of 4</span>
    <div role="slider" tabindex="0" aria-label="Cores in use" aria-readonly="true" aria-valuemin="0" aria-valuemax="3" aria-valuenow="3" aria-valuetext="3 of 4" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V100H60V0V100M480 100V50H540V25H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">4</span>
    </div>
    </div>
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Active tasks</span>
    <span class="sparkMonitor-Spark-value">1</span>
    <div role="slider" tabindex="0" aria-label="Active tasks" aria-readonly="true" aria-valuemin="0" aria-valuemax="2" aria-valuenow="2" aria-valuetext="1" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V50H60V0V100M540 100V50H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">2</span>
    </div>
    </div>
    <div aria-hidden="true" class="sparkMonitor-Axis">
    <span>10 min ago</span>
    <span>now</span>
    </div>
    <p>
    <button type="button" class="sparkMonitor-Jump">Show as a chart</button>
    </p>
    </div>
    "#);
}

#[tokio::test]
async fn a_moment_that_is_looked_at_is_told_in_every_line() {
    let minute = |minute: i64| Some(samples::OBSERVED_AT_MS - 600_000 + minute * 60_000);
    let html = draw(past(minute(1))).await;
    assert!(html.contains(r#"aria-valuenow="1" aria-valuetext="4 of 4 at 11:51:00 UTC""#), "{html}");
    assert!(html.contains(r#"aria-valuetext="2 at 11:51:00 UTC""#), "{html}");
    assert_eq!(html.matches(r#"d="M60 0V100""#).count(), 2, "{html}");
    assert!(draw(past(minute(5))).await.contains(">not known<"));
}

fn past(looked_at_ms: Option<i64>) -> yew::Html {
    let model = Model { looked_at_ms, ..Model::default() };
    let answer = samples::answer(samples::history());
    of_panel(&model, |panel| history(panel, &answer.body, &answer.meta).unwrap_or_default())
}
