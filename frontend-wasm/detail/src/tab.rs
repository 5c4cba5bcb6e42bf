//! The kinds of tabs in this bundle.

use kit::roots;
use yew::{Html, html};

use crate::query::query_tab::{QueryTab, QueryTabProps};
use crate::storage::storage_tab::{StorageTab, StorageTabProps};

/// The kinds of tabs, each with its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Tab {
    Query(QueryTabProps),
    Storage(StorageTabProps),
}

impl roots::Tab for Tab {
    fn view(&self, opened: u32) -> Html {
        match self {
            // What was answered to another person is nothing to go on from.
            Self::Query(query) => {
                let key = format!("{opened} {}", query.forgets);
                html! { <QueryTab {key} ..query.clone() /> }
            }
            Self::Storage(storage) => {
                let key = format!("{opened} {} {:?}", storage.forgets, storage.app_id);
                html! { <StorageTab {key} ..storage.clone() /> }
            }
        }
    }
}
