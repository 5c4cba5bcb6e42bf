//! The difference between notebook and job, as a table.

use wire::export::{Change, Conversion, ExportLine};
use yew::{Callback, Html, MouseEvent, classes, html};

use super::diff_rows::{Row, rows};
use super::document::Document;
use super::jump::jump;
use super::model::{Act, Action, Model};
use super::shell_choice::{is_shell_line, line_choice};
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::muted;

pub fn diff_pane(shown: &Conversion, document: &Document, model: &Model, act: &Act) -> Html {
    let title = tr(ExportMessage::Difference);
    html! {
        <section class="sparkMonitor-Export-part" aria-label={title.clone()}>
            <h3>{ title.clone() }</h3>
            if shown.lines.is_empty() {
                { muted(ExportMessage::DifferenceNone) }
            } else {
                <div class="sparkMonitor-Diff" role="group" tabindex="0" aria-label={title.clone()}>
                    <table>
                        <caption class="sparkMonitor-Hidden">{ title }</caption>
                        { head() }
                        <tbody>
                            { for rows(&shown.lines, &model.unfolded).iter().map(|row| {
                                row_view(row, shown, document, model, act)
                            }) }
                        </tbody>
                    </table>
                </div>
            }
        </section>
    }
}

fn head() -> Html {
    let column = |name| html! { <th scope="col">{ tr(name) }</th> };
    html! {
        <thead>
            <tr>
                { column(ExportMessage::ColumnCellLine) }
                { column(ExportMessage::ColumnJobLine) }
                { column(ExportMessage::ColumnChange) }
                { column(ExportMessage::ColumnCode) }
            </tr>
        </thead>
    }
}

fn row_view(row: &Row<'_>, shown: &Conversion, document: &Document, model: &Model, act: &Act) -> Html {
    match row {
        Row::Line(line) => line_view(line, shown, document, model, act),
        Row::Folded { at, lines } => {
            wide(ExportMessage::ShowUnchanged { lines: count(*lines) }, Action::Unfold { at: *at }, act)
        }
        Row::Own { at, lines } => {
            wide(ExportMessage::ShowMoreLines { lines: count(*lines) }, Action::Unfold { at: *at }, act)
        }
        Row::Rest { lines } => wide(ExportMessage::ShowMoreLines { lines: count(*lines) }, Action::MoreRows, act),
    }
}

fn wide(name: ExportMessage<'_>, action: Action, act: &Act) -> Html {
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(action.clone()));
    html! {
        <tr class="sparkMonitor-Diff-fold">
            <td colspan="4">
                <button type="button" class="sparkMonitor-Diff-more" {onclick}>{ tr(name) }</button>
            </td>
        </tr>
    }
}

fn line_view(line: &ExportLine, shown: &Conversion, document: &Document, model: &Model, act: &Act) -> Html {
    let ExportLine { change, cell, cell_line, job_line, text } = line;
    let (class, word) = match change {
        Change::Same => (None, None),
        Change::Removed => (Some("sparkMonitor-mod-removed"), Some(ExportMessage::ChangeRemoved)),
        Change::Added => (Some("sparkMonitor-mod-added"), Some(ExportMessage::ChangeAdded)),
    };
    let place = cell.zip(*cell_line).map(|(cell, line)| {
        let said = [cell.to_string(), line.to_string()].join(":");
        // Not a button for each line: those that change are what a person goes to.
        if *change == Change::Removed {
            jump(cell, Some(line), said, act)
        } else {
            html! { said }
        }
    });
    let choice = cell
        .zip(*cell_line)
        .filter(|(cell, line)| *change == Change::Removed && is_shell_line(shown, document, model, *cell, *line));
    html! {
        <tr class={classes!(class)}>
            <td class="sparkMonitor-Diff-place">{ place }</td>
            <td class="sparkMonitor-Diff-place">{ *job_line }</td>
            <td class="sparkMonitor-Diff-word">{ word.map(tr) }</td>
            <td class="sparkMonitor-Diff-code">
                <code>{ text }</code>
                if let Some((cell, line)) = choice {
                    { line_choice(document, model, cell, line, act) }
                }
            </td>
        </tr>
    }
}

fn count(lines: usize) -> u32 {
    u32::try_from(lines).unwrap_or(u32::MAX)
}
