//! A section of the panel: folded or not as its model says.

use yew::Html;

use super::panel_context::Panel;
use crate::model::Action;
use kit::i18n::Message;
use kit::parts::section;

/// `summary` is what matters while it is folded.
pub fn section(panel: &Panel<'_>, name: &str, title: Message<'_>, summary: Html, content: Html) -> Html {
    let onclick = panel.on_click(Action::Toggle(name.to_owned()));
    section::section(name, panel.model.is_open(name), onclick, title, summary, content)
}
