//! The panel's HTML: its sections, and notices that concern all of them.

use wire::ApplicationState;
use yew::{Html, html};

use super::application::{application, application_gone, application_notice, no_session};
use super::panel_context::Panel;
use super::panel_state::{Shown, Whole, shown, whole};
use super::queries::why_line;
use super::sections::{
    cluster_section, executor_section, history_section, recent_section, running_section, stage_section,
};
use super::spill::spill_warning;
use super::toolbar::toolbar;
use crate::model::{Action, Model};
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
                onclick={panel.on_click(Action::OpenReport)}
            >
                <span class="sparkMonitor-Icon sparkMonitor-Icon-open" aria-hidden="true" />
                <span class="sparkMonitor-Section-title">{ tr(Message::ConnectionReport) }</span>
            </button>
        </div>
    }
}

/// Each section says that its data is old, unless one notice says so for all: then `says_stale` is false.
fn sections(panel: &Panel<'_>, says_stale: bool) -> Html {
    let shown = shown(panel.model);
    // The spill of an application that is gone no longer matters.
    let spill = spill_warning(panel).filter(|_| matches!(shown, Shown::App(_)));
    // Nor does the reason for its waiting.
    let why = match &shown {
        Shown::App(_) | Shown::NotYet(_) => why_line(panel),
        _ => None,
    };
    let of_app = match shown {
        Shown::NoApp => no_session(panel),
        Shown::Gone(problem) => html! {
            <>{ application(panel, None) }{ application_gone(panel, &problem) }</>
        },
        Shown::Unreadable(problem) => html! {
            <>{ application(panel, None) }{ problem_notice(&problem) }</>
        },
        Shown::NotYet(app) => html! {
            <>
                { application(panel, Some(&app)) }
                // The sentence above says the same, and names the applications that hold the cores.
                if why.is_none() || app.state != ApplicationState::Waiting {
                    { application_notice(&app) }
                }
            </>
        },
        Shown::App(app) => html! {
            <>
                { application(panel, app.as_ref()) }
                { running_section(panel, says_stale) }
                { executor_section(panel, says_stale) }
                { stage_section(panel, says_stale) }
                { recent_section(panel) }
            </>
        },
    };
    html! {
        <>
            { cluster_section(panel, says_stale) }
            { spill.unwrap_or_default() }
            { why.unwrap_or_default() }
            { of_app }
            // Below the running queries, which must be visible without scrolling.
            { history_section(panel) }
        </>
    }
}
