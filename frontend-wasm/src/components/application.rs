//! The application that is shown, and what is said while it has nothing to show.

use wire::{App, AppState, DriverState};
use yew::{Html, html};

use super::notice::notice;
use super::tone::{Tone, toned};
use crate::i18n::{Message, tr};

/// Name, state and cores of the application.
pub fn application(app: &App) -> Html {
    let (state, tone) = state(app);
    html! {
        <div class="sparkMonitor-App" title={app.app_id.clone()}>
            <span class="sparkMonitor-App-name">{ &app.name }</span>
            { toned(tone, tr(state)) }
            if let Some(cores) = app.cores {
                <span>{ tr(Message::Cores { cores }) }</span>
            }
        </div>
    }
}

fn state(app: &App) -> (Message<'static>, Tone) {
    match (app.state, app.driver) {
        (AppState::Running, DriverState::Starting) => (Message::DriverStarting, Tone::Warn),
        (AppState::Running, _) => (Message::AppRunning, Tone::Good),
        (AppState::Waiting, _) => (Message::AppWaiting, Tone::Warn),
        (AppState::Finished, _) => (Message::AppFinished, Tone::Muted),
        (AppState::Unknown, _) => (Message::AppUnknown, Tone::Muted),
    }
}

/// Why the application has no executors or stages to show yet, if it has none for a reason.
pub fn application_notice(app: &App) -> Html {
    let (heading, hint) = match (app.state, app.driver) {
        (AppState::Running, DriverState::Starting) => (Message::DriverStarting, Message::DriverStartingHint),
        (AppState::Waiting, _) => (Message::WaitingForCores, Message::WaitingForCoresHint),
        _ => return Html::default(),
    };
    notice(Tone::Warn, heading, hint, Html::default())
}

/// No application runs: says so, and how to start one, on the given master when that is known.
pub fn no_session(master_url: Option<&str>) -> Html {
    let master = master_url.map(|url| format!("\n    .master(\"{url}\")")).unwrap_or_default();
    let code = format!(
        "from pyspark.sql import SparkSession\n\nspark = (\n    SparkSession.builder{}\n    .getOrCreate()\n)",
        master
    );
    let code = html! { <pre class="sparkMonitor-Code" tabindex="0">{ code }</pre> };
    notice(Tone::Muted, Message::NoSession, Message::NoSessionHint, code)
}
