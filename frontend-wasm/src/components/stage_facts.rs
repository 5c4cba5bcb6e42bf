//! The numbers of one stage, as a line of facts.

use wire::{Stage, Tasks};
use yew::{Html, Properties, classes, component, html};

use super::tone::Tone;
use crate::format;
use crate::i18n::{Message, tr};

#[derive(Properties, PartialEq)]
pub struct StageFactsProps {
    pub stage: Stage,
}

/// Tasks by state, then bytes; what is zero is left out.
#[component]
pub fn StageFacts(props: &StageFactsProps) -> Html {
    let stage = &props.stage;
    html! {
        <ul class="sparkMonitor-Facts">
            { tasks(stage.tasks) }
            { bytes(stage.input_bytes, |bytes| Message::BytesRead { bytes }) }
            { bytes(stage.output_bytes, |bytes| Message::BytesWritten { bytes }) }
            { bytes(stage.shuffle_read_bytes, |bytes| Message::BytesShuffleRead { bytes }) }
            { bytes(stage.shuffle_write_bytes, |bytes| Message::BytesShuffleWritten { bytes }) }
            if stage.spilled_to_disk_bytes > 0 {
                <li class={classes!("sparkMonitor-Text", Tone::Warn.class())}>
                    { tr(Message::BytesSpilled { bytes: &format::bytes(stage.spilled_to_disk_bytes) }) }
                </li>
            }
        </ul>
    }
}

fn tasks(tasks: Tasks) -> Html {
    let Tasks {
        total,
        done,
        running,
        failed,
        killed,
    } = tasks;
    html! {
        <>
            <li>{ tr(Message::TasksDone { done, total }) }</li>
            if running > 0 {
                <li>{ tr(Message::TasksRunning { count: running }) }</li>
            }
            if failed > 0 {
                <li class={classes!("sparkMonitor-Text", Tone::Bad.class())}>
                    { tr(Message::TasksFailed { count: failed }) }
                </li>
            }
            if killed > 0 {
                <li>{ tr(Message::TasksKilled { count: killed }) }</li>
            }
        </>
    }
}

fn bytes(bytes: u64, message: fn(&str) -> Message<'_>) -> Html {
    if bytes == 0 {
        return Html::default();
    }
    html! { <li>{ tr(message(&format::bytes(bytes))) }</li> }
}

/// The stage's number, and which attempt when it is not the first.
pub fn stage_number(stage: &Stage) -> String {
    tr(match stage.stage_attempt_id {
        0 => Message::StageNumber {
            stage_id: stage.stage_id,
        },
        attempt => Message::StageAttempt {
            stage_id: stage.stage_id,
            attempt,
        },
    })
}
