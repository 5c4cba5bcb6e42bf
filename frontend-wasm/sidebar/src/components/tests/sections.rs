//! Each part of the panel on its own.

use insta::assert_snapshot;
use wire::{Cluster, ClusterKind, Executor, Executors, Meter, Queries, StageState, Worker, WorkerState};
use yew::html;

use super::{draw, of_panel, text};
use crate::components::cluster::{cluster_line, cluster_overview};
use crate::components::executors::executor_table;
use crate::components::history::history;
use crate::components::query_stages::stage;
use crate::components::spill::spill_warning;
use crate::executor_order::{Column, Order};
use crate::model::Model;
use kit::known;
use kit::loaded::Loaded;
use kit::problem::Problem;
use kit::samples;

fn overview(cluster: &Cluster) -> yew::Html {
    of_panel(&Model::default(), |panel| cluster_overview(panel, cluster))
}

fn table(executors: &Executors) -> yew::Html {
    of_panel(&Model::default(), |panel| executor_table(panel, executors))
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

#[tokio::test]
async fn a_driver_in_local_mode_is_its_own_executor() {
    let driver = Some(Executor { executor_id: "driver".to_owned(), ..samples::executor("driver") });
    let local = Executors { driver, executors: Vec::new(), ..samples::executors() };
    let text = text(table(&local)).await;
    assert!(text.contains("driver\n2/2\n600 B\n800 B"), "{text}");
    assert!(!text.contains("No executor"), "{text}");
}

#[tokio::test]
async fn an_executor_that_left_without_a_word_is_gone_all_the_same() {
    let gone = Executor { removed: Some(String::new()), ..samples::executor("1") };
    let text = text(table(&Executors { executors: vec![gone], ..samples::executors() })).await;
    assert!(text.contains("1\nGone at –\n"), "{text}");
}

#[tokio::test]
async fn executors_are_a_table_with_the_driver_apart() {
    assert_snapshot!(draw(table(&samples::executors())).await, @r#"
    <table class="sparkMonitor-Table">
    <thead>
    <tr>
    <th scope="col" title="Executor, by Spark's number" aria-sort="ascending">
    <button type="button" class="sparkMonitor-Sort">ID</button>
    </th>
    <th scope="col" title="Active tasks of task slots">
    <button type="button" class="sparkMonitor-Sort">Tasks</button>
    </th>
    <th scope="col" title="Java heap: its peak since the start, and its limit">
    <button type="button" class="sparkMonitor-Sort">Heap</button>
    </th>
    <th scope="col" title="Storage memory in use, of the memory for storage and execution">
    <button type="button" class="sparkMonitor-Sort">Storage</button>
    </th>
    <th scope="col" title="Shuffle data read and written">
    <button type="button" class="sparkMonitor-Sort">Shuffle</button>
    </th>
    <th scope="col" title="Share of task time spent in garbage collection">
    <button type="button" class="sparkMonitor-Sort">GC</button>
    </th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <th scope="row" title="10.0.0.1:40001, since 11:50:10 UTC">0</th>
    <td data-label="Tasks" class="sparkMonitor-Cell-tasks">2/2</td>
    <td data-label="Heap" title="600 B of 1000 B" class="sparkMonitor-Cell-heap">600 B<div role="meter" aria-label="Java heap: its peak since the start, and its limit" aria-valuemin="0" aria-valuemax="1000" aria-valuenow="600" aria-valuetext="600 B of 1000 B, 60%, normal" class="sparkMonitor-Bar">
    <div style="width: 60%" class="sparkMonitor-Bar-fill sparkMonitor-mod-good">
    </div>
    </div>
    </td>
    <td data-label="Storage" title="800 B of 1000 B" class="sparkMonitor-Cell-storage">800 B<div role="meter" aria-label="Storage memory in use, of the memory for storage and execution" aria-valuemin="0" aria-valuemax="1000" aria-valuenow="800" aria-valuetext="800 B of 1000 B, 80%, high" class="sparkMonitor-Bar">
    <div style="width: 80%" class="sparkMonitor-Bar-fill sparkMonitor-mod-warn">
    </div>
    </div>
    </td>
    <td class="sparkMonitor-Cell-shuffle">
    <span title="1.5 KB shuffle read">
    <span aria-hidden="true">↓</span>1.5 KB</span>
    <span title="0 B shuffle written">
    <span aria-hidden="true">↑</span>
    <span class="sparkMonitor-Zero">0 B</span>
    </span>
    </td>
    <td data-label="GC" class="sparkMonitor-Cell-gc">12.3% <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>high</span>
    </td>
    </tr>
    <tr class="sparkMonitor-Table-gone">
    <th scope="row" title="10.0.0.1:40001, since 11:50:10 UTC">1</th>
    <td colspan="5" title="worker lost">
    <span class="sparkMonitor-Table-reason">Gone at 11:59:00 UTC: worker lost</span>
    </td>
    </tr>
    </tbody>
    <tbody class="sparkMonitor-Table-driver">
    <tr>
    <th scope="row" colspan="2" title="">driver</th>
    <td data-label="Heap" class="sparkMonitor-Cell-heap">
    <span class="sparkMonitor-Zero">–</span>
    </td>
    <td data-label="Storage" class="sparkMonitor-Cell-storage">0 B</td>
    <td class="sparkMonitor-Cell-shuffle">
    <span title="0 B shuffle read">
    <span aria-hidden="true">↓</span>
    <span class="sparkMonitor-Zero">0 B</span>
    </span>
    <span title="0 B shuffle written">
    <span aria-hidden="true">↑</span>
    <span class="sparkMonitor-Zero">0 B</span>
    </span>
    </td>
    <td data-label="GC" class="sparkMonitor-Cell-gc">
    <span class="sparkMonitor-Zero">–</span>
    </td>
    </tr>
    </tbody>
    </table>
    "#);
}

#[tokio::test]
async fn executors_that_came_late_or_went_have_a_line_of_their_life() {
    let now_ms = samples::OBSERVED_AT_MS;
    let drawn = |executors: Vec<Executor>| {
        let answer = Executors { executors, ..samples::executors() };
        of_panel(&Model { now_ms, ..Model::default() }, |panel| executor_table(panel, &answer))
    };
    let together = draw(drawn(vec![samples::executor("0"), samples::executor("1")])).await;
    assert!(!together.contains("-from"), "all came with the application: {together}");
    let late = Executor { added_at_ms: now_ms - 295_000, ..samples::executor("1") };
    let html = draw(drawn(vec![samples::executor("0"), late])).await;
    assert!(html.contains("-from: 0%; --sparkMonitor-to: 100%"), "{html}");
    assert!(html.contains("-from: 50%; --sparkMonitor-to: 100%"), "{html}");
    let html = draw(drawn(samples::executors().executors)).await;
    assert!(html.contains("<span>11:50:10 UTC</span>"), "{html}");
    assert!(html.contains("-from: 0%; --sparkMonitor-to: 89%"), "{html}");
}

#[tokio::test]
async fn failed_tasks_are_told_and_columns_of_zeros_are_not_drawn() {
    let idle = Executor {
        executor_id: "0".to_owned(),
        task_slots: 2,
        failed_tasks: 3,
        storage_bytes: Meter::new(9, 1_000),
        ..Executor::default()
    };
    let text = text(table(&Executors { executors: vec![idle], ..samples::executors() })).await;
    assert!(text.starts_with("ID\nTasks\n0\n0/2\n3 failed\ndriver"), "{text}");
}

#[tokio::test]
async fn no_executor_yet_says_so() {
    let executors = Executors { executors: Vec::new(), executors_not_shown: 2, ..samples::executors() };
    let html = draw(table(&executors)).await;
    assert!(html.contains("No executor has started yet."));
    assert!(html.contains("2 more executors are not shown."));
}

#[tokio::test]
async fn of_500_executors_only_those_that_can_be_seen_are_in_the_document() {
    let executors: Vec<_> = (0..500).map(|number| samples::executor(&number.to_string())).collect();
    let html = draw(table(&Executors { executors, ..samples::executors() })).await;
    assert_eq!(html.matches("<tr").count(), 1 + 24 + 1 + 1, "head, rows, gap, driver");
    assert!(html.contains(r#"aria-rowcount="502""#), "{html}");
    assert!(html.contains(r#"<tr aria-rowindex="25">"#) && html.contains(r#"<tr aria-rowindex="502">"#), "{html}");
    assert!(html.contains(r#"style="--sparkMonitor-rows: 476""#), "{html}");
}

#[tokio::test]
async fn a_sorted_column_says_which_way() {
    let model = Model { order: Order { column: Column::Storage, descending: true }, ..Model::default() };
    let html = draw(of_panel(&model, |panel| executor_table(panel, &samples::executors()))).await;
    assert_eq!(html.matches("aria-sort=").count(), 1, "{html}");
    let storage = html.split("aria-sort=\"descending\"").nth(1).unwrap_or_default();
    assert!(storage.contains(">Storage</button>"), "{html}");
}

#[tokio::test]
async fn an_active_stage_shows_how_far_it_is() {
    let html = draw(stage(&samples::stage(3, StageState::Active), "")).await;
    assert_snapshot!(html, @r#"
    <li>
    <div class="sparkMonitor-Stage-head">
    <span title="count of range
    Stage 3" class="sparkMonitor-Stage-name">count of range</span>
    <span class="sparkMonitor-Stage-elapsed">45s</span>
    </div>
    <div role="progressbar" aria-label="count of range" aria-valuemin="0" aria-valuemax="200" aria-valuenow="120" aria-valuetext="120 of 200 tasks" class="sparkMonitor-Bar">
    <div style="width: 60%" class="sparkMonitor-Bar-done">
    </div>
    <div style="width: 4%" class="sparkMonitor-Bar-running">
    </div>
    </div>
    <ul class="sparkMonitor-Facts">
    <li>120 of 200 tasks</li>
    <li>8 running</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-bad">
    </span>1 failed</span>
    </li>
    <li>1.5 KB read</li>
    <li>2.0 KB shuffle written</li>
    <li>
    <span class="sparkMonitor-Toned">
    <span aria-hidden="true" class="sparkMonitor-Dot sparkMonitor-mod-warn">
    </span>1.0 KB spilled</span>
    </li>
    </ul>
    </li>
    "#);
    let same = text(stage(&samples::stage(3, StageState::Active), "count of range")).await;
    assert!(same.starts_with("Stage 3\n45s"), "its query has that name: {same}");
}

fn spilled(dismissed: &[&str]) -> Model {
    let recent = vec![samples::query("a"), samples::spilled("b")];
    let queries = Queries { recent, ..samples::queries() };
    let dismissed_spills = dismissed.iter().map(|id| (*id).to_owned()).collect();
    let queries = Loaded::default().after(Ok(samples::answer(queries)), 0);
    Model { queries, dismissed_spills, ..Model::default() }
}

#[tokio::test]
async fn spill_is_a_warning_in_words() {
    let html = of_panel(&spilled(&[]), |panel| spill_warning(panel).unwrap_or_default());
    assert_snapshot!(draw(html).await, @r#"
    <div id="sparkMonitor-spill" class="sparkMonitor-Spill sparkMonitor-mod-warn">
    <div class="sparkMonitor-Spill-head">
    <p class="sparkMonitor-Notice-heading">
    <span aria-hidden="true" class="sparkMonitor-Sign">⚠</span>1.0 KB spilled to disk</p>
    <button type="button" title="Dismiss" aria-label="Dismiss" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-close">
    </span>
    </button>
    </div>
    <p title="select count(*) from events" class="sparkMonitor-Spill-query">select count(*) from events, stage 3</p>
    <p>4.0 KB did not fit into the memory of 200 tasks. Smaller partitions avoid it:</p>
    <div class="sparkMonitor-CodeBox">
    <pre tabindex="0" class="sparkMonitor-Code">df = df.repartition(4)</pre>
    <div class="sparkMonitor-CodeBox-copy">
    <span role="status" class="sparkMonitor-Copied">
    </span>
    <button type="button" title="Copy code" aria-label="Copy code" class="sparkMonitor-IconButton">
    <span aria-hidden="true" class="sparkMonitor-Icon sparkMonitor-Icon-copy">
    </span>
    </button>
    </div>
    </div>
    </div>
    "#);
}

#[tokio::test]
async fn a_spill_is_dismissed_and_goes_with_its_query() {
    let warns = |dismissed: &[&str]| of_panel(&spilled(dismissed), |panel| spill_warning(panel).is_some());
    assert_eq!([warns(&[]), warns(&["a"]), warns(&["b"])], [true, true, false]);
}

#[tokio::test]
async fn a_sparkline_shows_the_newest_value_and_its_gaps() {
    assert_snapshot!(draw(past(None)).await, @r#"
    <div class="sparkMonitor-History">
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Cores in use</span>
    <span class="sparkMonitor-Spark-value">3 of 4</span>
    <div role="slider" tabindex="0" aria-label="Cores in use" aria-readonly="true" aria-valuemin="0" aria-valuemax="3" aria-valuenow="3" aria-valuetext="3 of 4" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V100H60V0V100M480 100V50H540V25H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">4</span>
    </div>
    </div>
    <div class="sparkMonitor-Spark">
    <span class="sparkMonitor-Spark-label">Active tasks</span>
    <span class="sparkMonitor-Spark-value">1</span>
    <div role="slider" tabindex="0" aria-label="Active tasks" aria-readonly="true" aria-valuemin="0" aria-valuemax="2" aria-valuenow="2" aria-valuetext="1" class="sparkMonitor-Spark-plot">
    <svg viewBox="0 0 600 100" preserveAspectRatio="none" aria-hidden="true">
    <path d="M0 100V50H60V0V100M540 100V50H600V100" class="sparkMonitor-Spark-line">
    </path>
    </svg>
    <span aria-hidden="true" class="sparkMonitor-Spark-top">2</span>
    </div>
    </div>
    <div aria-hidden="true" class="sparkMonitor-Axis">
    <span>10 min ago</span>
    <span>now</span>
    </div>
    </div>
    "#);
}

#[tokio::test]
async fn a_moment_that_is_looked_at_is_told_in_every_line() {
    let minute = |minute: i64| Some(samples::OBSERVED_AT_MS - 600_000 + minute * 60_000);
    let html = draw(past(minute(1))).await;
    assert!(html.contains(r#"aria-valuenow="1" aria-valuetext="4 of 4 at 11:51:00 UTC""#), "{html}");
    assert!(html.contains(r#"aria-valuetext="2 at 11:51:00 UTC""#), "{html}");
    assert_eq!(html.matches(r#"d="M60 0V100""#).count(), 2, "{html}");
    assert!(draw(past(minute(5))).await.contains(">not known<"));
}

fn past(looked_at_ms: Option<i64>) -> yew::Html {
    let model = Model { looked_at_ms, ..Model::default() };
    let answer = samples::answer(samples::history());
    of_panel(&model, |panel| history(panel, &answer.body, &answer.meta).unwrap_or_default())
}
