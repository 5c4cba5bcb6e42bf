//! The tab with the last minutes, as HTML.

use insta::assert_snapshot;
use wire::{History, Point};

use super::usage_view;
use crate::usage_model::{Act, Model};
use kit::drawn;
use kit::known;
use kit::samples::{self, OBSERVED_AT_MS};

fn model() -> Model {
    let history = History { task_slots: Some(2), ..samples::history() };
    Model { history: known::loaded(history), ..Model::default() }
}

async fn text(model: &Model) -> String {
    drawn::text(usage_view(model, &Act::noop())).await
}

#[tokio::test]
async fn each_chart_has_a_legend_a_value_and_both_axes() {
    assert_snapshot!(text(&model()).await, @"
    Spark usage
    Active tasks
    Task slots
    1 of 2
    0
    1
    2
    10 min ago
    8 min ago
    6 min ago
    4 min ago
    2 min ago
    now
    Cores in use
    Cores of the cluster
    3 of 4
    0
    1
    2
    3
    4
    10 min ago
    8 min ago
    6 min ago
    4 min ago
    2 min ago
    now
    As a table
    ");
}

#[tokio::test]
async fn a_chart_is_a_slider_with_its_steps_its_total_and_a_grid() {
    let html = drawn::elements(usage_view(&model(), &Act::noop())).await;
    let first = html.split("<figure").nth(1).unwrap_or_default();
    assert_snapshot!(first.split("<div class=\"sparkMonitor-Chart-times").next().unwrap_or_default(), @r#"
     class="sparkMonitor-Chart">
    <figcaption class="sparkMonitor-Chart-head">
    <span class="sparkMonitor-Chart-used">Active tasks</span>
    <span class="sparkMonitor-Chart-of">Task slots</span>
    <span class="sparkMonitor-Chart-value">1 of 2</span>
    </figcaption>
    <div aria-hidden="true" class="sparkMonitor-Chart-values">
    <span>0</span>
    <span>1</span>
    <span>2</span>
    </div>
    <div role="slider" tabindex="0" aria-label="Active tasks" aria-readonly="true" aria-valuemin="0" aria-valuemax="2" aria-valuenow="2" aria-valuetext="1 of 2" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 50H600M120 0V100M240 0V100M360 0V100M480 0V100" class="sparkMonitor-Chart-grid">
    </path>
    <path d="M0 100V50H60V0V100M540 100V50H600V100" class="sparkMonitor-Spark-line">
    </path>
    <path d="M0 0H600" class="sparkMonitor-Chart-total">
    </path>
    </svg>
    </div>
    <div aria-hidden="true" class="sparkMonitor-Chart-times">
    <span>10 min ago</span>
    <span>8 min ago</span>
    <span>6 min ago</span>
    <span>4 min ago</span>
    <span>2 min ago</span>
    <span>now</span>
    </div>
    </figure>
    "#);
}

#[tokio::test]
async fn a_moment_that_is_looked_at_is_told_in_every_chart() {
    let looked = Model { looked_at_ms: Some(OBSERVED_AT_MS - 60_000), ..model() };
    let seen = text(&looked).await;
    assert_eq!(seen.matches(" at 11:59:00 UTC").count(), 2, "{seen}");
}

#[tokio::test]
async fn the_table_has_every_value_with_the_newest_first() {
    let open = Model { has_table: true, ..model() };
    let seen = text(&open).await;
    let table = seen.split("As a table").nth(1).unwrap_or_default().to_owned();
    assert_snapshot!(table, @"
    Time
    Active tasks
    Cores in use
    Memory in use
    11:59:00 UTC
    1
    3
    –
    11:58:00 UTC
    –
    2
    –
    11:51:00 UTC
    2
    4
    –
    11:50:00 UTC
    1
    0
    –
    ");
    assert!(!text(&model()).await.contains("Time\n"), "it is folded at first");
}

#[tokio::test]
async fn before_anything_is_recorded_it_says_when_that_happens() {
    let empty = Model { history: known::loaded(History { points: Vec::new(), ..samples::history() }), ..model() };
    assert!(text(&empty).await.contains("Nothing is known of the last minutes yet."));
    assert!(text(&Model::default()).await.contains("Loading"));
}

#[tokio::test]
async fn what_a_site_does_not_have_has_no_chart() {
    let point = Point { at_ms: OBSERVED_AT_MS, active_tasks: Some(0), ..Point::default() };
    let history = History { points: vec![point], cores_total: None, memory_total_mib: None, ..samples::history() };
    let seen = text(&Model { history: known::loaded(history), ..model() }).await;
    assert!(seen.contains("Active tasks") && !seen.contains("Cores in use"), "{seen}");
}
