//! The application that is shown, and what is said while it has nothing to show.

use wire::{App, AppState, DriverState};
use yew::{AttrValue, Html, Properties, component, html};

use super::notice::Notice;
use super::tone::{Dot, Tone};
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct ApplicationProps {
    pub app: App,
}

/// Name, state and cores of the application, in one line.
#[component]
pub fn Application(props: &ApplicationProps) -> Html {
    let App {
        app_id,
        name,
        cores,
        ..
    } = &props.app;
    let (state, tone) = state(&props.app);
    html! {
        <div class="sparkMonitor-App" title={app_id.clone()}>
            <span class="sparkMonitor-App-name">{ name }</span>
            <span class="sparkMonitor-App-state"><Dot {tone} />{ tr(state) }</span>
            if let Some(cores) = *cores {
                <span class="sparkMonitor-App-cores">{ tr(Message::Cores { cores }) }</span>
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
#[component]
pub fn ApplicationNotice(props: &ApplicationProps) -> Html {
    let (heading, hint) = match (props.app.state, props.app.driver) {
        (AppState::Running, DriverState::Starting) => {
            (Message::DriverStarting, Message::DriverStartingHint)
        }
        (AppState::Waiting, _) => (Message::WaitingForCores, Message::WaitingForCoresHint),
        _ => return Html::default(),
    };
    html! { <Notice heading={tr(heading)} sentence={tr(hint)} tone={Tone::Warn} /> }
}

#[derive(Properties, PartialEq)]
pub struct NoSessionProps {
    /// Where a session connects to, when that is known.
    #[prop_or_default]
    pub master_url: Option<AttrValue>,
}

/// No application runs: says so, and how to start one.
#[component]
pub fn NoSession(props: &NoSessionProps) -> Html {
    let builder = match &props.master_url {
        Some(master_url) => {
            format!("SparkSession.builder\n    .master(\"{master_url}\")\n    .getOrCreate()")
        }
        None => "SparkSession.builder\n    .getOrCreate()".to_owned(),
    };
    let code = format!("from pyspark.sql import SparkSession\nspark = {builder}");
    html! {
        <Notice heading={tr(Message::NoSession)} sentence={tr(Message::NoSessionHint)}>
            <pre class="sparkMonitor-Code" tabindex="0">{ code }</pre>
        </Notice>
    }
}
