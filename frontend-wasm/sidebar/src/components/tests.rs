//! Every state of chip and panel, as HTML.

mod chip;
mod cluster;
mod executors;
mod foreign_text;
mod notebook;
mod panel;
mod queries;
mod row_menu;
mod sections;
mod spark_link;
mod states;
mod stop;
mod whose_queries;

use yew::{Html, NodeRef};

use super::panel_context::Panel;
use super::panel_view::panel_view;
use crate::model::{Act, Model};
use kit::drawn::{elements as draw, text};

/// The whole panel.
fn panel(model: &Model) -> Html {
    of_panel(model, panel_view)
}

/// A part that needs the panel's context.
fn of_panel<T>(model: &Model, part: impl FnOnce(&Panel<'_>) -> T) -> T {
    part(&Panel { model, act: &Act::noop(), table: &NodeRef::default() })
}
