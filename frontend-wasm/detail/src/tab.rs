//! The tabs of this bundle.

use kit::roots;
use yew::{Html, html};

use crate::query::query_tab::{QueryTab, QueryTabProps};

/// The values of a query's page.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab(pub QueryTabProps);

impl roots::Tab for Tab {
    fn view(&self, opened: u32) -> Html {
        let Self(query) = self;
        // What was answered to another person is nothing to go on from.
        let key = format!("{opened} {}", query.forgets);
        html! { <QueryTab {key} ..query.clone() /> }
    }
}
