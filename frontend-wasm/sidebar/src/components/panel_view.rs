//! The panel's HTML: its sections, and notices that concern all of them.

use wire::ApplicationState;
use yew::{Html, html};

use super::application::{application, application_gone, application_notice, no_session};
use super::findings::findings;
use super::panel_context::Panel;
use super::panel_state::{Shown, Whole, shown, whole};
use super::queries::sentence;
use super::sections::{
    cluster_section, executor_section, history_section, other_stages_section, recent_section, running_section,
};
use super::toolbar::toolbar;
use crate::model::{Action, Model};
use crate::why;
use kit::i18n::{Message, tr};
use kit::parts::notice::{loading, problem_notice, stale_line};

/// The whole panel.
pub fn panel_view(panel: &Panel<'_>) -> Html {
    let Model { cluster, stages, .. } = panel.model;
    let demonstration = cluster.is_demonstration() || stages.is_demonstration();
    let content = match whole(panel.model) {
        Whole::Loading => loading(),
        Whole::Problem(problem) => problem_notice(&problem),
        Whole::Sections { trouble: None } => sections(panel, true),
        Whole::Sections { trouble: Some(trouble) } => html! {
            <>{ stale_line(&trouble) }{ sections(panel, false) }</>
        },
    };
    html! {
        <div class="sparkMonitor-Panel-content">
            { toolbar(panel) }
            if demonstration {
                <p class="sparkMonitor-Demonstration" role="note">{ tr(Message::Demonstration) }</p>
            }
            { content }
            { report_link(panel) }
            <p class="sparkMonitor-Hidden" role="status">{ &panel.model.announced }</p>
        </div>
    }
}

/// Opens the connection report, which is a separate tab. Shown whatever has failed, because it is needed most then.
fn report_link(panel: &Panel<'_>) -> Html {
    html! {
        <div class="sparkMonitor-Section">
            <button
                type="button" class="sparkMonitor-Section-button"
                onclick={panel.on_click(Action::OpenTab("report"))}
            >
                <span class="sparkMonitor-Icon sparkMonitor-Icon-open" aria-hidden="true" />
                <span class="sparkMonitor-Section-title">{ tr(Message::ConnectionReport) }</span>
            </button>
        </div>
    }
}

/// The answer first: the sentence and the person's query, then other queries, executors, history, the cluster. Each
/// section says that its data is old, unless one notice says so for all: then `says_stale` is false.
fn sections(panel: &Panel<'_>, says_stale: bool) -> Html {
    let line = |line: Option<String>| line.map(sentence).unwrap_or_default();
    let answer = match shown(panel.model) {
        Shown::NoApp => html! {
            <>
                { line(why::of_cluster(panel.model)) }
                { no_session(panel) }
            </>
        },
        Shown::Gone(problem) => html! {
            <>{ application(panel, None) }{ application_gone(panel, &problem) }</>
        },
        Shown::Unreadable(problem) => html! {
            <>{ application(panel, None) }{ problem_notice(&problem) }</>
        },
        Shown::NotYet(app) => {
            let why = why::waits(panel.model);
            let is_said = why.is_some();
            html! {
                <>
                    { line(why) }
                    { application(panel, Some(&app)) }
                    // The sentence says the same, and names the applications that hold the cores.
                    if !is_said || app.state != ApplicationState::Waiting {
                        { application_notice(&app) }
                    }
                </>
            }
        }
        Shown::App(app) => {
            // A choice is made first; without one, the application only says whose executors these are.
            let (choice, name) = match panel.model.may_choose() {
                true => (application(panel, app.as_ref()), Html::default()),
                false => (Html::default(), application(panel, app.as_ref())),
            };
            html! {
                <>
                    { choice }
                    { line(why::line(panel.model)) }
                    { running_section(panel, says_stale) }
                    { findings(panel) }
                    { recent_section(panel) }
                    { name }
                    { executor_section(panel, says_stale) }
                    { other_stages_section(panel) }
                </>
            }
        }
    };
    html! {
        <>
            { answer }
            { history_section(panel) }
            { cluster_section(panel, says_stale) }
        </>
    }
}
