//! Every state of chip and panel, as the HTML that is drawn.

mod chip;
mod connection_report;
mod foreign_text;
mod panel;
mod queries;
mod sections;
mod states;

use yew::{Html, LocalServerRenderer, NodeRef, Properties, component};

use super::panel_context::Panel;
use super::panel_view::panel_view;
use crate::model::{Act, Model};

#[derive(Properties, PartialEq)]
struct DrawProps {
    html: Html,
}

#[component]
fn Draw(props: &DrawProps) -> Html {
    props.html.clone()
}

/// What a part draws, one element a line.
async fn draw(html: Html) -> String {
    let html = LocalServerRenderer::<Draw>::with_props(DrawProps { html }).hydratable(false).render().await;
    html.replace("><", ">\n<")
}

/// What a person reads, a line for each piece of text.
async fn text(html: Html) -> String {
    let html = draw(html).await;
    let pieces = html.split('<').filter_map(|piece| piece.split_once('>'));
    let texts = pieces.map(|(_, text)| text.trim()).filter(|text| !text.is_empty());
    texts.collect::<Vec<_>>().join("\n")
}

/// The whole panel.
fn panel(model: &Model) -> Html {
    of_panel(model, panel_view)
}

/// A part that needs the panel.
fn of_panel(model: &Model, part: impl FnOnce(&Panel<'_>) -> Html) -> Html {
    part(&Panel { model, act: &Act::noop(), table: &NodeRef::default() })
}
