//! A button that shows a sign and says what it does.

use yew::{Html, classes, html};

use super::panel_view::Panel;
use crate::i18n::{Message, tr};
use crate::model::{Action, Copyable};

/// The sign is drawn by the stylesheet.
pub fn icon_button(panel: &Panel<'_>, icon: &'static str, label: Message<'_>, action: Action) -> Html {
    let label = tr(label);
    html! {
        <button
            type="button" class="sparkMonitor-IconButton" title={label.clone()} aria-label={label}
            onclick={panel.on_click(action)}
        >
            <span class={classes!("sparkMonitor-Icon", ["sparkMonitor-Icon-", icon].concat())} aria-hidden="true" />
        </button>
    }
}

/// A button that copies `text`, and says whether that worked.
pub fn copy_button(panel: &Panel<'_>, what: Copyable, label: Message<'_>, text: &str) -> Html {
    html! {
        <>
            { copied(panel, what) }
            { icon_button(panel, "copy", label, Action::Copy { what, text: text.to_owned() }) }
        </>
    }
}

/// Whether the last copy of this worked, for a moment.
pub fn copied(panel: &Panel<'_>, what: Copyable) -> Html {
    let copied = panel.model.copied.filter(|copied| copied.what == what);
    let said = copied.map(|copied| tr(if copied.done { Message::Copied } else { Message::NotCopied }));
    html! { <span class="sparkMonitor-Copied" role="status">{ said }</span> }
}
