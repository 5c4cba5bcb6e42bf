//! One fact of the cluster: its name and its value.

use yew::{Html, html};

/// A name and a value.
pub fn fact(name: String, value: Html) -> Html {
    html! {
        <p class="sparkMonitor-Fact"><span class="sparkMonitor-Fact-label">{ name }</span><span>{ value }</span></p>
    }
}
