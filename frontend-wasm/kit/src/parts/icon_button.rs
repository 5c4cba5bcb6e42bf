//! A button with an icon and an accessible name.

use yew::{Callback, Html, MouseEvent, classes, html};

use crate::i18n::{Message, Tell, tr};

/// The stylesheet draws the icon.
pub fn icon_button(icon: &'static str, label: impl Tell, onclick: Callback<MouseEvent>) -> Html {
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

/// Whether a copy worked; empty if there was none.
pub fn copied(done: Option<bool>) -> Html {
    let said = done.map(|done| tr(if done { Message::Copied } else { Message::NotCopied }));
    html! { <span class="sparkMonitor-Copied" role="status">{ said }</span> }
}
