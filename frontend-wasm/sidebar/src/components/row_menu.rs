//! The context menus of the panel's rows: what each row offers, and what an entry does.
//!
//! The shell draws the menus (`labextension/src/row-menu.ts`): it shows an entry on every row whose `data-menu` names
//! it, and passes on the row's `data-row` and the entry's name.

use wire::{App, Executor, Query};

use super::executor_row::{gone, host_and_time};
use super::panel_context::Panel;
use super::panel_state::{Shown, shown};
use super::query_origin::{place, title};
use super::row_names::{EXECUTOR, QUERY};
use crate::model::{Action, Copyable};
use kit::format;
use kit::i18n::{Message, tr};

/// The name of an entry, and what it does; none if it does not apply.
type Entry = (&'static str, Option<Action>);

/// The names of the entries that apply.
pub fn offers(entries: &[Entry]) -> String {
    let names = entries.iter().filter(|(_, action)| action.is_some()).map(|(name, _)| *name);
    names.collect::<Vec<_>>().join(" ")
}

/// What an entry of a row does; none if the row is gone or no longer offers it.
pub fn chosen(panel: &Panel<'_>, row: &str, entry: &str) -> Option<Action> {
    let named = |entries: &[Entry]| entries.iter().find(|(name, _)| *name == entry)?.1.clone();
    if let Some(query_id) = row.strip_prefix(QUERY) {
        let queries = panel.model.queries.body()?;
        let mut all = queries.running.iter().chain(&queries.recent);
        return named(&of_query(panel, queries, all.find(|query| query.query_id == query_id)?));
    }
    if let Some(executor_id) = row.strip_prefix(EXECUTOR) {
        let executors = panel.model.executors.body()?;
        let mut all = executors.executors.iter().chain(&executors.driver);
        return Some(copy(executor_text(all.find(|executor| executor.executor_id == executor_id)?)));
    }
    match shown(panel.model) {
        Shown::App(Some(app)) | Shown::NotYet(app) => named(&of_app(panel, &app)),
        _ => None,
    }
}

/// The entries of a query.
pub fn of_query(panel: &Panel<'_>, queries: &wire::Queries, query: &Query) -> [Entry; 5] {
    let open = panel.model.is_expanded(query);
    let toggle = |wanted: bool| (open != wanted).then(|| Action::ToggleQuery(query.query_id.clone()));
    [
        ("go-to-cell", place(panel, queries, query).map(Action::Jump)),
        ("unfold", toggle(true)),
        ("fold", toggle(false)),
        ("copy-name", Some(copy(title(panel, queries, query).0))),
        ("copy-sql", query.sql.clone().map(copy)),
    ]
}

/// The entries of an application.
pub fn of_app(panel: &Panel<'_>, app: &App) -> [Entry; 2] {
    let driver = panel.model.executors.body().and_then(|executors| executors.driver.as_ref());
    let address = driver.map(|driver| driver.host.clone()).filter(|host| !host.is_empty());
    [("copy-app-id", Some(copy(app.app_id.clone()))), ("copy-driver-address", address.map(copy))]
}

fn copy(text: String) -> Action {
    Action::Copy { what: Copyable::FromRow, text }
}

/// What the table says of an executor, and its host, as lines.
fn executor_text(executor: &Executor) -> String {
    let head = tr(Message::LabelValue { label: &executor.executor_id, value: &host_and_time(executor) });
    if let Some(reason) = &executor.removed {
        return [head, gone(executor, reason)].join("\n");
    }
    let of = |used: u64, total: u64| {
        let (used, total) = (&format::bytes(used), &format::bytes(total));
        tr(Message::UsedOf { used, total })
    };
    let heap = match (executor.peak_heap_bytes, executor.heap_limit_bytes) {
        (0, _) => tr(Message::Unknown),
        (peak, Some(limit)) => of(peak, limit),
        (peak, None) => format::bytes(peak),
    };
    let (active, slots) = (executor.active_tasks, executor.task_slots);
    let (read, written) = (&format::bytes(executor.shuffle_read_bytes), &format::bytes(executor.shuffle_write_bytes));
    let lines = [
        (Message::ColumnTasks, tr(Message::Slots { active, slots })),
        (Message::ColumnHeap, heap),
        (Message::ColumnStorage, of(executor.storage_bytes.used, executor.storage_bytes.total)),
        (Message::ColumnDisk, format::bytes(executor.cached_to_disk_bytes)),
        (Message::ColumnShuffle, ["↓", read, " ↑", written].concat()),
        (Message::ColumnGc, executor.gc_permille.map_or_else(|| tr(Message::Unknown), format::permille)),
    ];
    let lines = lines.map(|(label, value)| tr(Message::LabelValue { label: &tr(label), value: &value }));
    [head, lines.join("\n")].join("\n")
}
