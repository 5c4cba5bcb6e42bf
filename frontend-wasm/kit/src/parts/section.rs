//! A collapsible part of the panel.

use yew::{Callback, Html, MouseEvent, html};

use crate::i18n::{Message, tr};

/// A heading with a button that collapses the content. `name` is part of the id that connects the two; `summary` is
/// shown while it is collapsed.
pub fn section(
    name: &str,
    open: bool,
    onclick: Callback<MouseEvent>,
    title: Message<'_>,
    summary: Html,
    content: Html,
) -> Html {
    let (title, content_id) = (tr(title), ["sparkMonitor-", name].concat());
    html! {
        <section class="sparkMonitor-Section" aria-label={title.clone()}>
            <h3 class="sparkMonitor-Section-heading">
                <button
                    type="button" class="sparkMonitor-Section-button"
                    {onclick}
                    aria-expanded={open.to_string()} aria-controls={content_id.clone()}
                >
                    <span class="sparkMonitor-Section-title">{ title }</span>
                    <span class="sparkMonitor-Section-summary">{ summary }</span>
                    <span class="sparkMonitor-Caret" aria-hidden="true" />
                </button>
            </h3>
            <div id={content_id} class="sparkMonitor-Section-content" hidden={!open}>
                if open {
                    { content }
                }
            </div>
        </section>
    }
}
