//! What becomes of commands of the shell: for all, and for single lines.

use web_sys::HtmlSelectElement;
use wire::export::{Conversion, ShellChoice};
use yew::{Callback, Event, Html, TargetCast, html};

use super::document::Document;
use super::model::{Act, Action, Model};
use kit::i18n::{ExportMessage, tr};

/// The code of findings about commands of the shell.
pub const SHELL: &str = "shell";
const CHOICES: [(ShellChoice, ExportMessage<'static>); 3] = [
    (ShellChoice::Ask, ExportMessage::ShellAsk),
    (ShellChoice::Translate, ExportMessage::ShellTranslate),
    (ShellChoice::Drop, ExportMessage::ShellDrop),
];

/// For all commands; nothing if there are none.
pub fn shell_choice((model, document): (&Model, &Document), shown: &Conversion, act: &Act) -> Html {
    let has_choice = model.shell != ShellChoice::Ask || model.lines.iter().next().is_some();
    if !has_choice && !shown.findings.iter().any(|finding| finding.code == SHELL) {
        return Html::default();
    }
    let one = |(choice, name): &(ShellChoice, ExportMessage<'static>)| {
        let (act, choice) = (act.clone(), *choice);
        let onchange = Callback::from(move |_: Event| act.emit(Action::Shell(choice)));
        html! {
            <label class="sparkMonitor-Export-choice">
                <input type="radio" name={document.unique("shell")} checked={model.shell == choice} {onchange} />
                { tr(*name) }
            </label>
        }
    };
    html! {
        <fieldset class="sparkMonitor-Export-part">
            <legend>{ tr(ExportMessage::ShellLegend) }</legend>
            { for CHOICES.iter().map(one) }
        </fieldset>
    }
}

/// Whether there is something to choose for a line: the sidecar says so, or it was chosen before.
pub fn is_shell_line(shown: &Conversion, document: &Document, model: &Model, cell: u32, line: u32) -> bool {
    let is_found =
        shown.findings.iter().any(|finding| finding.code == SHELL && finding.cell == cell && finding.line == line);
    is_found || chosen(document, model, cell, line).is_some()
}

fn chosen(document: &Document, model: &Model, cell: u32, line: u32) -> Option<ShellChoice> {
    model.lines.get(&(document.mark(cell)?.to_owned(), line)).copied()
}

/// For one line.
pub fn line_choice(document: &Document, model: &Model, cell: u32, line: u32, act: &Act) -> Html {
    let chosen = chosen(document, model, cell, line);
    let mark = document.mark(cell).unwrap_or_default().to_owned();
    let onchange = act.reform(move |event: Event| {
        let choice = match event.target_unchecked_into::<HtmlSelectElement>().value().as_str() {
            "translate" => Some(ShellChoice::Translate),
            "drop" => Some(ShellChoice::Drop),
            _ => None,
        };
        Action::Line { mark: mark.clone(), line, choice }
    });
    html! {
        <select
            class="sparkMonitor-App-picker" aria-label={tr(ExportMessage::ShellHere { cell, line })} {onchange}
        >
            <option value="" selected={chosen.is_none()}>{ tr(ExportMessage::ShellAsAll) }</option>
            <option value="translate" selected={chosen == Some(ShellChoice::Translate)}>
                { tr(ExportMessage::ShellTranslateOne) }
            </option>
            <option value="drop" selected={chosen == Some(ShellChoice::Drop)}>
                { tr(ExportMessage::ShellDropOne) }
            </option>
        </select>
    }
}
