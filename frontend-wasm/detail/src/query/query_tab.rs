//! A query's page, which polls while it is shown.

use std::sync::atomic::{AtomicU32, Ordering};

use js_sys::Function;
use wasm_bindgen::JsValue;
use wire::{Findings, QueryPlans, QueryStages};
use yew::{AttrValue, Callback, Html, Properties, component, use_effect_with, use_memo, use_reducer, use_state};

use super::query_view::{Page, query_view};
use kit::api::Api;
use kit::loaded::Loaded;
use kit::poll::{Poll, Pollers, use_poll};
use kit::shell_call::copy;
use kit::tab::use_tab_shown;

/// The number of the next page.
static NEXT: AtomicU32 = AtomicU32::new(0);

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct QueryTabProps {
    pub api: Api,
    pub pollers: Pollers,
    /// JupyterLab shows the tab.
    pub shown: bool,
    pub query_id: AttrValue,
    /// None until the first answer names it: the newest application.
    pub app_id: Option<String>,
    /// Hears which application it is, and the query's name.
    pub on_known: Option<Function>,
    pub on_copy: Option<Function>,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

/// The page. `sql-7` of the next application is another query, so the application of the first answer is asked for from
/// then on.
#[component]
pub fn QueryTab(props: &QueryTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let query = use_reducer(Loaded::<QueryStages>::default);
    let plans = use_reducer(Loaded::<QueryPlans>::default);
    let findings = use_reducer(Loaded::<Findings>::default);
    let chosen = use_state(|| None::<(i64, i64)>);
    let copied = use_state(|| None::<bool>);
    let number = use_memo((), |()| NEXT.fetch_add(1, Ordering::Relaxed));
    let encoded = |text: &str| String::from(js_sys::encode_uri_component(text));
    let known = query.body().and_then(|answer| Some((answer.app.as_ref()?.app_id.clone(), answer.query.as_ref()?)));
    let app_id = props.app_id.clone().or_else(|| known.as_ref().map(|(app_id, _)| app_id.clone()));
    let app = app_id.as_deref().map(|app_id| ["?app=", &encoded(app_id)].concat()).unwrap_or_default();
    let path = ["panel/queries/", &encoded(&props.query_id)].concat();
    let poll = |route: String| Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        route: route.into(),
        shown,
        ..Poll::default()
    };
    let dispatcher = query.dispatcher();
    use_poll(poll([&*path, &app].concat()), Callback::from(move |news| dispatcher.dispatch(news)));
    let dispatcher = plans.dispatcher();
    use_poll(poll([&*path, "/plan", &app].concat()), Callback::from(move |news| dispatcher.dispatch(news)));
    let dispatcher = findings.dispatcher();
    use_poll(poll(["panel/findings", &app].concat()), Callback::from(move |news| dispatcher.dispatch(news)));
    let named = known.map(|(app_id, query)| (app_id, query.name.clone()));
    use_effect_with((named, props.on_known.clone()), |(named, on_known)| {
        if let (Some((app_id, name)), Some(on_known)) = (named, on_known) {
            // A shell that fails has said so in the console.
            let _ = on_known.call2(&JsValue::NULL, &app_id.into(), &name.into());
        }
    });
    let (on_copy, copying) = (props.on_copy.clone(), copied.setter());
    let page = Page {
        query: &query,
        plans: &plans,
        findings: &findings,
        number: *number,
        chosen: *chosen,
        on_choose: {
            let chosen = chosen.setter();
            Callback::from(move |operator| chosen.set(operator))
        },
        copied: *copied,
        on_copy: Callback::from(move |text: String| {
            let copying = copying.clone();
            copying.set(None);
            copy(on_copy.as_ref(), &text, move |worked| copying.set(Some(worked)));
        }),
    };
    query_view(&page)
}
