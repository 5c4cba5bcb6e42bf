//! The panel with its polling: three views, asked for only while the panel can be seen.

use wire::{Cluster, Executors, Stages};
use yew::{AttrValue, ContextProvider, Html, Properties, component, html};

use super::panel_view::PanelView;
use crate::locale::Locale;
use crate::poll::{Poll, use_poll};
use crate::tab::use_tab_shown;

#[derive(Clone, Properties, PartialEq)]
pub struct PanelAppProps {
    pub api_url: AttrValue,
    pub locale: Locale,
    pub kernel_busy: bool,
    /// JupyterLab shows the panel.
    pub visible: bool,
}

/// The panel with its polling.
#[component]
pub fn PanelApp(props: &PanelAppProps) -> Html {
    let shown = use_tab_shown() && props.visible;
    let poll = |view: &str| Poll {
        url: format!("{}panel/{view}", props.api_url).into(),
        shown,
        kernel_busy: props.kernel_busy,
    };
    let cluster = use_poll::<Cluster>(poll("cluster"));
    let executors = use_poll::<Executors>(poll("executors"));
    let stages = use_poll::<Stages>(poll("stages"));
    html! {
        <ContextProvider<Locale> context={props.locale.clone()}>
            <PanelView {cluster} {executors} {stages} />
        </ContextProvider<Locale>>
    }
}
