//! The running stages, each with its progress.

use wire::{Stage, Stages};
use yew::{Html, html};

use super::stage_facts::{stage_facts, stage_key, stage_name, stage_number};
use kit::format;
use kit::i18n::Message;
use kit::parts::bar::progress;
use kit::parts::notice::muted;

/// One item per stage, newest first.
pub fn active_stages(stages: &Stages) -> Html {
    let not_shown = stages.active_not_shown;
    html! {
        <>
            if stages.active.is_empty() {
                { muted(Message::NoActiveStages) }
            } else {
                <ul class="sparkMonitor-Stages">{ for stages.active.iter().map(active_stage) }</ul>
            }
            if not_shown > 0 {
                { muted(Message::MoreStages { count: not_shown }) }
            }
            if stages.forgotten {
                { muted(Message::SomeForgotten { retained: stages.retained }) }
            }
        </>
    }
}

fn active_stage(stage: &Stage) -> Html {
    let name = stage_name(stage);
    let title = [name.clone(), stage_number(stage)].join("\n");
    html! {
        <li key={stage_key(stage)}>
            <div class="sparkMonitor-Stage-head">
                <span class="sparkMonitor-Stage-name" {title}>{ &name }</span>
                if let Some(elapsed_ms) = stage.elapsed_ms {
                    <span class="sparkMonitor-Stage-elapsed">{ format::duration(elapsed_ms) }</span>
                }
            </div>
            { progress(&name, stage.tasks) }
            { stage_facts(stage) }
        </li>
    }
}
