//! The numbers of one stage, as a line of facts.

use wire::{Stage, Tasks};
use yew::{Html, html};

use kit::format;
use kit::i18n::{Message, tr};
use kit::parts::tone::{Tone, toned};

/// Tasks by state, then bytes; zeros are left out.
pub fn stage_facts(stage: &Stage) -> Html {
    let Tasks { total, done, running, failed, killed } = stage.tasks;
    html! {
        <ul class="sparkMonitor-Facts">
            <li>{ tr(Message::TasksDone { done, total }) }</li>
            if running > 0 {
                <li>{ tr(Message::TasksRunning { count: running }) }</li>
            }
            if failed > 0 {
                <li>{ toned(Tone::Bad, tr(Message::TasksFailed { count: failed })) }</li>
            }
            if killed > 0 {
                <li>{ tr(Message::TasksKilled { count: killed }) }</li>
            }
            { bytes(stage.input_bytes, |bytes| Message::BytesRead { bytes }) }
            { bytes(stage.output_bytes, |bytes| Message::BytesWritten { bytes }) }
            { bytes(stage.shuffle_read_bytes, |bytes| Message::BytesShuffleRead { bytes }) }
            { bytes(stage.shuffle_write_bytes, |bytes| Message::BytesShuffleWritten { bytes }) }
            if stage.spilled_to_disk_bytes > 0 {
                <li>{ toned(Tone::Warn, spilled(stage.spilled_to_disk_bytes)) }</li>
            }
        </ul>
    }
}

fn bytes(bytes: u64, message: fn(&str) -> Message<'_>) -> Html {
    if bytes == 0 {
        return Html::default();
    }
    html! { <li>{ tr(message(&format::bytes(bytes))) }</li> }
}

fn spilled(bytes: u64) -> String {
    tr(Message::BytesSpilled { bytes: &format::bytes(bytes) })
}

/// The stage's number, and its attempt if that is not the first.
pub fn stage_number(stage: &Stage) -> String {
    tr(match stage.stage_attempt_id {
        0 => Message::StageNumber { stage_id: stage.stage_id },
        attempt => Message::StageAttempt { stage_id: stage.stage_id, attempt },
    })
}

/// Identifies this attempt of this stage in a list.
pub fn stage_key(stage: &Stage) -> String {
    format!("{}.{}", stage.stage_id, stage.stage_attempt_id)
}
