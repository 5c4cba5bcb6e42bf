//! The cluster's line, and what it unfolds to.

use insta::assert_snapshot;
use wire::{Cluster, ClusterKind, Meter, Worker, WorkerState};
use yew::html;

use super::{draw, of_panel, text};
use crate::components::cluster::{cluster_line, cluster_overview};
use crate::model::Model;
use kit::known;
use kit::problem::Problem;
use kit::samples;

fn overview(cluster: &Cluster) -> yew::Html {
    of_panel(&Model::default(), |panel| cluster_overview(panel, cluster))
}

#[tokio::test]
async fn the_cluster_shows_workers_cores_and_memory() {
    assert_snapshot!(draw(overview(&samples::cluster())).await, @r#"
    <div class="sparkMonitor-Cluster">
    <div class="sparkMonitor-Usage">
    <div class="sparkMonitor-Usage-words">
    <span class="sparkMonitor-Usage-label">Cores</span>
    <span class="sparkMonitor-Usage-value">3 of 4</span>
    <span class="sparkMonitor-Usage-percent">75%</span>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>high</span>
    </div>
    <div role="meter" aria-label="Cores" aria-valuemin="0" aria-valuemax="4" aria-valuenow="3" aria-valuetext="3 of 4, 75%, high" class="sparkMonitor-Bar">
    <div style="width: 75%" class="sparkMonitor-Bar-fill sparkMonitor-mod-warn">
    </div>
    </div>
    </div>
    <div class="sparkMonitor-Usage">
    <div class="sparkMonitor-Usage-words">
    <span class="sparkMonitor-Usage-label">Memory</span>
    <span class="sparkMonitor-Usage-value">1.0 GB of 4.0 GB</span>
    <span class="sparkMonitor-Usage-percent">25%</span>
    </div>
    <div role="meter" aria-label="Memory" aria-valuemin="0" aria-valuemax="4096" aria-valuenow="1024" aria-valuetext="1.0 GB of 4.0 GB, 25%, normal" class="sparkMonitor-Bar">
    <div style="width: 25%" class="sparkMonitor-Bar-fill sparkMonitor-mod-good">
    </div>
    </div>
    </div>
    <p class="sparkMonitor-Fact">
    <span class="sparkMonitor-Fact-label">Applications</span>
    <span>1 running</span>
    </p>
    <p class="sparkMonitor-Fact sparkMonitor-Master">
    <span class="sparkMonitor-Fact-label">Master</span>
    <span title="spark://master:7077" class="sparkMonitor-Master-url">spark://master:7077</span>
    <span role="status" class="sparkMonitor-Copied">
    </span>
    <button type="button" title="Copy master URL" aria-label="Copy master URL" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-copy">
    </span>
    </button>
    </p>
    </div>
    "#);
}

#[tokio::test]
async fn exactly_70_percent_has_no_warning_and_exactly_90_is_not_very_high() {
    let cluster = |used| Cluster { cores: Meter::new(used, 100), ..samples::cluster() };
    assert!(!draw(overview(&cluster(70))).await.contains("high"));
    assert!(draw(overview(&cluster(71))).await.contains("71%, high"));
    assert!(draw(overview(&cluster(90))).await.contains("90%, high"));
    assert!(draw(overview(&cluster(91))).await.contains("91%, very high"));
}

#[tokio::test]
async fn a_driver_alone_has_neither_workers_nor_memory() {
    let cluster = Cluster { kind: ClusterKind::DriverOnly, master: None, memory_mib: None, ..samples::cluster() };
    let html = draw(overview(&cluster)).await;
    assert!(html.contains("Cores") && !html.contains("Workers") && !html.contains("Memory"));
}

/// The heading's line.
async fn line(cluster: Cluster) -> String {
    text(html! { <p>{ cluster_line(&Model::default(), &cluster) }</p> }).await
}

#[tokio::test]
async fn a_cluster_that_is_well_is_one_neutral_line() {
    assert_eq!(line(samples::cluster()).await, "2 workers · 3/4 cores · 1.0/4.0 GB");
    let html = draw(html! { <p>{ cluster_line(&Model::default(), &samples::cluster()) }</p> }).await;
    assert!(!html.contains("sparkMonitor-mod"), "no colour: {html}");
}

#[tokio::test]
async fn a_cluster_that_is_not_well_says_so_in_its_line() {
    let trouble = vec![vec!["All workers are dead: nothing can run.".to_owned(), String::new()]];
    let cluster = Cluster { trouble, ..samples::cluster() };
    assert_eq!(line(cluster).await, "All workers are dead: nothing can run.");
}

#[tokio::test]
async fn a_cluster_that_does_not_answer_is_grey_and_says_when_it_was_last_seen() {
    let last_seen_alive_ms = Some(samples::OBSERVED_AT_MS);
    let cluster = Cluster { last_seen_alive_ms, ..samples::cluster() };
    let html = draw(cluster_line(&Model::default(), &cluster)).await;
    assert!(html.contains("last seen alive 12:00:00 UTC") && html.contains("sparkMonitor-mod-muted"), "{html}");
    let overview = draw(overview(&cluster)).await;
    assert!(overview.contains("sparkMonitor-mod-old") && !overview.contains("spark://"), "{overview}");
    // Nor does the sidecar answer.
    let cluster = known::loaded(samples::cluster()).after(Err(Problem::no_sidecar()), 0);
    let model = Model { cluster, ..Model::default() };
    let text = text(cluster_line(&model, &samples::cluster())).await;
    assert_eq!(text, "last seen alive 12:00:00 UTC");
}

#[tokio::test]
async fn full_cores_are_all_granted_and_an_alarm_only_while_an_application_waits() {
    let full = |apps_waiting| Cluster { cores: Meter::new(4, 4), apps_waiting, ..samples::cluster() };
    let calm = draw(overview(&full(0))).await;
    assert!(calm.contains("4 of 4, 100%, all granted") && !calm.contains("very high"), "{calm}");
    assert!(calm.contains("sparkMonitor-Bar-fill sparkMonitor-mod-bad"), "the bar keeps its colour: {calm}");
    assert!(!calm.contains("sparkMonitor-Dot sparkMonitor-mod-bad"), "no alarm beside the words: {calm}");
    let alarm = draw(overview(&full(1))).await;
    assert!(alarm.contains("4 of 4, 100%, very high") && alarm.contains("1 running, 1 waiting"), "{alarm}");
}

#[tokio::test]
async fn workers_are_listed_with_their_state_and_the_age_of_their_heartbeat() {
    let worker = |worker_id: &str, state| Worker {
        worker_id: worker_id.to_owned(),
        host: "10.0.0.1".to_owned(),
        state,
        cores: Meter::new(1, 2),
        memory_mib: Meter::new(512, 2048),
        last_heartbeat_ms: samples::OBSERVED_AT_MS - 7_000,
    };
    let workers = vec![worker("a", WorkerState::Alive), worker("b", WorkerState::Dead)];
    let cluster = Cluster { workers, ..samples::cluster() };
    // Five seconds after the answer.
    let now_ms = samples::OBSERVED_AT_MS + 5_000;
    let model = Model { cluster: known::loaded(cluster.clone()), now_ms, ..Model::default() };
    let seen = text(of_panel(&model, |panel| cluster_overview(panel, &cluster))).await;
    assert_snapshot!(seen.split("Workers\n").nth(1).unwrap_or_default(), @"");
}
