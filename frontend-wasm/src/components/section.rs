//! A part of the panel that folds.

use yew::{AttrValue, Callback, Children, Html, Properties, component, html, use_state};

#[derive(Properties, PartialEq)]
pub struct SectionProps {
    /// Part of the id that ties heading and content together.
    pub name: &'static str,
    pub title: AttrValue,
    /// What matters while it is folded, at the right of its heading.
    #[prop_or_default]
    pub summary: Html,
    pub children: Children,
}

/// A heading that folds what is below it.
#[component]
pub fn Section(props: &SectionProps) -> Html {
    let open = use_state(|| true);
    let content_id = format!("sparkMonitor-{}", props.name);
    let onclick = {
        let open = open.clone();
        Callback::from(move |_| open.set(!*open))
    };
    html! {
        <section class="sparkMonitor-Section" aria-label={&props.title}>
            <h3 class="sparkMonitor-Section-heading">
                <button
                    type="button" class="sparkMonitor-Section-button" {onclick}
                    aria-expanded={open.to_string()} aria-controls={content_id.clone()}
                >
                    <span class="sparkMonitor-Caret" aria-hidden="true" />
                    <span class="sparkMonitor-Section-title">{ &props.title }</span>
                    <span class="sparkMonitor-Section-summary">{ props.summary.clone() }</span>
                </button>
            </h3>
            <div id={content_id} class="sparkMonitor-Section-content" hidden={!*open}>
                if *open {
                    { props.children.clone() }
                }
            </div>
        </section>
    }
}
