//! Every value that is shown, as a table.

use yew::{Html, html};

use super::chart::of_mark;
use super::marks::Mark;
use super::model::Answer;
use super::quantity::{QUANTITIES, Quantity};
use kit::i18n::{ChartMessage, Message, tr};
use kit::language;
use wire::past::SeriesPoint;

/// Newest first.
pub fn table(answer: &Answer) -> Html {
    let head = [tr(Message::TimeColumn)].into_iter().chain(QUANTITIES.map(Quantity::title));
    let rows = answer.series.points.iter().rev().map(|point| row(point, answer.series.step_ms));
    html! {
        <div class="sparkMonitor-Charts-table" tabindex="0" role="region" aria-label={tr(Message::AsTable)}>
            <table class="sparkMonitor-Table">
                <thead><tr>{ for head.map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                <tbody>{ for rows }</tbody>
            </table>
        </div>
    }
}

fn row(point: &SeriesPoint, step_ms: i64) -> Html {
    let mark = |name| {
        point.values.get(name).map(|[mean, least, greatest]| Mark {
            at_ms: point.at_ms,
            end_ms: point.at_ms,
            covered_ms: point.covered_ms,
            mean: *mean,
            least: *least,
            greatest: *greatest,
        })
    };
    let cell = |quantity: Quantity| {
        let value = mark(quantity.name).map(|used| of_mark(quantity, used, quantity.beside.and_then(mark), step_ms));
        html! { <td>{ value.unwrap_or_else(|| tr(ChartMessage::NotRecorded)) }</td> }
    };
    html! {
        <tr key={point.at_ms.to_string()}>
            <th scope="row">{ language::time(point.at_ms) }</th>
            { for QUANTITIES.map(cell) }
        </tr>
    }
}
