//! "Spark applications", as HTML.

use insta::assert_snapshot;
use wire::past::{LostExecutor, PastApp, PastAppDetail, PastApps, PastRun, RunState, Series};

use super::{Act, app_view, apps_list};
use crate::past::samples::run;
use kit::drawn;
use kit::samples::OBSERVED_AT_MS;

fn app(gone_at_ms: Option<i64>) -> PastApp {
    PastApp {
        app_id: "app-1".to_owned(),
        name: "nightly".to_owned(),
        started_at_ms: OBSERVED_AT_MS - 3_600_000,
        last_seen_at_ms: OBSERVED_AT_MS,
        gone_at_ms,
    }
}

#[tokio::test]
async fn an_application_that_is_gone_says_between_which_looks_it_went() {
    let apps = PastApps { apps: vec![app(None), app(Some(OBSERVED_AT_MS + 60_000))], has_more: false };
    assert_snapshot!(drawn::text(apps_list(&apps, OBSERVED_AT_MS, None, 0, &Act::noop())).await, @"
    nightly
    Running
    Last seen 12:00:00 UTC. · app-1
    nightly
    Not listed
    Last seen 12:00:00 UTC, gone by 12:01:00 UTC. · app-1
    ");
    let none = PastApps { apps: Vec::new(), has_more: false };
    assert!(drawn::text(apps_list(&none, 0, None, 0, &Act::noop())).await.contains("No application is remembered"));
}

#[tokio::test]
async fn one_that_nobody_has_looked_for_is_not_called_running() {
    let apps = PastApps { apps: vec![app(None)], has_more: false };
    let hour_later = OBSERVED_AT_MS + 3_600_000;
    let text = drawn::text(apps_list(&apps, hour_later, None, 0, &Act::noop())).await;
    assert!(text.contains("Unknown state") && !text.contains("Running"), "{text}");
}

#[tokio::test]
async fn the_black_box_has_the_end_the_heap_the_executors_and_the_last_queries() {
    let lost = LostExecutor {
        executor_id: "3".to_owned(),
        at_ms: OBSERVED_AT_MS - 60_000,
        reason: "exited_137".to_owned(),
        why: "It was killed.".to_owned(),
        why_sentences: Vec::new(),
        values: std::collections::BTreeMap::new(),
    };
    let detail = PastAppDetail {
        app: Some(app(Some(OBSERVED_AT_MS + 60_000))),
        end: "Spark no longer lists it.".to_owned(),
        end_sentences: Vec::new(),
        runs: vec![PastRun { state: RunState::Lost, ..run(1) }],
        lost_executors: vec![lost],
        peak_heap_bytes: 1 << 30,
        series: Series::default(),
    };
    assert_snapshot!(drawn::text(app_view(&detail)).await, @"
    nightly
    Spark no longer lists it.
    Started 11:00:00 UTC. Last seen 12:00:00 UTC, gone by 12:01:00 UTC. Largest Java heap of an executor: 1.0 GB.
    Removed executors
    Executor
    Removed before
    Why
    3
    11:59:00 UTC
    It was killed.
    Its last queries
    Query
    State
    Submitted
    Duration
    Waited
    Read
    Shuffle read
    Spilled
    Task slots
    Tasks
    select sum ( x ) from t where day = ?
    Lost
    11:59:00 UTC
    1m
    250ms
    5.0 GB
    1.0 MB
    0 B
    4
    200
    ");
    let forgotten = PastAppDetail { app: None, ..detail };
    assert!(drawn::text(app_view(&forgotten)).await.contains("This application is not remembered."));
}
