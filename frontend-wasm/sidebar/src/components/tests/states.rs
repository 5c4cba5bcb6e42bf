//! Each state of the whole panel, as the text a person reads.

use insta::assert_snapshot;
use wire::{Cluster, ErrorCode, Meter, Queries, Severity, Wait};

use super::sections::finding;
use super::{panel, text};
use crate::model::Model;
use crate::model::found::Found;
use kit::known;
use kit::loaded::Loaded;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

fn never<T>(problem: &Problem) -> Loaded<T> {
    Loaded::default().after(Err(problem.clone()), OBSERVED_AT_MS)
}

/// Every view fails alike, and none has ever worked.
async fn nothing_but(problem: Problem) -> String {
    let (cluster, executors, stages) = (never(&problem), never(&problem), never(&problem));
    text(panel(&Model { cluster, executors, stages, ..Model::default() })).await
}

fn all_well() -> Model {
    Model {
        cluster: known::loaded(samples::cluster()),
        executors: known::loaded(samples::executors()),
        stages: known::loaded(samples::stages()),
        queries: known::loaded(samples::queries()),
        ..Model::default()
    }
}

/// The text before `until`; other tests cover the rest.
fn head(text: &str, until: &str) -> String {
    text.split(until).next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn not_configured_gives_the_reason() {
    let reason = "SPARK_MASTER_UI_URL holds {user}, and SPARK_MONITOR_IDENTITY is none.";
    let problem =
        known::refused(ErrorCode::NotConfigured, reason, "Ask your administrator to correct the configuration.");
    assert_snapshot!(nothing_but(problem).await, @r#"
    Spark Monitor
    Not configured
    Ask your administrator to correct the configuration.
    SPARK_MASTER_UI_URL holds {user}, and SPARK_MONITOR_IDENTITY is none.
    Request r-1
    Connection report
    "#);
}

#[tokio::test]
async fn signed_out_of_jupyter() {
    assert_snapshot!(nothing_but(Problem::signed_out_or_stopped()).await, @r#"
    Spark Monitor
    Signed out or stopped
    Reload the page to sign in or to start the server.
    You are signed out of Jupyter, or your Jupyter server has stopped.
    Connection report
    "#);
}

#[tokio::test]
async fn forbidden() {
    let problem =
        known::refused(ErrorCode::UpstreamForbidden, "The Spark Master refuses to answer.", "Ask for access.");
    assert_snapshot!(nothing_but(problem).await, @r#"
    Spark Monitor
    No permission
    Ask for access.
    The Spark Master refuses to answer.
    Request r-1
    Connection report
    "#);
}

#[tokio::test]
async fn overloaded() {
    let problem =
        known::refused(ErrorCode::Overloaded, "Too many requests are under way.", "It tries again by itself.");
    assert_snapshot!(nothing_but(problem).await, @r#"
    Spark Monitor
    Too busy
    It tries again by itself.
    Too many requests are under way.
    Request r-1
    Connection report
    "#);
}

#[tokio::test]
async fn what_is_wrong_with_the_cluster_is_said_first_and_once() {
    let trouble = vec![vec!["All workers are dead: nothing can run.".to_owned(), String::new()]];
    let cores = Meter::default();
    let cluster = Cluster { trouble, cores, workers_alive: 0, workers_wanted: 0, ..samples::cluster() };
    let text = text(panel(&Model { cluster: known::loaded(cluster), ..all_well() })).await;
    assert!(text.starts_with("Spark Monitor\nAll workers are dead: nothing can run.\n"), "{text}");
    assert_eq!(text.matches("All workers are dead").count(), 1, "{text}");
    assert!(text.contains("Cluster\n0 workers · 0/0 cores"), "{text}");
}

#[tokio::test]
async fn the_master_cannot_be_reached_but_the_driver_can() {
    let problem =
        known::refused(ErrorCode::UpstreamUnreachable, "The Spark Master cannot be reached.", "Is it running?");
    let model = Model { cluster: never(&problem), ..all_well() };
    assert_snapshot!(head(&text(panel(&model)).await, "\nID"), @"
    Spark Monitor
    No query is running.
    Recent queries
    0
    No query has ended yet.
    etl
    Running
    4 cores
    since 11:50:00 UTC
    Executors
    2 of 2 slots busy
    ");
}

#[tokio::test]
async fn the_driver_cannot_be_reached_is_said_once() {
    let problem =
        known::refused(ErrorCode::UpstreamTimeout, "The Spark driver did not answer.", "Open the report below.");
    let model = Model { executors: never(&problem), stages: never(&problem), ..all_well() };
    assert_snapshot!(text(panel(&model)).await, @r#"
    Spark Monitor
    No answer
    Open the report below.
    The Spark driver did not answer.
    Request r-1
    Cluster
    2 workers · 3/4 cores · 1.0/4.0 GB
    Connection report
    "#);
}

#[tokio::test]
async fn stale_says_since_when_and_why_in_each_section_that_is() {
    let queries = Loaded::default().after(Ok(samples::stale_answer(samples::queries())), OBSERVED_AT_MS);
    let text = text(panel(&Model { queries, ..all_well() })).await;
    assert_snapshot!(head(&text, "\nExecutors"), @"
    Spark Monitor
    Running queries
    0
    Not updated since 12:00:00 UTC. The Spark Master did not answer in time.
    No query is running.
    Recent queries
    0
    No query has ended yet.
    etl
    Running
    4 cores
    since 11:50:00 UTC
    ");
}

#[tokio::test]
async fn mock_mode_is_marked_before_anything_else() {
    let mut answer = samples::answer(samples::cluster());
    answer.meta.demonstration = true;
    let cluster = Loaded::default().after(Ok(answer), OBSERVED_AT_MS);
    assert_snapshot!(head(&text(panel(&Model { cluster, ..all_well() })).await, "\nExecutors"), @"
    Spark Monitor
    Demonstration: recorded data, no cluster was asked.
    No query is running.
    Recent queries
    0
    No query has ended yet.
    etl
    Running
    4 cores
    since 11:50:00 UTC
    ");
}

/// A finding about the query `a`.
fn found() -> Found {
    Found { findings: vec![finding("spill", Severity::Warning, Some("a"))] }
}

#[tokio::test]
async fn what_was_found_of_an_application_and_what_it_waited_for_goes_with_it() {
    let gone = known::refused(ErrorCode::AppFinished, "This application has ended.", "Choose another.");
    let stages = known::loaded(samples::stages());
    let wait = Some(Wait::ClusterStarting { ready: 0, wanted: 2 });
    let known = Model {
        queries: known::loaded(Queries { wait, recent: vec![samples::query("a")], ..samples::queries() }),
        findings: known::loaded(found()),
        ..all_well()
    };
    let before = text(panel(&known)).await;
    assert!(before.contains("Meaning of spill.") && before.contains("The cluster is starting: 0 of 2"), "{before}");
    let stages = stages.after(Err(gone.clone()), OBSERVED_AT_MS);
    let text = text(panel(&Model { stages, executors: never(&gone), ..known })).await;
    let old = ["Meaning of spill.", "The cluster is starting: 0 of 2"].iter().any(|old| text.contains(old));
    assert!(text.contains("This application has ended\nChoose another.") && !old, "{text}");
}
