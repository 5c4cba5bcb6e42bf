//! A button that reports an action, and says why if it does nothing.

use yew::{Callback, Html, MouseEvent, classes, html};

use super::model::{Act, Action};
use kit::i18n::{ExportMessage, tr};

/// What a button says and does.
pub struct Button {
    pub name: String,
    /// What it is about, for those who hear it without what is beside it.
    pub label: Option<String>,
    pub is_main: bool,
    /// Why it does nothing now.
    pub why: Option<ExportMessage<'static>>,
    pub action: Action,
}

impl Button {
    /// A plain one that can always be pressed.
    pub fn new(name: ExportMessage<'_>, action: Action) -> Self {
        Self { name: tr(name), label: None, is_main: false, why: None, action }
    }

    /// Draws it. One callback for all buttons is less code than a closure for each.
    pub fn view(self, act: &Act) -> Html {
        let Self { name, label, is_main, why, action } = self;
        let (act, is_off) = (act.clone(), why.is_some());
        let onclick = Callback::from(move |_: MouseEvent| {
            if !is_off {
                act.emit(action.clone());
            }
        });
        html! {
            <button
                type="button" class={classes!("sparkMonitor-Button", is_main.then_some("sparkMonitor-mod-main"))}
                aria-label={label} aria-disabled={is_off.then_some("true")} title={why.map(tr)} {onclick}
            >
                { name }
            </button>
        }
    }
}
