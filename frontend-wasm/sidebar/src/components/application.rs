//! The selected application, and notices while it has no data.

use web_sys::HtmlSelectElement;
use wire::{App, ApplicationState, DriverState};
use yew::{Event, Html, TargetCast, html};

use super::copy_button::code_to_copy;
use super::panel_context::Panel;
use super::row_menu::{of_app, offers};
use super::row_names::APP_ROW;
use super::spark_link::{linked, spark_link};
use crate::model::{Action, Copyable, Model};
use kit::i18n::{Message, tr};
use kit::language;
use kit::parts::notice::notice;
use kit::parts::tone::{Tone, toned};
use kit::problem::Problem;

/// Name, state, cores and start of the application, or a list to choose one from; nothing while none is known.
pub fn application(panel: &Panel<'_>, app: Option<&App>) -> Html {
    let choice = picker(panel);
    let facts = app.map(|app| {
        let (state, tone) = state(app);
        // What its driver said last is not what it says now.
        let is_old = panel.model.executors.trouble().is_some() && panel.model.stages.trouble().is_some();
        let tone = if is_old { Tone::Muted } else { tone };
        let time = language::time(app.started_at_ms);
        html! {
            <>
                if choice.is_none() {
                    <span class="sparkMonitor-App-name" title={app.app_id.clone()}>{ linked(app.link.as_ref(), &app.name) }</span>
                }
                { toned(tone, tr(state)) }
                if let Some(cores) = app.cores {
                    <span>{ tr(Message::Cores { cores }) }</span>
                }
                if app.started_at_ms > 0 {
                    <span>{ tr(Message::AppSince { time: &time }) }</span>
                }
                if let Some(link) = app.link.as_ref().filter(|_| choice.is_some()) {
                    { spark_link(link, &tr(Message::SparkPage)) }
                }
            </>
        }
    });
    if choice.is_none() && facts.is_none() {
        return Html::default();
    }
    let menu = app.map(|app| offers(&of_app(panel, app)));
    // A stop for Tab, so that a keyboard reaches its menu; the list is one already.
    let tabindex = choice.is_none().then_some("0");
    html! {
        <div
            class="sparkMonitor-App" role="group" aria-label={tr(Message::Application)} {tabindex}
            data-row={menu.as_ref().map(|_| APP_ROW)} data-menu={menu}
        >
            { choice }{ facts }
        </div>
    }
}

/// The list of applications, if there is a choice.
fn picker(panel: &Panel<'_>) -> Option<Html> {
    let Model { apps, picked, .. } = panel.model;
    let apps = apps.body().filter(|_| panel.model.may_choose())?;
    let chosen = |app_id: &str| picked.as_deref() == Some(app_id);
    let gone = picked.as_ref().filter(|picked| !apps.apps.iter().any(|app| app.app_id == **picked));
    if apps.apps.len() < 2 && (picked.is_none() || gone.is_some()) {
        return None;
    }
    let onchange = panel.act.reform(|event: Event| {
        let app_id = event.target_unchecked_into::<HtmlSelectElement>().value();
        Action::Pick(Some(app_id).filter(|app_id| !app_id.is_empty()))
    });
    let newest = match &apps.app {
        Some(newest) => tr(Message::NewestApp { name: &newest.name }),
        None => tr(Message::NewestAppUnnamed),
    };
    Some(html! {
        <>
            // Letters choose an entry here; everywhere else in the panel JupyterLab's shortcuts keep working.
            <select
                class="sparkMonitor-App-picker"
                aria-label={tr(Message::Application)}
                data-lm-suppress-shortcuts="true"
                {onchange}
            >
                <option value="" selected={picked.is_none()}>{ newest }</option>
                { for apps.apps.iter().map(|app| html! {
                    <option value={app.app_id.clone()} selected={chosen(&app.app_id)}>{ option(app) }</option>
                }) }
                if let Some(app_id) = gone {
                    <option value={app_id.clone()} selected=true>{ tr(Message::AppGoneOption { app_id }) }</option>
                }
            </select>
            if apps.apps_not_shown > 0 {
                <span>{ tr(Message::MoreApps { count: apps.apps_not_shown }) }</span>
            }
        </>
    })
}

fn option(app: &App) -> String {
    let (name, state, time) = (&app.name, &tr(state(app).0), &language::time(app.started_at_ms));
    tr(match app.cores {
        Some(cores) => Message::AppOptionCores { name, state, cores, time },
        None => Message::AppOption { name, state, time },
    })
}

/// Says that the chosen application is gone and what can be done, and offers the newest.
pub fn application_gone(panel: &Panel<'_>, problem: &Problem) -> Html {
    html! {
        <div class="sparkMonitor-Notice sparkMonitor-mod-muted" role="status">
            <p class="sparkMonitor-Notice-heading">{ tr(Message::HeadingAppGone) }</p>
            <p>{ &problem.hint }</p>
            <button type="button" class="sparkMonitor-Button" onclick={panel.on_click(Action::Pick(None))}>
                { tr(Message::ShowNewest) }
            </button>
        </div>
    }
}

fn state(app: &App) -> (Message<'static>, Tone) {
    match (app.state, app.driver) {
        (ApplicationState::Running, DriverState::Starting) => (Message::DriverStarting, Tone::Warn),
        (ApplicationState::Running, _) => (Message::AppRunning, Tone::Good),
        (ApplicationState::Waiting, _) => (Message::AppWaiting, Tone::Warn),
        (ApplicationState::Finished, _) => (Message::AppFinished, Tone::Muted),
        (ApplicationState::Unknown, _) => (Message::AppUnknown, Tone::Muted),
    }
}

/// Why the application has no executors or stages yet, if there is a reason.
pub fn application_notice(app: &App) -> Html {
    let (heading, hint) = match (app.state, app.driver) {
        (ApplicationState::Running, DriverState::Starting) => (Message::DriverStarting, Message::DriverStartingHint),
        (ApplicationState::Waiting, _) => (Message::WaitingForCores, Message::WaitingForCoresHint),
        _ => return Html::default(),
    };
    notice(Tone::Warn, heading, hint, Html::default())
}

/// Says that no application is running, and how to start one, if the sidecar knows that.
pub fn no_session(panel: &Panel<'_>) -> Html {
    let code = panel.model.cluster.body().and_then(|cluster| cluster.start_code.as_deref());
    html! {
        <div class="sparkMonitor-Notice sparkMonitor-mod-muted" role="status">
            <p class="sparkMonitor-Notice-heading">{ tr(Message::NoSession) }</p>
            if let Some(code) = code {
                <p>{ tr(Message::NoSessionHint) }</p>
                { code_to_copy(panel, Copyable::StartCode, code) }
            }
        </div>
    }
}
