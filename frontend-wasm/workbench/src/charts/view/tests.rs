//! The tab with the history's charts, as HTML.

use std::rc::Rc;

use insta::assert_snapshot;
use wire::past::{Series, SeriesPoint};
use yew::Reducible;

use super::charts_view;
use crate::charts::model::{Act, Action, Answer, Model, Wish};
use crate::charts::picture::picture;
use crate::charts::span::{HOUR_MS, MINUTE_MS, Span};
use kit::drawn;
use kit::samples::OBSERVED_AT_MS;

fn point(at_ms: i64, covered_ms: i64, used: [f64; 3]) -> SeriesPoint {
    let values = [
        ("cores_used", used),
        ("cores_total", [8.0; 3]),
        ("memory_used_mib", used.map(|cores| cores * 1024.0)),
        ("memory_total_mib", [8192.0; 3]),
        ("workers_alive", [2.0; 3]),
        ("apps_running", [1.0; 3]),
        ("apps_waiting", [0.0; 3]),
    ];
    SeriesPoint { at_ms, covered_ms, values: values.map(|(name, values)| (name.to_owned(), values)).into() }
}

fn answer(length_ms: i64, series: Series) -> Answer {
    let span = Span { from_ms: OBSERVED_AT_MS - length_ms, to_ms: OBSERVED_AT_MS };
    let wish = Wish { choice: Model::default().zoom.shown(), asked: 0 };
    Answer { wish, span, at_ms: OBSERVED_AT_MS, remembers: true, oldest_at_ms: Some(span.from_ms), series }
}

fn samples() -> Answer {
    let at = |minutes: i64, used| point(OBSERVED_AT_MS - minutes * MINUTE_MS, 0, [used; 3]);
    let points = vec![at(60, 2.0), at(59, 4.0), at(30, 6.0), at(1, 3.0)];
    answer(HOUR_MS, Series { step_ms: 0, gap_ms: 750_000, points })
}

fn hours() -> Answer {
    let at = |hours: i64, covered_ms, used| point(OBSERVED_AT_MS - hours * HOUR_MS, covered_ms, used);
    let points = vec![at(20, HOUR_MS, [2.5, 0.0, 8.0]), at(1, HOUR_MS / 2, [4.0, 4.0, 4.0])];
    answer(24 * HOUR_MS, Series { step_ms: HOUR_MS, gap_ms: HOUR_MS, points })
}

fn model(answer: Answer) -> Model {
    Model { answer: Some(Rc::new(answer)), ..Model::default() }
}

async fn text(model: &Model) -> String {
    drawn::text(charts_view(model, &Act::noop())).await
}

async fn said(model: &Model) -> Vec<String> {
    let html = drawn::elements(charts_view(model, &Act::noop())).await;
    let after = html.split("aria-valuetext=\"").skip(1);
    after.filter_map(|rest| rest.split_once('"').map(|(said, _)| said.to_owned())).collect()
}

#[tokio::test]
async fn each_quantity_has_a_chart_with_legend_value_and_both_axes() {
    assert_snapshot!(text(&model(samples())).await, @"
    Spark charts
    1 hour
    12 hours
    7 days
    30 days
    1 year
    Back
    Download CSV
    Download SVG
    Download PNG
    11:00:00 UTC to 12:00:00 UTC, samples
    Cores in use
    All cores
    3 of 8 cores
    0
    2
    4
    6
    8
    11:10:00 UTC
    11:20:00 UTC
    11:30:00 UTC
    11:40:00 UTC
    11:50:00 UTC
    Memory in use
    All memory
    3.0 GB of 8.0 GB
    0 B
    2.0 GB
    4.0 GB
    6.0 GB
    8.0 GB
    11:10:00 UTC
    11:20:00 UTC
    11:30:00 UTC
    11:40:00 UTC
    11:50:00 UTC
    Workers alive
    2 alive
    0
    1
    2
    11:10:00 UTC
    11:20:00 UTC
    11:30:00 UTC
    11:40:00 UTC
    11:50:00 UTC
    Applications running
    Waiting
    1 running, 0 waiting
    0
    1
    11:10:00 UTC
    11:20:00 UTC
    11:30:00 UTC
    11:40:00 UTC
    11:50:00 UTC
    Drag across a chart, or select with Shift and the arrow keys and press Enter, to zoom in; Escape goes back.
    As a table
    ");
}

#[tokio::test]
async fn a_chart_is_a_slider_and_its_gaps_are_gaps() {
    let html = drawn::elements(charts_view(&model(samples()), &Act::noop())).await;
    let first = html.split("<figure").nth(1).unwrap_or_default();
    let plot = first.split("<div role=\"slider\"").nth(1).unwrap_or_default();
    assert_snapshot!(plot.split("</svg>").next().unwrap_or_default(), @r#"
     tabindex="0" aria-label="Cores in use" aria-readonly="true" aria-valuemin="0" aria-valuemax="3" aria-valuenow="3" aria-valuetext="3 of 8 cores" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 4000 1000" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 750H4000M0 500H4000M0 250H4000M0 0H4000M0 0V1000M666 0V1000M1333 0V1000M2000 0V1000M2666 0V1000M3333 0V1000M4000 0V1000" class="sparkMonitor-Chart-grid">
    </path>
    <path d="M0 1000L0 750H66V500H66H66V1000ZM2000 1000L2000 250H2000H2000V1000ZM3933 1000L3933 625H4000H4000V1000Z" class="sparkMonitor-Chart-fill">
    </path>
    <path d="M0 750H66V500H66M2000 250H2000M3933 625H4000" class="sparkMonitor-Chart-line">
    </path>
    <path d="M0 0H66V0H66M2000 0H2000M3933 0H4000" class="sparkMonitor-Chart-total">
    </path>
    "#);
}

#[tokio::test]
async fn a_moment_is_said_in_all_charts_and_a_gap_is_not_recorded() {
    let at = |minutes: i64| Model { looked_at_ms: Some(OBSERVED_AT_MS - minutes * MINUTE_MS), ..model(samples()) };
    assert_snapshot!(said(&at(59)).await.join("\n"), @"
    4 of 8 cores at 11:01:00 UTC
    4.0 GB of 8.0 GB at 11:01:00 UTC
    2 alive at 11:01:00 UTC
    1 running, 0 waiting at 11:01:00 UTC
    ");
    assert_snapshot!(said(&at(45)).await.join("\n"), @"
    not recorded at 11:15:00 UTC
    not recorded at 11:15:00 UTC
    not recorded at 11:15:00 UTC
    not recorded at 11:15:00 UTC
    ");
}

#[tokio::test]
async fn a_mean_is_said_with_its_range_and_how_much_was_recorded() {
    let at = |minutes: i64| Model { looked_at_ms: Some(OBSERVED_AT_MS - minutes * MINUTE_MS), ..model(hours()) };
    assert_snapshot!(said(&at(1_170)).await.join("\n"), @"
    2.5 of 8 cores on average (0 to 8), hour from 16:00:00 UTC
    2.5 GB of 8.0 GB on average (0 B to 8.0 GB), hour from 16:00:00 UTC
    2 alive, hour from 16:00:00 UTC
    1 running, 0 waiting, hour from 16:00:00 UTC
    ");
    assert!(said(&model(hours())).await.concat().contains("hour from 11:00:00"), "the newest mean");
    assert_snapshot!(said(&at(30)).await.join("\n"), @"
    4 of 8 cores, 30m recorded, hour from 11:00:00 UTC
    4.0 GB of 8.0 GB, 30m recorded, hour from 11:00:00 UTC
    2 alive, 30m recorded, hour from 11:00:00 UTC
    1 running, 0 waiting, 30m recorded, hour from 11:00:00 UTC
    ");
}

#[tokio::test]
async fn a_selected_part_is_drawn_in_all_charts() {
    let selected = [Action::Begin(OBSERVED_AT_MS - HOUR_MS), Action::Extend(OBSERVED_AT_MS - HOUR_MS / 2)];
    let model = selected.into_iter().fold(Rc::new(model(samples())), Reducible::reduce);
    let html = drawn::elements(charts_view(&model, &Act::noop())).await;
    assert_eq!(html.matches("M0 0H2000V1000H0Z").count(), 4);
}

#[tokio::test]
async fn without_values_a_sentence_says_why() {
    let nothing = |remembers, oldest_at_ms| Answer { remembers, oldest_at_ms, ..answer(HOUR_MS, Series::default()) };
    assert_snapshot!(text(&model(nothing(false, None))).await, @"
    Spark charts
    Nothing is recorded here. Set SPARK_MONITOR_HISTORY=on where Jupyter starts; a demonstration, and a sidecar that several people share, record nothing.
    ");
    assert_snapshot!(text(&model(nothing(true, None))).await, @"
    Spark charts
    1 hour
    12 hours
    7 days
    30 days
    1 year
    Back
    Download CSV
    Download SVG
    Download PNG
    Nothing is recorded yet. A sample is taken every minute while an application is active, else every five minutes.
    ");
    let empty = text(&model(nothing(true, Some(OBSERVED_AT_MS)))).await;
    assert!(empty.ends_with("Nothing was recorded in this time.\nThe history begins 12:00:00 UTC."), "{empty}");
}

#[tokio::test]
async fn every_value_is_in_the_table() {
    let html = text(&Model { has_table: true, ..model(hours()) }).await;
    assert_snapshot!(html.split("As a table").nth(1).unwrap_or_default(), @"
    Time
    Cores in use
    Memory in use
    Workers alive
    Applications running
    11:00:00 UTC
    4 of 8 cores, 30m recorded
    4.0 GB of 8.0 GB, 30m recorded
    2 alive, 30m recorded
    1 running, 0 waiting, 30m recorded
    16:00:00 UTC
    2.5 of 8 cores on average (0 to 8)
    2.5 GB of 8.0 GB on average (0 B to 8.0 GB)
    2 alive
    1 running, 0 waiting
    ");
}

#[test]
fn the_picture_has_all_charts_and_stands_alone() {
    let picture = picture(&hours());
    assert_eq!(picture.matches("vector-effect").count(), 12);
    assert!(picture.starts_with("<svg xmlns=") && !picture.contains("var(--"));
    assert!(picture.contains("Memory in use"));
    assert!(picture.contains("2027-01-14T12:00:00+00:00 to 2027-01-15T12:00:00+00:00, hourly means"), "{picture}");
}
