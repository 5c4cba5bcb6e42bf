//! What can be done with the job, as cards.

use web_sys::{HtmlInputElement, HtmlSelectElement};
use wire::export::{Conversion, Export, ExportFile, ExportTarget, StandalonePlace};
use yew::{Callback, Event, Html, InputEvent, TargetCast, classes, html};

use super::airflow_line::airflow_line;
use super::document::Document;
use super::master_line::master_line;
use super::model::{Act, Action, Goal, Model};
use super::requests::target_name;
use super::scene::{ExportScene, delivers};
use kit::format;
use kit::i18n::{ExportMessage, tr};

const TARGETS: [(ExportTarget, ExportMessage<'static>); 5] = [
    (ExportTarget::Local, ExportMessage::TargetLocal),
    (ExportTarget::Standalone, ExportMessage::TargetStandalone),
    (ExportTarget::AirflowConnect, ExportMessage::TargetConnect),
    (ExportTarget::AirflowSubmit, ExportMessage::TargetSubmit),
    (ExportTarget::Papermill, ExportMessage::TargetPapermill),
];

pub fn goals_pane(scene: &ExportScene<'_>, (document, offers, shown): (&Document, &Export, &Conversion)) -> Html {
    let ExportScene { model, act, scheduler, .. } = scene;
    let here = (!offers.runs_here).then(|| tr(ExportMessage::GoalHereMissing));
    let as_notebook = (!document.is_notebook()).then(|| tr(ExportMessage::GoalNotebookOnly)).or_else(|| here.clone());
    let git = (!delivers(offers)).then(|| tr(ExportMessage::GoalGitMissing));
    let by_folder = offers.git.is_none() && offers.has_dag_folder;
    let airflow = if by_folder { ExportMessage::GoalFolder } else { ExportMessage::GoalGit };
    let scheduled = scheduler.map(|environment| {
        let explained = tr(ExportMessage::GoalSchedulerLong { environment });
        (Goal::Scheduler, ExportMessage::GoalScheduler, explained, as_notebook.clone())
    });
    let here_cards = [
        (Goal::Notebook, ExportMessage::GoalNotebook, tr(ExportMessage::GoalNotebookLong), as_notebook),
        (Goal::Script, ExportMessage::GoalScript, tr(ExportMessage::GoalScriptLong), here),
    ];
    let cards = [
        (Goal::Download, ExportMessage::GoalDownload, tr(ExportMessage::GoalDownloadLong), None),
        (Goal::Git, airflow, where_to(offers), git),
    ];
    let cluster = offers.standalone.as_ref().map(|StandalonePlace { rest_url, folder, .. }| {
        let explained = tr(ExportMessage::GoalClusterTo { url: rest_url, folder });
        (Goal::Cluster, ExportMessage::GoalCluster, explained, None)
    });
    let card = |(goal, name, explained, missing): (Goal, ExportMessage<'static>, String, Option<String>)| {
        let (act, number) = ((*act).clone(), (goal as u8).to_string());
        let id = |part: &str| document.unique(&["goal-", part, &number].concat());
        let onchange = Callback::from(move |_: Event| act.emit(Action::Goal(goal)));
        let is_chosen = model.goal == goal;
        html! {
            <label class={classes!("sparkMonitor-Goal", is_chosen.then_some("sparkMonitor-mod-selected"))}>
                <input
                    type="radio" name={document.unique("goal")} checked={is_chosen} disabled={missing.is_some()}
                    aria-labelledby={id("name-")} aria-describedby={id("more-")} {onchange}
                />
                <span class="sparkMonitor-Goal-name" id={id("name-")}>{ tr(name) }</span>
                <span class="sparkMonitor-Goal-more" id={id("more-")}>{ missing.unwrap_or(explained) }</span>
            </label>
        }
    };
    html! {
        <fieldset class="sparkMonitor-Export-part">
            <legend>{ tr(ExportMessage::Goal) }</legend>
            <div class="sparkMonitor-Goals">{ for here_cards.into_iter().chain(scheduled).chain(cluster).chain(cards).map(card) }</div>
            { details(model, shown, act) }
            if model.goal == Goal::Git {
                { airflow_line(scene.airflow, act) }
            }
            if model.goal == Goal::Cluster {
                { master_line(scene.master, act) }
            }
        </fieldset>
    }
}

fn where_to(offers: &Export) -> String {
    let to = match &offers.git {
        Some(git) if git.by_merge_request => {
            tr(ExportMessage::GoalGitProposes { repository: &git.repository, branch: &git.branch })
        }
        Some(git) => tr(ExportMessage::GoalGitTo { repository: &git.repository, branch: &git.branch }),
        None => tr(ExportMessage::GoalFolderLong),
    };
    let follows = match &offers.airflow {
        Some(airflow) => tr(ExportMessage::GoalGitFollows { url: &airflow.url }),
        None => tr(ExportMessage::GoalGitUnfollowed),
    };
    [to, follows].join(". ")
}

/// What the job is made for, its name, its files and what it needs.
fn details(model: &Model, shown: &Conversion, act: &Act) -> Html {
    let is_chosen = model.goal == Goal::Download || model.delivers();
    let has_files = is_chosen && !shown.files.is_empty();
    html! {
        <>
            if is_chosen {
                <div class="sparkMonitor-Export-fields">
                    if model.goal != Goal::Cluster {
                        { target_picker(model, act) }
                    }
                    if model.target() != ExportTarget::Local {
                        { dag_id(model, shown, act) }
                    }
                </div>
            }
            if has_files || !shown.requirements.is_empty() {
                <dl>
                    if has_files {
                        <dt>{ tr(ExportMessage::JobFiles) }</dt>
                        <dd>{ shown.files.iter().map(file).collect::<Vec<_>>().join(", ") }</dd>
                    }
                    if !shown.requirements.is_empty() {
                        <dt>{ tr(ExportMessage::JobRequirements) }</dt>
                        <dd>{ shown.requirements.join(", ") }</dd>
                    }
                </dl>
            }
        </>
    }
}

fn file(ExportFile { name, bytes }: &ExportFile) -> String {
    [name, " (", &format::bytes(*bytes), ")"].concat()
}

fn target_picker(model: &Model, act: &Act) -> Html {
    let onchange = act.reform(|event: Event| {
        let value = event.target_unchecked_into::<HtmlSelectElement>().value();
        let target = TARGETS.iter().map(|(target, _)| *target).find(|target| target_name(*target) == value);
        Action::Target(target.unwrap_or_default())
    });
    // Git delivers to Airflow.
    let is_workflow = |target| !matches!(target, ExportTarget::Local | ExportTarget::Standalone);
    let offered = TARGETS.iter().filter(|(target, ..)| model.goal == Goal::Download || is_workflow(*target));
    html! {
        <label class="sparkMonitor-Field">
            <span>{ tr(ExportMessage::Target) }</span>
            <select class="sparkMonitor-App-picker" {onchange}>
                { for offered.map(|(target, name)| html! {
                    <option value={target_name(*target)} selected={*target == model.target()}>{ tr(*name) }</option>
                }) }
            </select>
        </label>
    }
}

fn dag_id(model: &Model, shown: &Conversion, act: &Act) -> Html {
    let oninput =
        act.reform(|event: InputEvent| Action::DagId(event.target_unchecked_into::<HtmlInputElement>().value()));
    let on_cluster = model.target() == ExportTarget::Standalone;
    let label = if on_cluster { ExportMessage::JobName } else { ExportMessage::DagId };
    html! {
        <label class="sparkMonitor-Field">
            <span>{ tr(label) }</span>
            <input
                type="text" class="sparkMonitor-Input" value={model.dag_id.clone()} {oninput}
                placeholder={tr(ExportMessage::DagIdHint { name: &shown.dag_id })}
            />
        </label>
    }
}
