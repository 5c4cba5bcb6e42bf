//! The page of cached data, which polls while it is shown.

use js_sys::Function;
use wire::Storage;
use yew::{Callback, Html, Properties, component, use_reducer, use_state};

use super::storage_view::storage_view;
use kit::api::Api;
use kit::loaded::Loaded;
use kit::poll::{Poll, Pollers, use_poll};
use kit::shell_call::copy;
use kit::tab::use_tab_shown;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct StorageTabProps {
    pub api: Api,
    pub pollers: Pollers,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// The application whose data is shown; none for the newest.
    pub app_id: Option<String>,
    pub on_copy: Option<Function>,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

#[component]
pub fn StorageTab(props: &StorageTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let storage = use_reducer(Loaded::<Storage>::default);
    let copied = use_state(|| None::<bool>);
    let app =
        props.app_id.as_deref().map(|app_id| ["?app=", &String::from(js_sys::encode_uri_component(app_id))].concat());
    let route = ["panel/storage", &app.unwrap_or_default()].concat();
    let dispatcher = storage.dispatcher();
    let poll =
        Poll { api: props.api.clone(), pollers: props.pollers.clone(), route: route.into(), shown, ..Poll::default() };
    use_poll(poll, Callback::from(move |news| dispatcher.dispatch(news)));
    let (on_copy, copying) = (props.on_copy.clone(), copied.setter());
    let on_copy = Callback::from(move |text: String| {
        let copying = copying.clone();
        copying.set(None);
        copy(on_copy.as_ref(), &text, move |worked| copying.set(Some(worked)));
    });
    storage_view(&storage, *copied, &on_copy)
}
