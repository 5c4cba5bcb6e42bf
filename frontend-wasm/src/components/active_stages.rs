//! The stages that run now, each with how far it is.

use wire::{Stage, Stages};
use yew::{Html, Properties, component, html};

use super::bar::ProgressBar;
use super::stage_facts::{StageFacts, stage_number};
use crate::format;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct StagesProps {
    pub stages: Stages,
}

/// One item a stage.
#[component]
pub fn ActiveStages(props: &StagesProps) -> Html {
    let Stages {
        active,
        active_not_shown,
        ..
    } = &props.stages;
    if active.is_empty() {
        return html! { <p class="sparkMonitor-Muted">{ tr(Message::NoActiveStages) }</p> };
    }
    html! {
        <>
            <ul class="sparkMonitor-Stages">
                { for active.iter().map(|stage| html! {
                    <ActiveStage key={format!("{}.{}", stage.stage_id, stage.stage_attempt_id)} stage={stage.clone()} />
                }) }
            </ul>
            if *active_not_shown > 0 {
                <p class="sparkMonitor-Muted">{ tr(Message::MoreStages { count: *active_not_shown }) }</p>
            }
        </>
    }
}

#[derive(Properties, PartialEq)]
struct ActiveStageProps {
    stage: Stage,
}

#[component]
fn ActiveStage(props: &ActiveStageProps) -> Html {
    let stage = &props.stage;
    html! {
        <li class="sparkMonitor-Stage">
            <div class="sparkMonitor-Stage-head">
                <span class="sparkMonitor-Stage-name" title={format!("{}\n{}", stage.name, stage_number(stage))}>
                    { &stage.name }
                </span>
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </div>
            <ProgressBar label={stage.name.clone()} tasks={stage.tasks} />
            <StageFacts stage={stage.clone()} />
        </li>
    }
}
