//! A button that reports an action.

use yew::{Callback, Html, MouseEvent, html};

use super::model::{Act, Action};
use kit::i18n::{SqlMessage, tr};

/// What a button says and does.
pub struct Button<'a> {
    pub class: &'static str,
    pub name: SqlMessage<'a>,
    /// A sentence for the pointer.
    pub title: Option<SqlMessage<'a>>,
    /// Whether it can do something now; none if it always can.
    pub is_ready: Option<bool>,
    pub action: Action,
}

impl<'a> Button<'a> {
    /// A plain one that can always be pressed.
    pub fn new(name: SqlMessage<'a>, action: Action) -> Self {
        Self { class: "sparkMonitor-Button", name, title: None, is_ready: None, action }
    }

    /// Draws it. One callback for all buttons is less code than a closure for each.
    pub fn view(self, act: &Act) -> Html {
        let Self { class, name, title, is_ready, action } = self;
        let act = act.clone();
        let onclick = Callback::from(move |_: MouseEvent| act.emit(action.clone()));
        html! {
            <button
                type="button" {class} aria-disabled={is_ready.map(|is_ready| (!is_ready).to_string())}
                title={title.map(tr)} {onclick}
            >
                { tr(name) }
            </button>
        }
    }
}
