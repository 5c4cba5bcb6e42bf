//! What the rows' context menus offer, and what their entries do.

use insta::assert_snapshot;
use wire::{Executor, Executors, Query, QueryState};

use super::notebook::{after, cell_query, ended, model, notebook, runs};
use super::{draw, of_panel, panel};
use crate::components::row_menu::chosen;
use crate::model::{Action, Copied, Copyable, Model};
use kit::samples;

/// `data-row` and `data-menu` of the rows of the whole panel.
async fn rows(model: &Model) -> String {
    let html = draw(panel(model)).await;
    let attribute = |line: &str, name: &str| {
        line.split_once(&[name, "=\""].concat()).and_then(|(_, rest)| Some(rest.split_once('"')?.0.to_owned()))
    };
    let rows = html.lines().filter_map(|line| Some((attribute(line, "data-row")?, attribute(line, "data-menu")?)));
    rows.map(|(row, menu)| [row, menu].join(": ")).collect::<Vec<_>>().join("\n")
}

fn does(model: &Model, row: &str, entry: &str) -> Option<Action> {
    of_panel(model, |panel| chosen(panel, row, entry))
}

fn copies(model: &Model, row: &str, entry: &str) -> Option<String> {
    match does(model, row, entry)? {
        Action::Copy { text, .. } => Some(text),
        _ => None,
    }
}

#[tokio::test]
async fn each_row_offers_what_applies_to_it() {
    let unknown = Query { sql: None, state: QueryState::Succeeded, ..samples::query("q-2") };
    let queries = wire::Queries { recent: vec![unknown], ..runs(vec![cell_query("q-1", "s-1")]) };
    let mut model = model(queries, vec![notebook()]);
    model.open_query = Some("q-2".to_owned());
    assert_snapshot!(rows(&model).await, @"
    query/q-1: go-to-cell unfold copy-name copy-sql
    query/q-2: go-to-cell fold copy-name
    app: copy-app-id
    executor/0: copy-executor
    executor/1: copy-executor
    executor/driver: copy-executor
    ");
}

#[test]
fn a_name_is_copied_as_it_is_shown_and_sql_as_it_was_written() {
    let model = model(runs(vec![cell_query("q-1", "s-1")]), vec![notebook()]);
    assert_eq!(copies(&model, "query/q-1", "copy-name").as_deref(), Some("cell [3], line 2"));
    assert_eq!(copies(&model, "query/q-1", "copy-sql").as_deref(), Some("select count(*)\nfrom events"));
}

#[test]
fn going_to_a_cell_and_folding_do_what_the_rows_own_buttons_do() {
    let model = model(ended(vec![cell_query("q-1", "s-1")]), vec![notebook()]);
    let jumps = does(&model, "query/q-1", "go-to-cell");
    assert!(matches!(jumps, Some(Action::Jump(place)) if place.line == Some(2)));
    let open = after(model.clone(), does(&model, "query/q-1", "unfold").unwrap());
    assert_eq!(open.open_query.as_deref(), Some("q-1"));
    assert!(after(open.clone(), does(&open, "query/q-1", "fold").unwrap()).open_query.is_none());
}

#[test]
fn the_application_and_an_executor_are_copied() {
    let mut model = model(samples::queries(), Vec::new());
    let driver = Executor { executor_id: "driver".to_owned(), host: "10.0.0.9:7079".to_owned(), ..Executor::default() };
    model.executors = kit::known::loaded(Executors { driver: Some(driver), ..samples::executors() });
    assert_eq!(copies(&model, "app", "copy-app-id").as_deref(), Some("app-1"));
    assert_eq!(copies(&model, "app", "copy-driver-address").as_deref(), Some("10.0.0.9:7079"));
    assert_snapshot!(copies(&model, "executor/0", "copy-executor").unwrap(), @"
    0: 10.0.0.1:40001, since 11:50:10 UTC
    Tasks: 2/2
    Heap: 600 B of 1000 B
    Storage: 800 B of 1000 B
    Disk: 0 B
    Shuffle: ↓1.5 KB ↑0 B
    GC: 12.3%
    ");
    assert_snapshot!(copies(&model, "executor/1", "copy-executor").unwrap(), @"
    1: 10.0.0.1:40001, since 11:50:10 UTC
    Gone at 11:59:00 UTC: worker lost
    ");
}

#[test]
fn a_row_that_is_gone_and_an_entry_that_does_not_apply_do_nothing() {
    let model = model(runs(vec![Query { sql: None, ..samples::query("q-1") }]), Vec::new());
    for (row, entry) in [("query/q-9", "unfold"), ("query/q-1", "copy-sql"), ("query/q-1", "go-to-cell"), ("", "x")] {
        assert!(does(&model, row, entry).is_none(), "{row} {entry}");
    }
}

#[tokio::test]
async fn a_copy_is_confirmed_at_the_top_because_the_menu_has_closed() {
    let mut model = model(samples::queries(), Vec::new());
    model.copied = Some(Copied { what: Copyable::FromRow, done: true, at_ms: 0 });
    let html = draw(panel(&model)).await;
    let toolbar = html.split("sparkMonitor-Why").next().unwrap_or_default();
    assert!(toolbar.contains("class=\"sparkMonitor-Copied\">Copied<"), "{toolbar}");
}
