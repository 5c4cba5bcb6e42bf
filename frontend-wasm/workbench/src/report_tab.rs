//! The tab with the connection report, which runs the report while it is shown, and copies it.

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Function;
use wasm_bindgen_futures::spawn_local;
use web_sys::AbortController;
use yew::{Callback, Html, Properties, UseReducerHandle, component, hook, use_effect_with, use_reducer};

use crate::report;
use crate::report_model::{Act, Action, Model};
use crate::report_view::report_view;
use crate::stored::{self, Removal};
use kit::api::Api;
use kit::language;
use kit::shell_call;
use kit::tab::use_tab_shown;

/// How long a copy is confirmed; milliseconds.
const CONFIRMED_MS: u32 = 4_000;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct ReportTabProps {
    pub api: Api,
    /// JupyterLab shows the tab.
    pub shown: bool,
    /// Puts text on the clipboard.
    pub on_copy: Option<Function>,
    /// How many times a command has asked for another report.
    pub runs: u32,
    /// How many times a command has asked for another report and a copy of it.
    pub copies: u32,
    /// How many times another session was answered than before.
    pub forgets: u32,
}

/// The tab; the first report starts as soon as it is shown.
#[component]
pub fn ReportTab(props: &ReportTabProps) -> Html {
    let shown = use_tab_shown() && props.shown;
    let model = use_reducer(Model::default);
    let act = act(&model, props.on_copy.clone());
    use_commands(props, &act);
    use_report(&props.api, (shown && model.pending, props.forgets), act.clone());
    use_removal(&props.api, model.removal == Removal::Runs, act.clone());
    let tell = act.clone();
    use_effect_with(model.copies && !model.pending, move |due| {
        if *due {
            tell.emit(Action::Copy);
        }
    });
    let tell = act.clone();
    use_effect_with(model.copied, move |copied| {
        let timeout = copied.map(|_| Timeout::new(CONFIRMED_MS, move || tell.emit(Action::ForgetCopy)));
        move || drop(timeout)
    });
    report_view(&model, &act)
}

/// Carries out an action's request to the shell, then updates the model.
fn act(model: &UseReducerHandle<Model>, on_copy: Option<Function>) -> Act {
    let (model, dispatcher) = (model.clone(), model.dispatcher());
    Callback::from(move |action| {
        if let (Action::Copy, Some(report)) = (&action, &model.report) {
            let dispatcher = dispatcher.clone();
            let text = report.text(&language::time(model.at_ms));
            shell_call::copy(on_copy.as_ref(), &text, move |done| dispatcher.dispatch(Action::Copied(done)));
        }
        dispatcher.dispatch(action);
    })
}

/// Carries out a person's commands.
#[hook]
fn use_commands(props: &ReportTabProps, act: &Act) {
    let tell = act.clone();
    use_effect_with(props.runs, move |runs| {
        if *runs > 0 {
            tell.emit(Action::Run);
        }
    });
    let tell = act.clone();
    use_effect_with(props.forgets, move |forgets| {
        if *forgets > 0 {
            tell.emit(Action::Forget);
        }
    });
    let tell = act.clone();
    use_effect_with(props.copies, move |copies| {
        if *copies > 0 {
            tell.emit(Action::RunAndCopy);
        }
    });
}

/// Runs a report while one is wanted; aborts it if the tab is hidden or closed before the end, or if another session is
/// answered.
#[hook]
fn use_report(api: &Api, wanted: (bool, u32), act: Act) {
    let api = api.clone();
    use_effect_with(wanted, move |(wanted, _)| {
        let controller = if *wanted { AbortController::new().ok() } else { None };
        if let Some(controller) = &controller {
            let signal = controller.signal();
            spawn_local(async move {
                let report = report::fetch(&api, &signal).await;
                if !signal.aborted() {
                    act.emit(Action::Reported(Rc::new(report), js_sys::Date::now() as i64));
                }
            });
        }
        move || controller.iter().for_each(AbortController::abort)
    });
}

/// Removes what is remembered, once the person has said so. It goes on if the tab is closed.
#[hook]
fn use_removal(api: &Api, wanted: bool, act: Act) {
    let api = api.clone();
    use_effect_with(wanted, move |wanted| {
        if let (true, Ok(controller)) = (*wanted, AbortController::new()) {
            spawn_local(async move { act.emit(Action::Removed(stored::remove(&api, &controller.signal()).await)) });
        }
    });
}
