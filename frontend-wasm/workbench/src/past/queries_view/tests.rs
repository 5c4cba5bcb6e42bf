//! "My queries", as HTML.

use insta::assert_snapshot;
use wire::past::{PastQueries, PastRun, PastRuns, PastShape, RunState};
use yew::Callback;

use super::{Act, Which, queries_list, runs_view};
use crate::past::samples::{failed, run, slower};
use kit::drawn;
use kit::samples::OBSERVED_AT_MS;

fn shape(shape_id: i64, newest: PastRun) -> PastShape {
    let label = newest.label.clone();
    PastShape { shape_id, label, made_from: "sql".to_owned(), runs: 12, newest: Some(newest) }
}

fn queries() -> PastQueries {
    let lost = PastRun { state: RunState::Lost, ..run(40) };
    PastQueries {
        shapes: vec![shape(1, slower(5)), shape(2, failed(10)), shape(3, run(20)), shape(4, lost)],
        has_more: false,
    }
}

async fn listed(which: Which, is_search: bool, queries: &PastQueries) -> String {
    drawn::text(queries_list(queries, which, is_search, Some("1"), &Act::noop())).await
}

#[tokio::test]
async fn each_query_says_how_its_last_run_ended_and_why_it_was_slower() {
    assert_snapshot!(listed(Which::All, false, &queries()).await, @"
    select sum ( x ) from t where day = ?
    Completed
    4m 5s · last 11:55:00 UTC · 12 runs
    Slower than usual: it read more data.
    select sum ( x ) from t where day = ?
    Failed: DIVIDE_BY_ZERO
    1m · last 11:50:00 UTC · 12 runs
    select sum ( x ) from t where day = ?
    Completed
    1m · last 11:40:00 UTC · 12 runs
    select sum ( x ) from t where day = ?
    Lost
    1m · last 11:20:00 UTC · 12 runs
    ");
}

#[tokio::test]
async fn only_the_slower_or_the_failed_ones_are_listed_if_a_person_wants_that() {
    let [slower, failed] =
        [listed(Which::Slower, false, &queries()).await, listed(Which::Failed, false, &queries()).await];
    assert!(slower.contains("it read more data") && !slower.contains("DIVIDE_BY_ZERO"), "{slower}");
    assert!(failed.contains("DIVIDE_BY_ZERO") && failed.contains("Lost") && !failed.contains("Completed"), "{failed}");
}

#[tokio::test]
async fn an_empty_list_says_why_it_is_empty() {
    let none = PastQueries { shapes: Vec::new(), has_more: false };
    let calm = PastQueries { shapes: vec![shape(1, run(1))], has_more: false };
    assert!(listed(Which::All, false, &none).await.contains("No query is remembered yet."));
    assert!(listed(Which::All, true, &none).await.contains("No query has this text."));
    assert!(listed(Which::Failed, true, &none).await.contains("No query has this text."));
    assert!(listed(Which::Failed, true, &calm).await.contains("No query failed"));
    assert!(listed(Which::Slower, false, &calm).await.contains("slower than usual"));
    assert!(listed(Which::Failed, false, &calm).await.contains("failed"));
}

#[tokio::test]
async fn runs_are_bars_the_oldest_first_and_a_table_the_newest_first() {
    let runs = PastRuns { runs: vec![slower(1), run(2), failed(3), run(4), run(5)], has_more: true };
    let (noop, open) = (Act::noop(), Callback::noop());
    assert_snapshot!(drawn::text(runs_view(&runs, None, &noop, &open)).await, @"
    Duration of each run, the oldest first
    half took less than 1m
    11:55:00 UTC
    11:59:00 UTC
    Only the newest 5 are looked at.
    Submitted
    State
    Duration
    Waited
    Read
    Shuffle read
    Spilled
    Task slots
    Tasks
    Application
    11:59:00 UTC
    Completed
    Slower than usual: it read more data.
    4m 5s
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    app-1
    11:58:00 UTC
    Completed
    1m
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    app-1
    11:57:00 UTC
    Failed: DIVIDE_BY_ZERO
    1m
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    app-1
    11:56:00 UTC
    Completed
    1m
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    app-1
    11:55:00 UTC
    Completed
    1m
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    app-1
    ");
    let html = drawn::elements(runs_view(&runs, Some(OBSERVED_AT_MS - 180_000), &noop, &open)).await;
    let chart = html.split("<figcaption").nth(1).unwrap_or_default().split("sparkMonitor-RunsChart-ends").next();
    assert_snapshot!(chart.unwrap_or_default(), @r#"
     class="sparkMonitor-Muted">
    <span>Duration of each run, the oldest first</span>
    <span class="sparkMonitor-RunsChart-median">half took less than 1m</span>
    </figcaption>
    <div role="slider" tabindex="0" aria-label="Duration of each run, the oldest first" aria-readonly="true" aria-valuemin="1" aria-valuemax="5" aria-valuenow="3" aria-valuetext="run 3 of 5: 1m at 11:57:00 UTC, Failed: DIVIDE_BY_ZERO" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 60 100" preserveAspectRatio="none" aria-hidden="true">
    <rect x="40" y="8" width="8" height="92" class="sparkMonitor-RunsChart-bar sparkMonitor-mod-warn">
    </rect>
    <rect x="40" y="2" width="8" height="3" class="sparkMonitor-RunsChart-cap">
    </rect>
    <rect x="30" y="78" width="8" height="22" class="sparkMonitor-RunsChart-bar">
    </rect>
    <rect x="20" y="78" width="8" height="22" class="sparkMonitor-RunsChart-bar sparkMonitor-mod-bad sparkMonitor-mod-looked">
    </rect>
    <rect x="10" y="78" width="8" height="22" class="sparkMonitor-RunsChart-bar">
    </rect>
    <rect x="0" y="78" width="8" height="22" class="sparkMonitor-RunsChart-bar">
    </rect>
    <path d="M0 78H60" class="sparkMonitor-Chart-total">
    </path>
    </svg>
    </div>
    <div aria-hidden="true" class="
    "#);
    assert!(html.contains("<tr class=\"sparkMonitor-mod-looked\""), "{html}");
}

#[tokio::test]
async fn the_run_that_is_looked_at_stays_the_same_when_a_newer_one_arrives() {
    for runs in [vec![run(2), run(3)], vec![run(1), run(2), run(3)]] {
        let view = runs_view(
            &PastRuns { runs, has_more: false },
            Some(OBSERVED_AT_MS - 120_000),
            &Act::noop(),
            &Callback::noop(),
        );
        let html = drawn::elements(view).await;
        assert!(html.contains(": 1m at 11:58:00 UTC, Completed\""), "{html}");
    }
}

#[tokio::test]
async fn kept_texts_fold_out() {
    let kept = PastRun { statement: "SELECT <b>1</b>".to_owned(), message: "boom".to_owned(), ..failed(1) };
    let html = drawn::elements(runs_view(
        &PastRuns { runs: vec![kept], has_more: false },
        None,
        &Act::noop(),
        &Callback::noop(),
    ))
    .await;
    assert!(html.contains("<details>") && html.contains("SELECT &lt;b&gt;1&lt;") && html.contains("boom"), "{html}");
}
