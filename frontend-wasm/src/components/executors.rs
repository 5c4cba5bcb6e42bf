//! The table of an application's executors, the driver apart.

use wire::Executors;
use yew::{Html, Properties, component, html};

use super::executor_row::ExecutorRow;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct ExecutorTableProps {
    pub executors: Executors,
}

/// One row an executor, then the driver's.
#[component]
pub fn ExecutorTable(props: &ExecutorTableProps) -> Html {
    let Executors {
        driver,
        executors,
        executors_not_shown,
        ..
    } = &props.executors;
    html! {
        <>
            <table class="sparkMonitor-Table">
                <thead>
                    <tr>
                        { column(Message::ColumnExecutor, Message::ColumnExecutor) }
                        { column(Message::ColumnTasks, Message::ColumnTasksLong) }
                        { column(Message::ColumnStorage, Message::ColumnStorageLong) }
                        { column(Message::ColumnDisk, Message::ColumnDiskLong) }
                        { column(Message::ColumnShuffle, Message::ColumnShuffleLong) }
                        { column(Message::ColumnGc, Message::ColumnGcLong) }
                    </tr>
                </thead>
                <tbody>
                    { for executors.iter().map(|executor| html! {
                        <ExecutorRow key={executor.executor_id.clone()} executor={executor.clone()} />
                    }) }
                    if executors.is_empty() {
                        <tr><td class="sparkMonitor-Table-empty" colspan="6">{ tr(Message::NoExecutors) }</td></tr>
                    }
                </tbody>
                if let Some(driver) = driver {
                    <tbody class="sparkMonitor-Table-driver">
                        <ExecutorRow executor={driver.clone()} is_driver=true />
                    </tbody>
                }
            </table>
            if *executors_not_shown > 0 {
                <p class="sparkMonitor-Muted">{ tr(Message::MoreExecutors { count: *executors_not_shown }) }</p>
            }
        </>
    }
}

fn column(short: Message<'_>, long: Message<'_>) -> Html {
    html! { <th scope="col" title={tr(long)}>{ tr(short) }</th> }
}
