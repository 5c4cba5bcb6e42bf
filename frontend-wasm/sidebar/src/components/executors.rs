//! The table of an application's executors, with the driver separate.
//!
//! Only the visible rows of a long table are in the document; empty rows before and after them keep its height.

use web_sys::Element;
use wire::Executors;
use yew::{Event, Html, TargetCast, classes, html};

use super::executor_row::{Lives, driver_row, executor_row, runs_tasks};
use super::history::axis;
use super::panel_context::Panel;
use crate::executor_order::{Column, Window};
use crate::model::Action;
use kit::i18n::{Message, tr};
use kit::language;

/// One row per executor, then the driver's.
pub fn executor_table(panel: &Panel<'_>, answer: &Executors) -> Html {
    let (count, not_shown) = (answer.executors.len(), answer.executors_not_shown);
    let rows = panel.model.window.rows(count);
    let long = rows.drawn < count;
    let sorted = panel.model.order.sort(&answer.executors);
    let drawn = sorted.into_iter().enumerate().skip(rows.before).take(rows.drawn);
    let columns = Column::drawn(answer);
    let lives = Lives::of(panel, answer);
    let onscroll = panel.act.reform(|event: Event| scrolled(&event.target_unchecked_into()));
    let table = html! {
        <table
            class={classes!("sparkMonitor-Table", long.then_some("sparkMonitor-mod-long"))}
            aria-rowcount={long.then(|| (count + 2).to_string())}
        >
            <thead><tr aria-rowindex={long.then_some("1")}>{ for columns.iter().map(|column| heading(panel, *column)) }</tr></thead>
            <tbody>
                { gap("before", rows.before) }
                { for drawn.map(|(index, executor)| executor_row(panel, lives, &columns, executor, long.then_some(index + 2), index == rows.before)) }
                { gap("after", rows.after) }
                if count == 0 && !answer.driver.as_ref().is_some_and(runs_tasks) {
                    <tr>
                        <td class="sparkMonitor-Table-empty" colspan={columns.len().to_string()}>{ tr(Message::NoExecutors) }</td>
                    </tr>
                }
            </tbody>
            if let Some(driver) = &answer.driver {
                <tbody class="sparkMonitor-Table-driver">{ driver_row(panel, &columns, driver, long.then_some(count + 2), count == 0) }</tbody>
            }
        </table>
    };
    html! {
        <>
            if let Some(lives) = lives {
                { axis(&language::time(lives.begin_ms)) }
            }
            if long {
                // Lets people without a mouse scroll with the arrow keys.
                <div
                    class="sparkMonitor-Table-scroll" tabindex="0" role="group" aria-label={tr(Message::Executors)}
                    {onscroll} ref={panel.table.clone()}
                >
                    { table }
                </div>
            } else {
                { table }
            }
            if not_shown > 0 {
                <p class="sparkMonitor-Muted">{ tr(Message::MoreExecutors { count: not_shown }) }</p>
            }
        </>
    }
}

/// The visible part of a long table now.
pub fn scrolled(table: &Element) -> Action {
    Action::Scroll(Window::seen(table.scroll_top(), table.client_height(), table.scroll_height()))
}

/// An empty row with the height of the rows that are left out.
fn gap(key: &'static str, rows: usize) -> Html {
    if rows == 0 {
        return Html::default();
    }
    let style = ["--sparkMonitor-rows: ", &rows.to_string()].concat();
    html! { <tr {key} class="sparkMonitor-Table-gap" aria-hidden="true" {style} /> }
}

fn heading(panel: &Panel<'_>, column: Column) -> Html {
    let (short, long) = match column {
        Column::Executor => (Message::ColumnExecutor, Message::ColumnExecutorLong),
        Column::Tasks => (Message::ColumnTasks, Message::ColumnTasksLong),
        Column::Heap => (Message::ColumnHeap, Message::ColumnHeapLong),
        Column::Storage => (Message::ColumnStorage, Message::ColumnStorageLong),
        Column::Disk => (Message::ColumnDisk, Message::ColumnDiskLong),
        Column::Shuffle => (Message::ColumnShuffle, Message::ColumnShuffleLong),
        Column::Gc => (Message::ColumnGc, Message::ColumnGcLong),
    };
    let order = panel.model.order;
    let sorted = (order.column == column).then_some(if order.descending { "descending" } else { "ascending" });
    html! {
        <th scope="col" title={tr(long)} aria-sort={sorted}>
            <button type="button" class="sparkMonitor-Sort" onclick={panel.on_click(Action::Sort(column))}>
                { tr(short) }
            </button>
        </th>
    }
}
