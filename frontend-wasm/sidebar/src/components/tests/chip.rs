//! The chip, with a test for each row of the product's table.

use insta::assert_snapshot;
use wire::{Chip, ChipState};
use yew::Callback;

use super::draw;
use crate::components::chip::chip_view;
use kit::known;
use kit::loaded::Loaded;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

async fn chip(chip: Loaded<Chip>) -> String {
    draw(chip_view(&chip, &Callback::noop())).await
}

async fn in_state(state: ChipState, ready: u32, wanted: u32) -> String {
    chip(known::loaded(samples::chip(state, ready, wanted))).await
}

#[tokio::test]
async fn the_first_load_is_three_dots() {
    assert_snapshot!(chip(Loaded::default()).await, @r#"
    <button type="button" title="Asking for the state of your Spark cluster.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-muted">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: ...</span>
    </button>
    "#);
}

#[tokio::test]
async fn ready_says_how_many_of_how_many_and_what_runs() {
    let ready = Chip { activity: Some(samples::activity()), ..samples::chip(ChipState::Ready, 2, 2) };
    assert_snapshot!(chip(known::loaded(ready)).await, @r#"
    <button type="button" title="2 of 2 workers are ready.
    etl runs 1 stage.
    count of range: 120 of 200 tasks done.
    As of 12:00:00 UTC.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-good">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: Ready (2/2)</span>
    </button>
    "#);
}

#[tokio::test]
async fn what_needs_attention_is_marked_and_told() {
    let dead = ["cluster", "All workers are dead: nothing can run.", ""].map(str::to_owned).to_vec();
    let marked = known::loaded(Chip { attention: vec![dead], ..samples::chip(ChipState::Error, 0, 0) });
    assert_snapshot!(chip(marked.clone()).await, @r#"
    <button type="button" title="The cluster has failed: no worker is left, or its manager reports an error.
    As of 12:00:00 UTC.
    All workers are dead: nothing can run.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-bad">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: Error</span>
    <span role="img" aria-label="Something needs your attention." data-part="cluster" class="sparkMonitor-Chip-mark">⚠</span>
    </button>
    "#);
    let unknown = marked.after(Err(Problem::no_jupyter()), 0).after(Err(Problem::no_jupyter()), 0);
    assert!(!chip(unknown).await.contains("Chip-mark"), "nothing is known any more");
}

#[tokio::test]
async fn starting_is_amber() {
    assert_snapshot!(in_state(ChipState::Starting, 0, 1).await, @r#"
    <button type="button" title="0 of 1 worker is ready.
    As of 12:00:00 UTC.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: Starting (0/1)</span>
    </button>
    "#);
}

#[tokio::test]
async fn no_cluster_is_muted() {
    assert_snapshot!(in_state(ChipState::NoCluster, 0, 0).await, @r#"
    <button type="button" title="You have no Spark cluster.
    As of 12:00:00 UTC.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-muted">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: No Cluster</span>
    </button>
    "#);
}

#[tokio::test]
async fn an_error_of_the_cluster_manager_is_red() {
    assert_snapshot!(in_state(ChipState::Error, 0, 0).await, @r#"
    <button type="button" title="The cluster has failed: no worker is left, or its manager reports an error.
    As of 12:00:00 UTC.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-bad">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: Error</span>
    </button>
    "#);
}

#[tokio::test]
async fn a_driver_without_a_cluster_is_ready() {
    assert_snapshot!(in_state(ChipState::ReadyDriver, 0, 0).await, @r#"
    <button type="button" title="Your Spark driver answers.
    As of 12:00:00 UTC.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-good">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark: Ready (driver)</span>
    </button>
    "#);
}

#[tokio::test]
async fn one_failed_poll_keeps_the_label_and_the_second_takes_it_away() {
    let ready = known::loaded(samples::chip(ChipState::Ready, 1, 1));
    let once = ready.after(Err(Problem::no_jupyter()), OBSERVED_AT_MS);
    assert!(chip(once.clone()).await.contains("Spark: Ready (1/1)"));

    let twice = once.after(Err(Problem::no_jupyter()), OBSERVED_AT_MS + 30_000);
    assert_snapshot!(chip(twice).await, @r#"
    <button type="button" title="1 of 1 worker is ready.
    As of 12:00:00 UTC.
    Not updated since 12:00:00 UTC. Jupyter does not answer.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-muted">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark</span>
    </button>
    "#);
}

#[tokio::test]
async fn a_first_poll_that_fails_says_why() {
    let failed = Loaded::default().after(Err(Problem::signed_out_or_stopped()), OBSERVED_AT_MS);
    assert_snapshot!(chip(failed).await, @r#"
    <button type="button" title="The state of your Spark cluster is not known.
    You are signed out of Jupyter, or your Jupyter server has stopped.
    Click to open Spark Monitor." class="sparkMonitor-Chip">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-muted">
    </span>
    <span role="status" class="sparkMonitor-Chip-label">Spark</span>
    </button>
    "#);
}
