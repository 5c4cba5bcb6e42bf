//! The component that is mounted in a root, which draws whichever tab is open there.

use yew::{Html, Properties, component, html};

use crate::report_tab::{ReportTab, ReportTabProps};
use crate::sql::sql_tab::{SqlTab, SqlTabProps};
use crate::usage_tab::{UsageTab, UsageTabProps};

/// The kinds of tabs, each with its values.
#[derive(Clone, Debug, PartialEq)]
pub enum Tab {
    Report(ReportTabProps),
    Usage(UsageTabProps),
    Sql(SqlTabProps),
}

#[derive(Clone, Debug, Default, PartialEq, Properties)]
pub struct TabAppProps {
    /// How many tabs have been opened in this root. A new number is a new tab, which shares nothing with the one
    /// before.
    pub opened: u32,
    /// None while no tab is open here.
    pub tab: Option<Tab>,
}

/// The open tab, or nothing. Everything that a tab has started ends when it is no longer drawn.
#[component]
pub fn TabApp(props: &TabAppProps) -> Html {
    match &props.tab {
        None => Html::default(),
        Some(Tab::Report(report)) => html! { <ReportTab key={props.opened} ..report.clone() /> },
        // What is known of another application, or was answered to another person, is nothing to go on from.
        Some(Tab::Usage(usage)) => {
            let key = format!("{} {} {:?}", props.opened, usage.forgets, usage.app_id);
            html! { <UsageTab {key} ..usage.clone() /> }
        }
        Some(Tab::Sql(sql)) => html! { <SqlTab key={props.opened} ..sql.clone() /> },
    }
}
