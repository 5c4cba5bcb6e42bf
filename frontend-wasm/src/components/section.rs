//! A part of the panel that folds.

use yew::{Html, html};

use super::panel_view::Panel;
use crate::i18n::{Message, tr};
use crate::model::Action;

/// A heading with a button that folds what is below it. `name` is part of the id that ties the two together; `summary`
/// is what matters while it is folded.
pub fn section(panel: &Panel<'_>, name: &str, title: Message<'_>, summary: Html, content: Html) -> Html {
    let open = panel.model.is_open(name);
    let (title, content_id) = (tr(title), ["sparkMonitor-", name].concat());
    html! {
        <section class="sparkMonitor-Section" aria-label={title.clone()}>
            <h3 class="sparkMonitor-Section-heading">
                <button
                    type="button" class="sparkMonitor-Section-button"
                    onclick={panel.on_click(Action::Toggle(name.to_owned()))}
                    aria-expanded={open.to_string()} aria-controls={content_id.clone()}
                >
                    <span class="sparkMonitor-Caret" aria-hidden="true" />
                    <span class="sparkMonitor-Section-title">{ title }</span>
                    <span class="sparkMonitor-Section-summary">{ summary }</span>
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
