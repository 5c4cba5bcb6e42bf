//! The tab "Spark charts", which asks for the cluster's numbers while it is shown.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use yew::{Callback, Html, Properties, UseReducerHandle, component, hook, use_effect_with, use_reducer};

use super::csv::csv;
use super::fetch::{fetch, rest_ms};
use super::model::{Act, Action, Answer, File, Model, Wish};
use super::picture::picture;
use super::view::charts_view;
use super::zone;
use kit::api::Api;
use kit::request::Request;
use kit::tab::use_tab_shown;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ChartsTabProps {
    pub api: Api,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// Saves a text as a file, given its media type and name; an SVG picture as PNG, if the name ends so.
    pub on_save: Option<Function>,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

#[component]
pub fn ChartsTab(props: &ChartsTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let act = act(&model, props.on_save.clone());
    use_answer(&props.api, shown, &model, &act);
    // A part is not asked for again, unless that failed.
    let rest_ms = rest_ms(model.zoom.shown()).or(model.problem.as_ref().map(|_| 60_000)).filter(|_| shown);
    let tell = act.clone();
    use_effect_with((rest_ms, model.answers), move |(rest_ms, _)| {
        let timeout = rest_ms.map(|rest_ms| Timeout::new(rest_ms, move || tell.emit(Action::AskAgain)));
        move || drop(timeout)
    });
    charts_view(&model, &act)
}

/// Saves a file if the action asks for one, then updates the model.
fn act(model: &UseReducerHandle<Model>, on_save: Option<Function>) -> Act {
    let (model, dispatcher) = (model.clone(), model.dispatcher());
    Callback::from(move |action| {
        if let (Some(answer), Some(on_save), Action::Save(file)) = (&model.answer, &on_save, &action) {
            save(on_save, answer, *file);
        }
        dispatcher.dispatch(action);
    })
}

fn save(on_save: &Function, answer: &Answer, file: File) {
    let (media_type, ending) = match file {
        File::Csv => ("text/csv", ".csv"),
        File::Svg => ("image/svg+xml", ".svg"),
        File::Png => ("image/svg+xml", ".png"),
    };
    let text = if file == File::Csv { csv(&answer.series, zone::ahead_ms) } else { picture(answer) };
    let day = zone::iso(answer.span.to_ms, zone::ahead_ms(answer.span.to_ms)).chars().take(10).collect::<String>();
    let name = ["spark-charts-", &day, ending].concat();
    // A failure would be one of the shell, which has nothing to report.
    let _ = on_save.call3(&JsValue::NULL, &text.into(), &media_type.into(), &name.into());
}

/// Asks for what is wished for while the tab is shown; what is known and current is not asked for again.
#[hook]
fn use_answer(api: &Api, shown: bool, model: &UseReducerHandle<Model>, act: &Act) {
    let (api, act, before) = (api.clone(), act.clone(), model.answer.clone());
    let wish = Wish { choice: model.zoom.shown(), asked: model.asked };
    use_effect_with((shown, wish), move |(shown, wish)| {
        let wish = *wish;
        let is_current = |answer: &Rc<Answer>| {
            let rest_ms = rest_ms(wish.choice).map_or(f64::INFINITY, f64::from);
            answer.wish == wish && js_sys::Date::now() - (answer.at_ms as f64) < rest_ms
        };
        let request = if *shown && !before.as_ref().is_some_and(is_current) { Request::start() } else { None };
        if let Some(request) = &request {
            let signal = request.signal();
            spawn_local(async move {
                let answer = fetch(&api, &signal, wish, before.as_deref()).await;
                if !signal.aborted() {
                    act.emit(Action::Arrived(answer.map(Rc::new)));
                }
            });
        }
        move || drop(request)
    });
}
