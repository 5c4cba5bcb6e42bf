//! The tab "Compare queries": which two queries, chosen by a person or two runs of the same.

use std::any::Any;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::{Array, Function};
use serde::Deserialize;
use wasm_bindgen::JsValue;
use web_sys::HtmlSelectElement;
use wire::past::{PastRun, PastRuns};
use wire::{Apps, Queries};
use yew::{
    Callback, Event, Html, Properties, TargetCast, UseStateHandle, component, hook, html, use_effect_with, use_mut_ref,
    use_reducer, use_state,
};

use super::candidates::{Candidate, before, candidates};
use super::chosen::{Pair, QueryRef};
use super::pair_pane::PairPane;
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::i18n::{CompareMessage, tr};
use kit::loaded::Loaded;
use kit::parts::filled::filled;
use kit::parts::notice::{muted, problem_notice};
use kit::poll::{Poll, Pollers, use_poll};
use kit::problem::Problem;
use kit::question::{Question, escaped};
use kit::read::field;
use kit::tab::use_tab_shown;

/// The history has a query soon after its end, so it is asked again. Milliseconds.
const AGAIN_MS: u32 = 30_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct CompareTabProps {
    pub api: Api,
    pub pollers: Pollers,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// The application whose queries are offered; none for the newest.
    pub app_id: Option<String>,
    /// What is compared at first.
    pub pair: Pair,
    /// Hears what is compared.
    pub on_chosen: Option<Function>,
    /// Opens the page of a query.
    pub on_open_query: Option<Function>,
    /// How many times another pair was asked for, or another session was answered.
    pub asks: u32,
}

/// The part of `history/applications/{app_id}` that is needed here.
#[derive(Deserialize)]
struct AppRuns {
    runs: Vec<PastRun>,
}

#[component]
pub fn CompareTab(props: &CompareTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let pair = use_state(|| props.pair.clone());
    let apps = use_reducer(Loaded::<Apps>::default);
    let queries = use_reducer(Loaded::<Queries>::default);
    let poll = |route: String, shown: bool| Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        route: route.into(),
        shown,
        ..Poll::default()
    };
    let dispatcher = apps.dispatcher();
    use_poll(poll("panel/apps".to_owned(), shown), Callback::from(move |news| dispatcher.dispatch(news)));
    let is_listed = |app_id: &str| {
        let apps = apps.body()?;
        let is_shown = apps.app.iter().chain(&apps.apps).any(|app| app.app_id == app_id);
        Some(is_shown || apps.apps_not_shown > 0)
    };
    // The first query's application, else the panel's, else the newest.
    let app_ids = [pair.iter().flatten().next().map(|query| &query.app_id), props.app_id.as_ref()];
    let app_id = app_ids.into_iter().flatten().find(|app_id| is_listed(app_id) == Some(true));
    let route = match app_id {
        Some(app_id) => ["panel/queries?app=", &escaped(app_id)].concat(),
        None => "panel/queries".to_owned(),
    };
    let dispatcher = queries.dispatcher();
    use_poll(poll(route, shown && apps.body().is_some()), Callback::from(move |news| dispatcher.dispatch(news)));
    // A query of the newest application gets its name from the answer.
    let listed = queries.body().and_then(|queries| queries.app.as_ref()).map(|app| app.app_id.clone());
    let [first, second] = [0, 1].map(|side| named(pair.get(side)?.as_ref()?, listed.as_ref()));
    let history = use_history(&props.api, shown, [first.as_ref(), second.as_ref()]);
    let found = candidates(queries.body(), &history.alike, first.as_ref());
    let default = first.as_ref().filter(|_| second.is_none()).and_then(|first| before(&found, first));
    let no_other = first.is_some() && second.is_none() && default.is_none() && history.is_complete;
    use_kept(&pair, [first.clone(), second.clone().or(default)], props.on_chosen.clone());
    let on_open_query = props.on_open_query.clone();
    let on_open_query = Callback::from(move |query: QueryRef| {
        if let Some(on_open_query) = &on_open_query {
            // A shell that fails has said so in the console.
            let _ = on_open_query.call2(&JsValue::NULL, &query.app_id.into(), &query.query_id.into());
        }
    });
    let choose = |side: usize| {
        let (setter, now) = (pair.setter(), (*pair).clone());
        Callback::from(move |event: Event| {
            let value = event.target_unchecked_into::<HtmlSelectElement>().value();
            let mut next = now.clone();
            if let (Some(place), Some(query)) = (next.get_mut(side), QueryRef::of_value(&value)) {
                *place = Some(query);
                setter.set(next);
            }
        })
    };
    let choices = html! {
        <div class="sparkMonitor-Compare-choices">
            { choice(CompareMessage::FirstQuery, first.as_ref(), None, &found, choose(0)) }
            { choice(CompareMessage::SecondQuery, second.as_ref(), first.as_ref(), &found, choose(1)) }
        </div>
    };
    let compared = match (first, second) {
        (Some(first), Some(second)) => {
            let key = [&*first.value(), " ", &second.value()].concat();
            let is_listed = [is_listed(&first.app_id), is_listed(&second.app_id)];
            let has_history = history.is_complete.then_some(history.is_on);
            html! {
                <PairPane
                    {key} api={props.api.clone()} pollers={props.pollers.clone()} {shown} {first} {second} {is_listed}
                    runs={history.runs} {has_history} {on_open_query}
                />
            }
        }
        (Some(_), None) if no_other => muted(CompareMessage::NoOther),
        _ => muted(CompareMessage::ChooseTwo),
    };
    html! {
        <div class="sparkMonitor-Compare">
            <h2 class="sparkMonitor-Report-title">{ tr(CompareMessage::CompareTitle) }</h2>
            { filled(&queries, true, queries.body().map(|_| choices)) }
            { history.problem.as_ref().map(problem_notice) }
            { compared }
        </div>
    }
}

/// With its application, as soon as that is known.
fn named(query: &QueryRef, newest: Option<&String>) -> Option<QueryRef> {
    if query.app_id.is_empty() { QueryRef::new(newest?.clone(), query.query_id.clone()) } else { Some(query.clone()) }
}

/// Keeps what is compared, and tells the shell.
#[hook]
fn use_kept(pair: &UseStateHandle<Pair>, next: Pair, on_chosen: Option<Function>) {
    let (setter, is_new) = (pair.setter(), **pair != next);
    use_effect_with((next, on_chosen), move |(next, on_chosen)| {
        // Until the application is known, nothing is forgotten.
        if next.first().is_some_and(Option::is_some) {
            if is_new {
                setter.set(next.clone());
            }
            if let Some(on_chosen) = on_chosen {
                let words = next.iter().flat_map(|query| match query {
                    Some(query) => [&*query.app_id, &*query.query_id],
                    None => ["", ""],
                });
                let words: Array = words.map(JsValue::from).collect();
                // A shell that fails has said so in the console.
                let _ = on_chosen.call1(&JsValue::NULL, &words);
            }
        }
    });
}

/// What the history knows of the two queries.
struct Known {
    /// False where there is no history.
    is_on: bool,
    /// Whether all that was asked about this pair has been answered.
    is_complete: bool,
    /// Why something was not.
    problem: Option<Problem>,
    runs: [Option<PastRun>; 2],
    /// Runs of the first one's shape.
    alike: Vec<PastRun>,
}

/// Asks the history, if there is one, and again while it lacks one of them.
#[hook]
fn use_history(api: &Api, shown: bool, pair: [Option<&QueryRef>; 2]) -> Known {
    let round = use_state(|| 0_u32);
    let areas = use_asked(api, shown.then(|| Question::get("areas".to_owned())), has_history);
    let is_on = areas.answer::<bool>().copied();
    let number = *round;
    let ask = |route: Option<String>| {
        route.filter(|_| shown && is_on == Some(true)).map(|route| Question { number, ..Question::get(route) })
    };
    let of_app =
        |query: Option<&QueryRef>| ask(query.map(|query| ["history/applications/", &escaped(&query.app_id)].concat()));
    let [first, second] = pair;
    let asked = use_asked(api, of_app(first), read::<AppRuns>);
    // One answer has both queries of an application.
    let is_other_app = first.map(|query| &query.app_id) != second.map(|query| &query.app_id);
    let other_asked = use_asked(api, of_app(second.filter(|_| is_other_app)), read::<AppRuns>);
    let run_of = |query: Option<&QueryRef>| {
        let answers = [&asked, &other_asked].into_iter().filter_map(|asked| asked.answer::<AppRuns>());
        answers.flat_map(|answer| &answer.runs).find(|run| is_of(run, query)).cloned()
    };
    let run = run_of(first);
    // The runs of Spark's own history server have no shape.
    let shape_id = run.as_ref().map(|run| run.shape_id).filter(|shape_id| *shape_id > 0);
    let shape = ask(shape_id.map(|shape_id| ["history/queries/", &shape_id.to_string()].concat()));
    let alike_asked = use_asked(api, shape, read::<PastRuns>);
    let alike = alike_asked.answer::<PastRuns>().map(|answer| answer.runs.clone()).unwrap_or_default();
    let alike: Vec<_> = alike.into_iter().filter(|run| Some(run.shape_id) == shape_id).collect();
    let other_run = run_of(second).or_else(|| alike.iter().find(|run| is_of(run, second)).cloned());
    let is_missing = (first.is_some() && run.is_none()) || (second.is_some() && other_run.is_none());
    let waits = shown && is_on == Some(true) && is_missing;
    use_effect_with((waits, number), move |(waits, number)| {
        let next = number.wrapping_add(1);
        let timeout = waits.then(|| Timeout::new(AGAIN_MS, move || round.set(next)));
        move || drop(timeout)
    });
    // What was answered once about a pair is not pending because it is asked again.
    let now = [first.cloned(), second.cloned()];
    let answered = use_mut_ref(|| None::<Pair>);
    let all = [&areas, &asked, &other_asked, &alike_asked];
    if shown && all.iter().all(|asked| !asked.pending) {
        answered.replace(Some(now.clone()));
    }
    let is_complete = answered.borrow().as_ref() == Some(&now);
    let problem = all.iter().find_map(|asked| asked.problem()).cloned();
    Known { is_on: is_on.unwrap_or(true), is_complete, problem, runs: [run, other_run], alike }
}

fn is_of(run: &PastRun, query: Option<&QueryRef>) -> bool {
    query.is_some_and(|query| query.app_id == run.app_id && query.query_id == run.query_id)
}

/// Whether the sidecar keeps a history. Where it keeps none, there are no routes to ask.
fn has_history(areas: JsValue) -> Result<Rc<dyn Any>, Problem> {
    let history = field(&areas, "history");
    Ok(Rc::new(!history.is_null() && !history.is_undefined()))
}

/// A list of queries; without `first`, and in two parts, if that is the other side.
fn choice(
    label: CompareMessage<'static>,
    chosen: Option<&QueryRef>,
    first: Option<&QueryRef>,
    all: &[Candidate],
    onchange: Callback<Event>,
) -> Html {
    let offered = |is_same: Option<bool>| {
        let is_offered =
            move |one: &&Candidate| Some(&one.query) != first && is_same.is_none_or(|is_same| one.is_same == is_same);
        all.iter().filter(is_offered).map(|one| option(&one.query, &one.label, chosen)).collect::<Html>()
    };
    let is_there = |is_same: bool| all.iter().any(|one| Some(&one.query) != first && one.is_same == is_same);
    let group = |is_same: bool, label: CompareMessage<'static>| {
        if is_there(is_same) {
            html! { <optgroup label={tr(label)}>{ offered(Some(is_same)) }</optgroup> }
        } else {
            Html::default()
        }
    };
    // What is chosen may be on no list, or no longer.
    let unlisted = chosen.filter(|chosen| !all.iter().any(|one| one.query == **chosen));
    html! {
        <label class="sparkMonitor-Compare-choice">
            { tr(label) }
            <select class="sparkMonitor-App-picker" {onchange}>
                <option value="" selected={chosen.is_none()} disabled={true}>{ tr(CompareMessage::ChooseOne) }</option>
                { unlisted.map(|query| option(query, &query.query_id, chosen)) }
                if first.is_some() {
                    { group(true, CompareMessage::SameQuery) }
                    { group(false, CompareMessage::OtherQueries) }
                } else {
                    { offered(None) }
                }
            </select>
        </label>
    }
}

fn option(query: &QueryRef, label: &str, chosen: Option<&QueryRef>) -> Html {
    let value = query.value();
    html! { <option key={value.clone()} value={value} selected={chosen == Some(query)}>{ label }</option> }
}
