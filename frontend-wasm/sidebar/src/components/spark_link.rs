//! Links to Spark's own pages, where the administrator says that the browser can reach them.

use yew::{Html, html};

/// A link that opens in a tab of its own, which learns nothing of this page.
pub fn spark_link(link: &str, text: &str) -> Html {
    html! {
        <a class="sparkMonitor-Jump" href={link.to_owned()} target="_blank" rel="noopener noreferrer">{ text }</a>
    }
}

/// A name, as a link if it has a page.
pub fn linked(link: Option<&String>, name: &str) -> Html {
    link.map_or_else(|| Html::from(name), |link| spark_link(link, name))
}
