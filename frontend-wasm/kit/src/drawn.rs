//! Rendered components as text, for tests on the host.

use yew::{Html, LocalServerRenderer, Properties, component};

#[derive(Properties, PartialEq)]
struct DrawProps {
    html: Html,
}

#[component]
fn Draw(props: &DrawProps) -> Html {
    props.html.clone()
}

/// The rendered elements, one per line.
pub async fn elements(html: Html) -> String {
    let html = LocalServerRenderer::<Draw>::with_props(DrawProps { html }).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

/// The rendered text, one line per text node.
pub async fn text(html: Html) -> String {
    let html = elements(html).await;
    let pieces = html.split('<').filter_map(|piece| piece.split_once('>'));
    let texts = pieces.map(|(_, text)| text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}
