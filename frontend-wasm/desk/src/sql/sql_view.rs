//! The tab's HTML: catalogue, session, editor, arguments, buttons, and what is shown below them.

use std::rc::Rc;

use web_sys::HtmlSelectElement;
use wire::sql::{Sql, SqlMode, SqlRead};
use yew::{Callback, Event, Html, KeyboardEvent, NodeRef, TargetCast, classes, html};

use super::argument_form::argument_form;
use super::button::Button;
use super::catalog_pane::CatalogPane;
use super::effects::Effects;
use super::history_pane::HistoryPane;
use super::model::{Action, Model, View, Want};
use super::plan_pane::PlanPane;
use super::result_pane::result_pane;
use super::schema_pane::SchemaPane;
use super::shell::Notebook;
use super::state_line::state_line;
use kit::asked::Asked;
use kit::i18n::{SqlMessage, tr};
use kit::parts::notice::{loading, problem_notice};
use kit::parts::tone::{Tone, toned};

/// What the tab is drawn from.
pub struct SqlScene<'a> {
    pub model: &'a Model,
    pub effects: &'a Rc<Effects>,
    /// What the sidecar allows.
    pub area: &'a Asked,
    pub notebook: Option<&'a Notebook>,
    /// The element that the editor is made in.
    pub host: NodeRef,
    pub root: NodeRef,
    pub now_ms: i64,
}

/// The whole tab.
pub fn sql_view(scene: &SqlScene<'_>) -> Html {
    let content = match (scene.area.answer(), scene.area.problem()) {
        (Some(area), _) => content(scene, area),
        (None, None) => loading(),
        (None, Some(problem)) => html! {
            <div class="sparkMonitor-Sql-notice">
                { problem_notice(problem) }
                { ask_again(scene) }
            </div>
        },
    };
    let act = scene.effects.act.clone();
    let on_key = Callback::from(move |event: KeyboardEvent| {
        if event.key() == "." && (event.ctrl_key() || event.meta_key()) {
            event.prevent_default();
            act.emit(Action::Cancel);
        }
    });
    html! { <div class="sparkMonitor-Sql" ref={scene.root.clone()} onkeydown={on_key}>{ content }</div> }
}

fn ask_again(scene: &SqlScene<'_>) -> Html {
    let is_ready = Some(!scene.area.pending);
    Button { is_ready, ..Button::new(SqlMessage::OpenAgain, Action::AskAgain) }.view(&scene.effects.act)
}

fn content(scene: &SqlScene<'_>, area: &Sql) -> Html {
    let SqlScene { model, effects, .. } = scene;
    html! {
        <>
            <CatalogPane
                key={model.session_id().unwrap_or_default().to_owned()}
                api={effects.api.clone()} session_id={model.session_id().map(str::to_owned)}
                is_open={model.is_catalog_open} is_busy={model.is_busy()} changes={model.changes}
                act={effects.act.clone()}
            />
            <div class="sparkMonitor-Sql-main">
                { bar(scene, area) }
                <div class="sparkMonitor-Sql-editor" ref={scene.host.clone()} />
                { argument_form(&model.text, &model.form, &effects.act) }
                { buttons(scene, area) }
                { state_line(model, scene.now_ms, &effects.act) }
                { tabs(scene) }
                <div
                    class="sparkMonitor-Sql-below" id="sparkMonitor-sql-below" role="tabpanel"
                    aria-labelledby={tab_id(model.view)}
                >
                    { below(scene, area) }
                </div>
            </div>
        </>
    }
}

/// The catalogue's button, the session, and whether statements may change something.
fn bar(scene: &SqlScene<'_>, area: &Sql) -> Html {
    let SqlScene { model, effects, notebook, .. } = scene;
    let (mode, explained) = match area.mode {
        SqlMode::Read => (SqlMessage::ReadOnly, SqlMessage::ReadOnlyLong),
        SqlMode::Write => (SqlMessage::AsksFirst, SqlMessage::AsksFirstLong),
    };
    let of = notebook.map(|notebook| notebook.session_id.clone());
    let on_change = effects.act.reform(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let of = of.clone().filter(|_| select.value() == "copy");
        Action::Want(of.map_or(Want::Own, |of| Want::Copy { of }))
    });
    let is_copy = matches!(&model.want, Want::Copy { .. });
    // The notebook may be closed, or another one be in front.
    let is_kept = match (&model.want, notebook) {
        (Want::Copy { of }, Some(notebook)) => *of != notebook.session_id,
        (Want::Copy { .. }, None) => true,
        _ => false,
    };
    html! {
        <div class="sparkMonitor-Sql-bar">
            <button
                type="button" class="sparkMonitor-Button" aria-expanded={model.is_catalog_open.to_string()}
                onclick={effects.act.reform(|_| Action::ToggleCatalog)}
            >
                { tr(SqlMessage::Catalogue) }
            </button>
            <label class="sparkMonitor-Sql-session">
                <span>{ tr(SqlMessage::Session) }</span>
                <select class="sparkMonitor-App-picker" onchange={on_change}>
                    <option value="own" selected={!is_copy}>{ tr(SqlMessage::OwnSession) }</option>
                    if is_kept {
                        <option value="copy" selected={true} disabled={true}>{ tr(SqlMessage::CopyKept) }</option>
                    }
                    if let Some(notebook) = notebook {
                        <option value="copy" selected={is_copy && !is_kept}>
                            { tr(SqlMessage::CopyOf { name: &notebook.title }) }
                        </option>
                    }
                </select>
            </label>
            <span class="sparkMonitor-Sql-mode" title={tr(explained)}>
                { tr(mode) }
                <span class="sparkMonitor-Hidden">{ tr(explained) }</span>
            </span>
            if let Some(problem) = &model.session_problem {
                <div class="sparkMonitor-Sql-notice">
                    { problem_notice(problem) }
                    { Button::new(SqlMessage::OpenAgain, Action::Want(model.want.clone())).view(&effects.act) }
                </div>
            }
            if model.is_renewed {
                <p class="sparkMonitor-Muted sparkMonitor-Sql-notice" role="status">{ tr(SqlMessage::Renewed) }</p>
            }
        </div>
    }
}

fn buttons(scene: &SqlScene<'_>, area: &Sql) -> Html {
    let SqlScene { model, effects, .. } = scene;
    let is_ready = !model.is_busy() && model.session_id().is_some();
    let run = Button {
        class: "sparkMonitor-Button sparkMonitor-mod-main",
        title: Some(SqlMessage::RunLong),
        is_ready: Some(is_ready),
        ..Button::new(SqlMessage::Run, Action::RunEditor)
    };
    let cancel = Button {
        title: Some(SqlMessage::CancelLong),
        is_ready: Some(model.is_busy()),
        ..Button::new(SqlMessage::Cancel, Action::Cancel)
    };
    let insert =
        Button { title: Some(SqlMessage::InsertCellLong), ..Button::new(SqlMessage::InsertCell, Action::InsertCell) };
    let on_read = effects.act.reform(|event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        Action::Read(if select.value() == "collect" { SqlRead::Collect } else { SqlRead::Preview })
    });
    let inserted = model.inserted.map(|done| match done {
        true => toned(Tone::Good, tr(SqlMessage::CellInserted)),
        false => toned(Tone::Warn, tr(SqlMessage::NoNotebook)),
    });
    html! {
        <div class="sparkMonitor-Buttons sparkMonitor-Sql-buttons">
            { run.view(&effects.act) }
            { cancel.view(&effects.act) }
            <label class="sparkMonitor-Sql-read">
                <span class="sparkMonitor-Hidden">{ tr(SqlMessage::ReadRows) }</span>
                <select class="sparkMonitor-App-picker" onchange={on_read}>
                    <option value="preview" selected={model.read == SqlRead::Preview}>
                        { tr(SqlMessage::Preview { rows: area.limits.preview_rows }) }
                    </option>
                    <option value="collect" selected={model.read == SqlRead::Collect}>
                        { tr(SqlMessage::Collect { rows: area.limits.collect_rows }) }
                    </option>
                </select>
            </label>
            { insert.view(&effects.act) }
            <span role="status">{ inserted }</span>
        </div>
    }
}

fn tab_id(view: View) -> &'static str {
    match view {
        View::Result => "sparkMonitor-sql-result",
        View::Plan => "sparkMonitor-sql-plan",
        View::Schema => "sparkMonitor-sql-schema",
        View::History => "sparkMonitor-sql-history",
    }
}

const VIEWS: [(View, SqlMessage<'static>); 4] = [
    (View::Result, SqlMessage::Result),
    (View::Plan, SqlMessage::Plan),
    (View::Schema, SqlMessage::Schema),
    (View::History, SqlMessage::History),
];

/// One tab stop; the arrow keys choose.
fn tabs(scene: &SqlScene<'_>) -> Html {
    let SqlScene { model, effects, .. } = scene;
    let place = VIEWS.iter().position(|(view, _)| *view == model.view).unwrap_or_default();
    let chosen = Rc::clone(effects);
    let on_key = Callback::from(move |event: KeyboardEvent| {
        let next = match event.key().as_str() {
            "ArrowRight" => place + 1,
            "ArrowLeft" => place + VIEWS.len() - 1,
            _ => return,
        };
        if let Some((view, _)) = VIEWS.get(next % VIEWS.len()) {
            event.prevent_default();
            chosen.view(*view);
            super::focus::focus(tab_id(*view));
        }
    });
    let tab = |(view, name): &(View, SqlMessage<'static>)| {
        let is_chosen = *view == model.view;
        let (effects, view) = (Rc::clone(effects), *view);
        html! {
            <button
                type="button" role="tab" id={tab_id(view)} aria-selected={is_chosen.to_string()}
                aria-controls="sparkMonitor-sql-below" tabindex={if is_chosen { "0" } else { "-1" }}
                class={classes!("sparkMonitor-Sql-tab", is_chosen.then_some("sparkMonitor-mod-selected"))}
                onclick={Callback::from(move |_| effects.view(view))}
            >
                { tr(*name) }
            </button>
        }
    };
    html! {
        <div class="sparkMonitor-Sql-tabs" role="tablist" aria-label={tr(SqlMessage::Views)} onkeydown={on_key}>
            { for VIEWS.iter().map(tab) }
        </div>
    }
}

fn below(scene: &SqlScene<'_>, area: &Sql) -> Html {
    let SqlScene { model, effects, .. } = scene;
    let session_id = model.session_id().map(str::to_owned);
    let studied = model.studied.clone().map(|statement| (statement, model.studies));
    let form = model.form.clone();
    match model.view {
        View::Result => result_pane(model, effects, area),
        View::Plan => html! { <PlanPane api={effects.api.clone()} {session_id} {studied} {form} /> },
        View::Schema => html! { <SchemaPane api={effects.api.clone()} {session_id} {studied} {form} /> },
        View::History => html! {
            <HistoryPane
                api={effects.api.clone()} runs={model.runs} is_busy={model.is_busy()} act={effects.act.clone()}
            />
        },
    }
}
