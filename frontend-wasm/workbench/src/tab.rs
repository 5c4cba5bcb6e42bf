//! The kinds of tabs in this bundle.

use kit::roots;
use yew::{Html, html};

use crate::charts::tab::{ChartsTab, ChartsTabProps};
use crate::past::apps_tab::{AppsTab, AppsTabProps};
use crate::past::queries_tab::{QueriesTab, QueriesTabProps};
use crate::report_tab::{ReportTab, ReportTabProps};
use crate::usage_tab::{UsageTab, UsageTabProps};

/// The kinds of tabs, each with its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Tab {
    Report(ReportTabProps),
    Usage(UsageTabProps),
    Charts(ChartsTabProps),
    Queries(QueriesTabProps),
    Apps(AppsTabProps),
}

impl roots::Tab for Tab {
    fn view(&self, opened: u32) -> Html {
        match self {
            Self::Report(report) => html! { <ReportTab key={opened} ..report.clone() /> },
            // What is known of another application, or was answered to another person, is nothing to go on from.
            Self::Usage(usage) => {
                let key = format!("{opened} {} {:?}", usage.forgets, usage.app_id);
                html! { <UsageTab {key} ..usage.clone() /> }
            }
            Self::Charts(charts) => {
                let key = format!("{opened} {}", charts.forgets);
                html! { <ChartsTab {key} ..charts.clone() /> }
            }
            Self::Queries(queries) => {
                let key = format!("{opened} {}", queries.forgets);
                html! { <QueriesTab {key} ..queries.clone() /> }
            }
            Self::Apps(apps) => {
                let key = format!("{opened} {}", apps.forgets);
                html! { <AppsTab {key} ..apps.clone() /> }
            }
        }
    }
}
