//! A query's page, which polls while it is shown.

use std::sync::atomic::{AtomicU32, Ordering};

use js_sys::{Array, Function};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use wire::{FindingRule, Findings, Query, QueryPlans, QueryStages, QueryTasks};
use yew::{
    AttrValue, Callback, Html, Properties, UseStateSetter, component, html, use_callback, use_effect_with, use_memo,
    use_reducer, use_state,
};

use super::batches_pane::BatchesPane;
use super::interrupt::interrupt;
use super::page::{Notebook, Page};
use super::query_view::query_view;
use super::save_pane::SavePane;
use super::settings_pane::SettingsPane;
use super::stop::Stopping;
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
    /// Whether a kernel of this JupyterLab has named a session of Spark Connect as its own.
    pub is_mine: Option<Function>,
    /// The open notebook whose query it is, given the ids of its session and its application: its title and what it adds to
    /// a cell's number.
    pub notebook_of: Option<Function>,
    /// Goes to the cell that ran a query, given the ids of its application and of itself.
    pub on_cell: Option<Function>,
    /// The rules whose findings the person does not want to see, with commas between them.
    pub muted: AttrValue,
    /// Mutes a rule, or no longer.
    pub on_mute: Option<Function>,
    /// Saves a text under a name.
    pub on_save: Option<Function>,
    /// Compares it with another query, given the ids of its application and of itself.
    pub on_compare: Option<Function>,
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
    let tasks = use_reducer(Loaded::<QueryTasks>::default);
    let chosen = use_state(|| None::<(i64, i64)>);
    let copied = use_state(|| None::<bool>);
    let stopping = use_state(|| None::<Stopping>);
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
    let dispatcher = tasks.dispatcher();
    use_poll(poll([&*path, "/tasks", &app].concat()), Callback::from(move |news| dispatcher.dispatch(news)));
    let dispatcher = findings.dispatcher();
    use_poll(poll(["panel/findings", &app].concat()), Callback::from(move |news| dispatcher.dispatch(news)));
    let operation = known.as_ref().and_then(|(_, query)| stoppable(query, props.is_mine.as_ref()));
    let notebook = known.as_ref().and_then(|(app_id, query)| notebook(query, app_id, props.notebook_of.as_ref()));
    let is_stream = known.as_ref().is_some_and(|(_, query)| query.stream.is_some());
    let known_app_id = app_id.clone();
    let named = known.map(|(app_id, query)| (app_id, query.name.clone()));
    use_effect_with((named, props.on_known.clone()), |(named, on_known)| {
        if let (Some((app_id, name)), Some(on_known)) = (named, on_known) {
            // A shell that fails has said so in the console.
            let _ = on_known.call2(&JsValue::NULL, &app_id.into(), &name.into());
        }
    });
    let on_choose = use_callback(chosen.setter(), |operator, chosen| chosen.set(operator));
    let (on_copy, copying) = (props.on_copy.clone(), copied.setter());
    let page = Page {
        query: &query,
        plans: &plans,
        findings: &findings,
        tasks: &tasks,
        number: *number,
        chosen: *chosen,
        on_choose,
        copied: *copied,
        on_copy: Callback::from(move |text: String| {
            let copying = copying.clone();
            copying.set(None);
            copy(on_copy.as_ref(), &text, move |worked| copying.set(Some(worked)));
        }),
        muted: &props.muted,
        on_mute: {
            let on_mute = props.on_mute.clone();
            Callback::from(move |(rule, is_muted): (FindingRule, bool)| {
                if let Some(on_mute) = &on_mute {
                    // A shell that fails has said so in the console.
                    let _ = on_mute.call2(&JsValue::NULL, &rule.key().into(), &is_muted.into());
                }
            })
        },
        notebook,
        on_cell: tell(props.on_cell.as_ref(), known_app_id.as_deref(), &props.query_id),
        may_stop: operation.is_some(),
        stopping: stopping.as_ref(),
        on_stop: {
            let (api, stopping) = (props.api.clone(), stopping.setter());
            Callback::from(move |next: Option<Stopping>| {
                match (&next, operation.clone()) {
                    (Some(Stopping::Sent), Some((session_id, operation_id))) => {
                        send(api.clone(), session_id, operation_id, stopping.clone());
                    }
                    // It ended between the question and the answer.
                    (Some(Stopping::Sent), None) => return stopping.set(Some(Stopping::Done(false))),
                    _ => {}
                }
                stopping.set(next);
            })
        },
        on_compare: tell(props.on_compare.as_ref(), known_app_id.as_deref(), &props.query_id),
        batches: if is_stream {
            let route = [&*path, "/batches", &app].concat();
            html! { <BatchesPane api={props.api.clone()} pollers={props.pollers.clone()} {shown} {route} /> }
        } else {
            Html::default()
        },
        save: html! {
            <SavePane api={props.api.clone()} path={path} app={app.clone()} on_save={props.on_save.clone()} />
        },
        settings: html! { <SettingsPane api={props.api.clone()} pollers={props.pollers.clone()} {shown} {app} /> },
    };
    query_view(&page)
}

/// Calls the shell with the ids of the application and of the query.
fn tell(shell: Option<&Function>, app_id: Option<&str>, query_id: &AttrValue) -> Callback<()> {
    let (shell, app_id, query_id) = (shell.cloned(), app_id.map(str::to_owned), query_id.clone());
    Callback::from(move |()| {
        if let (Some(shell), Some(app_id)) = (&shell, &app_id) {
            // A shell that fails has said so in the console.
            let _ = shell.call2(&JsValue::NULL, &app_id.as_str().into(), &query_id.as_str().into());
        }
    })
}

fn notebook(query: &Query, app_id: &str, shell: Option<&Function>) -> Option<Notebook> {
    let session_id = query.session_id.as_deref().map_or(JsValue::NULL, JsValue::from);
    let answer = shell?.call2(&JsValue::NULL, &session_id, &app_id.into()).ok()?.dyn_into::<Array>().ok()?;
    // Execution counts and what is added to them are small.
    let shift = answer.get(1).as_f64().map(|shift| shift as u32);
    Some(Notebook { title: answer.get(0).as_string()?, shift })
}

/// The session and the operation of a query that this page may stop.
fn stoppable(query: &Query, is_mine: Option<&Function>) -> Option<(String, String)> {
    let (session_id, operation_id) = (query.session_id.clone()?, query.operation_id.clone()?);
    let answer = is_mine?.call1(&JsValue::NULL, &session_id.as_str().into()).ok()?;
    (query.can_stop && answer.is_truthy()).then_some((session_id, operation_id))
}

/// Tells Spark to stop it, and reports what became of it.
fn send(api: Api, session_id: String, operation_id: String, stopping: UseStateSetter<Option<Stopping>>) {
    spawn_local(async move {
        stopping.set(Some(match interrupt(&api, &session_id, &operation_id).await {
            Ok(found) => Stopping::Done(found),
            Err(problem) => Stopping::Failed(problem),
        }));
    });
}
