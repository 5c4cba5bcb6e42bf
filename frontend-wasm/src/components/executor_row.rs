//! One executor, or the driver.

use wire::{Executor, Level};
use yew::{Html, Properties, classes, component, html};

use super::bar::UsageBar;
use super::tone::Tone;
use crate::format;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct ExecutorRowProps {
    pub executor: Executor,
    /// The driver runs no tasks of its own.
    #[prop_or_default]
    pub is_driver: bool,
}

/// A row of the executor table.
#[component]
pub fn ExecutorRow(props: &ExecutorRowProps) -> Html {
    let executor = &props.executor;
    if let Some(reason) = &executor.removed {
        return gone(executor, reason);
    }
    let storage = format::bytes(executor.storage_bytes.used);
    let total = format::bytes(executor.storage_bytes.total);
    let storage_of = tr(Message::UsedOf {
        used: &storage,
        total: &total,
    });
    let read = format::bytes(executor.shuffle_read_bytes);
    let written = format::bytes(executor.shuffle_write_bytes);
    html! {
        <tr>
            <th scope="row" title={executor.host.clone()}>
                if props.is_driver { { tr(Message::Driver) } } else { { &executor.executor_id } }
            </th>
            <td data-label={tr(Message::ColumnTasks)}>
                if props.is_driver { { tr(Message::Unknown) } } else { { tasks(executor) } }
            </td>
            <td class="sparkMonitor-Table-storage" data-label={tr(Message::ColumnStorage)} title={storage_of.clone()}>
                { storage }
                <UsageBar label={tr(Message::ColumnStorageLong)} meter={executor.storage_bytes} value={storage_of} bare=true />
            </td>
            <td data-label={tr(Message::ColumnDisk)}>{ amount(executor.cached_to_disk_bytes) }</td>
            <td class="sparkMonitor-Table-shuffle" data-label={tr(Message::ColumnShuffle)}>
                <span title={tr(Message::ShuffleRead { bytes: &read })}>
                    <span aria-hidden="true">{ "↓" }</span>{ amount(executor.shuffle_read_bytes) }
                </span>
                <span title={tr(Message::ShuffleWrite { bytes: &written })}>
                    <span aria-hidden="true">{ "↑" }</span>{ amount(executor.shuffle_write_bytes) }
                </span>
            </td>
            <td data-label={tr(Message::ColumnGc)}>{ garbage_collection(executor) }</td>
        </tr>
    }
}

fn tasks(executor: &Executor) -> String {
    format!("{}/{}", executor.active_tasks, executor.task_slots)
}

/// Zero is the common case and should not shout.
fn amount(bytes: u64) -> Html {
    let class = (bytes == 0).then_some("sparkMonitor-Zero");
    html! { <span {class}>{ format::bytes(bytes) }</span> }
}

fn garbage_collection(executor: &Executor) -> Html {
    let Some(permille) = executor.gc_permille else {
        return html! { <span class="sparkMonitor-Zero">{ tr(Message::Unknown) }</span> };
    };
    let share = format::permille(permille);
    if executor.gc_level == Level::Green {
        return html! { { share } };
    }
    let class = classes!("sparkMonitor-Text", Tone::from(executor.gc_level).class());
    html! { <span {class}>{ tr(Message::GcHigh { share: &share }) }</span> }
}

fn gone(executor: &Executor, reason: &str) -> Html {
    html! {
        <tr class="sparkMonitor-Table-gone">
            <th scope="row" title={executor.host.clone()}>{ &executor.executor_id }</th>
            <td colspan="5">{ tr(Message::ExecutorGone { reason }) }</td>
        </tr>
    }
}
