//! The table of an application's executors, the driver apart.

use wire::Executors;
use yew::{Html, html};

use super::executor_row::{driver_row, executor_row};
use crate::i18n::{Message, tr};

/// One row an executor, then the driver's.
pub fn executor_table(answer: &Executors) -> Html {
    let not_shown = answer.executors_not_shown;
    html! {
        <>
            <table class="sparkMonitor-Table">
                <thead>
                    <tr>
                        { column(Message::ColumnExecutor, Message::ColumnExecutorLong) }
                        { column(Message::ColumnTasks, Message::ColumnTasksLong) }
                        { column(Message::ColumnStorage, Message::ColumnStorageLong) }
                        { column(Message::ColumnDisk, Message::ColumnDiskLong) }
                        { column(Message::ColumnShuffle, Message::ColumnShuffleLong) }
                        { column(Message::ColumnGc, Message::ColumnGcLong) }
                    </tr>
                </thead>
                <tbody>
                    { for answer.executors.iter().map(executor_row) }
                    if answer.executors.is_empty() {
                        <tr>
                            <td class="sparkMonitor-Table-empty" colspan="6">
                                { tr(Message::NoExecutors) }
                            </td>
                        </tr>
                    }
                </tbody>
                if let Some(driver) = &answer.driver {
                    <tbody class="sparkMonitor-Table-driver">{ driver_row(driver) }</tbody>
                }
            </table>
            if not_shown > 0 {
                <p class="sparkMonitor-Muted">
                    { tr(Message::MoreExecutors { count: not_shown }) }
                </p>
            }
        </>
    }
}

fn column(short: Message<'_>, long: Message<'_>) -> Html {
    html! { <th scope="col" title={tr(long)}>{ tr(short) }</th> }
}
