//! The tab with the last minutes as a chart, which polls while it is shown.

use yew::{AttrValue, Callback, Html, Properties, component, use_reducer};

use crate::usage_model::{Action, Model};
use crate::usage_view::usage_view;
use kit::api::Api;
use kit::poll::{Poll, Pollers, use_poll};
use kit::tab::use_tab_shown;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct UsageTabProps {
    pub api: Api,
    pub pollers: Pollers,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// The application whose tasks are shown; none for the newest.
    pub app_id: Option<String>,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

/// The tab. What the sidecar records of cluster and executors comes with the history, in one request.
#[component]
pub fn UsageTab(props: &UsageTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let app =
        props.app_id.as_deref().map(|app_id| ["&app=", &String::from(js_sys::encode_uri_component(app_id))].concat());
    let app = AttrValue::from(app.unwrap_or_default());
    let poll = |view, route| Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        view,
        route,
        shown,
        ..Poll::default()
    };
    let dispatcher = model.dispatcher();
    let act = Callback::from(move |action| dispatcher.dispatch(action));
    use_poll(poll("cluster", AttrValue::default()), Callback::noop());
    use_poll(poll("executors", app.clone()), act.reform(Action::Executors));
    use_poll(poll("history", app), act.reform(Action::History));
    usage_view(&model, &act)
}
