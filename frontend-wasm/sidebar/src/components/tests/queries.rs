//! Queries: names, owners, progress, reasons for waiting.

use std::rc::Rc;

use insta::assert_snapshot;
use wire::{
    CallSite, ConnectSession, NamedBy, Queries, Query, QueryStages, QueryState, Stage, StageState, StreamProgress,
    Tasks, TimeLeft, Wait,
};
use yew::{Html, Reducible};

use super::{draw, of_panel, panel, text};
use crate::components::queries::{recent_queries, running_queries};
use crate::mine::{Execution, Notebook};
use crate::model::{Action, Model};
use crate::place::{Cell, Place};
use kit::known;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

const BEGAN_AT_MS: i64 = OBSERVED_AT_MS - 20_000;

/// Built in cell 3, which Spark numbers 4.
fn cell_query(query_id: &str, session_id: &str) -> Query {
    Query {
        name: "count of range".to_owned(),
        named_by: NamedBy::Operators,
        call_site: Some(CallSite::Cell { number: 4, line: 2 }),
        session_id: Some(session_id.to_owned()),
        ..samples::query(query_id)
    }
}

/// Cell 5 was running when the sample queries started.
fn notebook() -> Notebook {
    let execution = Execution { count: 5, begin_ms: BEGAN_AT_MS - 1_000, end_ms: None };
    Notebook {
        id: "n-1".to_owned(),
        title: "etl.ipynb".to_owned(),
        current: true,
        shift: Some(1),
        asked: true,
        session_id: Some("s-1".to_owned()),
        executions: vec![execution],
        ..Notebook::default()
    }
}

fn model(queries: Queries, notebooks: Vec<Notebook>) -> Model {
    let model = Model {
        cluster: known::loaded(samples::cluster()),
        executors: known::loaded(samples::executors()),
        stages: known::loaded(samples::stages()),
        queries: known::loaded(queries),
        clock_ahead_ms: Some(0),
        ..Model::default()
    };
    after(model, Action::Notebooks(notebooks.into()))
}

fn after(model: Model, action: Action) -> Model {
    (*Rc::new(model).reduce(action)).clone()
}

fn part(model: &Model, part: fn(&crate::components::panel_context::Panel<'_>, &Queries) -> Html) -> Html {
    let queries = model.queries.body().cloned().unwrap_or_else(samples::queries);
    of_panel(model, |panel| part(panel, &queries))
}

async fn running(model: &Model) -> String {
    text(part(model, running_queries)).await
}

async fn recent(model: &Model) -> String {
    text(part(model, recent_queries)).await
}

fn runs(running: Vec<Query>) -> Queries {
    Queries { running, ..samples::queries() }
}

fn ended(recent: Vec<Query>) -> Queries {
    Queries { recent, ..samples::queries() }
}

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
    <li id="sparkMonitor-query-q-1">
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
async fn mine_and_others_stand_apart_with_how_that_is_known() {
    let other = Notebook {
        id: "n-2".to_owned(),
        title: "other.ipynb".to_owned(),
        asked: true,
        session_id: Some("s-2".to_owned()),
        shift: Some(1),
        ..Notebook::default()
    };
    let of = |session: &str| cell_query(&["of ", session].concat(), session);
    let queries = Queries {
        sessions: vec![samples::session("s-1"), samples::session("s-2"), samples::session("0123456789")],
        ..runs(vec![of("s-2"), of("s-1"), of("0123456789")])
    };
    assert_snapshot!(running(&model(queries, vec![notebook(), other])).await, @r#"
    This notebook
    ?
    asked of the kernel
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    run by cell [5]
    Other sessions
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    of other.ipynb
    a notebook cell, line 2
    count of range
    20s
    60%
    120 of 200 tasks
    of another notebook
    "#);
}

#[tokio::test]
async fn a_likely_session_says_what_makes_it_likely_and_another_can_be_chosen() {
    let execution = Execution { count: 3, begin_ms: BEGAN_AT_MS - 500, end_ms: Some(BEGAN_AT_MS + 20_500) };
    let unasked = Notebook { asked: false, session_id: None, executions: vec![execution], ..notebook() };
    let sessions = vec![samples::session("s-1"), samples::session("s-2")];
    let queries = Queries { sessions, ..runs(vec![cell_query("q-1", "s-1"), samples::query("q-2")]) };
    let model = model(queries, vec![unasked]);
    assert_snapshot!(running(&model).await, @r#"
    This notebook's session
    Choose a session
    a session, 1 running, last query 11:59:40 UTC
    a session, 1 running, last query 11:59:40 UTC
    This notebook
    ?
    likely: matches cell [3] and its time
    cell [3], line 2
    cell [3], line 2
    count of range
    20s
    60%
    120 of 200 tasks
    select count(*) from events
    select count(*) from events
    20s
    60%
    120 of 200 tasks
    run by cell [3]
    "#);
    let chosen = after(model, Action::ChooseSession(Some("s-2".to_owned())));
    let chosen = running(&chosen).await;
    assert!(chosen.contains("This notebook\n?\nchosen by you\nNone of them is"), "{chosen}");
}

#[tokio::test]
async fn while_nothing_is_known_queries_are_simply_listed_and_one_session_offers_no_choice() {
    let unasked = Notebook { asked: false, session_id: None, executions: Vec::new(), ..notebook() };
    let of = |sessions: &[&str]| {
        let sessions: Vec<_> = sessions.iter().map(|session| samples::session(session)).collect();
        Queries { sessions, ..runs(vec![samples::query("q-1")]) }
    };
    let alone = running(&model(of(&["s-1"]), vec![unasked.clone()])).await;
    assert_eq!(alone, running(&model(of(&["s-1"]), Vec::new())).await);
    assert!(alone.starts_with("select count(*) from events\n20s"), "{alone}");
    let other = Notebook { id: "n-2".to_owned(), current: false, session_id: Some("s-2".to_owned()), ..notebook() };
    let one_is_anothers = running(&model(of(&["s-1", "s-2"]), vec![unasked.clone(), other])).await;
    assert_eq!(one_is_anothers, alone);
    let several = running(&model(of(&["s-1", "s-2"]), vec![unasked])).await;
    assert!(several.starts_with("This notebook's session\nChoose a session"), "{several}");
    assert!(!several.contains("another notebook"), "it may be this one's: {several}");
}

#[tokio::test]
async fn other_sessions_have_their_users_name_where_there_are_several_users() {
    let of = |session: &str, user: &str| ConnectSession { user: user.to_owned(), ..samples::session(session) };
    let queries = Queries {
        sessions: vec![of("s-1", "ada"), of("s-2", "bob"), of("s-3", "")],
        ..runs(vec![cell_query("q-2", "s-2"), cell_query("q-3", "s-3")])
    };
    let seen = running(&model(queries, vec![notebook()])).await;
    assert!(seen.contains("of bob\n") && seen.ends_with("of another notebook"), "{seen}");
}

#[tokio::test]
async fn the_number_of_a_cell_is_not_told_while_its_shift_is_unknown() {
    let unknown = Notebook { shift: None, executions: Vec::new(), ..notebook() };
    for notebooks in [vec![unknown], Vec::new()] {
        let text = running(&model(runs(vec![cell_query("q-1", "s-1")]), notebooks)).await;
        assert!(text.contains("a notebook cell, line 2"), "{text}");
        assert!(!text.contains("cell ["), "{text}");
    }
}

#[tokio::test]
async fn a_name_comes_from_the_best_source() {
    let named = |named_by, name: &str, call_site| Query {
        named_by,
        name: name.to_owned(),
        call_site,
        state: QueryState::Succeeded,
        ..samples::query("q-1")
    };
    let cell = || Some(CallSite::Cell { number: 4, line: 2 });
    let text_of = || Some(CallSite::CellText { hash: "123".to_owned(), line: 2 });
    let file = || Some(CallSite::File { file: "etl.py".to_owned(), line: 6 });
    let mut lines = Vec::new();
    for query in [
        named(NamedBy::Tag, "nightly", cell()),
        named(NamedBy::Sql, "select 1", cell()),
        named(NamedBy::Operators, "show: sort", cell()),
        named(NamedBy::Operators, "show: sort", None),
        named(NamedBy::Spark, "collect", file()),
        named(NamedBy::Spark, "collect", text_of()),
        named(NamedBy::Nothing, "", None),
    ] {
        lines.push(recent(&model(ended(vec![query]), vec![notebook()])).await.replace('\n', " | "));
    }
    assert_snapshot!(lines.join("\n"), @"
    This notebook | ? | asked of the kernel | nightly | nightly | ✓ | 20s
    This notebook | ? | asked of the kernel | select 1 | select 1 | ✓ | 20s
    This notebook | ? | asked of the kernel | cell [3], line 2 | cell [3], line 2 | show: sort | ✓ | 20s
    This notebook | ? | asked of the kernel | show: sort | show: sort | ✓ | 20s
    This notebook | ? | asked of the kernel | etl.py, line 6 | collect | ✓ | 20s
    This notebook | ? | asked of the kernel | a notebook cell, line 2 | a notebook cell, line 2 | collect | ✓ | 20s
    This notebook | ? | asked of the kernel | Query without a name | Query without a name | ✓ | 20s
    ");
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
    assert!(model.open_query.is_none() && model.query_stages.value.is_none());
}

#[tokio::test]
async fn a_query_that_spark_has_forgotten_says_so_when_it_is_folded_out() {
    let mut model = model(ended(vec![samples::query("q-1")]), Vec::new());
    model.open_query = Some("q-1".to_owned());
    let known = QueryStages {
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
