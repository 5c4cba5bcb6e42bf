//! A button that copies text from the panel, alone or beside code.

use yew::{Html, html};

use super::panel_context::Panel;
use crate::model::{Action, Copyable};
use kit::i18n::Message;
use kit::parts::icon_button::{self, icon_button};

/// A button that copies `text`, and reports whether that worked.
pub fn copy_button(panel: &Panel<'_>, what: Copyable, label: Message<'_>, text: &str) -> Html {
    html! {
        <>
            { copied(panel, what) }
            { icon_button("copy", label, panel.on_click(Action::Copy { what, text: text.to_owned() })) }
        </>
    }
}

/// Code with a button that copies it.
pub fn code_to_copy(panel: &Panel<'_>, what: Copyable, code: &str) -> Html {
    html! {
        <div class="sparkMonitor-CodeBox">
            <pre class="sparkMonitor-Code" tabindex="0">{ code }</pre>
            <div class="sparkMonitor-CodeBox-copy">{ copy_button(panel, what, Message::CopyCode, code) }</div>
        </div>
    }
}

/// Whether the last copy of this text worked; shown for a moment.
pub fn copied(panel: &Panel<'_>, what: Copyable) -> Html {
    let copied = panel.model.copied.filter(|copied| copied.what == what);
    icon_button::copied(copied.map(|copied| copied.done))
}
