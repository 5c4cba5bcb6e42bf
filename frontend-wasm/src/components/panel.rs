//! The panel with its polling: views that are asked for only while the panel can be seen.

use gloo_timers::callback::Interval;
use yew::{AttrValue, Callback, Html, Properties, component, hook, use_effect_with, use_reducer};

use super::panel_view::{Panel, panel_view};
use crate::locale::Locale;
use crate::model::{Act, Action, Model, View};
use crate::poll::{News, Poll, use_poll};
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
    let model = use_reducer(Model::default);
    let dispatcher = model.dispatcher();
    let act = Callback::from(move |action| dispatcher.dispatch(action));
    let poll = |view: &str| Poll {
        url: format!("{}panel/{view}", props.api_url).into(),
        shown,
        kernel_busy: props.kernel_busy,
        paused: model.paused,
        refreshes: model.refreshes,
    };
    use_poll(poll("cluster"), hear(&act, View::Cluster));
    use_poll(poll("executors"), hear(&act, View::Executors));
    use_poll(poll("stages"), hear(&act, View::Stages));
    use_clock(shown, act.clone());
    panel_view(&Panel { model: &model, locale: &props.locale, act: &act })
}

fn hear(act: &Act, view: View) -> Callback<News> {
    act.reform(move |news| Action::News(view, news))
}

/// Tells the time each second while the panel is shown.
#[hook]
fn use_clock(shown: bool, act: Act) {
    use_effect_with(shown, move |shown| {
        let tell = move || act.emit(Action::Tick { now_ms: js_sys::Date::now() as i64 });
        let clock = shown.then(|| Interval::new(1000, tell));
        move || drop(clock)
    });
}
