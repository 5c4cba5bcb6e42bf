//! The tab "Spark SQL": its state, its editor, its session and the statement that runs.

use std::cell::RefCell;
use std::rc::{Rc, Weak};

use gloo_timers::callback::Interval;
use web_sys::Element;
use wire::sql::Sql;
use yew::{
    Callback, Html, NodeRef, Properties, UseReducerHandle, component, hook, html, use_effect_with, use_memo,
    use_mut_ref, use_node_ref, use_reducer, use_state,
};

use super::editor::Editor;
use super::effects::{Effects, open};
use super::follow::use_follow;
use super::marks::marks;
use super::model::{Action, Model, Want};
use super::requests::delete_session;
use super::shell::{Notebook, Shell};
use super::sql_view::{SqlScene, sql_view};
use kit::api::Api;
use kit::asked::{read, use_asked};
use kit::i18n::{SqlMessage, tr};
use kit::question::{Question, spawn};
use kit::roots::Tab;
use kit::tab::use_tab_shown;

/// From this width on the catalogue is open at first; pixels.
const WIDE_PX: i32 = 720;

#[derive(Clone, Debug, PartialEq, Properties)]
pub struct SqlTabProps {
    pub api: Api,
    pub shell: Rc<Shell>,
    /// JupyterLab shows the tab.
    pub shown: bool,
    pub notebook: Option<Notebook>,
    /// How many times another person was answered than before.
    pub forgets: u32,
}

impl Tab for SqlTabProps {
    fn view(&self, opened: u32) -> Html {
        html! { <SqlTab key={opened} ..self.clone() /> }
    }
}

#[component]
pub fn SqlTab(props: &SqlTabProps) -> Html {
    let is_shown = use_tab_shown() && props.shown;
    let is_begun = use_begun(is_shown);
    let text: Rc<str> = props.shell.text.as_str().into();
    let model = use_reducer(move || Model { text, ..Model::default() });
    let editor = use_mut_ref(|| None);
    let effects = use_effects(props, &model, &editor);
    let (host, root) = (use_node_ref(), use_node_ref());
    let area = is_begun.then(|| Question { number: model.forgets + model.asks, ..Question::get("sql".to_owned()) });
    let area = use_asked(&props.api, area, read::<Sql>);
    let is_open = area.answer::<Sql>().is_some();
    use_editor(&effects, &host, is_open, &model.text);
    use_catalog_width(&effects, &root, is_open);
    use_session(&effects, &model, is_open && is_shown);
    use_running(props, &effects, &model, is_shown);
    use_marks(&model, &editor);
    use_end(props, &model);
    use_forgets(props.forgets, &effects);
    let now_ms = use_clock(is_shown && model.is_busy());
    sql_view(&SqlScene {
        model: &model,
        effects: &effects,
        area: &area,
        notebook: props.notebook.as_ref(),
        host,
        root,
        now_ms,
    })
}

/// Whether the tab has been shown yet: before that it asks for nothing.
#[hook]
fn use_begun(is_shown: bool) -> bool {
    let begun = use_mut_ref(|| false);
    if is_shown {
        begun.replace(true);
    }
    *begun.borrow() || is_shown
}

/// Carries out actions, then updates the model.
#[hook]
fn use_effects(
    props: &SqlTabProps,
    model: &UseReducerHandle<Model>,
    editor: &Rc<RefCell<Option<Editor>>>,
) -> Rc<Effects> {
    // Actions come from callbacks that were made before the newest model.
    let latest = use_mut_ref(|| model.clone());
    latest.replace(model.clone());
    let (api, shell, editor) = (props.api.clone(), props.shell.clone(), Rc::clone(editor));
    let effects = use_memo((), |()| {
        Rc::new_cyclic(|effects: &Weak<Effects>| {
            let effects = Weak::clone(effects);
            let act = Callback::from(move |action: Action| {
                let model = latest.borrow().clone();
                // Before the dispatch, because the handle always shows the newest state. After the tab's end there
                // are none to carry out.
                if let Some(effects) = effects.upgrade() {
                    effects.carry_out(&model, &action);
                }
                model.dispatch(action);
            });
            Effects { api, shell, act, editor }
        })
    });
    Rc::clone(&effects)
}

/// Makes the editor in its element, once there is one.
#[hook]
fn use_editor(effects: &Rc<Effects>, host: &NodeRef, is_open: bool, text: &Rc<str>) {
    let (effects, host, text) = (Rc::clone(effects), host.clone(), Rc::clone(text));
    use_effect_with(is_open, move |is_open| {
        let slot = Rc::clone(&effects.editor);
        if let (true, Some(host), Some(make)) = (*is_open, host.cast::<Element>(), &effects.shell.on_editor) {
            let label = tr(SqlMessage::Statement);
            let on_change = effects.act.reform(|text: String| Action::Text(text.into()));
            let on_run = effects.act.reform(|()| Action::RunEditor);
            let opened = Editor::open(make, &host, (&label, &text), on_change, on_run);
            slot.replace(opened);
        }
        move || drop(slot.take())
    });
}

#[hook]
fn use_catalog_width(effects: &Rc<Effects>, root: &NodeRef, is_open: bool) {
    let (act, root) = (effects.act.clone(), root.clone());
    use_effect_with(is_open, move |is_open| {
        let is_wide = root.cast::<Element>().is_some_and(|root| root.client_width() >= WIDE_PX);
        if *is_open && is_wide {
            act.emit(Action::ToggleCatalog);
        }
    });
}

/// Opens the session that a person wants.
#[hook]
fn use_session(effects: &Rc<Effects>, model: &Model, is_open: bool) {
    let is_missing = is_open && model.session_id().is_none() && model.session_problem.is_none() && !model.is_busy();
    let wanted: Option<Want> = is_missing.then(|| model.want.clone());
    let effects = Rc::clone(effects);
    use_effect_with(wanted, move |wanted| {
        if let Some(want) = wanted.clone() {
            spawn(async move {
                let opened = open(&effects.api, &want).await;
                effects.act.emit(opened.map_or_else(Action::OpenFailed, Action::Opened));
            });
        }
    });
}

/// Follows the statement that runs.
#[hook]
fn use_running(props: &SqlTabProps, effects: &Rc<Effects>, model: &Model, is_shown: bool) {
    let number = model.runs;
    let id = model.query().map(|query| query.id.clone());
    use_follow(&props.api, id, is_shown, effects.act.reform(move |news| Action::News { number, news }));
}

/// Underlines what an error is about.
#[hook]
fn use_marks(model: &Model, editor: &Rc<RefCell<Option<Editor>>>) {
    let editor = Rc::clone(editor);
    let error = model.run.as_ref().and_then(|run| {
        let error = run.query.as_ref()?.error.clone()?;
        let super::model::Job::Statement(statement) = &run.job else {
            return None;
        };
        Some((run.number, error, statement.clone()))
    });
    use_effect_with(error, move |error| {
        if let (Some(editor), Some((_, error, statement))) = (&*editor.borrow(), error) {
            let message = error.message.lines().next().unwrap_or_default();
            editor.mark(&marks(error, &statement.sql, statement.offset), message);
        }
    });
}

/// Closed, the tab ends its sessions, with what they run.
#[hook]
fn use_end(props: &SqlTabProps, model: &UseReducerHandle<Model>) {
    let latest = use_mut_ref(|| model.clone());
    latest.replace(model.clone());
    let api = props.api.clone();
    use_effect_with((), move |()| {
        move || {
            let model = latest.borrow();
            for session in &model.sessions {
                delete_session(&api, &session.session_id);
            }
        }
    });
}

#[hook]
fn use_forgets(forgets: u32, effects: &Rc<Effects>) {
    let act = effects.act.clone();
    use_effect_with(forgets, move |forgets| {
        if *forgets > 0 {
            act.emit(Action::Forget);
        }
    });
}

/// The browser's clock, which moves each second while something runs.
#[hook]
fn use_clock(is_running: bool) -> i64 {
    let now_ms = use_state(js_now);
    let setter = now_ms.setter();
    use_effect_with(is_running, move |is_running| {
        let ticks = is_running.then(|| Interval::new(1_000, move || setter.set(js_now())));
        move || drop(ticks)
    });
    (*now_ms).max(0)
}

fn js_now() -> i64 {
    js_sys::Date::now() as i64
}
