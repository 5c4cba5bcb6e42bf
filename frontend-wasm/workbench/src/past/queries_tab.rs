//! The tab "My queries": what a person has run, which runs were slower than usual, and why.

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;
use web_sys::HtmlInputElement;
use wire::past::{PastQueries, PastRuns};
use yew::{Callback, Html, InputEvent, MouseEvent, Properties, TargetCast, component, html, use_mut_ref, use_reducer};

use super::asked::{read, use_past};
use super::master_detail::{columns, newest};
use super::model::{Act, Action, Model};
use super::queries_view::{queries_list, query_tools, runs_view, shape_view};
use kit::api::Api;
use kit::i18n::{PastMessage, tr};
use kit::parts::notice::muted;
use kit::shell_call;
use kit::tab::use_tab_shown;

/// How long nothing is typed before it is searched for; milliseconds.
const TYPED_MS: u32 = 300;
/// How long a copy is confirmed; milliseconds.
const CONFIRMED_MS: u32 = 4_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct QueriesTabProps {
    pub api: Api,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// Puts text on the clipboard.
    pub on_copy: Option<Function>,
    /// Opens the tab of an application, given its id.
    pub on_open_app: Option<Function>,
    /// Compares a run with another one, given the ids of its application and of itself.
    pub on_compare: Option<Function>,
    /// Goes to the cell that ran a query, given the ids of its application and of itself.
    pub on_cell: Option<Function>,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

#[component]
pub fn QueriesTab(props: &QueriesTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let (typing, confirmed) = (use_mut_ref(|| None::<Timeout>), use_mut_ref(|| None::<Timeout>));
    let dispatcher = model.dispatcher();
    let act = Act::from(move |action| dispatcher.dispatch(action));
    let search = model.search.trim();
    let route = ["history/queries?search=", &String::from(js_sys::encode_uri_component(search))].concat();
    let queries = use_past(&props.api, Some(route.clone()), read::<PastQueries>, shown, model.refreshes);
    let chosen = model.chosen(None, 0);
    let runs_route = chosen.map(|shape_id| ["history/queries/", shape_id].concat());
    let runs = use_past(&props.api, runs_route.clone(), read::<PastRuns>, shown, model.refreshes);
    let runs = runs.to(runs_route.as_deref());
    let searches = act.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let (text, searches) = (event.target_unchecked_into::<HtmlInputElement>().value(), searches.clone());
        typing.replace(Some(Timeout::new(TYPED_MS, move || searches.emit(Action::Search(text)))));
    });
    let (on_copy, tell) = (props.on_copy.clone(), act.clone());
    let copy = Callback::from(move |label: String| {
        let (tell, confirmed) = (tell.clone(), confirmed.clone());
        shell_call::copy(on_copy.as_ref(), &label, move |done| {
            tell.emit(Action::Copied(Some(done)));
            confirmed.replace(Some(Timeout::new(CONFIRMED_MS, move || tell.emit(Action::Copied(None)))));
        });
    });
    let on_open_app = props.on_open_app.clone();
    let open = Callback::from(move |app_id: String| {
        if let Some(on_open_app) = &on_open_app {
            // A failure would be one of the shell, which has nothing to report.
            let _ = on_open_app.call1(&JsValue::NULL, &app_id.into());
        }
    });
    let content = queries.filled(|answer: &PastQueries| {
        let shape = answer.shapes.iter().find(|shape| Some(&*shape.shape_id.to_string()) == chosen);
        let detail = match shape {
            Some(shape) => {
                let runs = runs.filled(|runs: &PastRuns| runs_view(runs, model.looked_at_ms, &act, &open));
                let last = shape.newest.as_ref().map(|run| [&run.app_id, &run.query_id].map(|id| JsValue::from(&**id)));
                let with_last = |act: &Option<Function>| {
                    let (act, last) = (act.clone(), last.clone());
                    Callback::from(move |_: MouseEvent| {
                        if let (Some(act), Some([app_id, query_id])) = (&act, &last) {
                            // A failure would be one of the shell, which has nothing to report.
                            let _ = act.call2(&JsValue::NULL, app_id, query_id);
                        }
                    })
                };
                let (go, compare) = (with_last(&props.on_cell), with_last(&props.on_compare));
                shape_view(&shape.label, model.copied, &copy, go, compare, runs)
            }
            None if answer.shapes.is_empty() => Html::default(),
            None => muted(PastMessage::ChooseQuery),
        };
        let list = queries_list(answer, model.which, !search.is_empty(), chosen, &act);
        columns(list, newest(answer.has_more, answer.shapes.len()), detail)
    });
    html! {
        <div class="sparkMonitor-PastTab" aria-busy={queries.is_pending(&route).to_string()}>
            <h2 class="sparkMonitor-Report-title">{ tr(PastMessage::MyQueries) }</h2>
            { query_tools(model.which, oninput, &act) }
            { content }
        </div>
    }
}
