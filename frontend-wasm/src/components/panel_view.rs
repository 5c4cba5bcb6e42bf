//! The panel as drawn: which sections there are, and what is said for all of them at once.

use wire::{Cluster, Executors, Stages};
use yew::{AttrValue, Html, Properties, component, html};

use super::active_stages::ActiveStages;
use super::application::{Application, ApplicationNotice, NoSession};
use super::cluster::{ClusterOverview, ClusterSummary};
use super::executors::ExecutorTable;
use super::notice::{Loading, ProblemNotice, StaleLine};
use super::panel_state::{Shown, Whole, shown, whole};
use super::recent_stages::RecentStages;
use super::section::Section;
use super::spill::SpillWarning;
use crate::i18n::{Message, tr};
use crate::loaded::{Loaded, Trouble};

#[derive(Properties, PartialEq)]
pub struct PanelViewProps {
    pub cluster: Loaded<Cluster>,
    pub executors: Loaded<Executors>,
    pub stages: Loaded<Stages>,
}

/// The whole panel.
#[component]
pub fn PanelView(props: &PanelViewProps) -> Html {
    let PanelViewProps {
        cluster,
        executors,
        stages,
    } = props;
    let demonstration = cluster.is_demonstration() || stages.is_demonstration();
    html! {
        <div class="sparkMonitor-Panel-content">
            <h2 class="sparkMonitor-Panel-title">{ tr(Message::Title) }</h2>
            if demonstration {
                <p class="sparkMonitor-Demonstration" role="note">{ tr(Message::Demonstration) }</p>
            }
            { match whole(cluster, executors, stages) {
                Whole::Loading => html! { <Loading /> },
                Whole::Problem(problem) => html! { <ProblemNotice {problem} /> },
                Whole::Sections { trouble } => sections(props, trouble),
            } }
        </div>
    }
}

/// `shared` is said once, above; sections then leave it out.
fn sections(props: &PanelViewProps, shared: Option<Trouble>) -> Html {
    let PanelViewProps {
        cluster,
        executors,
        stages,
    } = props;
    let said = shared.is_some();
    let application = match shown(executors, stages) {
        Shown::NoApp => html! { <NoSession master_url={master_url(cluster)} /> },
        Shown::NotYet(app) => {
            html! { <><Application app={app.clone()} /><ApplicationNotice {app} /></> }
        }
        Shown::App(app) => html! {
            <>
                { for app.map(|app| html! { <Application {app} /> }) }
                { executor_section(executors, said) }
                { active_section(stages, said) }
                { recent_section(stages) }
            </>
        },
    };
    html! {
        <>
            { for shared.map(|trouble| html! { <StaleLine {trouble} /> }) }
            { cluster_section(cluster, said) }
            { for stages.body().and_then(|stages| stages.spill).map(|spill| html! { <SpillWarning {spill} /> }) }
            { application }
        </>
    }
}

fn cluster_section(cluster: &Loaded<Cluster>, said: bool) -> Html {
    let summary = cluster
        .body()
        .map(|cluster| html! { <ClusterSummary cluster={cluster.clone()} /> });
    let content = filled(
        cluster,
        said,
        |cluster| html! { <ClusterOverview cluster={cluster.clone()} /> },
    );
    html! {
        <Section name="cluster" title={tr(Message::Cluster)} summary={summary.unwrap_or_default()}>{ content }</Section>
    }
}

fn executor_section(executors: &Loaded<Executors>, said: bool) -> Html {
    let summary = executors.body().map(|executors| {
        let (active, slots) = (executors.active_tasks, executors.task_slots);
        html! { { tr(Message::SlotsBusy { active, slots }) } }
    });
    let content = filled(
        executors,
        said,
        |executors| html! { <ExecutorTable executors={executors.clone()} /> },
    );
    html! {
        <Section name="executors" title={tr(Message::Executors)} summary={summary.unwrap_or_default()}>{ content }</Section>
    }
}

fn active_section(stages: &Loaded<Stages>, said: bool) -> Html {
    let count = stages.body().map(|stages| count(stages.active.len()));
    let content = filled(
        stages,
        said,
        |stages| html! { <ActiveStages stages={stages.clone()} /> },
    );
    html! {
        <Section name="active" title={tr(Message::ActiveStages)} summary={count.unwrap_or_default()}>{ content }</Section>
    }
}

/// Comes from the same answer as the active stages, which already say what is wrong with it.
fn recent_section(stages: &Loaded<Stages>) -> Html {
    let Some(stages) = stages.body() else {
        return Html::default();
    };
    html! {
        <Section name="recent" title={tr(Message::RecentStages)} summary={count(stages.recent.len())}>
            <RecentStages stages={stages.clone()} />
        </Section>
    }
}

/// The last good data, with what is wrong with it; or why there is none.
fn filled<T>(loaded: &Loaded<T>, said: bool, draw: impl Fn(&T) -> Html) -> Html {
    let trouble = loaded.trouble();
    match loaded.body() {
        Some(body) => html! {
            <>
                { for trouble.filter(|_| !said).map(|trouble| html! { <StaleLine {trouble} /> }) }
                { draw(body) }
            </>
        },
        None => match trouble {
            Some(trouble) => html! { <ProblemNotice problem={trouble.problem} /> },
            None => html! { <Loading /> },
        },
    }
}

fn count(count: usize) -> Html {
    html! { { tr(Message::Count { count }) } }
}

fn master_url(cluster: &Loaded<Cluster>) -> Option<AttrValue> {
    cluster
        .body()?
        .master
        .as_ref()
        .map(|master| AttrValue::from(master.url.clone()))
}
