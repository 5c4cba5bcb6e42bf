//! The panel as drawn: which sections there are, and what is said for all of them at once.

use wire::{Cluster, Executors, Stages};
use yew::{Html, Properties, component, html};

use super::active_stages::active_stages;
use super::application::{application, application_notice, no_session};
use super::cluster::{cluster_overview, cluster_summary};
use super::executors::executor_table;
use super::notice::{loading, problem_notice, stale_line};
use super::panel_state::{Shown, Whole, shown, whole};
use super::recent_stages::recent_stages;
use super::section::Section;
use super::spill::spill_warning;
use crate::i18n::{Message, tr};
use crate::loaded::Loaded;
use crate::locale::{Locale, use_locale};

#[derive(Properties, PartialEq)]
pub struct PanelViewProps {
    pub cluster: Loaded<Cluster>,
    pub executors: Loaded<Executors>,
    pub stages: Loaded<Stages>,
}

/// The whole panel.
#[component]
pub fn PanelView(props: &PanelViewProps) -> Html {
    let locale = use_locale();
    let PanelViewProps { cluster, executors, stages } = props;
    let demonstration = cluster.is_demonstration() || stages.is_demonstration();
    let content = match whole(cluster, executors, stages) {
        Whole::Loading => loading(),
        Whole::Problem(problem) => problem_notice(&problem),
        Whole::Sections { trouble: None } => sections(props, Some(&locale)),
        Whole::Sections { trouble: Some(trouble) } => html! {
            <>{ stale_line(&trouble, &locale) }{ sections(props, None) }</>
        },
    };
    html! {
        <div class="sparkMonitor-Panel-content">
            <h2 class="sparkMonitor-Panel-title">{ tr(Message::Title) }</h2>
            if demonstration {
                <p class="sparkMonitor-Demonstration" role="note">{ tr(Message::Demonstration) }</p>
            }
            { content }
        </div>
    }
}

/// Each section says by itself that it is old, unless that has been said for all: then `stale` is `None`.
fn sections(props: &PanelViewProps, stale: Option<&Locale>) -> Html {
    let PanelViewProps { cluster, executors, stages } = props;
    let of_app = match shown(executors, stages) {
        Shown::NoApp => no_session(master_url(cluster)),
        Shown::NotYet(app) => html! { <>{ application(&app) }{ application_notice(&app) }</> },
        Shown::App(app) => html! {
            <>
                { app.as_ref().map(application).unwrap_or_default() }
                { executor_section(executors, stale) }
                { stage_sections(stages, stale) }
            </>
        },
    };
    let spill = stages.body().and_then(|stages| stages.spill);
    html! {
        <>
            { cluster_section(cluster, stale) }
            { spill.map(spill_warning).unwrap_or_default() }
            { of_app }
        </>
    }
}

fn cluster_section(cluster: &Loaded<Cluster>, stale: Option<&Locale>) -> Html {
    let summary = cluster.body().map(cluster_summary).unwrap_or_default();
    html! {
        <Section name="cluster" title={tr(Message::Cluster)} {summary}>
            { filled(cluster, stale, cluster_overview) }
        </Section>
    }
}

fn executor_section(executors: &Loaded<Executors>, stale: Option<&Locale>) -> Html {
    let summary = executors.body().map(|executors| {
        let (active, slots) = (executors.active_tasks, executors.task_slots);
        Html::from(tr(Message::SlotsBusy { active, slots }))
    });
    html! {
        <Section name="executors" title={tr(Message::Executors)} summary={summary.unwrap_or_default()}>
            { filled(executors, stale, executor_table) }
        </Section>
    }
}

/// Both come in one answer, so the first says what is wrong with it.
fn stage_sections(stages: &Loaded<Stages>, stale: Option<&Locale>) -> Html {
    let count = |count: usize| Html::from(tr(Message::Count { count }));
    let active = stages.body().map(|stages| count(stages.active.len())).unwrap_or_default();
    html! {
        <>
            <Section name="active" title={tr(Message::ActiveStages)} summary={active}>
                { filled(stages, stale, active_stages) }
            </Section>
            if let Some(stages) = stages.body() {
                <Section
                    name="recent" title={tr(Message::RecentStages)}
                    summary={count(stages.recent.len())}
                >
                    { recent_stages(stages) }
                </Section>
            }
        </>
    }
}

/// The last good data, with what is wrong with it; or why there is none.
fn filled<T>(loaded: &Loaded<T>, stale: Option<&Locale>, draw: fn(&T) -> Html) -> Html {
    match (loaded.body(), loaded.trouble()) {
        (Some(body), None) => draw(body),
        (Some(body), Some(trouble)) => {
            let line = stale.map(|locale| stale_line(&trouble, locale)).unwrap_or_default();
            html! { <>{ line }{ draw(body) }</> }
        }
        (None, Some(trouble)) => problem_notice(&trouble.problem),
        (None, None) => loading(),
    }
}

fn master_url(cluster: &Loaded<Cluster>) -> Option<&str> {
    Some(cluster.body()?.master.as_ref()?.url.as_str())
}
