//! One row: an executor or the driver.

use wire::{Executor, Executors, Level, Meter};
use yew::{Html, html};

use super::panel_context::Panel;
use super::row_names::{self, COPY_EXECUTOR};
use crate::executor_order::Column;
use kit::format;
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::bar::meter;
use kit::parts::tone::{Tone, toned};

/// Executors that came within this share of the time came with the application, percent.
const EARLY: i64 = 10;

/// The time from the first executor's begin to now: a line below each row shows when the executor came and went.
#[derive(Clone, Copy)]
pub struct Lives {
    pub begin_ms: i64,
    span_ms: i64,
}

impl Lives {
    /// None while all executors came with the application and still live.
    pub fn of(panel: &Panel<'_>, answer: &Executors) -> Option<Self> {
        let now_ms = panel.model.now_ms - panel.model.clock_ahead_ms.unwrap_or_default();
        let known = || answer.executors.iter().filter(|executor| executor.added_at_ms > 0);
        let begin_ms = known().fold(now_ms, |begin_ms, executor| begin_ms.min(executor.added_at_ms));
        let lives = Self { begin_ms, span_ms: now_ms - begin_ms };
        let is_news = |executor: &Executor| executor.removed.is_some() || lives.percent(executor.added_at_ms) > EARLY;
        (lives.span_ms > 0 && known().any(is_news)).then_some(lives)
    }

    fn percent(self, at_ms: i64) -> i64 {
        ((at_ms - self.begin_ms) * 100 / self.span_ms.max(1)).clamp(0, 100)
    }

    fn style(self, executor: &Executor) -> String {
        let [from, to] = [Some(executor.added_at_ms), executor.removed_at_ms]
            .map(|at_ms| at_ms.map_or(100, |at_ms| self.percent(at_ms)).to_string());
        ["--sparkMonitor-from: ", &from, "%; --sparkMonitor-to: ", &to, "%"].concat()
    }
}

/// A row of the executor table; `row_index` is its number if only some rows are drawn.
pub fn executor_row(
    panel: &Panel<'_>,
    lives: Option<Lives>,
    columns: &[Column],
    executor: &Executor,
    row_index: Option<usize>,
    is_first: bool,
) -> Html {
    let style = lives.map(|lives| lives.style(executor));
    let name = executor.executor_id.clone();
    let cells = match &executor.removed {
        Some(reason) => vec![html! {
            <td colspan={columns.len().saturating_sub(1).to_string()} title={reason.clone()}>
                <span class="sparkMonitor-Table-reason">{ gone(executor, reason) }</span>
            </td>
        }],
        None => cells(panel, columns, executor),
    };
    row(executor, row_index, is_first, style, (name, None), cells)
}

/// Its head and its cells. The first row is a stop for Tab, and the shell's arrow keys lead from row to row.
fn row(
    executor: &Executor,
    row_index: Option<usize>,
    is_first: bool,
    style: Option<String>,
    (name, colspan): (String, Option<&'static str>),
    cells: Vec<Html>,
) -> Html {
    html! {
        <tr
            key={executor.executor_id.clone()} class={executor.removed.as_ref().map(|_| "sparkMonitor-Table-gone")}
            aria-rowindex={row_index.map(|row| row.to_string())} {style} tabindex={if is_first { "0" } else { "-1" }}
            data-row={row_names::executor_row(executor)} data-menu={COPY_EXECUTOR}
        >
            <th scope="row" {colspan} title={host_and_time(executor)}>{ name }</th>
            { cells }
        </tr>
    }
}

/// When it went, and why if Spark says it.
pub fn gone(executor: &Executor, reason: &str) -> String {
    let time = &executor.removed_at_ms.map_or_else(|| tr(Message::Unknown), language::time);
    tr(if reason.is_empty() { Message::ExecutorGone { time } } else { Message::ExecutorGoneBecause { time, reason } })
}

/// A driver normally runs no tasks, so its name spans that column too; in local mode it runs all tasks.
pub fn driver_row(
    panel: &Panel<'_>,
    columns: &[Column],
    driver: &Executor,
    row_index: Option<usize>,
    is_first: bool,
) -> Html {
    let local = runs_tasks(driver);
    let columns = columns.get(if local { 0 } else { 2 }..).unwrap_or_default();
    let name = (tr(Message::Driver), (!local).then_some("2"));
    row(driver, row_index, is_first, None, name, cells(panel, columns, driver))
}

pub fn host_and_time(executor: &Executor) -> String {
    match executor.added_at_ms {
        0 => executor.host.clone(),
        at_ms => tr(Message::ExecutorSince { host: &executor.host, time: &language::time(at_ms) }),
    }
}

/// Whether a driver is also its application's only executor: local mode.
pub fn runs_tasks(driver: &Executor) -> bool {
    driver.task_slots > 0
}

fn cells(panel: &Panel<'_>, columns: &[Column], executor: &Executor) -> Vec<Html> {
    columns.iter().map(|column| cell(panel, *column, executor)).collect()
}

fn cell(panel: &Panel<'_>, column: Column, executor: &Executor) -> Html {
    match column {
        Column::Executor => Html::default(),
        Column::Tasks => tasks(executor),
        Column::Heap => heap(panel, executor),
        Column::Storage => {
            let Meter { used, total, .. } = executor.storage_bytes;
            memory(
                panel,
                ("sparkMonitor-Cell-storage", Message::ColumnStorage, Message::ColumnStorageLong),
                used,
                total,
            )
        }
        Column::Disk => html! {
            <td class="sparkMonitor-Cell-disk" data-label={tr(Message::ColumnDisk)}>
                { amount(executor.cached_to_disk_bytes) }
            </td>
        },
        Column::Shuffle => shuffle(executor),
        Column::Gc => html! {
            <td class="sparkMonitor-Cell-gc" data-label={tr(Message::ColumnGc)}>{ garbage_collection(executor) }</td>
        },
    }
}

fn tasks(executor: &Executor) -> Html {
    let (active, slots, failed) = (executor.active_tasks, executor.task_slots, executor.failed_tasks);
    html! {
        <td class="sparkMonitor-Cell-tasks" data-label={tr(Message::ColumnTasks)}>
            { tr(Message::Slots { active, slots }) }
            if failed > 0 {
                <div>{ toned(Tone::Bad, tr(Message::TasksFailed { count: failed })) }</div>
            }
        </td>
    }
}

fn heap(panel: &Panel<'_>, executor: &Executor) -> Html {
    let names = ("sparkMonitor-Cell-heap", Message::ColumnHeap, Message::ColumnHeapLong);
    match (executor.peak_heap_bytes, executor.heap_limit_bytes) {
        (0, _) => {
            html! { <td class="sparkMonitor-Cell-heap" data-label={tr(Message::ColumnHeap)}>{ zero(tr(Message::Unknown)) }</td> }
        }
        (peak, limit) => memory(panel, names, peak, limit.unwrap_or_default()),
    }
}

/// An amount of memory above a meter, if the whole is known.
fn memory(
    panel: &Panel<'_>,
    (class, short, long): (&'static str, Message<'static>, Message<'static>),
    used: u64,
    total: u64,
) -> Html {
    let (used_words, total_words) = (format::bytes(used), format::bytes(total));
    let of_total = tr(Message::UsedOf { used: &used_words, total: &total_words });
    html! {
        <td {class} data-label={tr(short)} title={(total > 0).then(|| of_total.clone())}>
            { used_words }
            if total > 0 {
                { meter(panel.model.preferences.thresholds(), long, Meter::new(used, total), &of_total) }
            }
        </td>
    }
}

fn shuffle(executor: &Executor) -> Html {
    let (read, written) = (executor.shuffle_read_bytes, executor.shuffle_write_bytes);
    html! {
        <td class="sparkMonitor-Cell-shuffle">
            <span title={tr(Message::BytesShuffleRead { bytes: &format::bytes(read) })}>
                <span aria-hidden="true">{ "↓" }</span>{ amount(read) }
            </span>
            <span title={tr(Message::BytesShuffleWritten { bytes: &format::bytes(written) })}>
                <span aria-hidden="true">{ "↑" }</span>{ amount(written) }
            </span>
        </td>
    }
}

/// Zero is common, so it is muted.
fn amount(bytes: u64) -> Html {
    if bytes == 0 { zero(format::bytes(0)) } else { Html::from(format::bytes(bytes)) }
}

fn zero(words: String) -> Html {
    html! { <span class="sparkMonitor-Zero">{ words }</span> }
}

fn garbage_collection(executor: &Executor) -> Html {
    let Some(permille) = executor.gc_permille else {
        return zero(tr(Message::Unknown));
    };
    let share = format::permille(permille);
    match executor.gc_level {
        Level::Green => html! { { share } },
        level => html! { <>{ share }{ " " }{ toned(level.into(), tr(Message::GcHigh)) }</> },
    }
}
