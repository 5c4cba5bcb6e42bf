//! The connection report, as HTML and as text.

use insta::assert_snapshot;
use wire::past::{Collector, Storage};
use wire::{Doctor, Health, Hop, HopName, HopVerdict};

use super::report_view;
use crate::report::Report;
use crate::report_model::{Act, Model};
use crate::stored::Removal;
use kit::drawn;
use kit::problem::Problem;
use kit::samples::OBSERVED_AT_MS;

async fn text(model: &Model) -> String {
    drawn::text(report_view(model, &Act::noop())).await
}

fn hop(name: HopName, verdict: HopVerdict, found: &str, fix: Option<&str>) -> Hop {
    let duration_ms = (verdict != HopVerdict::Skipped).then_some(12);
    Hop {
        name,
        verdict,
        duration_ms,
        found: found.to_owned(),
        found_sentences: Vec::new(),
        fix: fix.map(str::to_owned),
        fix_sentences: Vec::new(),
    }
}

fn degraded() -> Report {
    let hops = vec![
        hop(HopName::Sidecar, HopVerdict::Ok, "It runs.", None),
        hop(HopName::Identity, HopVerdict::Skipped, "Not needed here.", None),
        hop(HopName::Master, HopVerdict::Warning, "It is alive, but has no worker.", Some("Wait.")),
        hop(HopName::Driver, HopVerdict::Failed, "The master answered HTML.", Some("Set spark.ui.reverseProxy=true.")),
    ];
    let doctor = Doctor { health: Health::Degraded, version: "1.2.3".to_owned(), hops };
    Report { way_ms: 34, outcome: Ok(doctor), stored: None }
}

fn made(report: Report) -> Model {
    Model { report: Some(report.into()), at_ms: OBSERVED_AT_MS, pending: false, ..Model::default() }
}

#[tokio::test]
async fn before_the_first_report_there_is_nothing_to_copy() {
    assert_snapshot!(text(&Model::default()).await, @r"
    Connection report
    Checking…
    Check again
    ");
}

#[tokio::test]
async fn each_hop_has_a_sign_a_verdict_a_time_and_a_fix() {
    assert_snapshot!(text(&made(degraded())).await, @r"
    Connection report
    Degraded
    Checked at 12:00:00 UTC
    Check again
    Copy report
    ✓
    Browser, through Jupyter
    OK
    34ms
    Jupyter passes requests on to the sidecar.
    ✓
    Sidecar
    OK
    12ms
    It runs.
    –
    Identity
    Skipped
    Not needed here.
    ⚠
    Spark Master
    Warning
    12ms
    It is alive, but has no worker.
    Wait.
    ✕
    Spark driver
    Failed
    12ms
    The master answered HTML.
    Set spark.ui.reverseProxy=true.
    ");
}

#[tokio::test]
async fn while_another_is_made_the_last_one_stays_and_the_button_keeps_the_focus() {
    let model = Model { pending: true, ..made(degraded()) };
    let html = drawn::elements(report_view(&model, &Act::noop())).await;
    assert!(html.contains("Checking…") && html.contains("The master answered HTML."), "{html}");
    assert!(html.contains(r#"aria-disabled="true""#) && !html.contains(" disabled"), "{html}");
}

#[tokio::test]
async fn signed_out_nothing_behind_jupyter_is_asked() {
    let report = Report { way_ms: 5, outcome: Err(Problem::signed_out_or_stopped()), stored: None };
    assert_snapshot!(text(&made(report)).await, @r"
    Connection report
    Broken
    Checked at 12:00:00 UTC
    Check again
    Copy report
    ✕
    Browser, through Jupyter
    Failed
    5ms
    You are signed out of Jupyter, or your Jupyter server has stopped.
    Reload the page to sign in or to start the server.
    –
    Sidecar and Spark
    Skipped
    Not asked: nothing gets that far.
    ");
}

#[test]
fn a_slow_way_to_the_sidecar_is_a_warning() {
    let doctor = Doctor { health: Health::Well, version: String::new(), hops: Vec::new() };
    let report = |way_ms| Report { way_ms, outcome: Ok(doctor.clone()), stored: None };
    assert_eq!(report(1_500).health(), Health::Well);
    assert_eq!(report(1_501).health(), Health::Degraded);
}

#[test]
fn the_text_for_an_administrator_has_no_address() {
    let text = degraded().text("12:00:00 UTC");
    assert!(!text.contains("://"), "{text}");
    assert_snapshot!(text, @r"
    Spark Monitor connection report, 12:00:00 UTC
    Sidecar 1.2.3, frontend 0.2.0
    [OK] Browser, through Jupyter (34ms): Jupyter passes requests on to the sidecar.
    [OK] Sidecar (12ms): It runs.
    [Skipped] Identity: Not needed here.
    [Warning] Spark Master (12ms): It is alive, but has no worker.
        Wait.
    [Failed] Spark driver (12ms): The master answered HTML.
        Set spark.ui.reverseProxy=true.
    ");
}

fn stored() -> Collector {
    Collector {
        storage: Storage::File,
        file: Some("/home/ann/.local/state/berdl-spark-monitor/history.db".to_owned()),
        samples: true,
        size_bytes: 3 << 20,
        most_bytes: 64 << 20,
        points: 7,
        runs: 2,
        oldest_at_ms: None,
        newest_at_ms: None,
        lost: 0,
        about: vec![vec!["The monitor remembers usage.".to_owned()], vec!["To stop this, set X=off.".to_owned()]],
    }
}

#[tokio::test]
async fn it_says_what_is_remembered_and_removes_it_after_a_question() {
    let model = |removal| Model { removal, ..made(Report { stored: Some(Ok(stored())), ..degraded() }) };
    let said = async |removal| {
        let text = text(&model(removal)).await;
        text.split_once("What is remembered\n").map(|(_, rest)| rest.to_owned()).unwrap()
    };
    assert_snapshot!(said(Removal::None).await, @"
    The monitor remembers usage. To stop this, set X=off.
    /home/ann/.local/state/berdl-spark-monitor/history.db (3.0/64.0 MB)
    Forget it…
    ");
    assert_snapshot!(said(Removal::Asked).await, @"
    The monitor remembers usage. To stop this, set X=off.
    /home/ann/.local/state/berdl-spark-monitor/history.db (3.0/64.0 MB)
    Forget it…
    All that is remembered of your Spark is removed for good.
    Forget it all
    ");
    assert_snapshot!(said(Removal::Done).await, @"
    The monitor remembers usage. To stop this, set X=off.
    /home/ann/.local/state/berdl-spark-monitor/history.db (3.0/64.0 MB)
    Forget it…
    It is forgotten.
    ");
}

#[tokio::test]
async fn where_it_cannot_be_read_it_can_still_be_removed() {
    let report = Report { stored: Some(Err(Problem::late())), ..degraded() };
    let text = text(&made(report)).await;
    let said = text.split_once("What is remembered\n").map(|(_, rest)| rest.to_owned()).unwrap();
    assert!(said.starts_with(&Problem::late().sentence) && said.contains("Forget it…"), "{said}");
}
