//! The HTML of the tab with the last minutes: three charts, and their values as a table.

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;

use wire::{History, Meta, Point};
use yew::{Html, html};

use crate::usage_chart::{Chart, Unit, chart};
use crate::usage_model::{Act, Action, Model};
use kit::format;
use kit::i18n::{Message, TabMessage, tr};
use kit::language;
use kit::parts::filled::filled;
use kit::parts::notice::muted;
use kit::parts::section::section;
use kit::sparkline::Series;

const COUNT: Unit = Unit { words: language::number, is_binary: false };
const MEMORY: Unit = Unit { words: format::mib, is_binary: true };

/// The whole tab.
pub fn usage_view(model: &Model, act: &Act) -> Html {
    let content = model.history.answer().map(|(body, meta)| charts(model, act, body, meta));
    let app = model.executors.body().and_then(|executors| executors.app.as_ref());
    html! {
        <div class="sparkMonitor-UsageTab">
            <h2 class="sparkMonitor-Report-title">{ tr(TabMessage::UsageTitle) }</h2>
            if let Some(app) = app {
                { muted(TabMessage::UsageOfApp { name: &app.name }) }
            }
            { filled(&model.history, true, content) }
        </div>
    }
}

/// Tasks first, because a person came for those.
fn charts(model: &Model, act: &Act, history: &History, meta: &Meta) -> Html {
    let series = |total, value| Series::of(history, meta.observed_at_ms, total, value);
    let of = |used, total, total_value: Option<u64>, unit, value: fn(&Point) -> Option<u64>| Chart {
        used,
        total,
        series: series(total_value, value),
        total_value,
        unit,
    };
    let charts = [
        of(Message::TasksActive, Message::TaskSlots, history.task_slots.map(u64::from), COUNT, tasks),
        of(Message::CoresInUse, Message::CoresOfCluster, history.cores_total.map(u64::from), COUNT, cores),
        of(Message::MemoryInUse, Message::MemoryOfCluster, history.memory_total_mib, MEMORY, memory),
    ];
    if charts.iter().all(|chart| chart.series.samples.is_empty()) {
        return muted(TabMessage::UsageNothing);
    }
    let look = act.reform(Action::Look);
    let toggle = act.reform(|_| Action::ToggleTable);
    let values = if model.has_table { table(history) } else { Html::default() };
    html! {
        <>
            { for charts.into_iter().map(|it| chart(it, model.looked_at_ms, &look)) }
            { section("usage-table", model.has_table, toggle, Message::AsTable, Html::default(), values) }
        </>
    }
}

/// Every value, newest first.
fn table(history: &History) -> Html {
    let head = [Message::TimeColumn, Message::TasksActive, Message::CoresInUse, Message::MemoryInUse];
    html! {
        <table class="sparkMonitor-Table">
            <thead><tr>{ for head.map(|name| html! { <th scope="col">{ tr(name) }</th> }) }</tr></thead>
            <tbody>{ for history.points.iter().rev().map(row) }</tbody>
        </table>
    }
}

fn row(point: &Point) -> Html {
    let cell = |value: Option<u64>, unit: Unit| {
        html! { <td>{ value.map_or_else(|| tr(Message::Unknown), unit.words) }</td> }
    };
    html! {
        <tr key={point.at_ms.to_string()}>
            <th scope="row">{ language::time(point.at_ms) }</th>
            { cell(tasks(point), COUNT) }{ cell(cores(point), COUNT) }{ cell(memory(point), MEMORY) }
        </tr>
    }
}

fn tasks(point: &Point) -> Option<u64> {
    point.active_tasks.map(u64::from)
}

fn cores(point: &Point) -> Option<u64> {
    point.cores_used.map(u64::from)
}

fn memory(point: &Point) -> Option<u64> {
    point.memory_used_mib
}
