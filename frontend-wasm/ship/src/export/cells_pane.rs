//! The code cells, each with a check mark that leaves it out.

use web_sys::HtmlInputElement;
use wire::export::{Conversion, ExportCell};
use yew::{Event, Html, TargetCast, classes, html};

use super::document::Document;
use super::jump::jump;
use super::model::{Act, Action, Model};
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::muted;

pub fn cells_pane(shown: &Conversion, (model, document): (&Model, &Document), act: &Act) -> Html {
    html! {
        <fieldset class="sparkMonitor-Export-part">
            <legend>{ tr(ExportMessage::ExportCells) }</legend>
            if shown.cells.is_empty() {
                { muted(ExportMessage::NoCells) }
            } else {
                { muted(ExportMessage::ExportCellsLong) }
                <ul class="sparkMonitor-Export-cells">
                    { for shown.cells.iter().map(|cell| line(cell, model, document, act)) }
                </ul>
            }
        </fieldset>
    }
}

fn line(cell: &ExportCell, model: &Model, document: &Document, act: &Act) -> Html {
    let ExportCell { cell: number, kind, first_line, is_skipped, .. } = cell;
    // A cell that was added since has no id yet.
    let id = document.id(*number).map(str::to_owned);
    // What was chosen is shown before it is answered.
    let is_taken = id.as_ref().is_none_or(|id| !model.skip.contains(id));
    let onchange = act.reform({
        let id = id.clone().unwrap_or_default();
        move |event: Event| Action::Take {
            id: id.clone(),
            takes: event.target_unchecked_into::<HtmlInputElement>().checked(),
        }
    });
    let name = tr(ExportMessage::CellNumber { cell: *number });
    html! {
        <li key={*number} class={classes!(is_skipped.then_some("sparkMonitor-mod-skipped"))}>
            <input
                type="checkbox" checked={is_taken} disabled={id.is_none()} {onchange}
                aria-label={tr(ExportMessage::CellTakes { cell: *number })}
            />
            <div>
                <div class="sparkMonitor-Export-facts">
                    { jump(*number, None, name, act) }
                    <span>{ if kind == "empty" { tr(ExportMessage::CellEmpty) } else { kind.clone() } }</span>
                    <span>{ change(cell) }</span>
                </div>
                if !first_line.is_empty() {
                    <code title={first_line.clone()}>{ first_line }</code>
                }
            </div>
        </li>
    }
}

fn change(cell: &ExportCell) -> String {
    tr(match cell.changed_lines {
        _ if cell.is_skipped => ExportMessage::CellSkipped,
        0 => ExportMessage::CellUnchanged,
        lines => ExportMessage::CellChanges { lines },
    })
}
