//! The panel with its polling: it polls only while it is visible.

use std::rc::Rc;

use gloo_timers::callback::Interval;
use yew::{
    AttrValue, Callback, Html, NodeRef, Properties, UseReducerDispatcher, UseReducerHandle, component, hook,
    use_effect_with, use_node_ref, use_reducer,
};

use super::executors::scrolled;
use super::panel_context::Panel;
use super::panel_view::panel_view;
use super::row_menu::chosen;
use crate::interrupt;
use crate::mine::Notebook;
use crate::model::{Act, Action, Copied, Model, View};
use crate::preferences::Preferences;
use crate::shell::Shell;
use kit::api::Api;
use kit::news::News;
use kit::poll::{Poll, Pollers, use_poll};
use kit::tab::use_tab_shown;

#[derive(Clone, Properties, PartialEq)]
pub struct PanelAppProps {
    pub api: Api,
    pub pollers: Pollers,
    pub kernel_busy: bool,
    /// JupyterLab shows the panel.
    pub visible: bool,
    /// The panel is in the document, even if it is hidden.
    pub drawn: bool,
    pub shell: Shell,
    /// The open notebooks.
    pub notebooks: Rc<[Notebook]>,
    pub preferences: Rc<Preferences>,
    /// The last command of a person, with a number that makes it unique.
    pub order: (u32, Order),
}

/// The commands for the panel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Order {
    #[default]
    Nothing,
    Refresh,
    TogglePause,
    ShowDismissed,
    /// An entry of a row's context menu.
    Choose {
        row: Rc<str>,
        entry: Rc<str>,
    },
}

/// The panel, which polls.
#[component]
pub fn PanelApp(props: &PanelAppProps) -> Html {
    let shown = use_tab_shown() && props.visible;
    let picked = props.shell.app_id.clone();
    let model = use_reducer(move || Model { picked, ..Model::default() });
    let act = act(model.dispatcher(), props.shell.clone(), props.api.clone());
    let app = parameter("&app=", model.picked.as_deref());
    let poll = |view, route: &str, wanted_ms: u32| Poll {
        api: props.api.clone(),
        pollers: props.pollers.clone(),
        view,
        route: AttrValue::from(route.to_owned()),
        shown,
        kernel_busy: props.kernel_busy,
        paused: model.paused,
        wanted_ms,
        refreshes: model.refreshes,
    };
    let of_cluster = |view, route| poll(view, route, props.preferences.cluster_poll_ms);
    let of_app = |view, route| poll(view, route, props.preferences.query_poll_ms);
    use_poll(of_cluster("cluster", ""), hear(&act, View::Cluster));
    let apps = of_cluster("apps", "");
    use_poll(Poll { shown: shown && model.may_choose(), ..apps }, hear(&act, View::Apps));
    use_poll(of_app("executors", &app), hear(&act, View::Executors));
    use_poll(of_app("stages", &app), hear(&act, View::Stages));
    use_poll(of_app("queries", &app), hear(&act, View::Queries));
    use_poll(of_app("findings", &app), hear(&act, View::Findings));
    let query = of_app("query", &[&*parameter("&query=", model.open_query.as_deref()), &app].concat());
    use_poll(Poll { shown: shown && model.open_query.is_some(), ..query }, hear(&act, View::QueryStages));
    use_poll(of_cluster("history", &app), hear(&act, View::History));
    let tell = act.clone();
    use_effect_with(Rc::clone(&props.notebooks), move |notebooks| tell.emit(Action::Notebooks(Rc::clone(notebooks))));
    let tell = act.clone();
    use_effect_with(Rc::clone(&props.preferences), move |set| tell.emit(Action::Preferences(Rc::clone(set))));
    use_orders(&props.order, &model, act.clone());
    let shell = props.shell.clone();
    use_effect_with(model.paused, move |paused| shell.tell_paused(*paused));
    let shell = props.shell.clone();
    use_effect_with(model.session_changes, move |changes| {
        if *changes > 0 {
            shell.tell_session_changed();
        }
    });
    let table = use_node_ref();
    use_clock(shown, table.clone(), act.clone());
    if !props.drawn {
        return Html::default();
    }
    panel_view(&Panel { model: &model, act: &act, table: &table })
}

/// Carries out an action's request to JupyterLab or Spark, then updates the model.
fn act(dispatcher: UseReducerDispatcher<Model>, shell: Shell, api: Api) -> Act {
    Callback::from(move |action: Action| {
        match &action {
            Action::Pick(app_id) => shell.pick(app_id.as_deref()),
            Action::OpenTab(tab) => shell.open_tab(tab),
            Action::Copy { what, text } => {
                let (what, dispatcher) = (*what, dispatcher.clone());
                shell.copy(text, move |done| {
                    let at_ms = js_sys::Date::now() as i64;
                    dispatcher.dispatch(Action::Copied(Copied { what, done, at_ms }));
                });
            }
            Action::Jump(place) => {
                let (jumped, dispatcher) = (place.clone(), dispatcher.clone());
                shell.jump(place, move |found| dispatcher.dispatch(Action::Jumped(jumped, found)));
            }
            Action::Stop(stop) => interrupt::send(api.clone(), stop.clone(), dispatcher.clone()),
            _ => {}
        }
        dispatcher.dispatch(action);
    })
}

/// A parameter of a route; nothing without a value.
fn parameter(name: &str, value: Option<&str>) -> String {
    value.map_or_else(String::new, |value| [name, &String::from(js_sys::encode_uri_component(value))].concat())
}

fn hear(act: &Act, view: View) -> Callback<News> {
    act.reform(move |news| Action::News(view, news))
}

/// Carries out a person's commands.
#[hook]
fn use_orders(order: &(u32, Order), model: &UseReducerHandle<Model>, act: Act) {
    let model = model.clone();
    use_effect_with(order.clone(), move |(_, order)| match order {
        Order::Nothing => {}
        Order::Refresh => act.emit(Action::Refresh),
        Order::TogglePause => act.emit(Action::TogglePause),
        Order::ShowDismissed => act.emit(Action::ShowDismissed),
        Order::Choose { row, entry } => {
            let panel = Panel { model: &model, act: &act, table: &NodeRef::default() };
            if let Some(action) = chosen(&panel, row, entry) {
                act.emit(action);
            }
        }
    });
}

/// While the panel is visible, updates the clock and the visible part of a long table each second: there is no event
/// when rows grow taller in a narrower panel.
#[hook]
fn use_clock(shown: bool, table: NodeRef, act: Act) {
    use_effect_with(shown, move |shown| {
        let tell = move || {
            act.emit(Action::Tick { now_ms: js_sys::Date::now() as i64 });
            if let Some(table) = table.cast() {
                act.emit(scrolled(&table));
            }
        };
        let clock = shown.then(|| Interval::new(1000, tell));
        move || drop(clock)
    });
}
