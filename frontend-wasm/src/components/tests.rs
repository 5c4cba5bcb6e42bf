//! Every state of chip and panel, as the HTML that is drawn.

mod chip;
mod panel;
mod sections;

use yew::{BaseComponent, Html, LocalServerRenderer, Properties, component};

/// What a component draws, one element a line.
async fn render<C: BaseComponent>(props: C::Properties) -> String {
    let html = LocalServerRenderer::<C>::with_props(props).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

#[derive(Properties, PartialEq)]
struct DrawProps {
    html: Html,
}

#[component]
fn Draw(props: &DrawProps) -> Html {
    props.html.clone()
}

/// What a part that is not a component draws.
async fn draw(html: Html) -> String {
    render::<Draw>(DrawProps { html }).await
}

/// What a person reads, a line for each piece of text.
async fn text<C: BaseComponent>(props: C::Properties) -> String {
    let html = render::<C>(props).await;
    let pieces = html.split('<').filter_map(|piece| piece.split_once('>'));
    let texts = pieces.map(|(_, text)| text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}
