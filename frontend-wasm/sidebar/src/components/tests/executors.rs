//! The table of executors.

use insta::assert_snapshot;
use wire::{Executor, Executors, Meter};

use super::{draw, of_panel, text};
use crate::components::executors::executor_table;
use crate::executor_order::{Column, Order};
use crate::model::Model;
use kit::samples;

fn table(executors: &Executors) -> yew::Html {
    of_panel(&Model::default(), |panel| executor_table(panel, executors))
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
    <tr tabindex="0" data-row="executor/0" data-menu="copy-executor">
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
    <tr tabindex="-1" data-row="executor/1" data-menu="copy-executor" class="sparkMonitor-Table-gone">
    <th scope="row" title="10.0.0.1:40001, since 11:50:10 UTC">1</th>
    <td colspan="5" title="worker lost">
    <span class="sparkMonitor-Table-reason">Gone at 11:59:00 UTC: worker lost</span>
    </td>
    </tr>
    </tbody>
    <tbody class="sparkMonitor-Table-driver">
    <tr tabindex="-1" data-row="executor/driver" data-menu="copy-executor">
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
    assert!(html.contains(r#"<tr aria-rowindex="25" "#) && html.contains(r#"<tr aria-rowindex="502" "#), "{html}");
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
