//! The one component that is mounted in a root: it draws whichever tab is open there.

use yew::{Html, Properties, component, html};

use crate::report_tab::{ReportTab, ReportTabProps};

/// A tab of each kind, with what it needs.
#[derive(Clone, Debug, PartialEq)]
pub enum Tab {
    Report(ReportTabProps),
}

#[derive(Clone, Debug, Default, PartialEq, Properties)]
pub struct TabAppProps {
    /// How many tabs have been open in this root. Another number is another tab, which shares nothing with the one before.
    pub opened: u32,
    /// None is drawn while no tab is open here.
    pub tab: Option<Tab>,
}

/// The open tab, or nothing: whatever a tab has started ends when it is no longer drawn.
#[component]
pub fn TabApp(props: &TabAppProps) -> Html {
    match &props.tab {
        None => Html::default(),
        Some(Tab::Report(report)) => html! { <ReportTab key={props.opened} ..report.clone() /> },
    }
}
