//! Buttons that show a cell in the notebook.

use yew::{Callback, Html, MouseEvent, html};

use super::model::{Act, Action};
use kit::i18n::{ExportMessage, tr};

/// A place in the notebook: a button, or text alone if there is nobody to report to.
pub fn place(cell: u32, line: Option<u32>, said: String, act: Option<&Act>) -> Html {
    match act {
        Some(act) => jump(cell, line, said, act),
        None => html! { said },
    }
}

/// `said` is what it shows.
pub fn jump(cell: u32, line: Option<u32>, said: String, act: &Act) -> Html {
    let label = tr(match line {
        Some(line) => ExportMessage::GoToLineLong { cell, line },
        None => ExportMessage::GoToCell { cell },
    });
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Action::Jump { cell, line }));
    html! {
        <button type="button" class="sparkMonitor-Jump" title={label} {onclick}>
            { said }
        </button>
    }
}
