//! One row: an executor or the driver.

use wire::{Executor, Level};
use yew::{Html, html};

use super::panel_context::Panel;
use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::bar::meter;
use kit::parts::tone::toned;

/// A row of the executor table; `row` is its number if only some rows are drawn.
pub fn executor_row(panel: &Panel<'_>, executor: &Executor, row: Option<usize>) -> Html {
    let row = row.map(|row| row.to_string());
    let Executor { executor_id, host, .. } = executor;
    if let Some(reason) = &executor.removed {
        let gone = if reason.is_empty() { Message::ExecutorGoneAlone } else { Message::ExecutorGone { reason } };
        return html! {
            <tr key={executor_id.clone()} class="sparkMonitor-Table-gone" aria-rowindex={row}>
                <th scope="row" title={host.clone()}>{ executor_id }</th>
                <td colspan="5" title={reason.clone()}>
                    <span class="sparkMonitor-Table-reason">{ tr(gone) }</span>
                </td>
            </tr>
        };
    }
    html! {
        <tr key={executor_id.clone()} aria-rowindex={row}>
            <th scope="row" title={host.clone()}>{ executor_id }</th>
            { tasks(executor) }
            { memory_and_traffic(panel, executor) }
        </tr>
    }
}

/// A driver normally runs no tasks, so its name spans that column too; in local mode it runs all tasks.
pub fn driver_row(panel: &Panel<'_>, driver: &Executor, row: Option<usize>) -> Html {
    let local = runs_tasks(driver);
    html! {
        <tr aria-rowindex={row.map(|row| row.to_string())}>
            <th scope="row" colspan={(!local).then_some("2")} title={driver.host.clone()}>{ tr(Message::Driver) }</th>
            if local {
                { tasks(driver) }
            }
            { memory_and_traffic(panel, driver) }
        </tr>
    }
}

/// Whether a driver is also its application's only executor: local mode.
pub fn runs_tasks(driver: &Executor) -> bool {
    driver.task_slots > 0
}

fn tasks(executor: &Executor) -> Html {
    let (active, slots) = (executor.active_tasks, executor.task_slots);
    html! {
        <td class="sparkMonitor-Cell-tasks" data-label={tr(Message::ColumnTasks)}>
            { tr(Message::Slots { active, slots }) }
        </td>
    }
}

fn memory_and_traffic(panel: &Panel<'_>, executor: &Executor) -> Html {
    let storage = format::bytes(executor.storage_bytes.used);
    let total = format::bytes(executor.storage_bytes.total);
    let of_total = tr(Message::UsedOf { used: &storage, total: &total });
    let read = format::bytes(executor.shuffle_read_bytes);
    let written = format::bytes(executor.shuffle_write_bytes);
    html! {
        <>
            <td class="sparkMonitor-Cell-storage" data-label={tr(Message::ColumnStorage)} title={of_total.clone()}>
                { storage }
                { meter(panel.model.preferences.thresholds(), Message::ColumnStorageLong, executor.storage_bytes, &of_total) }
            </td>
            <td class="sparkMonitor-Cell-disk" data-label={tr(Message::ColumnDisk)}>{ amount(executor.cached_to_disk_bytes) }</td>
            <td class="sparkMonitor-Cell-shuffle">
                <span title={tr(Message::BytesShuffleRead { bytes: &read })}>
                    <span aria-hidden="true">{ "↓" }</span>{ amount(executor.shuffle_read_bytes) }
                </span>
                <span title={tr(Message::BytesShuffleWritten { bytes: &written })}>
                    <span aria-hidden="true">{ "↑" }</span>{ amount(executor.shuffle_write_bytes) }
                </span>
            </td>
            <td class="sparkMonitor-Cell-gc" data-label={tr(Message::ColumnGc)}>{ garbage_collection(executor) }</td>
        </>
    }
}

/// Zero is common, so it is muted.
fn amount(bytes: u64) -> Html {
    let class = (bytes == 0).then_some("sparkMonitor-Zero");
    html! { <span {class}>{ format::bytes(bytes) }</span> }
}

fn garbage_collection(executor: &Executor) -> Html {
    let Some(permille) = executor.gc_permille else {
        return html! { <span class="sparkMonitor-Zero">{ tr(Message::Unknown) }</span> };
    };
    let share = format::permille(permille);
    match executor.gc_level {
        Level::Green => html! { { share } },
        level => html! { <>{ share }{ " " }{ toned(level.into(), tr(Message::GcHigh)) }</> },
    }
}
