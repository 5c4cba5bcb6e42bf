//! The kinds of tabs in this bundle.

use kit::roots;
use yew::{Html, html};

use crate::compare::compare_tab::{CompareTab, CompareTabProps};
use crate::storage::storage_tab::{StorageTab, StorageTabProps};

/// The kinds of tabs, each with its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Tab {
    Compare(CompareTabProps),
    Storage(StorageTabProps),
}

impl roots::Tab for Tab {
    fn view(&self, opened: u32) -> Html {
        match self {
            // Another pair, or another person: nothing of what was chosen before is kept.
            Self::Compare(compare) => {
                let key = format!("{opened} {}", compare.asks);
                html! { <CompareTab {key} ..compare.clone() /> }
            }
            // What was answered to another person is nothing to go on from.
            Self::Storage(storage) => {
                let key = format!("{opened} {} {:?}", storage.forgets, storage.app_id);
                html! { <StorageTab {key} ..storage.clone() /> }
            }
        }
    }
}
