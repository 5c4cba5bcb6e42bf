//! The button that does what was chosen, why it does nothing, and how it went.

use std::rc::Rc;

use wire::export::{Conversion, Export, GitPlan, ShellChoice};
use yew::{Html, html};

use super::button::Button;
use super::converted::Converted;
use super::document::Document;
use super::model::{Action, Doing, Goal, Model, Said};
use super::parameters;
use super::scene::{ExportScene, delivers, is_current};
use kit::i18n::{ExportMessage, tr};
use kit::parts::notice::problem_notice;
use kit::parts::tone::{Tone, toned};

pub fn start_pane(scene: &ExportScene<'_>, offers: &Export, document: &Document) -> Html {
    let ExportScene { model, converted, act, .. } = scene;
    let why = why_not((model, document), converted, offers);
    let has_plan = plan_shown(model, converted).is_some();
    let button = match model.goal {
        Goal::Notebook | Goal::Script => Button::new(ExportMessage::StartRun, Action::Start),
        Goal::Scheduler => Button::new(ExportMessage::Schedule, Action::Start),
        Goal::Download => Button::new(ExportMessage::DownloadFiles, Action::Start),
        // What would change is shown first.
        Goal::Git | Goal::Cluster => Button::new(ExportMessage::ShowPlan, Action::Plan),
    };
    html! {
        <div class="sparkMonitor-Export-start" tabindex="-1" key={document.path.clone()}>
            <div class="sparkMonitor-Buttons">
                { Button { is_main: true, why, ..button }.view(act) }
                <span role="status">{ said(model, why, has_plan) }</span>
            </div>
            if let Some(Said::Failed(problem)) = &model.said {
                { problem_notice(problem) }
            }
        </div>
    }
}

/// Why nothing can be done with the job now.
pub fn why_not(
    (model, document): (&Model, &Document),
    converted: &Converted,
    offers: &Export,
) -> Option<ExportMessage<'static>> {
    let Some(shown) = converted.conversion.as_deref() else {
        return Some(ExportMessage::WhyNothing);
    };
    let is_whole = matches!(model.goal, Goal::Notebook | Goal::Scheduler);
    let runs = is_whole || model.goal == Goal::Script;
    match () {
        () if runs && !offers.runs_here => Some(ExportMessage::GoalHereMissing),
        () if is_whole && !document.is_notebook() => Some(ExportMessage::GoalNotebookOnly),
        () if model.goal == Goal::Git && !delivers(offers) => Some(ExportMessage::GoalGitMissing),
        () if model.goal == Goal::Cluster && offers.standalone.is_none() => Some(ExportMessage::GoalClusterMissing),
        () if model.doing.is_some() => Some(ExportMessage::WhyBusy),
        () if !is_current(converted) => Some(ExportMessage::WhyChecking),
        () if shown.is_blocked => Some(ExportMessage::WhyBlocked),
        () if is_whole && removes(model, document) => Some(ExportMessage::WhyWhole),
        () if shown.schedule_error.is_some() => Some(ExportMessage::WhySchedule),
        () if !has_values(model, shown) => Some(ExportMessage::WhyParameters),
        () => None,
    }
}

/// Whether commands of the shell are to be removed; a choice for a cell that was edited since counts no more.
fn removes(model: &Model, document: &Document) -> bool {
    let lines = model.options(document).lines;
    model.shell == ShellChoice::Drop || lines.iter().any(|line| line.shell == ShellChoice::Drop)
}

/// A download has the defaults only.
fn has_values(model: &Model, shown: &Conversion) -> bool {
    model.goal == Goal::Download || parameters::values(&shown.parameters, &model.entered).is_some()
}

/// The plan that is shown: that of the newest conversion.
pub fn plan_shown<'a>(model: &'a Model, converted: &Converted) -> Option<&'a Rc<GitPlan>> {
    let shown = converted.conversion.as_ref().filter(|_| model.delivers())?;
    model.plan_for(&shown.hash)
}

fn said(model: &Model, why: Option<ExportMessage<'static>>, has_plan: bool) -> Html {
    let doing = model.doing.map(|doing| match doing {
        Doing::Starting => ExportMessage::Starting,
        Doing::Downloading => ExportMessage::Downloading,
        Doing::Planning => ExportMessage::Planning,
        Doing::Shipping => ExportMessage::Shipping,
    });
    if let Some(doing) = doing {
        return toned(Tone::Muted, tr(doing));
    }
    let is_off = why.is_some_and(|why| why != ExportMessage::WhyChecking);
    let good = |said| toned(Tone::Good, tr(said));
    let said = match &model.said {
        // Of the job as it was.
        Some(Said::Started | Said::Scheduled | Said::Downloaded { .. }) if is_off => Html::default(),
        Some(Said::Started) => good(ExportMessage::RunStarted),
        Some(Said::Scheduled) => good(ExportMessage::Scheduled),
        Some(Said::Downloaded { name }) => good(ExportMessage::Downloaded { name }),
        Some(Said::OutputSaved { path }) => good(ExportMessage::OutputSaved { path }),
        Some(Said::JumpFailed) => toned(Tone::Warn, tr(ExportMessage::JumpFailed)),
        // It appears further below, unseen by those who hear the page.
        None if has_plan && why.is_none() => good(ExportMessage::PlanReady),
        Some(Said::Failed(_)) | None => Html::default(),
    };
    html! {
        <>
            { said }
            if let Some(why) = why {
                <span class="sparkMonitor-Muted">{ tr(why) }</span>
            }
        </>
    }
}
