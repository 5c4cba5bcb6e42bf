//! Queries: progress, how they ended, details, reasons for waiting.

use insta::assert_snapshot;
use wire::{Queries, Query, QueryStages, QueryState, Stage, StageState, StreamProgress, Tasks, TimeLeft, Wait};

use super::notebook::{after, cell_query, ended, model, notebook, part, recent, running, runs};
use super::{draw, panel, text};
use crate::components::queries::{recent_queries, running_queries};
use crate::model::Action;
use crate::place::{Cell, Place};
use kit::known;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

#[tokio::test]
async fn a_running_query_shows_its_name_how_far_it_is_and_the_time_left() {
    let time_left = Some(TimeLeft { at_least_ms: 19_100, at_most_ms: 20_000 });
    let model = model(runs(vec![Query { time_left, ..cell_query("q-1", "s-1") }]), vec![notebook()]);
    assert_snapshot!(draw(part(&model, running_queries)).await, @r#"
    <div class="sparkMonitor-Group">
    <h4>This notebook</h4>
    <button type="button" aria-label="How this is known" aria-describedby="sparkMonitor-Stages-known" class="sparkMonitor-Hint">?</button>
    <span id="sparkMonitor-Stages-known" role="tooltip" class="sparkMonitor-Hint-text">asked of the kernel</span>
    </div>
    <ul class="sparkMonitor-Stages">
    <li id="sparkMonitor-query-q-1" data-row="query/q-1" data-menu="go-to-cell unfold copy-name copy-sql">
    <div class="sparkMonitor-Query-head">
    <button type="button" title="Go to cell [3]" class="sparkMonitor-Jump">cell [3], line 2</button>
    <span role="status" class="sparkMonitor-Jump-failed">
    </span>
    <button type="button" aria-expanded="false" title="count of range" class="sparkMonitor-Query-button">
    <span class="sparkMonitor-Stage-name">
    <span class="sparkMonitor-Hidden">cell [3], line 2</span>
    <span class="sparkMonitor-Query-more">count of range</span>
    </span>
    <span class="sparkMonitor-Stage-elapsed">20s</span>
    <span aria-hidden="true" class="sparkMonitor-Caret">
    </span>
    </button>
    </div>
    <div role="progressbar" aria-label="cell [3], line 2" aria-valuemin="0" aria-valuemax="200" aria-valuenow="120" aria-valuetext="120 of 200 tasks" class="sparkMonitor-Bar">
    <div style="width: 60%" class="sparkMonitor-Bar-done">
    </div>
    <div style="width: 4%" class="sparkMonitor-Bar-running">
    </div>
    </div>
    <ul class="sparkMonitor-Facts">
    <li>60%</li>
    <li>120 of 200 tasks</li>
    <li>about 20s left, more stages may follow</li>
    </ul>
    <ul class="sparkMonitor-Facts">
    <li>
    <button type="button" title="Go to cell [5]" class="sparkMonitor-Jump">run by cell [5]</button>
    <span role="status" class="sparkMonitor-Jump-failed">
    </span>
    </li>
    </ul>
    </li>
    </ul>
    "#);
}

#[tokio::test]
async fn the_headings_count_what_is_not_listed_too() {
    let queries = Queries { running_not_shown: 40, ..runs(vec![samples::query("q-1")]) };
    let seen = text(panel(&model(queries, Vec::new()))).await;
    assert!(seen.contains("Running queries\n41\n"), "{seen}");
}

#[tokio::test]
async fn time_left_is_a_span_when_nobody_can_tell_better() {
    let time_left = Some(TimeLeft { at_least_ms: 20_000, at_most_ms: 60_000 });
    let model = model(runs(vec![Query { time_left, ..samples::query("q-1") }]), Vec::new());
    assert_snapshot!(running(&model).await, @r#"
    select count(*) from events
    20s
    60%
    120 of 200 tasks
    20s to 1m left, more stages may follow
    "#);
}

#[tokio::test]
async fn recent_queries_say_how_they_ended_in_sign_and_word() {
    let ended_as = |state| Query { state, ..samples::query(&format!("{state:?}")) };
    let states = [QueryState::Succeeded, QueryState::Failed, QueryState::Canceled, QueryState::Unknown];
    let lines = recent(&model(ended(states.map(ended_as).into()), Vec::new())).await;
    assert_snapshot!(lines.replace("select count(*) from events\n", ""), @r#"
    ✓
    20s
    ✕ Failed
    20s
    ⊘ Canceled
    20s
    ?
    20s
    "#);
}

#[tokio::test]
async fn a_stream_tells_its_batch_and_how_often_one_begins() {
    let stream = Some(StreamProgress { batch: 12, period_ms: Some(2_100) });
    let query = Query { name: "orders".to_owned(), stream, ..samples::query("stream-1") };
    let queries = Queries { running: vec![query], ..samples::queries() };
    let shown = text(part(&model(queries, Vec::new()), running_queries)).await;
    assert!(shown.contains("orders") && shown.contains("Batch 12") && shown.contains("one every 2s"), "{shown}");
}

#[tokio::test]
async fn a_failed_query_folds_out_to_its_reason_and_its_stages() {
    let failed = Query {
        state: QueryState::Failed,
        failure_reason: Some("[USER_RAISED_EXCEPTION] boom 7".to_owned()),
        ..cell_query("q-1", "s-1")
    };
    let mut model = model(ended(vec![failed.clone()]), vec![notebook()]);
    let folded = draw(part(&model, recent_queries)).await;
    assert!(folded.contains(r#"aria-expanded="false""#) && !folded.contains("boom 7"), "{folded}");
    model = after(model, Action::ToggleQuery("q-1".to_owned()));
    assert!(recent(&model).await.contains("Loading…"));
    let reason = Some("[USER_RAISED_EXCEPTION] boom 7\nat line 2".to_owned());
    let stage = Stage { stage_attempt_id: 1, failure_reason: reason, ..samples::stage(2, StageState::Failed) };
    let stages = vec![stage, samples::stage(1, StageState::Complete)];
    let known = QueryStages {
        user: String::new(),
        app: Some(samples::app()),
        query: Some(failed),
        stages,
        stages_not_shown: 3,
        stages_forgotten: 2,
    };
    model.query_stages = known::loaded(known);
    assert_snapshot!(recent(&model).await, @"
    This notebook
    ?
    asked of the kernel
    cell [3], line 2
    cell [3], line 2
    count of range
    ✕ Failed
    20s
    run by cell [5]
    Started 11:59:40 UTC
    1 of 3 stages
    [USER_RAISED_EXCEPTION] boom 7
    Stage 2, attempt 1
    ✕ Failed
    45s
    120 of 200 tasks
    8 running
    1 failed
    1.5 KB read
    2.0 KB shuffle written
    1.0 KB spilled
    [USER_RAISED_EXCEPTION] boom 7
    at line 2
    Stage 1
    ✓
    45s
    120 of 200 tasks
    8 running
    1 failed
    1.5 KB read
    2.0 KB shuffle written
    1.0 KB spilled
    3 more stages are not shown.
    Spark has forgotten 2 of them.
    ");
    model = after(model, Action::ToggleQuery("q-1".to_owned()));
    assert!(model.open_query.is_none() && model.query_stages.body().is_none());
}

#[tokio::test]
async fn a_query_that_spark_has_forgotten_says_so_when_it_is_folded_out() {
    let mut model = model(ended(vec![samples::query("q-1")]), Vec::new());
    model.open_query = Some("q-1".to_owned());
    let known = QueryStages {
        user: String::new(),
        app: Some(samples::app()),
        query: None,
        stages: Vec::new(),
        stages_not_shown: 0,
        stages_forgotten: 0,
    };
    model.query_stages = known::loaded(known);
    assert!(recent(&model).await.contains("Spark does not remember this query any more."));
}

#[tokio::test]
async fn a_cell_that_has_changed_since_says_so_beside_its_name() {
    let model = model(runs(vec![cell_query("q-1", "s-1")]), vec![notebook()]);
    let place = Place { notebook_id: "n-1".to_owned(), cell: Cell::Count(3), line: Some(2) };
    let found = after(model.clone(), Action::Jumped(place.clone(), true));
    assert!(!running(&found).await.contains("has changed"));
    let changed = after(model, Action::Jumped(place.clone(), false));
    assert!(running(&changed).await.contains("cell [3], line 2\nCell [3] has changed since."));
    assert!(!running(&after(changed, Action::Jump(place))).await.contains("has changed"));
}

#[tokio::test]
async fn the_reason_to_wait_is_the_first_thing_said() {
    let wait = Some(Wait::ShuffleFetch { stage_id: 4, percent: 35 });
    let queries = runs(vec![Query { wait, ..samples::query("q-1") }]);
    let all = text(panel(&model(queries, Vec::new()))).await.replace("&#x27;", "'");
    let first =
        "Spark Monitor\nShuffling: tasks wait 35% of their time for other tasks' output (stage 4)\nRunning queries";
    assert!(all.starts_with(first), "{all}");
    let idle = text(panel(&model(samples::queries(), Vec::new()))).await;
    assert!(idle.starts_with("Spark Monitor\nNo query is running.\n") && !idle.contains("Running queries"), "{idle}");
}

#[tokio::test]
async fn a_stage_of_a_shown_query_is_inside_it_and_nowhere_else() {
    let inside = Query { active_stages: vec![samples::stage(3, StageState::Active)], ..samples::query("q-1") };
    let others = text(panel(&model(samples::queries(), Vec::new()))).await;
    assert!(others.contains("Other active stages\n1\ncount of range"), "{others}");
    let mut model = model(runs(vec![inside]), Vec::new());
    let all = text(panel(&model)).await;
    assert_eq!(all.matches("count of range").count(), 1, "{all}");
    assert!(all.contains("count of range\n45s\n120 of 200 tasks\n8 running"), "{all}");
    assert!(!all.contains("Other active stages"), "{all}");
    model.open_query = Some("q-1".to_owned());
    let open = text(panel(&model)).await;
    assert!(!open.contains("count of range"), "its whole list of stages replaces them: {open}");
}

#[tokio::test]
async fn the_only_stage_of_a_query_is_told_by_the_querys_own_bar() {
    let active_stages = vec![samples::stage(7, StageState::Active)];
    let query = Query { active_stages, stages_total: 1, ..samples::query("q-1") };
    let html = draw(part(&model(runs(vec![query]), Vec::new()), running_queries)).await;
    assert_eq!(html.matches("progressbar").count(), 1, "{html}");
}

#[tokio::test]
async fn nothing_runs_and_nothing_has_ended() {
    let model = model(samples::queries(), Vec::new());
    assert_eq!(running(&model).await, "No query is running.");
    assert_eq!(recent(&model).await, "No query has ended yet.");
}

#[tokio::test]
async fn a_query_without_tasks_yet_has_a_striped_bar_and_no_percents() {
    let query = Query { tasks: Tasks::default(), state: QueryState::Silent, ..samples::query("q-1") };
    let html = draw(part(&model(runs(vec![query]), Vec::new()), running_queries)).await;
    assert!(html.contains("sparkMonitor-mod-waits") && !html.contains("0%</li>"), "{html}");
    assert!(!html.contains("aria-valuenow"), "nothing is counted yet: {html}");
    assert!(html.contains("Silent"), "{html}");
}

#[tokio::test]
async fn a_failing_view_keeps_the_last_queries_and_says_since_when() {
    let mut model = model(runs(vec![samples::query("q-1")]), Vec::new());
    model.queries = model.queries.after(Err(Problem::no_sidecar()), OBSERVED_AT_MS + 60_000);
    let all = text(panel(&model)).await;
    assert!(all.contains("Running queries\n1\nNot updated since 12:00:00 UTC."), "{all}");
    assert!(all.contains("select count(*) from events"), "{all}");
}
