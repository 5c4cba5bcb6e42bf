//! The panel in each of its states, as the text a person reads.

use insta::assert_snapshot;
use wire::{
    App, ApplicationState, Apps, Cluster, CoreHolder, DriverState, ErrorCode, Executors, Master, MasterStatus, Queries,
    Query, QueryState, Stages, Wait,
};

use super::{draw, text};
use crate::components::application::application;
use crate::model::{Copied, Copyable, Model};
use kit::known;
use kit::loaded::Loaded;
use kit::problem::Problem;
use kit::samples::{self, OBSERVED_AT_MS};

fn all_well() -> Model {
    Model {
        cluster: known::loaded(samples::cluster()),
        executors: known::loaded(samples::executors()),
        stages: known::loaded(samples::stages()),
        queries: known::loaded(Queries { recent: vec![ended_query()], ..samples::queries() }),
        history: known::loaded(samples::history()),
        ..Model::default()
    }
}

fn ended_query() -> Query {
    Query { state: QueryState::Succeeded, ..samples::query("q-1") }
}

/// With the cluster unfolded.
fn unfolded(model: Model) -> Model {
    Model { toggled: vec!["cluster".to_owned()], ..model }
}

fn of_app(app: Option<App>) -> Model {
    let driver = None;
    let executors = Executors { app: app.clone(), driver, executors: Vec::new(), ..samples::executors() };
    let stages = Stages { app, spill: None, active: Vec::new(), ..samples::stages() };
    Model {
        cluster: known::loaded(samples::cluster()),
        executors: known::loaded(executors),
        stages: known::loaded(stages),
        ..Model::default()
    }
}

/// Nothing was ever fetched, and every view fails alike.
fn nothing_but(problem: Problem) -> Model {
    Model {
        cluster: Loaded::default().after(Err(problem.clone()), OBSERVED_AT_MS),
        executors: Loaded::default().after(Err(problem.clone()), OBSERVED_AT_MS),
        stages: Loaded::default().after(Err(problem), OBSERVED_AT_MS),
        ..Model::default()
    }
}

fn refused(code: ErrorCode) -> Problem {
    known::refused(code, "What went wrong.", "What to do.")
}

async fn panel(model: Model) -> String {
    text(super::panel(&model)).await
}

#[tokio::test]
async fn loading() {
    assert_snapshot!(panel(Model::default()).await, @r#"
    Spark Monitor
    Loading…
    Connection report
    "#);
}

#[tokio::test]
async fn all_sections_in_order() {
    assert_snapshot!(panel(all_well()).await, @"
    Spark Monitor
    No query is running.
    Recent queries
    1
    select count(*) from events
    ✓
    20s
    etl
    Running
    4 cores
    since 11:50:00 UTC
    Executors
    2 of 2 slots busy
    ID
    Tasks
    Heap
    Storage
    Shuffle
    GC
    0
    2/2
    600 B
    800 B
    ↓
    1.5 KB
    ↑
    0 B
    12.3%
    high
    1
    Gone at 11:59:00 UTC: worker lost
    driver
    –
    0 B
    ↓
    0 B
    ↑
    0 B
    –
    Other active stages
    1
    count of range
    45s
    120 of 200 tasks
    8 running
    1 failed
    1.5 KB read
    2.0 KB shuffle written
    1.0 KB spilled
    Last 10 minutes
    Cores in use
    3 of 4
    4
    Active tasks
    1
    2
    10 min ago
    now
    Show as a chart
    Cluster
    2 workers · 3/4 cores · 1.0/4.0 GB
    Connection report
    ");
}

#[tokio::test]
async fn sections_fold_with_a_button_that_says_whether_they_are_open() {
    let html = draw(super::panel(&all_well())).await;
    assert_eq!(html.matches(r#"aria-expanded="true" aria-controls="#).count(), 4, "{html}");
    assert_eq!(html.matches(r#"aria-expanded="false" aria-controls="sparkMonitor-cluster""#).count(), 1, "{html}");
}

#[tokio::test]
async fn no_active_session_says_how_to_start_one() {
    assert_snapshot!(panel(of_app(None)).await, @r#"
    Spark Monitor
    No active Spark session
    Start one in a notebook:
    spark = SparkSession.builder.master("spark://master:7077").getOrCreate()
    Cluster
    2 workers · 3/4 cores · 1.0/4.0 GB
    Connection report
    "#);
}

#[tokio::test]
async fn a_standby_says_what_it_waits_for_and_offers_no_code() {
    let trouble = vec![vec!["The Spark Master is a standby and waits for a leader.".to_owned()]];
    let master = Some(Master { status: MasterStatus::Standby, url: "spark://master:7077".to_owned() });
    let cluster = Cluster { trouble, master, start_code: None, ..samples::cluster() };
    let html = draw(super::panel(&unfolded(Model { cluster: known::loaded(cluster), ..of_app(None) }))).await;
    assert!(html.contains("The Spark Master is a standby and waits for a leader."), "{html}");
    assert!(!html.contains("spark://") && !html.contains("getOrCreate"), "{html}");
}

#[tokio::test]
async fn a_starting_driver_is_not_an_error() {
    let app = App { driver: DriverState::Starting, ..samples::app() };
    assert_snapshot!(panel(of_app(Some(app))).await, @r#"
    Spark Monitor
    etl
    The driver is starting
    4 cores
    since 11:50:00 UTC
    The driver is starting
    Its executors and stages appear as soon as it answers.
    Cluster
    2 workers · 3/4 cores · 1.0/4.0 GB
    Connection report
    "#);
}

#[tokio::test]
async fn an_application_that_waits_says_for_what() {
    let app = App { state: ApplicationState::Waiting, cores: Some(0), ..samples::app() };
    assert!(panel(of_app(Some(app.clone()))).await.contains("Waiting for free cores"));
    let holders = vec![CoreHolder { name: "ETL".to_owned(), cores: 2 }];
    let wait = Some(Wait::NoCores { holders, cores_used: 2, cores_total: 2 });
    let queries = known::loaded(Queries { wait, ..samples::queries() });
    let text = panel(Model { queries, ..of_app(Some(app)) }).await;
    assert!(text.contains("'ETL' holds 2 of 2") && !text.contains("Waiting for free cores"), "{text}");
}

#[tokio::test]
async fn each_kind_of_problem_has_its_own_heading() {
    let mut headings = Vec::new();
    for code in [
        ErrorCode::NoSessionToken,
        ErrorCode::NotConfigured,
        ErrorCode::UpstreamForbidden,
        ErrorCode::Overloaded,
        ErrorCode::UpstreamTimeout,
        ErrorCode::UpstreamInvalid,
    ] {
        let text = panel(nothing_but(refused(code))).await;
        headings.extend(text.lines().nth(1).map(str::to_owned));
        assert!(text.contains("What to do.\nWhat went wrong.\nRequest r-1"), "{text}");
    }
    assert_eq!(
        headings,
        ["Signed out", "Not configured", "No permission", "Too busy", "No answer", "Something went wrong"]
    );
}

#[tokio::test]
async fn old_data_stays_and_says_once_since_when_and_why() {
    let mut props = all_well();
    props.cluster = props.cluster.after(Err(Problem::no_sidecar()), OBSERVED_AT_MS);
    props.executors = props.executors.after(Err(Problem::no_sidecar()), OBSERVED_AT_MS);
    props.stages = props.stages.after(Err(Problem::no_sidecar()), OBSERVED_AT_MS);
    let text = panel(props).await;
    assert_eq!(text.matches("Not updated since 12:00:00 UTC.").count(), 1, "{text}");
    assert!(text.contains("Executors"));
}

#[tokio::test]
async fn one_dead_view_does_not_blank_the_others() {
    let mut props = all_well();
    props.cluster = Loaded::default().after(Err(refused(ErrorCode::UpstreamTimeout)), OBSERVED_AT_MS);
    props.queries = Loaded::default().after(Ok(samples::stale_answer(samples::queries())), OBSERVED_AT_MS);
    assert!(panel(props.clone()).await.contains("Cluster\nNo answer\nConnection"), "folded");
    let text = panel(unfolded(props)).await;
    assert!(text.contains("Cluster\nNo answer\nNo answer\nWhat to do.\nWhat went wrong."), "{text}");
    assert!(text.contains("Not updated since 12:00:00 UTC. The Spark Master did not answer in time."));
    assert!(text.contains("1 of 1 slot") || text.contains("2 of 2 slots busy"), "{text}");
}

#[tokio::test]
async fn the_head_tells_how_old_the_data_is() {
    let after =
        |age_ms| Model { fresh_at_ms: Some(OBSERVED_AT_MS), now_ms: OBSERVED_AT_MS + age_ms, ..Model::default() };
    for (age_ms, said) in [
        (-1, "updated just now"),
        (999, "updated just now"),
        (3_900, "updated 3 s ago"),
        (59_999, "updated 59 s ago"),
        (125_000, "updated 2m 5s ago"),
    ] {
        assert!(panel(after(age_ms)).await.contains(said), "{age_ms}");
    }
    let paused = Model { paused: true, ..after(61_000) };
    let html = draw(super::panel(&paused)).await;
    assert!(html.contains("paused, 1m 1s old") && html.contains("Updates are paused."), "{html}");
    assert!(html.contains(r#"aria-label="Resume updates""#) && html.contains(r#"aria-label="Refresh""#), "{html}");
}

fn several_apps(picked: Option<&str>) -> Model {
    let other = App { app_id: "app-0".to_owned(), name: "notebook".to_owned(), ..samples::app() };
    let apps = Apps { app: Some(samples::app()), apps: vec![samples::app(), other], apps_not_shown: 0, finished: 1 };
    Model {
        cluster: known::loaded(Cluster { apps_running: 2, ..samples::cluster() }),
        apps: known::loaded(apps),
        picked: picked.map(str::to_owned),
        ..all_well()
    }
}

#[tokio::test]
async fn several_applications_are_a_list_to_choose_from() {
    let html =
        draw(super::of_panel(&several_apps(Some("app-0")), |panel| application(panel, Some(&samples::app())))).await;
    assert_snapshot!(html, @r#"
    <div role="group" aria-label="Application" data-row="app" data-menu="copy-app-id" class="sparkMonitor-App">
    <select aria-label="Application" data-lm-suppress-shortcuts="true" class="sparkMonitor-App-picker">
    <option value="">Newest: etl</option>
    <option value="app-1">etl (Running, 4 cores, since 11:50:00 UTC)</option>
    <option value="app-0" selected="selected">notebook (Running, 4 cores, since 11:50:00 UTC)</option>
    </select>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-good">
    </span>Running</span>
    <span>4 cores</span>
    <span>since 11:50:00 UTC</span>
    </div>
    "#);
}

#[tokio::test]
async fn one_application_is_no_list() {
    assert!(!draw(super::panel(&all_well())).await.contains("<select"));
    let none_picked = Model { cluster: known::loaded(samples::cluster()), ..several_apps(None) };
    assert!(!draw(super::panel(&none_picked)).await.contains("<select"));
}

#[tokio::test]
async fn a_chosen_application_that_is_gone_says_so_and_offers_the_newest() {
    let gone = || Loaded::default().after(Err(refused(ErrorCode::AppFinished)), OBSERVED_AT_MS);
    let mut model = several_apps(Some("app-9"));
    model.executors = gone();
    model.stages = Loaded::default().after(Err(refused(ErrorCode::UnknownApp)), OBSERVED_AT_MS);
    let text = text(super::panel(&model)).await;
    let gone = "app-9 (ended)\nThis application has ended\nWhat to do.\nShow the newest application";
    assert!(text.contains(&[gone, "\n"].concat()) && !text.contains("Executors"), "{text}");
}

#[tokio::test]
async fn the_masters_address_can_be_copied_and_that_is_confirmed() {
    let copied = |done| Model {
        copied: Some(Copied { what: Copyable::MasterUrl, done, at_ms: OBSERVED_AT_MS }),
        ..unfolded(all_well())
    };
    assert!(draw(super::panel(&unfolded(all_well()))).await.contains(r#"aria-label="Copy master URL""#));
    assert!(panel(copied(true)).await.contains("spark://master:7077\nCopied"));
    assert!(panel(copied(false)).await.contains("spark://master:7077\nCould not copy"));
}
