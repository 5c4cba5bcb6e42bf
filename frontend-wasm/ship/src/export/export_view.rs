//! The tab's HTML: its head, and its panes.

use wire::export::{Conversion, Export, ExportTarget, Runs, Shipments};
use yew::{Html, html};

use super::button::Button;
use super::cells_pane::cells_pane;
use super::converted::Converted;
use super::diff_pane::diff_pane;
use super::document::Document;
use super::findings_pane::findings_pane;
use super::goals_pane::goals_pane;
use super::model::{Action, Goal};
use super::parameter_form::parameter_form;
use super::plan_pane::plan_pane;
use super::runs_pane::runs_pane;
use super::scene::{ExportScene, ships};
use super::schedule_form::schedule_form;
use super::shell_choice::shell_choice;
use super::shipments_pane::shipments_pane;
use super::start_pane::{plan_shown, start_pane, why_not};
use kit::i18n::{ExportMessage, SqlMessage, tr};
use kit::parts::notice::{loading, muted, problem_notice};
use kit::parts::tone::{Tone, toned};
use kit::problem::ProblemKind;

/// The whole tab.
pub fn export_view(scene: &ExportScene<'_>) -> Html {
    let content = match (scene.area.answer::<Export>(), scene.area.problem(), scene.document) {
        (Some(offers), _, Some(document)) => content(scene, offers, document),
        (Some(_), _, None) => muted(ExportMessage::NoDocument),
        (None, Some(problem), _) if problem.kind == ProblemKind::NotFound => muted(ExportMessage::ExportOff),
        (None, Some(problem), _) => html! {
            <>
                { problem_notice(problem) }
                { Button { name: tr(SqlMessage::OpenAgain), ..again() }.view(scene.act) }
            </>
        },
        (None, None, _) => loading(),
    };
    html! { <div class="sparkMonitor-Export">{ content }</div> }
}

fn again() -> Button {
    Button::new(ExportMessage::Retry, Action::AskAgain)
}

fn content(scene: &ExportScene<'_>, offers: &Export, document: &Document) -> Html {
    let ExportScene { model, converted, act, .. } = scene;
    let shown = converted.conversion.as_deref();
    html! {
        <>
            { head(scene, document) }
            if let Some(problem) = &converted.problem {
                <div class="sparkMonitor-Export-problem">
                    { problem_notice(problem) }
                    if shown.is_some() {
                        { muted(ExportMessage::LastGood) }
                    }
                    { again().view(act) }
                </div>
            }
            if let Some(shown) = shown {
                <div class="sparkMonitor-Export-columns" aria-busy={converted.is_busy.to_string()}>
                    <div class="sparkMonitor-Export-column">
                        { findings_pane(shown, (model, document), act) }
                        { shell_choice((model, document), shown, act) }
                        { cells_pane(shown, (model, document), act) }
                    </div>
                    <div class="sparkMonitor-Export-column">
                        { diff_pane(shown, document, model, act) }
                    </div>
                </div>
                { goals_pane(scene, (document, offers, shown)) }
                if model.goal != Goal::Download {
                    { parameter_form(shown, (model, document), act) }
                }
                { schedule(scene, shown, document) }
                { start_pane(scene, offers, document) }
            } else if converted.problem.is_none() {
                { loading() }
            }
            { lists(scene, offers, document) }
        </>
    }
}

fn schedule(scene: &ExportScene<'_>, shown: &Conversion, document: &Document) -> Html {
    let ExportScene { model, converted, act, .. } = scene;
    match model.target() {
        ExportTarget::Local | ExportTarget::Standalone => Html::default(),
        _ => schedule_form((model, document), shown, converted.is_busy, act),
    }
}

/// What is planned, and what was run and delivered.
fn lists(scene: &ExportScene<'_>, offers: &Export, document: &Document) -> Html {
    let ExportScene { model, converted, act, .. } = scene;
    let (runs, shipments) = (scene.runs.answer::<Runs>(), scene.shipments.answer::<Shipments>());
    html! {
        <>
            if let Some(plan) = plan_shown(model, converted) {
                { plan_pane(plan, (model, why_not((model, document), converted, offers)), (document, offers), act) }
            }
            if ships(offers) && !scene.shipments.is_absent() {
                { shipments_pane(shipments, scene.shipments.problem.as_ref(), scene.log, (model, document), act) }
            }
            if offers.runs_here && !scene.runs.is_absent() {
                { runs_pane(runs, scene.runs.problem.as_ref(), scene.run, (model, document), act) }
            }
        </>
    }
}

/// The notebook's name, and whether it can be a job.
fn head(scene: &ExportScene<'_>, document: &Document) -> Html {
    let ExportScene { converted, act, .. } = scene;
    let shown = converted.conversion.as_deref();
    html! {
        <div class="sparkMonitor-Export-head">
            <h2>{ &document.name }</h2>
            <p role="status" class="sparkMonitor-Export-state">{ state(converted) }</p>
            if let Some(shown) = shown {
                <span class="sparkMonitor-Muted">{ tr(ExportMessage::JobPython { version: &shown.python }) }</span>
            }
            if !document.is_open {
                <p class="sparkMonitor-Export-closed">
                    { tr(ExportMessage::DocumentClosed) }
                    { Button::new(ExportMessage::OpenDocument, Action::OpenDocument).view(act) }
                </p>
            }
        </div>
    }
}

fn state(converted: &Converted) -> Html {
    match &converted.conversion {
        _ if converted.is_busy => toned(Tone::Muted, tr(ExportMessage::Checking)),
        None => Html::default(),
        Some(shown) if shown.is_blocked => toned(Tone::Bad, tr(ExportMessage::Blocked)),
        Some(_) => toned(Tone::Good, tr(ExportMessage::AllWell)),
    }
}
