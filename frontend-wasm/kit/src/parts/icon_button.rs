//! A button that shows a sign and says what it does.

use yew::{Callback, Html, MouseEvent, classes, html};

use crate::i18n::{Message, tr};

/// The sign is drawn by the stylesheet.
pub fn icon_button(icon: &'static str, label: Message<'_>, onclick: Callback<MouseEvent>) -> Html {
    let label = tr(label);
    html! {
        <button
            type="button" class="sparkMonitor-IconButton" title={label.clone()} aria-label={label}
            {onclick}
        >
            <span class={classes!("sparkMonitor-Icon", ["sparkMonitor-Icon-", icon].concat())} aria-hidden="true" />
        </button>
    }
}

/// Whether a copy worked; nothing while none was made.
pub fn copied(done: Option<bool>) -> Html {
    let said = done.map(|done| tr(if done { Message::Copied } else { Message::NotCopied }));
    html! { <span class="sparkMonitor-Copied" role="status">{ said }</span> }
}
