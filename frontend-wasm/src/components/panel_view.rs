//! The panel as drawn: which sections there are, and what is said for all of them at once.

use wire::Cluster;
use yew::{Callback, Html, MouseEvent, NodeRef, html};

use super::application::{application, application_gone, application_notice, no_session};
use super::connection_report::connection_report;
use super::notice::{loading, problem_notice, stale_line};
use super::panel_state::{Shown, Whole, shown, whole};
use super::queries::why_line;
use super::sections::{
    cluster_section, executor_section, history_section, recent_section, running_section, stage_section,
};
use super::spill::spill_warning;
use super::toolbar::toolbar;
use crate::i18n::{Message, tr};
use crate::loaded::Loaded;
use crate::locale::Locale;
use crate::model::{Act, Action, Model};

/// What every part that folds, sorts or copies needs: what is known, how to say it, where to report.
#[derive(Clone, Copy)]
pub struct Panel<'a> {
    pub model: &'a Model,
    pub locale: &'a Locale,
    pub act: &'a Act,
    /// Where a long table scrolls.
    pub table: &'a NodeRef,
}

impl Panel<'_> {
    /// What a click does.
    pub fn on_click(&self, action: Action) -> Callback<MouseEvent> {
        self.act.reform(move |_| action.clone())
    }
}

/// The whole panel.
pub fn panel_view(panel: &Panel<'_>) -> Html {
    let Model { cluster, stages, .. } = panel.model;
    let demonstration = cluster.is_demonstration() || stages.is_demonstration();
    let content = match whole(panel.model) {
        Whole::Loading => loading(),
        Whole::Problem(problem) => problem_notice(&problem),
        Whole::Sections { trouble: None } => sections(panel, Some(panel.locale)),
        Whole::Sections { trouble: Some(trouble) } => html! {
            <>{ stale_line(&trouble, panel.locale) }{ sections(panel, None) }</>
        },
    };
    html! {
        <div class="sparkMonitor-Panel-content">
            { toolbar(panel) }
            if demonstration {
                <p class="sparkMonitor-Demonstration" role="note">{ tr(Message::Demonstration) }</p>
            }
            { content }
            { connection_report(panel) }
        </div>
    }
}

/// Each section says by itself that it is old, unless that has been said for all: then `stale` is `None`.
fn sections(panel: &Panel<'_>, stale: Option<&Locale>) -> Html {
    let Model { cluster, stages, .. } = panel.model;
    let of_app = match shown(panel.model) {
        Shown::NoApp => no_session(master_url(cluster)),
        Shown::Gone(problem) => html! {
            <>{ application(panel, None) }{ application_gone(panel, &problem) }</>
        },
        Shown::Unreadable(problem) => html! {
            <>{ application(panel, None) }{ problem_notice(&problem) }</>
        },
        Shown::NotYet(app) => html! { <>{ application(panel, Some(&app)) }{ application_notice(&app) }</> },
        Shown::App(app) => html! {
            <>
                { application(panel, app.as_ref()) }
                { running_section(panel, stale) }
                { executor_section(panel, stale) }
                { stage_section(panel, stale) }
                { recent_section(panel) }
            </>
        },
    };
    let spill = stages.body().and_then(|stages| stages.spill);
    html! {
        <>
            { cluster_section(panel, stale) }
            { spill.map(spill_warning).unwrap_or_default() }
            { why_line(panel) }
            { of_app }
            // Below what runs now, which must be in sight without scrolling.
            { history_section(panel) }
        </>
    }
}

fn master_url(cluster: &Loaded<Cluster>) -> Option<&str> {
    Some(cluster.body()?.master.as_ref()?.url.as_str())
}
