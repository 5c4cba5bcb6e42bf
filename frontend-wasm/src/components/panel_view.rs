//! The panel as drawn: which sections there are, and what is said for all of them at once.

use wire::{Cluster, Executors, Stages};
use yew::{Html, Properties, component, html};

use super::application::{application, application_notice, no_session};
use super::notice::{loading, problem_notice, stale_line};
use super::panel_state::{Shown, Whole, shown, whole};
use super::sections::{cluster_section, executor_section, stage_sections};
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

fn master_url(cluster: &Loaded<Cluster>) -> Option<&str> {
    Some(cluster.body()?.master.as_ref()?.url.as_str())
}
