//! A section of the panel, expanded or collapsed according to the model.

use yew::Html;

use super::panel_context::Panel;
use crate::model::Action;
use kit::i18n::Message;
use kit::parts::section;

/// `summary` is shown while it is collapsed.
pub fn section(panel: &Panel<'_>, name: &str, title: Message<'_>, summary: Html, content: Html) -> Html {
    let onclick = panel.on_click(Action::Toggle(name.to_owned()));
    section::section(name, panel.model.is_open(name), onclick, title, summary, content)
}
